#include "core/neighbours/packed_points.hpp"

#include <cmath>
#include <limits>

namespace latentscape {

Status check_finite(FloatView points, const char* what) {
  for (size_t i = 0; i < points.rows; ++i)
    for (const float v : points.row(i))
      if (!std::isfinite(v)) return fail(ErrorCode::non_finite, "{}: row {} holds {}, expected finite numbers", what, i, v);
  return {};
}

PackedPoints::PackedPoints(FloatView points, std::span<const uint32_t> order)
    : n_(points.rows), d_(points.cols), values_(padded_to_lanes(n_) * d_, std::numeric_limits<float>::infinity()) {
  for (size_t i = 0; i < n_; ++i) {
    float* to = values_.data() + (i / kLanes) * d_ * kLanes + i % kLanes;
    const float* from = points.row_data(order.empty() ? i : order[i]);
    for (size_t j = 0; j < d_; ++j) to[j * kLanes] = from[j];
  }
}

}  // namespace latentscape
