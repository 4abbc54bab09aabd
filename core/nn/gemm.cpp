#include "core/nn/gemm.hpp"

#include <cstddef>
#include <memory>

#include "core/nn/gemm_kernel.hpp"

namespace latentscape {

namespace {

// Measured with 128 x 784 x 400 and its backward products on one and two threads: wide enough to pay for packing the panels,
// small enough that two threads share a minibatch evenly. A panel is as deep as most products, so that sums stay in registers; it lies in
// the second cache and is fetched ahead of its use.
constexpr size_t kTileRows = 256;
constexpr size_t kTileCols = 192;
constexpr size_t kDepth = 1024;

/// Room for a packed panel, this thread's own, written before it is read; on a cache line, because loads across two are slow.
template <class S>
S* panel_buffer() {
  constexpr size_t bytes = kDepth * kernel::kPanel<S> * sizeof(S);
  thread_local const std::unique_ptr<std::byte[]> room(new std::byte[bytes + kernel::kVectorBytes]);
  void* start = room.get();
  size_t space = bytes + kernel::kVectorBytes;
  return static_cast<S*>(std::align(kernel::kVectorBytes, bytes, start, space));
}

template <class S>
void tile_product(bool ta, bool tb, View2<const S> a, View2<const S> b, View2<S> c, size_t depth, const Tile& t, bool accumulate) {
  constexpr size_t lanes = kernel::kLanes<S>, panel = kernel::kPanel<S>;
  S* const packed = panel_buffer<S>();
  for (size_t j = t.col_begin; j < t.col_end; j += panel) {
    const size_t cols = std::min(panel, t.col_end - j), width = (cols + lanes - 1) / lanes * lanes;
    for (size_t k = 0; k < depth; k += kDepth) {
      const size_t deep = std::min(kDepth, depth - k);
      if (tb)
        kernel::pack_transposed(b.data + j * b.cols + k, b.cols, deep, cols, width, packed);
      else
        kernel::pack_plain(b.data + k * b.cols + j, b.cols, deep, cols, width, packed);
      const S* left = ta ? a.data + k * a.cols + t.row_begin : a.data + t.row_begin * a.cols + k;
      S* out = c.data + t.row_begin * c.cols + j;
      const bool fresh = k == 0 && !accumulate;
      if (ta)
        kernel::panel<S, true>(left, a.cols, packed, deep, out, c.cols, fresh, cols, t.row_end - t.row_begin);
      else
        kernel::panel<S, false>(left, a.cols, packed, deep, out, c.cols, fresh, cols, t.row_end - t.row_begin);
    }
  }
}

}  // namespace

TileGrid::TileGrid(size_t output_rows, size_t output_cols) : rows(output_rows), cols(output_cols) {
  tile_rows = std::max<size_t>(1, std::min(rows, kTileRows));
  tile_cols = std::max<size_t>(1, std::min(cols, kTileCols));
}

template <class S>
void gemm(ComputePool& pool, Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c, bool accumulate,
          TileFunction epilogue) {
  const TileGrid grid(c.rows, c.cols);
  const bool ta = transpose_a == Transpose::yes, tb = transpose_b == Transpose::yes;
  const size_t depth = ta ? a.rows : a.cols;
  const auto work = [&](size_t index) {
    const Tile tile = grid.tile(index);
    tile_product(ta, tb, a, b, c, depth, tile, accumulate);
    if (epilogue) epilogue(tile);
  };
  pool.run(grid.tiles(), work);
}

template <class S>
void gemm_here(Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c, bool accumulate) {
  const TileGrid grid(c.rows, c.cols);
  const bool ta = transpose_a == Transpose::yes, tb = transpose_b == Transpose::yes;
  const size_t depth = ta ? a.rows : a.cols;
  for (size_t i = 0; i < grid.tiles(); ++i) tile_product(ta, tb, a, b, c, depth, grid.tile(i), accumulate);
}

template void gemm<float>(ComputePool&, Transpose, Transpose, View2<const float>, View2<const float>, View2<float>, bool, TileFunction);
template void gemm<double>(ComputePool&, Transpose, Transpose, View2<const double>, View2<const double>, View2<double>, bool, TileFunction);
template void gemm_here<float>(Transpose, Transpose, View2<const float>, View2<const float>, View2<float>, bool);
template void gemm_here<double>(Transpose, Transpose, View2<const double>, View2<const double>, View2<double>, bool);

}  // namespace latentscape
