// Approximate neighbours of many points: the leaves about each for a start, then neighbours of neighbours until little changes.
// Dong, Moses & Li, "Efficient k-nearest neighbor graph construction for generic similarity measures", 2011 (NN-descent).
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

struct DescentConfig {
  size_t k = 15;        // 1 <= k < n
  size_t leaves = 512;  // of the start, without `older`: see leaf_neighbours_within
  size_t rounds = 10;   // from `older`, at most; the leaves need one, where they did not say it all
};

/// The k nearest of n x d finite points, nearly all of them true ones (graph_recall says how many); from `older`, which may be of other
/// positions and has n rows, where that is given, else from the leaves about each. Each point looks only at the last round's lists and
/// changes only its own: the same bits at any thread count.
Result<NeighbourLists> descend_neighbours(FloatView points, const NeighbourLists* older, const DescentConfig& config, ComputePool& pool,
                                          std::stop_token stop = {});

}  // namespace latentscape
