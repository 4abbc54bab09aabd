// Tiles of whole rows, for layers that treat each example by itself; cut by shape alone.
#pragma once

#include <algorithm>

#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Rows of `cols` numbers that one tile holds.
inline size_t rows_of_tile(size_t cols) {
  constexpr size_t numbers = 1 << 13;
  return std::max<size_t>(1, numbers / std::max<size_t>(1, cols));
}

inline size_t row_tiles(size_t rows, size_t cols) { return (rows + rows_of_tile(cols) - 1) / rows_of_tile(cols); }

/// body(begin, end) over the rows, on the pool.
template <class F>
void for_row_tiles(ComputePool& pool, size_t rows, size_t cols, F&& body) {
  for_tiles(pool, rows, rows_of_tile(cols), body);
}

}  // namespace latentscape
