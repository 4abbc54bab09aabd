#include "core/nn/gemm.hpp"

#include <cstddef>

#include "core/nn/kernels.hpp"
#include "core/nn/thread_room.hpp"
#include "core/nn/zero_lists.hpp"

namespace latentscape {

namespace {

// Measured with the products of 784-400-20 on one and two threads: a block of A stays in the second cache while the panels of a tile go by;
// small enough that two threads share a minibatch evenly.
constexpr size_t kTileRows = 256;
constexpr size_t kTileCols = 96;
constexpr size_t kNarrowTileRows = 64;  // where one tile has all columns
constexpr size_t kRowUnit = 8;
constexpr size_t kShallowTileRows = 40;
constexpr size_t kMostSwappedRows = 32;
static_assert(kMostSwappedRows <= kNarrowTileRows);  // a tile of them has all rows
constexpr size_t kPackDepth = 1024;                  // of the depth, what one thread packs at a time
constexpr size_t kLeastOutputs = 64;                 // of a layer: with fewer there is little to leave out
constexpr size_t kLeastDepth = 32;                   // with less the gradient of weights takes longer to write than to compute
constexpr size_t kListedTileRows = 48;
constexpr size_t kPassingTileRows = 48, kPassingTileCols = 1008;  // multiples of a panel and of a strip; one lies in the second cache
static_assert(kPassingTileCols % kStrip == 0);
constexpr size_t kLeastTwofoldParts = 4, kMostTwofoldParts = 6;  // of the depth: each is one thread's
constexpr size_t kLeastTwofoldWeights = size_t{1} << 16;         // fewer stay in the second cache from the one product to the other

template <class S>
const GemmKernel<S>& of(const Kernels& k) {
  if constexpr (sizeof(S) == sizeof(float))
    return k.gemm_float;
  else
    return k.gemm_double;
}

template <class S>
struct Operands {
  View2<const S> a, b;
  View2<S> c;
  bool transposed_a, transposed_b, accumulate;
  const uint16_t* lists = nullptr;

  size_t depth() const { return transposed_a ? a.rows : a.cols; }
  Product<S> within(const Tile& t, S* room) const { return within(t, c.data + t.row_begin * c.cols + t.col_begin, c.cols, room); }
  Product<S> within(const Tile& t, S* tile, size_t ldc, S* room) const {
    return {a.data + t.row_begin * (transposed_a ? 1 : a.cols),
            a.cols,
            b.data + t.col_begin * (transposed_b ? b.cols : 1),
            b.cols,
            tile,
            ldc,
            t.row_end - t.row_begin,
            t.col_end - t.col_begin,
            depth(),
            transposed_a,
            transposed_b,
            accumulate,
            room,
            lists ? lists + (transposed_a ? t.col_begin : t.row_begin) / kStrip * list_room(depth()) : lists};
  }
};

/// Of a shallow A^T B, as the gradient of weights is, a tile has whole rows: memory takes them faster.
template <class S>
TileGrid grid_of(const Operands<S>& o) {
  TileGrid grid(o.c.rows, o.c.cols);
  if (o.transposed_a && o.lists) {
    grid.tile_rows = kListedTileRows;
    grid.tile_cols = o.c.cols;
  } else if (o.transposed_a && o.depth() <= kShallow) {
    grid.tile_rows = std::min(grid.tile_rows, kShallowTileRows);
    grid.tile_cols = o.c.cols;
  }
  return grid;
}

/// Packing a transposed B costs more than multiplying by it where few rows use it: then C is made by way of its transpose.
template <class S>
bool swapped(const Operands<S>& o) {
  return o.transposed_b && !o.transposed_a && o.c.rows <= kMostSwappedRows && o.c.rows < o.c.cols;
}

/// Of the operand that may be examples, x of a layer's x W^T and of its gradient dy^T x: their zeros are left out. Null: nothing is.
template <class S>
const uint16_t* lists_of(ComputePool& pool, const Operands<S>& o) {
  if (o.accumulate || o.transposed_a == o.transposed_b) return nullptr;
  if (o.transposed_a) return o.c.rows >= kLeastOutputs && o.depth() >= kLeastDepth ? lists_of_columns(pool, o.b) : nullptr;
  return o.c.cols >= kLeastOutputs ? lists_of_rows(pool, o.a, swapped(o) ? o.c.rows : kStrip) : nullptr;
}

template <class S>
void multiply_swapped(const GemmKernel<S>& kernel, ComputePool& pool, const Operands<S>& o, const TileGrid& grid, TileFunction epilogue) {
  const size_t rows = o.c.rows, depth = o.depth();
  S* const packed = thread_room<S>((rows + kernel.lanes - 1) / kernel.lanes * kernel.lanes * depth);
  for_tiles(pool, depth, kPackDepth,
            [&](size_t begin, size_t end) { kernel.pack_left(o.a.data, o.a.cols, rows, depth, begin, end, packed); });
  pool.run(grid.tiles(), [&](size_t index) {
    const Tile tile = grid.tile(index);  // of all rows
    kernel.multiply_swapped(o.within(tile, packed));
    if (epilogue) epilogue(tile);
  });
}

size_t twofold_parts(const TileGrid& grid) { return std::min(kMostTwofoldParts, grid.row_tiles()); }

}  // namespace

TileGrid::TileGrid(size_t output_rows, size_t output_cols) : rows(output_rows), cols(output_cols) {
  // Rows in equal parts: then each thread begins with as many of them, the same in the next step (thread_pool.cpp).
  const size_t most = cols <= kTileCols ? kNarrowTileRows : kTileRows, parts = (rows + most - 1) / most;
  tile_rows = parts < 2 ? std::max<size_t>(1, rows) : (rows / parts + kRowUnit) / kRowUnit * kRowUnit;
  tile_cols = std::max<size_t>(1, std::min(cols, kTileCols));
  // Narrow outputs of few rows, as the heads have, are two threads' all the same.
  if (rows <= kMostSwappedRows && tile_cols == cols && cols > kMostSwappedRows) tile_cols = (cols / 2 + kRowUnit) / kRowUnit * kRowUnit;
}

template <class S>
void gemm_by(const Kernels& by, ComputePool& pool, Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b,
             View2<S> c, bool accumulate, TileFunction epilogue) {
  const GemmKernel<S>& kernel = of<S>(by);
  Operands<S> operands{a, b, c, transpose_a == Transpose::yes, transpose_b == Transpose::yes, accumulate};
  operands.lists = lists_of(pool, operands);
  const TileGrid grid = grid_of(operands);
  const auto multiply = operands.lists && operands.transposed_a ? kernel.multiply_listed : kernel.multiply;
  if (swapped(operands)) return multiply_swapped(kernel, pool, operands, grid, epilogue);
  pool.run(grid.tiles(), [&](size_t index) {
    const Tile tile = grid.tile(index);
    multiply(operands.within(tile, thread_room<S>(kernel.room)));
    if (epilogue) epilogue(tile);
  });
}

TileGrid passing_grid(size_t rows, size_t cols, size_t depth) {
  TileGrid grid(rows, cols);
  grid.tile_cols = std::min(cols, kPassingTileCols);
  grid.tile_rows = std::min(rows, kPassingTileRows);
  if (depth >= kLeastDepth) return grid;
  // Half of the tiles hold half of the rows: two threads come to an end together, and none takes a tile that lies in the other's cache.
  size_t least = rows;
  for (size_t tile = kPassingTileRows + kRowUnit; tile >= 2 * kRowUnit; tile -= kRowUnit) {
    const size_t first = std::min(rows, (rows + tile - 1) / tile / 2 * tile),
                 apart = first > rows - first ? 2 * first - rows : rows - 2 * first;
    if (apart >= least) continue;
    least = apart;
    grid.tile_rows = tile;
  }
  return grid;
}

template <class S>
void gemm_passing(ComputePool& pool, View2<const S> a, View2<const S> b, Borrowed<const Tile&, View2<const S>> use) {
  const GemmKernel<S>& kernel = of<S>(kernels());
  Operands<S> operands{a, b, View2<S>(nullptr, a.cols, b.cols), true, false, false};
  operands.lists = lists_of(pool, operands);
  const TileGrid grid = passing_grid(a.cols, b.cols, a.rows);
  const auto multiply = operands.lists ? kernel.multiply_listed : kernel.multiply;
  pool.run(grid.tiles(), [&](size_t index) {
    const Tile tile = grid.tile(index);
    S* const room = thread_room<S>(kernel.room + grid.tile_rows * grid.tile_cols);
    const View2<S> c(room + kernel.room, tile.row_end - tile.row_begin, tile.col_end - tile.col_begin);
    multiply(operands.within(tile, c.data, c.cols, room));
    use(tile, c);
  });
}

size_t twofold_room(size_t examples, size_t out, size_t in) {
  const size_t parts = twofold_parts(passing_grid(out, in, examples));
  return examples < kLeastDepth && out * in >= kLeastTwofoldWeights && parts >= kLeastTwofoldParts ? parts * examples * in : 0;
}

template <class S>
void gemm_twofold(ComputePool& pool, View2<const S> dy, View2<const S> x, View2<const S> w, View2<S> dx, bool accumulate,
                  std::span<S> parts, Borrowed<const Tile&, View2<const S>> use, TileFunction epilogue) {
  const GemmKernel<S>& kernel = of<S>(kernels());
  const Operands<S> gradient{dy, x, View2<S>(nullptr, w.rows, w.cols), true, false, false};
  const TileGrid grid = passing_grid(w.rows, w.cols, dy.rows);
  const size_t count = twofold_parts(grid);
  pool.run(count, [&](size_t part) {
    S* const room = thread_room<S>(kernel.room + grid.tile_rows * grid.tile_cols);
    S* const sums = parts.data() + part * dx.rows * dx.cols;
    const size_t first = grid.row_tiles() * part / count, last = grid.row_tiles() * (part + 1) / count;
    for (size_t index = first * grid.col_tiles(); index < last * grid.col_tiles(); ++index) {
      const Tile t = grid.tile(index);
      const size_t rows = t.row_end - t.row_begin, cols = t.col_end - t.col_begin;
      kernel.multiply({dy.data + t.row_begin, dy.cols, w.data + t.row_begin * w.cols + t.col_begin, w.cols, sums + t.col_begin, dx.cols,
                       dy.rows, cols, rows, false, false, t.row_index > first, room, nullptr});
      if (!use) continue;
      const View2<S> tile(room + kernel.room, rows, cols);
      kernel.multiply(gradient.within(t, tile.data, cols, room));
      use(t, tile);
    }
  });
  const TileGrid columns(dx.rows, dx.cols);
  pool.run(columns.tiles(), [&](size_t index) {
    const Tile t = columns.tile(index);
    for (size_t i = t.row_begin; i < t.row_end; ++i) {
      const S* const part = parts.data() + i * dx.cols;
      S* const sum = dx.row_data(i);
      for (size_t j = t.col_begin; j < t.col_end; ++j) sum[j] = accumulate ? sum[j] + part[j] : part[j];
      for (size_t k = 1; k < count; ++k)
        for (size_t j = t.col_begin; j < t.col_end; ++j) sum[j] += part[k * dx.rows * dx.cols + j];
    }
    if (epilogue) epilogue(t);
  });
}

template <class S>
void gemm(ComputePool& pool, Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c, bool accumulate,
          TileFunction epilogue) {
  gemm_by<S>(kernels(), pool, transpose_a, transpose_b, a, b, c, accumulate, epilogue);
}

template <class S>
void gemm_here(Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c, bool accumulate) {
  const GemmKernel<S>& kernel = of<S>(kernels());
  const Operands<S> operands{a, b, c, transpose_a == Transpose::yes, transpose_b == Transpose::yes, accumulate};
  for (size_t i = 0; i < c.rows; i += kTileRows)
    kernel.multiply(operands.within({i, std::min(c.rows, i + kTileRows), 0, c.cols, 0, 0}, thread_room<S>(kernel.room)));
}

#define LS_INSTANTIATE(S)                                                                                                      \
  template void gemm_by<S>(const Kernels&, ComputePool&, Transpose, Transpose, View2<const S>, View2<const S>, View2<S>, bool, \
                           TileFunction);                                                                                      \
  template void gemm<S>(ComputePool&, Transpose, Transpose, View2<const S>, View2<const S>, View2<S>, bool, TileFunction);     \
  template void gemm_passing<S>(ComputePool&, View2<const S>, View2<const S>, Borrowed<const Tile&, View2<const S>>);          \
  template void gemm_twofold<S>(ComputePool&, View2<const S>, View2<const S>, View2<const S>, View2<S>, bool, std::span<S>,    \
                                Borrowed<const Tile&, View2<const S>>, TileFunction);                                          \
  template void gemm_here<S>(Transpose, Transpose, View2<const S>, View2<const S>, View2<S>, bool);
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
