// NeighbourGraph: who is near whom among n points, the one ground that maps stand on.
#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

enum class Metric {
  euclidean,
  cosine,  // squared Euclidean distances of the rows scaled to length 1: 2 - 2 cos. The cosine of a row of zeros with any other is 0
};

/// Each row scaled to length 1, and a column more, in which rows of zeros have their 1; numbers that are not finite keep some in their row.
FloatArray unit_rows(FloatView points);

/// Points whose Euclidean distances are those of the metric; `room` holds them where they are not the given ones.
FloatView seen_by(Metric metric, FloatView points, FloatArray& room);

/// ids and squared_distances, n x k: nearest first, ties by the lower id, never the point itself.
using NeighbourGraph = NeighbourLists;

struct GraphConfig {
  size_t k = 90;  // 1 <= k < n
  Metric metric = Metric::euclidean;
  uint64_t seed = 1;             // of the points that graph_recall looks at
  size_t exact_up_to = 150'000;  // points; beyond, NN-descent
};

/// The graph of n x d points, the same bits at any thread count. Errors: k out of range, numbers that are not finite, cancelled by `stop`.
Result<NeighbourGraph> neighbour_graph(FloatView points, const GraphConfig& config, ComputePool& pool, std::stop_token stop = {});

/// The same points after they moved, from `older` (n rows): exact for few, anew where k is larger than there, else by NN-descent from it.
Result<NeighbourGraph> refined_graph(FloatView points, const NeighbourGraph& older, const GraphConfig& config, ComputePool& pool,
                                     std::stop_token stop = {});

/// Share of the true k nearest that the graph has, over `sample` seeded points (all, where there are fewer); as near counts as the same.
Result<double> graph_recall(FloatView points, const NeighbourGraph& graph, const GraphConfig& config, size_t sample, ComputePool& pool,
                            std::stop_token stop = {});

}  // namespace latentscape
