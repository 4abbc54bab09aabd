// Quality of a map: are the neighbours it shows true ones, and does it show the true ones? Of the whole map, and of each point.
#pragma once

#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/graph.hpp"
#include "core/neighbours/plane_tree.hpp"

namespace latentscape {

/// Neighbours that count where a map is judged, and how far trust looks for true ones: three times the usual perplexity.
inline constexpr size_t kJudgedNeighbours = 15, kTrustedNeighbours = 90;

struct QualityConfig {
  size_t k = kJudgedNeighbours;  // neighbours, less than half of the points
  size_t sample = 10'000;        // points judged, a seeded subset; their neighbours are looked for among all points
  uint64_t seed = 1;
};

struct MapQuality {
  double recall = 0.0;           // share of the k nearest in the space that are among the k nearest on the map
  double trustworthiness = 0.0;  // 1: every neighbour on the map is one in the space
  double continuity = 0.0;       // 1: every neighbour in the space is one on the map
  size_t k = 0;
  size_t judged = 0;  // points
};

/// T(k) = 1 - 2 / (m k (2n - 3k - 1)) sum_i sum_{j in N_map(i)} max(0, r(i, j) - k) over the m judged points, r the rank of j among the
/// neighbours of i in the space (1: the nearest, ties by the lower index, i itself left out); continuity swaps the two (Venna & Kaski,
/// "Neighborhood preservation in nonlinear projection methods", 2001). points: n x d, map: n x 2. O(m n (d + k)), the same bits at any
/// thread count. Errors: another number of rows, k < 1 or 2 k >= n, no sample, numbers that are not finite, cancelled.
Result<MapQuality> map_quality(FloatView points, FloatView map, const QualityConfig& config, ComputePool& pool, std::stop_token stop = {});

/// How far each point's k neighbours on the map can be believed, 0 to 1: the mean over them of 1 where the neighbour is among the k nearest
/// in the space, 1 - ln(r / k) / ln((K + 1) / k) where it is the r-th of the graph's K >= k, and 0 beyond. Ranks count in ratios, as in the
/// quality curves of Lee, Peluffo-Ordonez & Verleysen, "Multi-scale similarities in stochastic neighbour embedding", 2015, so that a near
/// miss costs little. Equal distances share the better rank; exact duplicates are always true neighbours. n numbers, the same bits at any
/// thread count. Errors: the map has another number of points than the graph, k < 1 or k > K, cancelled.
Result<std::vector<float>> point_trust(const NeighbourGraph& space, const PlaneTree& map, size_t k, ComputePool& pool,
                                       std::stop_token stop = {});

}  // namespace latentscape
