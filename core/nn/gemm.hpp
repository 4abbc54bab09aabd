// The one seam for dense products: everything in the project that multiplies matrices goes through here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

enum class Transpose : bool { no, yes };

/// A rectangle of the output, and where it lies in the grid of tiles.
struct Tile {
  size_t row_begin = 0, row_end = 0;
  size_t col_begin = 0, col_end = 0;
  size_t row_index = 0, col_index = 0;
};

/// How an output of rows x cols is cut: by its shape alone, so results never depend on the number of threads.
struct TileGrid {
  size_t rows = 0, cols = 0;
  size_t tile_rows = 1, tile_cols = 1;

  TileGrid(size_t output_rows, size_t output_cols);
  size_t row_tiles() const { return (rows + tile_rows - 1) / tile_rows; }
  size_t col_tiles() const { return (cols + tile_cols - 1) / tile_cols; }
  size_t tiles() const { return row_tiles() * col_tiles(); }
  Tile tile(size_t index) const {
    const size_t r = index / col_tiles(), c = index % col_tiles();
    return {r * tile_rows, std::min(rows, (r + 1) * tile_rows), c * tile_cols, std::min(cols, (c + 1) * tile_cols), r, c};
  }
};

/// A borrowed function; it must outlive the call that it is passed to. Never allocates.
template <class... Arguments>
class Borrowed {
 public:
  Borrowed() = default;
  template <class F>
  Borrowed(const F& f) : object_(&f), call_([](const void* o, Arguments... a) { (*static_cast<const F*>(o))(a...); }) {}
  explicit operator bool() const { return call_ != nullptr; }
  void operator()(Arguments... a) const { call_(object_, a...); }

 private:
  const void* object_ = nullptr;
  void (*call_)(const void*, Arguments...) = nullptr;
};
using TileFunction = Borrowed<const Tile&>;

/// C = op(A) op(B), or C += op(A) op(B) where `accumulate`. Shapes after op: rows x depth, depth x cols, rows x cols; row-major.
/// Each element of C is computed in full by one tile: of TileGrid, or of whole rows where A is transposed. `epilogue` runs on each tile of
/// C, on the tile's thread, while it is in cache. Of A in A B^T and of B in A^T B, that is where a layer has its examples, zeros are left
/// out where they are many: the same numbers, but 0 times inf or NaN may not show (zero_lists.hpp). S: float or double.
template <class S>
void gemm(ComputePool& pool, Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c,
          bool accumulate = false, TileFunction epilogue = {});

/// A^T B that is needed once only, a tile of `passing_grid` (of its rows, columns and depth) at a time: `use` gets each in the memory of
/// the thread that has made it. The same bits as gemm's.
template <class S>
void gemm_passing(ComputePool& pool, View2<const S> a, View2<const S> b, Borrowed<const Tile&, View2<const S>> use);
TileGrid passing_grid(size_t rows, size_t cols, size_t depth);

/// Both products of a layer's backward pass, for few examples: weights W (out x in) take longer to read then than to multiply by, and are
/// read once for both. dx = dy W, or dx + dy W where `accumulate`; `use` gets the tiles of dy^T x as from gemm_passing, and may change
/// their rows of W; none: they are not made. The depth of dy W is cut into parts, added in order: by the shape alone. parts: twofold_room
/// numbers. All arrays lie apart.
template <class S>
void gemm_twofold(ComputePool& pool, View2<const S> dy, View2<const S> x, View2<const S> w, View2<S> dx, bool accumulate,
                  std::span<S> parts, Borrowed<const Tile&, View2<const S>> use, TileFunction epilogue);
/// 0: too many examples, or too few weights or outputs, for it to be any faster.
size_t twofold_room(size_t examples, size_t out, size_t in);

struct Kernels;
/// The same as gemm by the loops of one instruction set (kernels.hpp), where `gemm` takes the widest of this machine.
template <class S>
void gemm_by(const Kernels& by, ComputePool& pool, Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b,
             View2<S> c, bool accumulate = false, TileFunction epilogue = {});

/// The same on the calling thread alone, for tasks that are themselves tiles of a larger one.
template <class S>
void gemm_here(Transpose transpose_a, Transpose transpose_b, View2<const S> a, View2<const S> b, View2<S> c, bool accumulate = false);

}  // namespace latentscape
