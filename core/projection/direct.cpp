#include "core/projection/direct.hpp"

#include "core/neighbours/packed_points.hpp"

namespace latentscape {

Status DirectProjection::set_points(FloatView points, ComputePool& pool, std::stop_token stop) {
  LS_CHECK(check_finite(points, "projection"));
  LS_TRY(LinearMap map, map_for(points, map_, pool, stop));
  FloatArray positions(points.rows, 2);
  for_tiles(pool, points.rows, 2048, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const auto y = map.map_from_latent(points.row(i));
      positions(i, 0) = y[0];
      positions(i, 1) = y[1];
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "projection: stopped");
  map_ = std::move(map);
  positions_ = std::move(positions);
  return {};
}

}  // namespace latentscape
