#include "core/projection/principal_start.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "core/projection/principal.hpp"

namespace latentscape {
namespace {

/// place(i, axis) of each point, scaled, and noise of a hundredth of the deviation.
template <class F>
FloatArray scaled_start(size_t n, double scale, double deviation, uint64_t seed, ComputePool& pool, const F& place) {
  FloatArray start(n, 2);
  for_tiles(pool, n, 256, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Rng rng(seed, RngStream::project, 1, static_cast<uint32_t>(i));
      for (const size_t axis : {0, 1})
        start(i, axis) = static_cast<float>(scale * place(i, axis) + 0.01 * deviation * static_cast<double>(rng.normal()));
    }
  });
  return start;
}

}  // namespace

Result<FloatArray> given_start(FloatView places, size_t n, double deviation, uint64_t seed, ComputePool& pool) {
  if (n == 0 || places.rows != n || places.cols != 2)
    return fail(ErrorCode::invalid_argument, "the start is {} x {} numbers, expected {} x 2, a place a point", places.rows, places.cols, n);
  double mean[2] = {}, square[2] = {};
  for (const size_t axis : {0, 1}) {
    for (size_t i = 0; i < n; ++i) mean[axis] += static_cast<double>(places(i, axis));
    mean[axis] /= static_cast<double>(n);
    for (size_t i = 0; i < n; ++i) square[axis] += std::pow(static_cast<double>(places(i, axis)) - mean[axis], 2.0);
  }
  const double wider = std::sqrt(std::max(square[0], square[1]) / static_cast<double>(n));
  const double scale = wider > 0.0 ? deviation / wider : 0.0;
  FloatArray start(n, 2);
  for_tiles(pool, n, 256, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Rng rng(seed, RngStream::project, 1, static_cast<uint32_t>(i));
      for (const size_t axis : {0, 1})
        start(i, axis) = static_cast<float>(scale * (static_cast<double>(places(i, axis)) - mean[axis]) +
                                            0.01 * deviation * static_cast<double>(rng.normal()));
    }
  });
  return start;
}

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
