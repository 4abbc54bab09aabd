#include "core/projection/quality.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "core/neighbours/exact.hpp"
#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

/// Rank of j among the neighbours of i, given the distances of i to all.
size_t rank_of(const std::vector<float>& distances, size_t n, size_t i, size_t j) {
  const float limit = distances[j];
  size_t nearer = 0;
  for (size_t l = 0; l < j; ++l) nearer += distances[l] <= limit ? 1 : 0;
  for (size_t l = j + 1; l < n; ++l) nearer += distances[l] < limit ? 1 : 0;
  const bool counted_self = i < j ? distances[i] <= limit : distances[i] < limit;
  return nearer + 1 - (counted_self ? 1 : 0);
}

/// sum over i and its k neighbours in `seen` of max(0, rank in `space` - k).
Result<double> excess_ranks(FloatView space, FloatView seen, size_t k, ComputePool& pool, const std::stop_token& stop) {
  LS_TRY(const NeighbourLists lists, exact_neighbours_within(seen, k, pool, stop));
  const PackedPoints packed(space);
  const size_t n = space.rows;
  std::vector<double> excess(n, 0.0);
  for_tiles(pool, n, 32, [&](size_t begin, size_t end) {
    std::vector<float> distances(padded_to_lanes(n));
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      packed.distances(space.row_data(i), distances.data());
      for (const uint32_t j : lists.ids.row(i)) {
        const size_t rank = rank_of(distances, n, i, j);
        if (rank > k) excess[i] += static_cast<double>(rank - k);
      }
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "map quality: stopped");
  return std::accumulate(excess.begin(), excess.end(), 0.0);
}

}  // namespace

Result<MapQuality> map_quality(FloatView points, FloatView map, size_t k, ComputePool& pool, std::stop_token stop) {
  const size_t n = points.rows;
  if (map.rows != n)
    return fail(ErrorCode::invalid_argument, "map quality: the map has {} rows, expected {} as the points have", map.rows, n);
  if (k < 1 || 2 * k >= n)
    return fail(ErrorCode::invalid_argument, "map quality: k is {}, expected at least 1 and less than half of the {} points", k, n);
  LS_CHECK(check_finite(points, "map quality: points"));
  LS_CHECK(check_finite(map, "map quality: map"));
  LS_TRY(const double intruders, excess_ranks(points, map, k, pool, stop));
  LS_TRY(const double missing, excess_ranks(map, points, k, pool, stop));
  const double nn = static_cast<double>(n), kk = static_cast<double>(k);
  const double scale = 2.0 / (nn * kk * (2.0 * nn - 3.0 * kk - 1.0));
  return MapQuality{1.0 - scale * intruders, 1.0 - scale * missing, k};
}

}  // namespace latentscape
