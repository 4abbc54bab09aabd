// Exact k nearest neighbours by squared Euclidean distance: blocks of queries against leaves of points, those passed over that are too far.
#pragma once

#include <cstdint>
#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Row i: the neighbours of query i, nearest first, ties by the lower index.
struct NeighbourLists {
  Array2<uint32_t> ids;          // m x k, rows of the points
  FloatArray squared_distances;  // m x k
};

/// Sum of squared differences: the same for equal points, whichever way round.
float squared_distance(const float* a, const float* b, size_t d);

/// The k nearest of `points` (n x d) to each of `queries` (m x d). 1 <= k <= n. O(m n d) time, less where few dimensions tell, the same
/// bits at any thread count. Errors: a k out of range, widths that differ, numbers that are not finite (or whose squares overflow),
/// cancelled by `stop`.
Result<NeighbourLists> exact_neighbours(FloatView points, FloatView queries, size_t k, ComputePool& pool, std::stop_token stop = {});

/// The same among the points themselves, each without itself (not without its duplicates). 1 <= k < n.
Result<NeighbourLists> exact_neighbours_within(FloatView points, size_t k, ComputePool& pool, std::stop_token stop = {});

struct LeafNeighbours {
  NeighbourLists lists;
  double whole = 0.0;  // share of the points that had no leaf left to look into: their neighbours are exact
};

/// The same where points look into so many leaves (see LeafOrder) about them at most: not all of the nearest, in O(n) but for the order.
Result<LeafNeighbours> leaf_neighbours_within(FloatView points, size_t k, size_t leaves, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
