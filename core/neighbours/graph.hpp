// NeighbourGraph: who is near whom among n points, the one ground that maps stand on.
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

enum class Metric {
  euclidean,
  cosine,  // squared Euclidean distances of the rows scaled to length 1: 2 - 2 cos. A zero row stays zero, at 1 from all that are not
};

/// ids and squared_distances, n x k: nearest first, ties by the lower id, never the point itself.
using NeighbourGraph = NeighbourLists;

struct GraphConfig {
  size_t k = 90;  // 1 <= k < n
  Metric metric = Metric::euclidean;
};

/// The graph of n x d points, the same bits at any thread count. Errors: k out of range, numbers that are not finite, cancelled by `stop`.
Result<NeighbourGraph> neighbour_graph(FloatView points, const GraphConfig& config, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
