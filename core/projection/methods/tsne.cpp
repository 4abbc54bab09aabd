// t-SNE with exact pairs: one iteration a call, warm-started when its points move.
// Schedule: Belkina et al., "Automated optimized parameters for t-SNE", 2019; start from PCA: Kobak & Berens, 2019.
#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "core/neighbours/packed_points.hpp"
#include "core/projection/principal.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/tsne_forces.hpp"

namespace latentscape {
namespace {

constexpr size_t kMaxPoints = 5000;
constexpr size_t kEarly = 250;  // iterations with exaggeration and the low momentum
constexpr float kEarlyMomentum = 0.5f, kMomentum = 0.8f;
constexpr double kStartDeviation = 1e-4;  // of the first axis of the start
constexpr float kMinGain = 0.01f;
constexpr size_t kDivergenceEvery = 50;  // iterations

class TsneProjection final : public Projection {
 public:
  explicit TsneProjection(const ProjectionConfig& config) : config_(config), iterations_(config.iterations) {}

  Status set_points(FloatView points, ComputePool& pool, std::stop_token stop) override {
    if (points.rows < 4) return fail(ErrorCode::invalid_argument, "tsne: {} points, expected at least 4", points.rows);
    if (points.rows > kMaxPoints)
      return fail(ErrorCode::invalid_argument, "tsne: {} points, expected at most {}: take a subset", points.rows, kMaxPoints);
    LS_CHECK(check_finite(points, "tsne"));
    LS_TRY(Affinities affinities, tsne_affinities(points, config_.perplexity, pool, stop));
    if (points.rows == positions_.rows) {
      // Positions, velocities and gains live on; where the early phase is over, it does not come back.
      iterations_ = std::max(iterations_, iteration_ + config_.follow_iterations);
    } else {
      LS_TRY(positions_, start_positions(points, pool, stop));
      velocity_ = FloatArray(points.rows, 2, 0.0f);
      gains_ = FloatArray(points.rows, 2, 1.0f);
      iteration_ = 0;
      iterations_ = config_.iterations;
    }
    affinities_ = std::move(affinities);
    divergence_known_ = false;
    return {};
  }

  Result<bool> advance(ComputePool& pool, std::stop_token stop) override {
    if (iteration_ >= iterations_) return false;
    const bool early = iteration_ < kEarly;
    if (!forces_.gradient(affinities_, positions_, early ? config_.exaggeration : 1.0, pool, stop, gradient_))
      return fail(ErrorCode::cancelled, "tsne: stopped at iteration {}", iteration_);
    move(early ? kEarlyMomentum : kMomentum);
    if (!centre()) return fail(ErrorCode::non_finite, "tsne: positions are not finite after iteration {}", iteration_);
    ++iteration_;
    return iteration_ < iterations_;
  }

  const FloatArray& positions() const override { return positions_; }
  size_t iteration() const override { return iteration_; }
  size_t iterations() const override { return iterations_; }

  double kl() const override {
    if (positions_.empty()) return 0.0;
    const bool last = iteration_ == iterations_ && divergence_at_ != iteration_;
    if (!divergence_known_ || last || iteration_ >= divergence_at_ + kDivergenceEvery) {
      divergence_ = tsne_divergence(affinities_, positions_);
      divergence_at_ = iteration_;
      divergence_known_ = true;
    }
    return divergence_;
  }

 private:
  /// The first two principal components, tiny, with a hundredth of seeded noise so that equal points can part.
  Result<FloatArray> start_positions(FloatView points, ComputePool& pool, const std::stop_token& stop) const {
    LS_TRY(const PrincipalAxes principal, principal_axes(points, 2, pool, stop));
    const double deviation = std::sqrt(principal.variances[0]);
    const double scale = deviation > 0.0 ? kStartDeviation / deviation : 0.0;
    FloatArray start(points.rows, 2);
    for_tiles(pool, points.rows, 256, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) {
        Rng rng(config_.seed, RngStream::project, 1, static_cast<uint32_t>(i));
        for (size_t axis = 0; axis < 2; ++axis) {
          double sum = 0.0;
          for (size_t j = 0; axis < principal.axes.rows && j < points.cols; ++j)
            sum += (static_cast<double>(points(i, j)) - principal.mean[j]) * principal.axes(axis, j);
          start(i, axis) = static_cast<float>(scale * sum + 0.01 * kStartDeviation * static_cast<double>(rng.normal()));
        }
      }
    });
    return start;
  }

  /// Gradient descent with momentum and a gain a coordinate (Jacobs 1988): up where the gradient keeps pushing the way that the point
  /// moves.
  void move(float momentum) {
    const double n = static_cast<double>(positions_.rows);
    const float rate = static_cast<float>(std::max(n / std::max(12.0, config_.exaggeration), 50.0));
    for (size_t i = 0; i < positions_.values.size(); ++i) {
      const float g = gradient_.values[i];
      float& v = velocity_.values[i];
      float& gain = gains_.values[i];
      gain = (g > 0.0f) == (v > 0.0f) ? std::max(gain * 0.8f, kMinGain) : gain + 0.2f;
      v = momentum * v - rate * gain * g;
      positions_.values[i] += v;
    }
  }

  bool centre() {
    for (size_t axis = 0; axis < 2; ++axis) {
      double sum = 0.0;
      for (size_t i = 0; i < positions_.rows; ++i) sum += static_cast<double>(positions_(i, axis));
      if (!std::isfinite(sum)) return false;
      const float mean = static_cast<float>(sum / static_cast<double>(positions_.rows));
      for (size_t i = 0; i < positions_.rows; ++i) positions_(i, axis) -= mean;
    }
    return true;
  }

  ProjectionConfig config_;
  Affinities affinities_;
  TsneForces forces_;
  FloatArray positions_, velocity_, gains_, gradient_;  // n x 2
  size_t iteration_ = 0;
  size_t iterations_ = 0;
  mutable double divergence_ = 0.0;
  mutable size_t divergence_at_ = 0;
  mutable bool divergence_known_ = false;
};

}  // namespace

void register_projection_tsne(Registry<ProjectionMethod>& registry);
void register_projection_tsne(Registry<ProjectionMethod>& registry) {
  registry.add({"tsne", "keeps neighbours together; distances between groups mean little", kMaxPoints,
                [](const ProjectionConfig& config) -> Result<std::unique_ptr<Projection>> {
                  return std::unique_ptr<Projection>(new TsneProjection(config));
                }});
}

}  // namespace latentscape
