#include "core/projection/map_change.hpp"

#include <algorithm>
#include <cmath>

#include "core/neighbours/plane_tree.hpp"
#include "core/projection/alignment.hpp"

namespace latentscape {
namespace {

float distance(FloatView map, size_t i, size_t j) { return std::sqrt(squared_distance(map.row_data(i), map.row_data(j), 2)); }

/// The upper one of an even count.
float median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

size_t shared(std::span<const uint32_t> a, std::span<const uint32_t> b) {
  size_t count = 0;
  for (const uint32_t id : a) count += std::find(b.begin(), b.end(), id) != b.end() ? 1 : 0;
  return count;
}

/// After alignment, as a share of the wider side of `before`; 0 where that has none.
Result<double> displacement_share(const PlaneTree& tree, FloatView before, FloatView after) {
  LS_TRY(const MapAlignment alignment, align_map(after, before));
  const FloatArray aligned = alignment.apply(after);
  std::vector<float> travelled(before.rows);
  for (size_t i = 0; i < before.rows; ++i) travelled[i] = std::sqrt(squared_distance(aligned.row_data(i), before.row_data(i), 2));
  const PlaneTree::Node& whole = tree.nodes().front();
  const float side = std::max(whole.high[0] - whole.low[0], whole.high[1] - whole.low[1]);
  return side > 0.0f ? static_cast<double>(median_of(travelled)) / static_cast<double>(side) : 0.0;
}

}  // namespace

Result<MapChange> map_change(FloatView before, FloatView after, size_t k, ComputePool& pool, std::stop_token stop) {
  if (before.rows != after.rows)
    return fail(ErrorCode::invalid_argument, "what moved: maps of {} and {} points, expected the same", before.rows, after.rows);
  LS_TRY(const PlaneTree earlier, PlaneTree::make(before));
  LS_TRY(const PlaneTree later, PlaneTree::make(after));
  LS_TRY(const NeighbourLists then, plane_neighbours_within(earlier, k, pool, stop));
  LS_TRY(const NeighbourLists now, plane_neighbours_within(later, k, pool, stop));
  const size_t n = before.rows;
  MapChange change;
  change.moved.resize(n);
  std::vector<uint32_t> stayed(n);
  for_tiles(pool, n, 256, [&](size_t begin, size_t end) {
    std::vector<float> distances(k);
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      for (size_t a = 0; a < k; ++a) distances[a] = distance(after, i, then.ids(i, a));
      const float radius = std::sqrt(now.squared_distances(i, k - 1)), far = median_of(distances);
      change.moved[i] = far > radius ? 1.0f - radius / far : 0.0f;
      stayed[i] = static_cast<uint32_t>(shared(then.ids.row(i), now.ids.row(i)));
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "what moved: stopped");
  uint64_t all = 0;
  for (const uint32_t s : stayed) all += s;
  change.kept = static_cast<double>(all) / static_cast<double>(n * k);
  LS_TRY(change.displacement, displacement_share(earlier, before, after));
  return change;
}

}  // namespace latentscape
