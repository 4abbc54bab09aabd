// A matrix of numbers from -1 to 1, the same ones for the same key.
#pragma once

#include "core/base/array.hpp"
#include "core/base/rng.hpp"

namespace latentscape {

template <class S>
Array2<S> random_matrix(size_t rows, size_t cols, uint32_t key) {
  Array2<S> m(rows, cols);
  Rng rng(7, RngStream::general, 0, key);
  for (S& v : m.values) v = static_cast<S>(rng.uniform(-1.0, 1.0));
  return m;
}

}  // namespace latentscape
