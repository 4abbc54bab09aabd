// Numbers for tests of formulas and gradients, in double.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/rng.hpp"

namespace latentscape {

using Doubles = std::vector<double>;

/// n numbers from low to high, the same ones for the same key.
inline Doubles random_numbers(size_t n, uint32_t key, double low = -1.0, double high = 1.0) {
  Doubles v(n);
  Rng rng(3, RngStream::general, 1, key);
  for (double& x : v) x = rng.uniform(low, high);
  return v;
}

inline double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace latentscape
