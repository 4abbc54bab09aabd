// The inner loops of gemm: packed panels of B, a block of C in registers. Private to the kernels_*.cpp files (see vector_kernel.hpp).
// Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", 2008. Each element of C is one chain of fused multiply-adds
// in the order of the depth, so its bits depend neither on the tile it lies in nor on the width of the vectors.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/nn/kernels.hpp"
#include "core/nn/packing_kernel.hpp"
#include "core/nn/vector_kernel.hpp"

namespace latentscape {
namespace {

constexpr size_t kVectors = 3;  // of a full panel

/// Rows of a block of V vectors: 24 of the 32 registers of AVX-512, 12 of the 16 of the others, and at least 8 chains at a time.
template <size_t V>
constexpr size_t kRows = (kVectorBytes == 64 ? 8 : 4) * (V == 1 ? 2 : 1);

template <class S>
constexpr size_t kPanel = kVectors* kLanes<S>;  // columns of a full panel

/// Panels of 3 vectors; a last one of 1 would starve the multipliers, so the last 4 go in twos.
constexpr size_t panel_vectors(size_t left) { return left == 4 ? 2 : smaller(left, kVectors); }

// How far ahead of its use B is fetched: a packed panel from the second cache, in vectors; the rows of B itself from the third.
constexpr size_t kAhead = 24;
constexpr size_t kRowsAhead = 32;

/// Where a block's right side lies: in a packed panel; in one of which only listed rows are needed; or in B, from where it is packed on
/// its way.
enum class Right { packed, listed, rows };

template <class S>
struct Block {
  const S* a;
  size_t lda;
  const S* b;  // Right::rows: the first column of the panel, ldb numbers a row
  size_t ldb;
  S* packed;  // depth x V vectors
  size_t depth;
  S* c;
  size_t ldc;
  bool fresh;                      // C is overwritten, not added to
  size_t cols;                     // of the V vectors' columns, those that C has
  const S* next = nullptr;         // the block of C that comes next, where it is not the one below
  const uint16_t* list = nullptr;  // of a Right::listed, a count and so many rows
};

/// sum (R x V vectors) += A B, over the listed part of the depth.
template <class S, size_t R, size_t V, bool TransposedA>
__attribute__((always_inline)) inline void multiply_add_listed(const Block<S>& p, Vector<S> (&sum)[R][V]) {
  constexpr size_t lanes = kLanes<S>;
  const S *const a = p.a, *const packed = p.packed;
  const size_t lda = p.lda, count = p.list[0];
  const uint16_t* const list = p.list + 1;
  const auto step = [&](size_t k) __attribute__((always_inline)) {
    const S* const b = packed + k * (V * lanes);
    Vector<S> right[V];
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) right[v] = load<S>(b + v * lanes);
    LS_UNROLL
    for (size_t i = 0; i < R; ++i) {
      const S left = TransposedA ? a[k * lda + i] : a[i * lda + k];
      LS_UNROLL
      for (size_t v = 0; v < V; ++v) sum[i][v] += left * right[v];
    }
  };
  size_t n = 0;
  const S* next = p.next;  // rows of C to come, one with each of the first steps
  for (const size_t end = next ? smaller(count, V * lanes) : 0; n < end; ++n, next += p.ldc) {
    __builtin_prefetch(next, 1);
    step(list[n]);
  }
  for (; n < count; ++n) step(list[n]);
}

/// sum (R x V vectors) += A B, where A is R x depth.
template <class S, size_t R, size_t V, bool TransposedA, Right From>
__attribute__((always_inline)) inline void multiply_add(const Block<S>& p, Vector<S> (&sum)[R][V]) {
  if constexpr (From == Right::listed) return multiply_add_listed<S, R, V, TransposedA>(p, sum);
  constexpr size_t lanes = kLanes<S>;
  const S* const a = p.a;
  const S* b = From == Right::rows ? p.b : p.packed;
  const size_t lda = p.lda, ldb = From == Right::rows ? p.ldb : V * lanes;
  S* packed = p.packed;
  // On the way the rows of C that come next are fetched, few at a time: more would hold up what is needed now.
  const S* next = p.next ? p.next : p.c + R * p.ldc;
  for (size_t k = 0, end = p.depth % R + p.depth / R; k < p.depth; end += p.depth / R, next += p.ldc) {
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) __builtin_prefetch(next + v * lanes, 1);
    for (; k < end; ++k, b += ldb) {
      Vector<S> right[V];
      LS_UNROLL
      for (size_t v = 0; v < V; ++v) {
        right[v] = load<S>(b + v * lanes);
        __builtin_prefetch(b + v * lanes + (From == Right::rows ? kRowsAhead * ldb : kAhead * lanes));
        if constexpr (From == Right::rows) store<S>(right[v], packed + v * lanes);
      }
      packed += V * lanes;
      LS_UNROLL
      for (size_t i = 0; i < R; ++i) {
        const S left = TransposedA ? a[k * lda + i] : a[i * lda + k];
        LS_UNROLL
        for (size_t v = 0; v < V; ++v) sum[i][v] += left * right[v];
      }
    }
  }
}

/// C (R x V vectors) = or += A B.
template <class S, size_t R, size_t V, bool TransposedA, Right From>
void whole_block(const Block<S>& p) {
  constexpr size_t lanes = kLanes<S>;
  Vector<S> sum[R][V];
  LS_UNROLL
  for (size_t i = 0; i < R; ++i) {
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) {
      sum[i][v] = p.fresh ? Vector<S>{} : load<S>(p.c + i * p.ldc + v * lanes);
    }
  }
  multiply_add<S, R, V, TransposedA, From>(p, sum);
  LS_UNROLL
  for (size_t i = 0; i < R; ++i) {
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) store<S>(sum[i][v], p.c + i * p.ldc + v * lanes);
  }
}

/// The same where only some of the columns exist in C.
template <class S, size_t R, size_t V, bool TransposedA, Right From>
void block(const Block<S>& p) {
  constexpr size_t width = V * kLanes<S>;
  if (p.cols == width) return whole_block<S, R, V, TransposedA, From>(p);
  alignas(kVectorBytes) S whole[R * width] = {};
  for (size_t i = 0; i < R && !p.fresh; ++i) copy(p.c + i * p.ldc, p.cols, whole + i * width);
  Block<S> q = p;
  q.c = whole;
  q.ldc = width;
  whole_block<S, R, V, TransposedA, From>(q);
  for (size_t i = 0; i < R; ++i) copy(whole + i * width, p.cols, p.c + i * p.ldc);
}

/// `rows` rows of one panel: blocks of R rows, then of halves.
template <class S, size_t R, size_t V, bool TransposedA, Right From = Right::packed>
void panel_rows(Block<S> p, size_t rows) {
  const auto next = [&] {
    p.a += R * (TransposedA ? 1 : p.lda);
    p.c += R * p.ldc;
    rows -= R;
  };
  if (p.b && rows >= R) {
    block<S, R, V, TransposedA, Right::rows>(p);
    p.b = nullptr;
    next();
  }
  while (rows >= R) {
    block<S, R, V, TransposedA, From>(p);
    next();
  }
  if constexpr (R > 1)
    if (rows > 0) panel_rows<S, R / 2, V, TransposedA, From>(p, rows);
}

template <class S, bool TransposedA>
void panel(const Block<S>& p, size_t vectors, size_t rows) {
  static_assert(kVectors == 3);
  if (vectors == 3) return panel_rows<S, kRows<3>, 3, TransposedA>(p, rows);
  if (vectors == 2) return panel_rows<S, kRows<2>, 2, TransposedA>(p, rows);
  panel_rows<S, kRows<1>, 1, TransposedA>(p, rows);
}

/// Each strip of rows over its own list.
template <class S, size_t V>
void listed_rows(Block<S> p, size_t rows) {
  constexpr size_t R = smaller(kRows<V>, kStrip);
  for (size_t i = 0; i < rows; i += kStrip) {
    panel_rows<S, R, V, false, Right::listed>(p, smaller(kStrip, rows - i));
    p.a += kStrip * p.lda;
    p.c += kStrip * p.ldc;
    p.list += list_room(p.depth);
  }
}

template <class S>
void listed_panel(const Block<S>& p, size_t vectors, size_t rows) {
  if (vectors == 3) return listed_rows<S, 3>(p, rows);
  if (vectors == 2) return listed_rows<S, 2>(p, rows);
  listed_rows<S, 1>(p, rows);
}

template <class S>
constexpr size_t vectors_of(size_t numbers) {
  return (numbers + kLanes<S> - 1) / kLanes<S>;
}

/// C of a shallow product takes longer to write than to compute: row by row, as memory likes it, with all of B packed.
template <class S>
void multiply_shallow(const Product<S>& p) {
  constexpr size_t lanes = kLanes<S>, step = kRows<3>;
  for (size_t i = 0; i < p.rows; i += step) {
    const size_t rows = smaller(step, p.rows - i);
    S* const c = p.c + i * p.ldc;
    S* packed = p.room;
    for (size_t j = 0; j < p.cols;) {
      const size_t vectors = panel_vectors(vectors_of<S>(p.cols - j)), width = vectors * lanes, cols = smaller(width, p.cols - j);
      if (i == 0) pack_plain(p.b + j, p.ldb, p.depth, cols, width, packed);
      const Block<S> block{p.a + i,
                           p.lda,
                           nullptr,
                           p.ldb,
                           packed,
                           p.depth,
                           c + j,
                           p.ldc,
                           !p.accumulate,
                           cols,
                           j + width < p.cols ? c + j + width : c + step * p.ldc};
      panel<S, true>(block, vectors, rows);
      packed += width * p.depth;
      j += width;
    }
  }
}

template <class S>
void multiply(const Product<S>& p) {
  constexpr size_t lanes = kLanes<S>;
  if (p.transposed_a && !p.transposed_b && p.depth <= kShallow && (p.cols + lanes) * p.depth <= kPanel<S> * kPanelDepth)
    return multiply_shallow(p);
  for (size_t j = 0; j < p.cols;) {
    const size_t vectors = panel_vectors(vectors_of<S>(p.cols - j)), width = vectors * lanes, cols = smaller(width, p.cols - j);
    for (size_t k = 0; k < p.depth; k += kPanelDepth) {
      const size_t deep = smaller(kPanelDepth, p.depth - k);
      const S* b = p.transposed_b ? p.b + j * p.ldb + k : p.b + k * p.ldb + j;
      const S* a = p.transposed_a ? p.a + k * p.lda : p.a + k;
      Block<S> block{a, p.lda, nullptr, p.ldb, p.room, deep, p.c + j, p.ldc, k == 0 && !p.accumulate, cols};
      if (p.transposed_b)
        pack_transposed(b, p.ldb, deep, cols, width, p.room);
      else if (cols < width || p.rows < kRows<1>)
        pack_plain(b, p.ldb, deep, cols, width, p.room);
      else
        block.b = b;
      block.list = p.lists;
      if (p.lists)
        listed_panel(block, vectors, p.rows);
      else if (p.transposed_a)
        panel<S, true>(block, vectors, p.rows);
      else
        panel<S, false>(block, vectors, p.rows);
    }
    j += width;
  }
}

/// R columns of C for one panel of its rows, from a panel of A packed: C's transpose is B A^T.
template <class S, size_t R, size_t V, bool TransposedA, Right From>
void swapped_block(const Block<S>& p) {
  constexpr size_t lanes = kLanes<S>;
  Vector<S> sum[R][V] = {};
  multiply_add<S, R, V, TransposedA, From>(p, sum);
  LS_UNROLL
  for (size_t v = 0; v < V; ++v) {
    Vector<S> turned[R];
    LS_UNROLL
    for (size_t i = 0; i < R; ++i) turned[i] = sum[i][v];
    transpose<S, R>(turned);
    alignas(kVectorBytes) S flat[R * lanes];
    LS_UNROLL
    for (size_t i = 0; i < R; ++i) store<S>(turned[i], flat + i * lanes);
    const size_t first = v * lanes, rows = p.cols < first ? 0 : smaller(lanes, p.cols - first);
    for (size_t i = 0; i < rows; ++i) {
      S* const c = p.c + (first + i) * p.ldc;
      if (!p.fresh)
        for (size_t j = 0; j < R; ++j) flat[i * R + j] += c[j];
      copy(flat + i * R, R, c);
    }
  }
}

/// `p.a` are columns of C, that is rows of B.
template <class S, size_t R, size_t V, bool TransposedA, Right From>
void swapped_rows(Block<S> p, size_t count) {
  for (; count >= R; count -= R, p.a += R * (TransposedA ? 1 : p.lda), p.c += R) swapped_block<S, R, V, TransposedA, From>(p);
  if constexpr (R > 1)
    if (count > 0) swapped_rows<S, R / 2, V, TransposedA, From>(p, count);
}

template <class S, bool TransposedA, Right From, size_t Most = kRows<1>>
void swapped_panel(const Block<S>& p, size_t vectors, size_t count) {
  if (vectors == 3) return swapped_rows<S, smaller(kRows<3>, Most), 3, TransposedA, From>(p, count);
  if (vectors == 2) return swapped_rows<S, smaller(kRows<2>, Most), 2, TransposedA, From>(p, count);
  swapped_rows<S, smaller(kRows<1>, Most), 1, TransposedA, From>(p, count);
}

template <class S>
void pack_left(const S* a, size_t lda, size_t rows, size_t depth, size_t begin, size_t end, S* packed) {
  for (size_t i = 0; i < rows;) {
    const size_t width = panel_vectors(vectors_of<S>(rows - i)) * kLanes<S>;
    pack_transposed(a + i * lda + begin, lda, end - begin, smaller(width, rows - i), width, packed + i * depth + begin * width);
    i += width;
  }
}

/// B^T goes by in steps of a few rows, each against all of A, which lies packed in the second cache.
template <class S>
void multiply_swapped(const Product<S>& p) {
  constexpr size_t step = kRows<1>;
  for (size_t j = 0; j < p.cols; j += step) {
    const size_t count = smaller(step, p.cols - j);
    for (size_t i = 0; i < p.rows;) {
      const size_t vectors = panel_vectors(vectors_of<S>(p.rows - i)), width = vectors * kLanes<S>;
      const Block<S> block{p.b + j * p.ldb,
                           p.ldb,
                           nullptr,
                           0,
                           p.room + i * p.depth,
                           p.depth,
                           p.c + i * p.ldc + j,
                           p.ldc,
                           !p.accumulate,
                           smaller(width, p.rows - i),
                           nullptr,
                           p.lists};
      if (p.lists)
        swapped_panel<S, false, Right::listed>(block, vectors, count);
      else
        swapped_panel<S, false, Right::packed>(block, vectors, count);
      i += width;
    }
  }
}

/// C = A^T B by way of its transpose B^T A: each strip of B's columns over its own list, against a packed panel of A.
template <class S>
void multiply_listed(const Product<S>& p) {
  for (size_t i = 0; i < p.rows;) {
    const size_t vectors = panel_vectors(vectors_of<S>(p.rows - i)), width = vectors * kLanes<S>, rows = smaller(width, p.rows - i);
    pack_plain(p.a + i, p.lda, p.depth, rows, width, p.room);
    for (size_t j = 0; j < p.cols; j += kStrip) {
      const Block<S> block{p.b + j,
                           p.ldb,
                           nullptr,
                           0,
                           p.room,
                           p.depth,
                           p.c + i * p.ldc + j,
                           p.ldc,
                           true,
                           rows,
                           p.c + i * p.ldc + j + 2 * kStrip,
                           p.lists + j / kStrip * list_room(p.depth)};
      swapped_panel<S, true, Right::listed, kStrip>(block, vectors, smaller(kStrip, p.cols - j));
    }
    i += width;
  }
}

template <class S>
constexpr GemmKernel<S> gemm_kernel() {
  return {kPanel<S> * kPanelDepth, kLanes<S>, multiply<S>, pack_left<S>, multiply_swapped<S>, multiply_listed<S>};
}

}  // namespace
}  // namespace latentscape
