// Point clouds whose answer is known: Gaussian mixtures and rings with their exact density, the swiss roll with its two coordinates.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/rng.hpp"

namespace latentscape {

/// A distribution of points in d dimensions, laid out by seed.
class PointCloud {
 public:
  virtual ~PointCloud() = default;
  virtual size_t dimensions() const = 0;
  virtual std::vector<std::string> classes() const = 0;
  /// What else is known of a point, beside its class: "angle"; may be empty.
  virtual std::vector<std::string> factors() const { return {}; }
  /// One point into point[0 .. d), its factors into factors[0 ..); returns its class.
  virtual size_t draw(Rng& rng, std::span<double> point, std::span<double> factors) const = 0;
  /// log p(point), nats; nothing where it has no closed form.
  virtual std::optional<double> log_density(std::span<const double> point) const = 0;
};

/// variant: "" (six Gaussians in the plane), "Nd" (six in N dimensions, 1 to 1000), "rings" (three, in the plane), "swiss-roll" (in space).
/// The same variant and seed give the same cloud. Errors (invalid_argument): another variant; the nearest is named.
Result<std::unique_ptr<PointCloud>> make_point_cloud(std::string_view variant, uint64_t seed);

}  // namespace latentscape
