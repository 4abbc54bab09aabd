// Quality of a map: are the neighbours it shows true ones, and does it show the true ones?
// Venna & Kaski, "Neighborhood preservation in nonlinear projection methods", 2001.
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct MapQuality {
  double trustworthiness = 0.0;  // 1: every neighbour on the map is one in the space
  double continuity = 0.0;       // 1: every neighbour in the space is one on the map
  size_t k = 0;
};

/// T(k) = 1 - 2 / (n k (2n - 3k - 1)) sum_i sum_{j in N_map(i)} max(0, r(i, j) - k), r the rank of j among the neighbours of i in the space
/// (1: the nearest, ties by the lower index); continuity swaps the two. points: n x d, map: n x 2, 1 <= k < n / 2. O(n^2 (d + k)): give it
/// a sample of large sets.
Result<MapQuality> map_quality(FloatView points, FloatView map, size_t k, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
