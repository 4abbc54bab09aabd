#include "core/explore/interpolate.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {
namespace {

double norm(std::span<const float> v) {
  double sum = 0.0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

}  // namespace

Result<FloatArray> interpolate(std::span<const float> a, std::span<const float> b, size_t steps, PathKind kind) {
  if (a.size() != b.size() || a.empty())
    return fail(ErrorCode::invalid_argument, "interpolate: positions of {} and {} dimensions, expected the same number", a.size(),
                b.size());
  if (steps < 2) return fail(ErrorCode::invalid_argument, "interpolate: {} steps, expected at least 2", steps);
  const double norm_a = norm(a), norm_b = norm(b);
  double dot = 0.0;
  for (size_t j = 0; j < a.size(); ++j) dot += static_cast<double>(a[j]) * static_cast<double>(b[j]);
  const double cosine = norm_a * norm_b > 1e-12 ? std::clamp(dot / (norm_a * norm_b), -1.0, 1.0) : 1.0;
  const double angle = std::acos(cosine), sine = std::sin(angle);
  const bool curved = kind == PathKind::slerp && sine > 1e-6;

  FloatArray z(steps, a.size());
  for (size_t i = 0; i < steps; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(steps - 1);
    double share_a = 1.0 - t, share_b = t;
    if (curved) {
      const double length = (1.0 - t) * norm_a + t * norm_b;
      share_a = length * std::sin((1.0 - t) * angle) / (sine * norm_a);
      share_b = length * std::sin(t * angle) / (sine * norm_b);
    }
    for (size_t j = 0; j < a.size(); ++j)
      z(i, j) = static_cast<float>(share_a * static_cast<double>(a[j]) + share_b * static_cast<double>(b[j]));
  }
  std::copy(a.begin(), a.end(), z.row_data(0));
  std::copy(b.begin(), b.end(), z.row_data(steps - 1));
  return z;
}

}  // namespace latentscape
