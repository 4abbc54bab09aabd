// Approximate neighbours of many points: a forest for a start, then neighbours of neighbours until little changes.
// Dong, Moses & Li, "Efficient k-nearest neighbor graph construction for generic similarity measures", 2011 (NN-descent); forests of random
// halves: Dasgupta & Freund, "Random projection trees and low dimensional manifolds", 2008.
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

struct DescentConfig {
  size_t k = 15;  // 1 <= k < n
  uint64_t seed = 1;
  size_t trees = 6;    // of the start; 0 with `older`
  size_t rounds = 10;  // at most
};

/// The k nearest of n x d finite points, nearly all of them true ones (graph_recall says how many); from `older`, which may be of other
/// positions and has n rows, where that is given, else from a forest. Each point looks only at the last round's lists and changes only its
/// own: the same bits at any thread count.
Result<NeighbourLists> descend_neighbours(FloatView points, const NeighbourLists* older, const DescentConfig& config, ComputePool& pool,
                                          std::stop_token stop = {});

}  // namespace latentscape
