// PackedPoints: points cut into groups of kLanes, dimension by dimension, so that one register meets kLanes points at once.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/neighbours/lanes.hpp"

namespace latentscape {

/// Fails with non_finite, naming the first row that holds a number which is none.
Status check_finite(FloatView points, const char* what);

/// n x d points, copied. Distances are sums of squared differences in the order of the dimensions, so equal points give exactly equal
/// distances (the expansion |a|^2 + |b|^2 - 2ab, twice as fast, does not). Positions past n are infinitely far.
class PackedPoints {
 public:
  /// The i-th is row order[i], or row i where there is no order.
  explicit PackedPoints(FloatView points, std::span<const uint32_t> order = {});
  size_t size() const { return n_; }
  size_t dimensions() const { return d_; }
  size_t groups() const { return padded_to_lanes(n_) / kLanes; }

  /// Squared Euclidean distances of `Q` queries (transposed: d x Q) to group g: out is Q x kLanes.
  template <size_t Q>
  void group_distances(const float* queries, size_t g, float* out) const {
    const float* block = values_.data() + g * d_ * kLanes;
    Lanes sum[Q] = {};
    for (size_t j = 0; j < d_; ++j) {
      const Lanes p = load_lanes(block + j * kLanes);
      for (size_t q = 0; q < Q; ++q) {
        const Lanes difference = fill_lanes(queries[j * Q + q]) - p;
        sum[q] += difference * difference;
      }
    }
    for (size_t q = 0; q < Q; ++q) store_lanes(out + q * kLanes, sum[q]);
  }

  /// start + sum_j query_j p_j of `Q` queries (transposed: d x Q) with the points of groups g .. g + V - 1: out is Q x V; start has a
  /// number a point.
  template <size_t Q, size_t V>
  void group_products(const float* queries, size_t g, const float* start, Lanes* out) const {
    const float* block = values_.data() + g * d_ * kLanes;
    Lanes sum[Q][V];
    for (size_t q = 0; q < Q; ++q)
      for (size_t v = 0; v < V; ++v) sum[q][v] = load_lanes(start + (g + v) * kLanes);
    for (size_t j = 0; j < d_; ++j) {
      Lanes p[V];
      for (size_t v = 0; v < V; ++v) p[v] = load_lanes(block + (v * d_ + j) * kLanes);
      for (size_t q = 0; q < Q; ++q)
        for (size_t v = 0; v < V; ++v) sum[q][v] += fill_lanes(queries[j * Q + q]) * p[v];
    }
    for (size_t q = 0; q < Q; ++q)
      for (size_t v = 0; v < V; ++v) out[q * V + v] = sum[q][v];
  }

  /// Squared distances of one query (d) to all points; out holds padded_to_lanes(size()) floats.
  void distances(const float* query, float* out) const {
    for (size_t g = 0; g < groups(); ++g) group_distances<1>(query, g, out + g * kLanes);
  }

 private:
  size_t n_ = 0;
  size_t d_ = 0;
  std::vector<float> values_;  // groups x d x kLanes
};

}  // namespace latentscape
