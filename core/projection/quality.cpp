#include "core/projection/quality.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/rows.hpp"
#include "core/neighbours/exact.hpp"
#include "core/neighbours/heaps.hpp"
#include "core/neighbours/packed_points.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {
namespace {

constexpr size_t kTogether = 8;  // points that share one reading of all

/// Ranks of some neighbours of up to kTogether points, by one pass over all points: 1 the nearest, ties by the lower index.
class RankCount {
 public:
  explicit RankCount(const PackedPoints& packed) : packed_(packed), queries_(packed.dimensions() * kTogether, 0.0f) {}

  void add_query(const float* values, uint32_t id) {
    for (size_t c = 0; c < packed_.dimensions(); ++c) queries_[c * kTogether + ids_.size()] = values[c];
    ids_.push_back(id);
  }
  /// Of the query added last.
  void add_neighbour(uint32_t id) { neighbours_.push_back({ids_.size() - 1, id, 0.0f, 0.0f, 0}); }
  size_t count() const { return neighbours_.size(); }
  size_t rank(size_t neighbour) const { return neighbours_[neighbour].nearer + 1; }

  void run() {
    float distances[kTogether * kLanes];
    for (Neighbour& n : neighbours_) {
      packed_.group_distances<kTogether>(queries_.data(), n.id / kLanes, distances);
      n.limit = distances[n.query * kLanes + n.id % kLanes];
      n.above = std::nextafter(n.limit, std::numeric_limits<float>::infinity());
    }
    for (size_t g = 0; g < packed_.groups(); ++g) {
      packed_.group_distances<kTogether>(queries_.data(), g, distances);
      for (size_t q = 0; q < ids_.size(); ++q)
        if (ids_[q] / kLanes == g) distances[q * kLanes + ids_[q] % kLanes] = std::numeric_limits<float>::infinity();  // nobody's neighbour
      for (Neighbour& n : neighbours_) n.nearer += nearer_in(g, distances + n.query * kLanes, n);
    }
  }

 private:
  struct Neighbour {
    size_t query;
    uint32_t id;
    float limit, above;  // its distance, and the next number
    uint32_t nearer;
  };

  /// Before its own group equals are nearer, after it they are not.
  static uint32_t nearer_in(size_t g, const float* distances, const Neighbour& n) {
    const size_t own = n.id / kLanes;
    const auto below = [&](float bound) { return lanes_below(load_lanes(distances), fill_lanes(bound)); };
    uint32_t bits = below(g < own ? n.above : n.limit);
    if (g == own) bits |= below(n.above) & ((1u << n.id % kLanes) - 1u);
    return static_cast<uint32_t>(__builtin_popcount(bits));
  }

  const PackedPoints& packed_;
  std::vector<float> queries_;  // d x kTogether
  std::vector<uint32_t> ids_;
  std::vector<Neighbour> neighbours_;
};

/// Of the k neighbours in `seen` of the judged points.
struct Shown {
  uint64_t true_ones = 0;  // those among the k nearest in `space`
  uint64_t excess = 0;     // sum of max(0, rank in `space` - k)
};

Result<Shown> shown_neighbours(FloatView space, FloatView seen, const std::vector<uint32_t>& judged, size_t k, ComputePool& pool,
                               const std::stop_token& stop) {
  const FloatArray queries = rows_of(seen, judged);
  LS_TRY(const NeighbourLists lists, exact_neighbours(seen, queries, k + 1, pool, stop));
  const PackedPoints packed(space);
  std::vector<Shown> found(judged.size());
  for_tiles(pool, judged.size(), kTogether, [&](size_t begin, size_t end) {
    if (stop.stop_requested()) return;
    RankCount ranks(packed);
    for (size_t q = begin; q < end; ++q) {
      // One more than k were asked for: the point itself, or, behind many duplicates, one too many.
      size_t left = k;
      ranks.add_query(space.row_data(judged[q]), judged[q]);
      for (const uint32_t j : lists.ids.row(q))
        if (j != judged[q] && left > 0) {
          ranks.add_neighbour(j);
          --left;
        }
    }
    ranks.run();
    for (size_t r = 0; r < ranks.count(); ++r) {
      Shown& shown = found[begin + r / k];
      if (ranks.rank(r) > k)
        shown.excess += ranks.rank(r) - k;
      else
        ++shown.true_ones;
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "map quality: stopped");
  Shown all;
  for (const Shown& one : found) {
    all.true_ones += one.true_ones;
    all.excess += one.excess;
  }
  return all;
}

/// Rank of j in the row of i, 1 the nearest, equal distances sharing the best; one beyond the row where it is not there.
size_t rank_in_row(const NeighbourGraph& graph, uint32_t i, uint32_t j) {
  const auto ids = graph.ids.row(i);
  const auto distances = graph.squared_distances.row(i);
  size_t at = static_cast<size_t>(std::find(ids.begin(), ids.end(), j) - ids.begin());
  if (at == ids.size()) return heap_of(graph, i) == heap_of(graph, j) ? 1 : at + 1;
  while (at > 0 && distances[at - 1] == distances[at]) --at;
  return at + 1;
}

}  // namespace

Result<MapQuality> map_quality(FloatView points, FloatView map, const QualityConfig& config, ComputePool& pool, std::stop_token stop) {
  const size_t n = points.rows, k = config.k;
  if (map.rows != n)
    return fail(ErrorCode::invalid_argument, "map quality: the map has {} rows, expected {} as the points have", map.rows, n);
  if (k < 1 || 2 * k >= n)
    return fail(ErrorCode::invalid_argument, "map quality: k is {}, expected at least 1 and less than half of the {} points", k, n);
  if (config.sample < 1) return fail(ErrorCode::invalid_argument, "map quality: a sample of 0 points, expected at least 1");
  LS_CHECK(check_finite(points, "map quality: points"));
  LS_CHECK(check_finite(map, "map quality: map"));
  const std::vector<uint32_t> judged = subset_of(n, config.sample, config.seed);
  LS_TRY(const Shown on_map, shown_neighbours(points, map, judged, k, pool, stop));
  LS_TRY(const Shown in_space, shown_neighbours(map, points, judged, k, pool, stop));
  const double nn = static_cast<double>(n), kk = static_cast<double>(k), pairs = static_cast<double>(judged.size()) * kk;
  const double scale = 2.0 / (pairs * (2.0 * nn - 3.0 * kk - 1.0));
  return MapQuality{static_cast<double>(on_map.true_ones) / pairs, 1.0 - scale * static_cast<double>(on_map.excess),
                    1.0 - scale * static_cast<double>(in_space.excess), k, judged.size()};
}

Result<std::vector<float>> point_trust(const NeighbourGraph& space, const PlaneTree& map, size_t k, ComputePool& pool,
                                       std::stop_token stop) {
  const size_t n = space.ids.rows, most = space.ids.cols;
  if (map.size() != n)
    return fail(ErrorCode::invalid_argument, "trust: the map has {} points, expected {} as the graph has", map.size(), n);
  if (k < 1 || k > most) return fail(ErrorCode::invalid_argument, "trust: k is {}, expected 1 to {} as the graph knows", k, most);
  LS_TRY(const NeighbourLists shown, plane_neighbours_within(map, k, pool, stop));
  std::vector<double> belief(most + 2, 0.0);  // by rank
  for (size_t r = 1; r <= most; ++r)
    belief[r] = r <= k ? 1.0
                       : 1.0 - std::log(static_cast<double>(r) / static_cast<double>(k)) /
                                   std::log(static_cast<double>(most + 1) / static_cast<double>(k));
  std::vector<float> trust(n);
  for_tiles(pool, n, 256, [&](size_t begin, size_t end) {
    if (stop.stop_requested()) return;
    for (size_t i = begin; i < end; ++i) {
      double sum = 0.0;
      for (const uint32_t j : shown.ids.row(i)) sum += belief[rank_in_row(space, static_cast<uint32_t>(i), j)];
      trust[i] = static_cast<float>(sum / static_cast<double>(k));
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "trust: stopped");
  return trust;
}

}  // namespace latentscape
