#include "core/explore/inspect.hpp"

#include <algorithm>
#include <cmath>

#include "core/neighbours/exact.hpp"

namespace latentscape {

Result<Nearby> neighbours_of_position(FloatView points, std::span<const float> position, size_t k, ComputePool& pool,
                                      std::stop_token stop) {
  LS_TRY(const NeighbourLists lists, exact_neighbours(points, {position.data(), 1, position.size()}, std::min(k, points.rows), pool, stop));
  Nearby near;
  near.ids = lists.ids.values;
  for (const float squared : lists.squared_distances.values) near.distances.push_back(std::sqrt(static_cast<double>(squared)));
  return near;
}

Result<Nearby> neighbours_of_point(FloatView points, size_t id, size_t k, ComputePool& pool, std::stop_token stop) {
  if (id >= points.rows) return fail(ErrorCode::invalid_argument, "neighbours: point {}, expected less than {}", id, points.rows);
  LS_TRY(Nearby near, neighbours_of_position(points, points.row(id), k + 1, pool, stop));
  // Among more than k duplicates the point may not have found itself.
  const auto self = std::find(near.ids.begin(), near.ids.end(), static_cast<uint32_t>(id));
  const auto at = self != near.ids.end() ? self - near.ids.begin() : static_cast<std::ptrdiff_t>(near.ids.size()) - 1;
  near.ids.erase(near.ids.begin() + at);
  near.distances.erase(near.distances.begin() + at);
  return near;
}

}  // namespace latentscape
