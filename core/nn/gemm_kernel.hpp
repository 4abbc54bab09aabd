// The inner loops of gemm: packed panels of B, a block of C in registers. Private to gemm.cpp.
// Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", 2008. Each element of C is one chain of fused multiply-adds
// in the order of the depth, so its bits depend neither on the tile it lies in nor on the width of the vectors.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#if defined(__clang__)
#define LS_UNROLL _Pragma("unroll")
#else
#define LS_UNROLL _Pragma("GCC unroll 16")
#endif

namespace latentscape::kernel {

// A block of C is kRows x kVectors vectors: 24 of the 32 registers of AVX-512, 12 of the 16 of AVX2.
#if defined(__AVX512F__)
inline constexpr size_t kVectorBytes = 64;
inline constexpr size_t kRows = 8;
#elif defined(__AVX__)
inline constexpr size_t kVectorBytes = 32;
inline constexpr size_t kRows = 4;
#else
inline constexpr size_t kVectorBytes = 16;
inline constexpr size_t kRows = 4;
#endif
inline constexpr size_t kVectors = 3;

template <class S>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float type __attribute__((vector_size(kVectorBytes)));
};
template <>
struct VectorOf<double> {
  typedef double type __attribute__((vector_size(kVectorBytes)));
};
template <class S>
using Vector = typename VectorOf<S>::type;
template <class S>
inline constexpr size_t kLanes = kVectorBytes / sizeof(S);
template <class S>
inline constexpr size_t kPanel = kVectors* kLanes<S>;  // columns of a full panel

template <class S>
Vector<S> load(const S* from) {
  Vector<S> v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
template <class S>
void store(const Vector<S>& v, S* to) {
  std::memcpy(to, &v, sizeof v);
}

// How far ahead of its use a packed panel is fetched from the second cache, in vectors.
inline constexpr size_t kAhead = 24;

/// C (R x V vectors, ldc) = or += A B; b is a packed panel: depth x V vectors.
template <class S, size_t R, size_t V, bool TransposedA>
void block(const S* a, size_t lda, const S* b, size_t depth, S* c, size_t ldc, bool fresh) {
  constexpr size_t lanes = kLanes<S>;
  Vector<S> sum[R][V];
  LS_UNROLL
  for (size_t i = 0; i < R; ++i) {
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) sum[i][v] = fresh ? Vector<S>{} : load<S>(c + i * ldc + v * lanes);
  }
  for (size_t k = 0; k < depth; ++k) {
    Vector<S> right[V];
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) {
      right[v] = load<S>(b + (k * V + v) * lanes);
      __builtin_prefetch(b + (k * V + v + kAhead) * lanes);
    }
    LS_UNROLL
    for (size_t i = 0; i < R; ++i) {
      const S left = TransposedA ? a[k * lda + i] : a[i * lda + k];
      LS_UNROLL
      for (size_t v = 0; v < V; ++v) sum[i][v] += left * right[v];
    }
  }
  LS_UNROLL
  for (size_t i = 0; i < R; ++i) {
    LS_UNROLL
    for (size_t v = 0; v < V; ++v) store<S>(sum[i][v], c + i * ldc + v * lanes);
  }
}

/// The same where only `cols` of the V vectors' columns exist in C.
template <class S, size_t R, size_t V, bool TransposedA>
void edge_block(const S* a, size_t lda, const S* b, size_t depth, S* c, size_t ldc, bool fresh, size_t cols) {
  constexpr size_t width = V * kLanes<S>;
  if (cols == width) return block<S, R, V, TransposedA>(a, lda, b, depth, c, ldc, fresh);
  alignas(kVectorBytes) S whole[R * width] = {};
  for (size_t i = 0; i < R && !fresh; ++i) std::copy_n(c + i * ldc, cols, whole + i * width);
  block<S, R, V, TransposedA>(a, lda, b, depth, whole, width, fresh);
  for (size_t i = 0; i < R; ++i) std::copy_n(whole + i * width, cols, c + i * ldc);
}

/// All rows of one panel: blocks of kRows rows, then of halves.
template <class S, size_t R, size_t V, bool TransposedA>
void panel_rows(const S* a, size_t lda, const S* b, size_t depth, S* c, size_t ldc, bool fresh, size_t cols, size_t rows) {
  const size_t whole = rows / R * R;
  for (size_t i = 0; i < whole; i += R)
    edge_block<S, R, V, TransposedA>(a + i * (TransposedA ? 1 : lda), lda, b, depth, c + i * ldc, ldc, fresh, cols);
  if constexpr (R > 1)
    if (whole < rows)
      panel_rows<S, R / 2, V, TransposedA>(a + whole * (TransposedA ? 1 : lda), lda, b, depth, c + whole * ldc, ldc, fresh, cols,
                                           rows - whole);
}

/// One panel of up to kPanel columns, as narrow as its columns allow.
template <class S, bool TransposedA>
void panel(const S* a, size_t lda, const S* b, size_t depth, S* c, size_t ldc, bool fresh, size_t cols, size_t rows) {
  static_assert(kVectors == 3);
  const size_t vectors = (cols + kLanes<S> - 1) / kLanes<S>;
  if (vectors == 3)
    panel_rows<S, kRows, 3, TransposedA>(a, lda, b, depth, c, ldc, fresh, cols, rows);
  else if (vectors == 2)
    panel_rows<S, kRows, 2, TransposedA>(a, lda, b, depth, c, ldc, fresh, cols, rows);
  else
    panel_rows<S, kRows, 1, TransposedA>(a, lda, b, depth, c, ldc, fresh, cols, rows);
}

template <class S, size_t... I>
std::pair<Vector<S>, Vector<S>> interleave(const Vector<S>& a, const Vector<S>& b, std::index_sequence<I...>) {
  constexpr size_t n = sizeof...(I);
  return {__builtin_shufflevector(a, b, static_cast<int>(I / 2 + I % 2 * n)...),
          __builtin_shufflevector(a, b, static_cast<int>(n / 2 + I / 2 + I % 2 * n)...)};
}

/// Rows become columns: log2(lanes) rounds of interleaving the first half of the rows with the second.
template <class S>
void transpose(Vector<S> (&rows)[kLanes<S>]) {
  constexpr size_t n = kLanes<S>;
  LS_UNROLL
  for (size_t round = 1; round < n; round *= 2) {
    Vector<S> next[n];
    LS_UNROLL
    for (size_t i = 0; i < n / 2; ++i) {
      const auto both = interleave<S>(rows[i], rows[i + n / 2], std::make_index_sequence<n>());
      next[2 * i] = both.first;
      next[2 * i + 1] = both.second;
    }
    LS_UNROLL
    for (size_t i = 0; i < n; ++i) rows[i] = next[i];
  }
}

/// Packs depth x cols of B (element (k, j) at b[k * ldb + j]) into a panel of `width` columns, zeros beyond cols.
template <class S>
void pack_plain(const S* b, size_t ldb, size_t depth, size_t cols, size_t width, S* out) {
  constexpr size_t n = kLanes<S>;
  const size_t whole = cols / n * n;
  for (size_t k = 0; k < depth; ++k, out += width) {
    const S* row = b + k * ldb;
    for (size_t j = 0; j < whole; j += n) store<S>(load<S>(row + j), out + j);
    for (size_t j = whole; j < width; ++j) out[j] = j < cols ? row[j] : S(0);
  }
}

/// The same from a transposed B (element (k, j) at b[j * ldb + k]).
template <class S>
void pack_transposed(const S* b, size_t ldb, size_t depth, size_t cols, size_t width, S* out) {
  constexpr size_t n = kLanes<S>;
  for (size_t j = 0; j < width; j += n) {
    size_t k = 0;
    if (j + n <= cols)
      for (; k + n <= depth; k += n) {
        Vector<S> square[n];
        LS_UNROLL
        for (size_t i = 0; i < n; ++i) square[i] = load<S>(b + (j + i) * ldb + k);
        transpose<S>(square);
        LS_UNROLL
        for (size_t i = 0; i < n; ++i) store<S>(square[i], out + (k + i) * width + j);
      }
    for (; k < depth; ++k)
      for (size_t i = 0; i < n; ++i) out[k * width + j + i] = j + i < cols ? b[(j + i) * ldb + k] : S(0);
  }
}

}  // namespace latentscape::kernel
