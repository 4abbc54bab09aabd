// Squares of vectors turned, and panels of B laid out for the products. Private to the kernels_*.cpp files, like gemm_kernel.hpp.
#pragma once

#include <cstddef>
#include <utility>

#include "core/nn/vector_kernel.hpp"

namespace latentscape {
namespace {

template <class S>
struct Pair {
  Vector<S> first, second;
};
template <class S, size_t... I>
Pair<S> interleave(const Vector<S>& a, const Vector<S>& b, std::index_sequence<I...>) {
  constexpr size_t n = sizeof...(I);
  return {__builtin_shufflevector(a, b, static_cast<int>(I / 2 + I % 2 * n)...),
          __builtin_shufflevector(a, b, static_cast<int>(n / 2 + I / 2 + I % 2 * n)...)};
}

/// R rows of one vector each become, one after the other, the vector's columns of R numbers: log2(R) rounds of interleaving the first half
/// of the rows with the second.
template <class S, size_t R>
void transpose(Vector<S> (&rows)[R]) {
  LS_UNROLL
  for (size_t round = 1; round < R; round *= 2) {
    Vector<S> next[R];
    LS_UNROLL
    for (size_t i = 0; i < R / 2; ++i) {
      const auto both = interleave<S>(rows[i], rows[i + R / 2], std::make_index_sequence<kLanes<S>>());
      next[2 * i] = both.first;
      next[2 * i + 1] = both.second;
    }
    LS_UNROLL
    for (size_t i = 0; i < R; ++i) rows[i] = next[i];
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
      while (depth >= n && k < depth) {
        k = smaller(k, depth - n);  // the last square overlaps the one before
        Vector<S> square[n];
        LS_UNROLL
        for (size_t i = 0; i < n; ++i) square[i] = load<S>(b + (j + i) * ldb + k);
        transpose<S, n>(square);
        LS_UNROLL
        for (size_t i = 0; i < n; ++i) store<S>(square[i], out + (k + i) * width + j);
        k += n;
      }
    for (; k < depth; ++k)
      for (size_t i = 0; i < n; ++i) out[k * width + j + i] = j + i < cols ? b[(j + i) * ldb + k] : S(0);
  }
}

}  // namespace
}  // namespace latentscape
