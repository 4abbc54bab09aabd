#include "core/projection/principal_start.hpp"

#include <cmath>

#include "core/base/rng.hpp"
#include "core/projection/principal.hpp"

namespace latentscape {

Result<FloatArray> principal_start(FloatView points, double deviation, uint64_t seed, ComputePool& pool, std::stop_token stop) {
  LS_TRY(const PrincipalAxes principal, principal_axes(points, 2, pool, stop));
  const double found = std::sqrt(principal.variances[0]);
  const double scale = found > 0.0 ? deviation / found : 0.0;
  FloatArray start(points.rows, 2);
  for_tiles(pool, points.rows, 256, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Rng rng(seed, RngStream::project, 1, static_cast<uint32_t>(i));
      for (size_t axis = 0; axis < 2; ++axis) {
        double sum = 0.0;
        for (size_t j = 0; axis < principal.axes.rows && j < points.cols; ++j)
          sum += (static_cast<double>(points(i, j)) - principal.mean[j]) * principal.axes(axis, j);
        start(i, axis) = static_cast<float>(scale * sum + 0.01 * deviation * static_cast<double>(rng.normal()));
      }
    }
  });
  return start;
}

}  // namespace latentscape
