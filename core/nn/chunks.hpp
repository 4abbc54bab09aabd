// Vector arithmetic in chunks of a fixed length that start at a fixed index. Eigen's loops over plain maps start where the
// memory is aligned and treat the rest one by one with other rounding, so the same numbers at another address would give other bits.
#pragma once

#include <cstddef>
#include <cstring>

#include "core/nn/eigen.hpp"

namespace latentscape {

inline constexpr size_t kChunk = 32;

template <class S>
using Chunk = Eigen::Array<S, static_cast<int>(kChunk), 1>;

/// m <= kChunk numbers; the rest is filled.
template <class S>
Chunk<S> load_chunk(const S* from, size_t m, S fill = S(0)) {
  Chunk<S> chunk;
  if (m == kChunk) {
    std::memcpy(chunk.data(), from, sizeof(S) * kChunk);
  } else {
    chunk.setConstant(fill);
    for (size_t i = 0; i < m; ++i) chunk[static_cast<Eigen::Index>(i)] = from[i];
  }
  return chunk;
}

template <class S>
void store_chunk(const Chunk<S>& chunk, S* to, size_t m) {
  if (m == kChunk)
    std::memcpy(to, chunk.data(), sizeof(S) * kChunk);
  else
    for (size_t i = 0; i < m; ++i) to[i] = chunk[static_cast<Eigen::Index>(i)];
}

/// log(1 + e) for e in [0, 1], as 2 artanh(e / (2 + e)) by its series in s = e / (2 + e) <= 1/3: relative error of about one rounding.
/// (Eigen's logarithm has no AVX-512 form with gcc 12 and would go element by element.)
template <class S>
Chunk<S> log1p_of_unit(const Chunk<S>& e) {
  constexpr int terms = sizeof(S) == 4 ? 8 : 17;
  const Chunk<S> s = e / (S(2) + e), square = s * s;
  Chunk<S> sum = Chunk<S>::Constant(S(1) / S(2 * terms - 1));
  for (int k = terms - 2; k >= 0; --k) sum = sum * square + S(1) / S(2 * k + 1);
  return S(2) * s * sum;
}

/// body(begin, count) over n numbers.
template <class S, class F>
void for_chunks(size_t n, F&& body) {
  for (size_t i = 0; i < n; i += kChunk) body(i, n - i < kChunk ? n - i : kChunk);
}

}  // namespace latentscape
