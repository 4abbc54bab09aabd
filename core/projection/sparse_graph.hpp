// SparseGraph: weighted edges among n points, a row a point; what layouts pull along.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/graph.hpp"

namespace latentscape {

/// Row i: values[start[i] .. start[i + 1]) with the points of the same places in columns.
struct SparseGraph {
  size_t n = 0;
  std::vector<size_t> start;  // n + 1
  std::vector<uint32_t> columns;
  std::vector<float> values;
};

/// Both directions of an edge get one value: the weight, where one end alone chose the other, else `both` of the two weights, which must
/// not depend on their order. ids and weights are n x k, no point in a row twice. The same bits at any thread count. Errors: cancelled.
Result<SparseGraph> symmetrised(Array2<uint32_t> ids, FloatArray weights, float (*both)(float, float), ComputePool& pool,
                                std::stop_token stop);

/// The same edges of points in another order: row r is that of order[r].
SparseGraph renumbered(SparseGraph graph, std::span<const uint32_t> order, ComputePool& pool);

/// The k of largest weight of each row (which has at least k), as ids of a graph without distances: where to look when points have moved.
NeighbourGraph strongest_partners(const SparseGraph& graph, size_t k, ComputePool& pool);

/// Neighbours of points that a layout takes up: from the partners in `older`, made of `older_k` neighbours a point, where that is given
/// (the same points, moved), else searched for anew. See spread_heaps.
Result<NeighbourGraph> neighbours_again(FloatView points, const SparseGraph* older, size_t older_k, const GraphConfig& search,
                                        ComputePool& pool, std::stop_token stop);

}  // namespace latentscape
