#include "core/nn/gradient_check.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

GradientCheck check_gradient(const std::function<double(std::span<const double>)>& f, std::span<double> point,
                             std::span<const double> analytic, double step) {
  double largest = 0.0;
  for (double a : analytic) largest = std::max(largest, std::abs(a));
  GradientCheck worst;
  for (size_t i = 0; i < point.size(); ++i) {
    const double at = point[i];
    point[i] = at + step;
    const double above = f(point);
    point[i] = at - step;
    const double below = f(point);
    point[i] = at;
    const double numeric = (above - below) / (2.0 * step);
    const double scale = std::max({std::abs(analytic[i]), std::abs(numeric), 1e-3 * largest, 1e-300});
    const double error = std::abs(analytic[i] - numeric) / scale;
    if (!(error <= worst.relative_error)) worst = {error, i, analytic[i], numeric};
  }
  return worst;
}

}  // namespace latentscape
