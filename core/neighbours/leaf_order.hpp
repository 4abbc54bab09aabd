// LeafOrder: points in an order in which every run of kLeaf lies close together, with the box of each run, so that a search can pass over
// whole runs. Bentley, "Multidimensional binary search trees used for associative searching", 1975.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/lanes.hpp"

namespace latentscape {

struct LeafOrder {
  static constexpr size_t kLeaf = 128;  // points; only the last leaf may have fewer
  static constexpr size_t kBlock = 8;   // within a leaf
  static_assert(kLeaf % kLanes == 0, "leaves are whole groups of packed points");

  std::vector<uint32_t>
      ids;  // n: leaf l has [l kLeaf, (l + 1) kLeaf), runs of kBlock being closer still. Equal points come in the order of their ids
  FloatArray low, high;  // leaves x d: the box of each
  size_t leaves() const { return low.rows; }
};

/// Points (n x d, finite) halved at the median of the widest dimension until leaves are left. The same at any thread count. Stopped: not to
/// be used.
LeafOrder leaf_order(FloatView points, ComputePool& pool, const std::stop_token& stop = {});

/// Points as they come, all space the box of each leaf: for a search that is too short to be worth an order.
LeafOrder given_order(FloatView points);

}  // namespace latentscape
