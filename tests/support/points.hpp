// Points for tests of neighbours and maps.
#pragma once

#include "core/base/array.hpp"
#include "core/base/rng.hpp"

namespace latentscape {

inline FloatArray normal_points(size_t n, size_t d, uint64_t seed) {
  FloatArray points(n, d);
  Rng(seed, RngStream::general).fill_normal(points.values);
  return points;
}

/// Clusters of standard deviation 1, point i in group i % groups.
inline FloatArray clusters(size_t n, size_t d, size_t groups, uint64_t seed, float apart = 8.0f) {
  FloatArray points = normal_points(n, d, seed);
  for (size_t i = 0; i < n; ++i) points(i, (i % groups) % d) += apart;
  return points;
}

}  // namespace latentscape
