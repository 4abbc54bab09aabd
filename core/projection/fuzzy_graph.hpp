// The fuzzy graph of UMAP: how surely each pair of points is connected, every point measuring in its own units.
// McInnes, Healy & Melville, "UMAP: uniform manifold approximation and projection", 2018, sections 3.1 and 3.2.
#pragma once

#include <span>
#include <stop_token>

#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/graph.hpp"
#include "core/projection/sparse_graph.hpp"

namespace latentscape {

/// A point's own metric: its memberships are exp(-max(0, distance - rho) / sigma).
struct LocalScale {
  float rho = 0.0f;    // to its nearest neighbour that is not in the same place; 0 where there is none
  float sigma = 0.0f;  // so that the memberships of its k neighbours sum to log2(k), above a floor where ties forbid that
};

/// distances: Euclidean, k >= 1. `floor`: the least sigma.
LocalScale local_scale(std::span<const float> distances, float floor);

/// Errors unless 2 <= neighbours < n.
Status check_neighbours(size_t neighbours, size_t n);

/// Memberships of the k neighbours a point, united by the probabilistic t-conorm a + b - ab: symmetric, in (0, 1]. Takes the graph's memory
/// over. The same bits at any thread count. Errors: cancelled by `stop`.
Result<SparseGraph> fuzzy_graph(NeighbourGraph graph, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
