// PlaneTree: exact neighbours among the points of a map, in microseconds, however unevenly they lie.
// Bentley, "Multidimensional binary search trees used for associative searching", 1975.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

/// Halved at the median of the wider side until few points are left. Immutable: any number of threads may ask at once.
class PlaneTree {
 public:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
  static constexpr float kMostCoordinate = 1e18f;  // beyond, squared distances overflow

  /// positions: n x 2, n >= 1, copied. Errors: another shape, a number that is not finite or at least kMostCoordinate.
  static Result<PlaneTree> make(FloatView positions);

  size_t size() const { return order_.size(); }

  /// The nearest of `at`, as many as `ids` has room for or as there are, without the point `without`; nearest first, ties by the lower id:
  /// what exact_neighbours finds. Returns how many. `at` below kMostCoordinate.
  size_t nearest(std::array<float, 2> at, std::span<uint32_t> ids, std::span<float> squared_distances, uint32_t without = kNone) const;

  struct Node {
    std::array<float, 2> low{}, high{};  // the box of its points
    std::array<double, 2> mean{};        // of their positions
    uint32_t begin = 0, end = 0;         // of order() and ordered()
    uint32_t first_child = 0;            // the other is the next; 0: a leaf
    uint32_t lowest = 0;                 // id among them
  };
  std::span<const Node> nodes() const { return nodes_; }                        // the root is 0
  std::span<const uint32_t> order() const { return order_; }                    // ids, leaf by leaf: those close in it are close on the map
  std::span<const std::array<float, 2>> ordered() const { return positions_; }  // their positions

 private:
  std::vector<Node> nodes_;
  std::vector<uint32_t> order_;
  std::vector<std::array<float, 2>> positions_;
};

/// The k nearest on the map of each of its points, without itself: what exact_neighbours_within finds, in O(n log n). 1 <= k < n.
Result<NeighbourLists> plane_neighbours_within(const PlaneTree& tree, size_t k, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
