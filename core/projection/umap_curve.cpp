#include "core/projection/umap_curve.hpp"

#include <cmath>

namespace latentscape {
namespace {

constexpr int kDistances = 300;
constexpr int kRounds = 200;

/// Normal equations of the residuals at (a, b), in the logarithms of both, which keeps them positive.
struct Normal {
  double error = 0.0, aa = 0.0, ab = 0.0, bb = 0.0, ga = 0.0, gb = 0.0;
};

Normal normal_at(const UmapCurve& curve, double min_dist, double spread) {
  Normal sum;
  for (int i = 0; i < kDistances; ++i) {
    const double x = 3.0 * spread * i / (kDistances - 1);
    const double wanted = x <= min_dist ? 1.0 : std::exp(-(x - min_dist) / spread);
    const double power = x > 0.0 ? curve.a * std::pow(x, 2.0 * curve.b) : 0.0;
    const double value = 1.0 / (1.0 + power), residual = value - wanted;
    const double by_a = -value * value * power;
    const double by_b = x > 0.0 ? by_a * 2.0 * curve.b * std::log(x) : 0.0;
    sum.error += residual * residual;
    sum.aa += by_a * by_a;
    sum.ab += by_a * by_b;
    sum.bb += by_b * by_b;
    sum.ga += by_a * residual;
    sum.gb += by_b * residual;
  }
  return sum;
}

}  // namespace

UmapCurve umap_curve(double min_dist, double spread) {
  // Levenberg and Marquardt's descent.
  UmapCurve curve;
  Normal at = normal_at(curve, min_dist, spread);
  double damping = 1e-3;
  for (int round = 0; round < kRounds && damping < 1e12; ++round) {
    const double aa = at.aa * (1.0 + damping), bb = at.bb * (1.0 + damping), determinant = aa * bb - at.ab * at.ab;
    const double step_a = (at.ab * at.gb - bb * at.ga) / determinant, step_b = (at.ab * at.ga - aa * at.gb) / determinant;
    const UmapCurve next{curve.a * std::exp(step_a), curve.b * std::exp(step_b)};
    const Normal there = normal_at(next, min_dist, spread);
    if (there.error < at.error) {
      curve = next;
      at = there;
      damping *= 0.1;
      if (std::abs(step_a) + std::abs(step_b) < 1e-12) break;
    } else {
      damping *= 10.0;
    }
  }
  return curve;
}

}  // namespace latentscape
