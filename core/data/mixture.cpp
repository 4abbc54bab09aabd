#include "core/data/mixture.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "core/base/registry.hpp"

namespace latentscape {
namespace {

constexpr size_t kClusters = 6;
constexpr size_t kMostDimensions = 1000;
constexpr uint64_t kLayoutStep = 1;
constexpr double kTurn = 2 * std::numbers::pi;

std::vector<std::string> numbered_classes(size_t count) {
  std::vector<std::string> names;
  for (size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

double log_mean_exp(std::span<const double> values) {
  const double largest = *std::max_element(values.begin(), values.end());
  double sum = 0;
  for (const double v : values) sum += std::exp(v - largest);
  return largest + std::log(sum / static_cast<double>(values.size()));
}

/// Six clusters in the plane: centres on a ring, so that neighbours touch but no two lie on each other; radius, spread and angle by seed.
class PlaneGaussians final : public PointCloud {
 public:
  explicit PlaneGaussians(uint64_t seed) {
    Rng rng(seed, RngStream::general, kLayoutStep);
    for (size_t k = 0; k < kClusters; ++k) {
      const double turn = kTurn * (static_cast<double>(k) + rng.uniform(-0.2, 0.2)) / kClusters;
      const double radius = rng.uniform(3.0, 5.0);
      clusters_[k] = {radius * std::cos(turn), radius * std::sin(turn), rng.uniform(0.5, 0.9), rng.uniform(0.2, 0.45),
                      rng.uniform(0, std::numbers::pi)};
    }
  }
  size_t dimensions() const override { return 2; }
  std::vector<std::string> classes() const override { return numbered_classes(kClusters); }
  size_t draw(Rng& rng, std::span<double> point, std::span<double>) const override {
    const size_t k = rng.below(kClusters);
    const Cluster& c = clusters_[k];
    const double u = c.along * rng.normal(), v = c.across * rng.normal();
    point[0] = c.x + u * std::cos(c.angle) - v * std::sin(c.angle);
    point[1] = c.y + u * std::sin(c.angle) + v * std::cos(c.angle);
    return k;
  }
  std::optional<double> log_density(std::span<const double> point) const override {
    std::array<double, kClusters> logs;
    for (size_t k = 0; k < kClusters; ++k) {
      const Cluster& c = clusters_[k];
      const double dx = point[0] - c.x, dy = point[1] - c.y;
      const double u = (dx * std::cos(c.angle) + dy * std::sin(c.angle)) / c.along;
      const double v = (dy * std::cos(c.angle) - dx * std::sin(c.angle)) / c.across;
      logs[k] = -0.5 * (u * u + v * v) - std::log(kTurn * c.along * c.across);
    }
    return log_mean_exp(logs);
  }

 private:
  struct Cluster {
    double x, y;           // centre
    double along, across;  // standard deviations
    double angle;          // of the long axis
  };
  std::array<Cluster, kClusters> clusters_{};
};

/// Six clusters in n dimensions: centres N(0, 3^2), each with a standard deviation a dimension between 0.2 and 1.
class Gaussians final : public PointCloud {
 public:
  Gaussians(size_t dimensions, uint64_t seed) : dimensions_(dimensions) {
    Rng rng(seed, RngStream::general, kLayoutStep);
    for (size_t i = 0; i < kClusters * dimensions; ++i) {
      centres_.push_back(3.0 * rng.normal());
      deviations_.push_back(std::exp(rng.uniform(std::log(0.2), 0.0)));
    }
  }
  size_t dimensions() const override { return dimensions_; }
  std::vector<std::string> classes() const override { return numbered_classes(kClusters); }
  size_t draw(Rng& rng, std::span<double> point, std::span<double>) const override {
    const size_t k = rng.below(kClusters), at = k * dimensions_;
    for (size_t j = 0; j < dimensions_; ++j) point[j] = centres_[at + j] + deviations_[at + j] * rng.normal();
    return k;
  }
  std::optional<double> log_density(std::span<const double> point) const override {
    std::array<double, kClusters> logs;
    for (size_t k = 0; k < kClusters; ++k) {
      logs[k] = -0.5 * static_cast<double>(dimensions_) * std::log(kTurn);
      for (size_t j = 0; j < dimensions_; ++j) {
        const double s = deviations_[k * dimensions_ + j], off = (point[j] - centres_[k * dimensions_ + j]) / s;
        logs[k] -= 0.5 * off * off + std::log(s);
      }
    }
    return log_mean_exp(logs);
  }

 private:
  size_t dimensions_;
  std::vector<double> centres_, deviations_;  // clusters x dimensions
};

/// Three rings around one middle: an angle, and a radius that is Gaussian about the ring's.
class Rings final : public PointCloud {
 public:
  explicit Rings(uint64_t seed) {
    Rng rng(seed, RngStream::general, kLayoutStep);
    for (size_t k = 0; k < radii_.size(); ++k) radii_[k] = static_cast<double>(k + 1) + rng.uniform(-0.1, 0.1);
  }
  size_t dimensions() const override { return 2; }
  std::vector<std::string> classes() const override { return {"inner", "middle", "outer"}; }
  std::vector<std::string> factors() const override { return {"angle"}; }
  size_t draw(Rng& rng, std::span<double> point, std::span<double> factors) const override {
    const size_t k = rng.below(static_cast<uint32_t>(radii_.size()));
    const double angle = rng.uniform(0, kTurn), radius = radii_[k] + kDeviation * rng.normal();
    point[0] = radius * std::cos(angle);
    point[1] = radius * std::sin(angle);
    factors[0] = angle * 360 / kTurn;
    return k;
  }
  /// Without the radii below 0 that a Gaussian allows: they are nine standard deviations away.
  std::optional<double> log_density(std::span<const double> point) const override {
    const double radius = std::hypot(point[0], point[1]);
    std::array<double, 3> logs;
    for (size_t k = 0; k < logs.size(); ++k) {
      const double off = (radius - radii_[k]) / kDeviation;
      logs[k] = -0.5 * off * off - 0.5 * std::log(kTurn) - std::log(kDeviation);
    }
    return log_mean_exp(logs) - std::log(kTurn * radius);
  }

 private:
  static constexpr double kDeviation = 0.1;
  std::array<double, 3> radii_{};
};

/// Marsland, "Machine learning: an algorithmic perspective", 2014: (t cos t, h, t sin t), t from 1.5 pi to 4.5 pi, h from 0 to 21, and a
/// little noise. Its density has no closed form; its classes are sixths of the way along it.
class SwissRoll final : public PointCloud {
 public:
  size_t dimensions() const override { return 3; }
  std::vector<std::string> classes() const override { return numbered_classes(kParts); }
  std::vector<std::string> factors() const override { return {"turn", "height"}; }
  size_t draw(Rng& rng, std::span<double> point, std::span<double> factors) const override {
    const double share = rng.uniform(), t = 1.5 * std::numbers::pi * (1 + 2 * share), height = 21 * rng.uniform();
    const std::array<double, 3> surface = {t * std::cos(t), height, t * std::sin(t)};
    for (size_t j = 0; j < 3; ++j) point[j] = surface[j] + kNoise * rng.normal();
    factors[0] = t;
    factors[1] = height;
    return static_cast<size_t>(share * kParts);
  }
  std::optional<double> log_density(std::span<const double>) const override { return std::nullopt; }

 private:
  static constexpr size_t kParts = 6;
  static constexpr double kNoise = 0.1;
};

/// "8d" is 8; nothing where it is not a number of dimensions at all.
std::optional<size_t> dimensions_from(std::string_view variant) {
  size_t n = 0;
  const auto [end, error] = std::from_chars(variant.data(), variant.data() + variant.size(), n);
  if (error != std::errc() || end + 1 != variant.data() + variant.size() || *end != 'd') return std::nullopt;
  return n;
}

}  // namespace

Result<std::unique_ptr<PointCloud>> make_point_cloud(std::string_view variant, uint64_t seed) {
  if (variant.empty() || variant == "2d") return std::unique_ptr<PointCloud>(std::make_unique<PlaneGaussians>(seed));
  if (variant == "rings") return std::unique_ptr<PointCloud>(std::make_unique<Rings>(seed));
  if (variant == "swiss-roll") return std::unique_ptr<PointCloud>(std::make_unique<SwissRoll>());
  const std::optional<size_t> n = dimensions_from(variant);
  if (!n) return unknown_name("mixture", variant, std::vector<std::string>{"8d", "rings", "swiss-roll"});
  if (*n < 1 || *n > kMostDimensions) return fail(ErrorCode::invalid_argument, "expected mixture:1d to mixture:{}d", kMostDimensions);
  return std::unique_ptr<PointCloud>(std::make_unique<Gaussians>(*n, seed));
}

}  // namespace latentscape
