// Elementwise loops in vectors of the instruction set that they are compiled for. Private to the kernels_*.cpp files, like gemm_kernel.hpp.
#pragma once

#include "core/nn/vector_kernel.hpp"

namespace latentscape {
namespace {

using Floats = Vector<float>;
typedef int Ints __attribute__((vector_size(kVectorBytes)));

inline Ints bits_of(Floats v) { return reinterpret_cast<Ints>(v); }
inline Floats floats_of(Ints v) { return reinterpret_cast<Floats>(v); }
inline Floats choose(Ints where, Floats yes, Floats no) { return floats_of((bits_of(yes) & where) | (bits_of(no) & ~where)); }

/// e^x for x <= 0, to 1e-38 at the least; a NaN stays one. Cephes' polynomial on [-log(2)/2, log(2)/2].
inline Floats exp_of_negative(Floats x) {
  constexpr float to_integer = 12582912.0f;  // 1.5 * 2^23: the sum's last bits are the rounded number
  x = choose(x < -87.0f, Floats{} - 87.0f, x);
  const Floats sum = x * 1.44269504f + to_integer, n = sum - to_integer;
  const Floats r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return (p * r * r + r + 1.0f) * floats_of((bits_of(sum) << 23) + 0x3F800000);
}

/// One vector of bernoulli_loss (losses.hpp): the losses; the gradient.
__attribute__((always_inline)) inline Floats bernoulli_vector(Floats l, Floats x, float scale, Floats& gradient) {
  const Ints negative = l < 0.0f;
  const Floats e = exp_of_negative(floats_of(bits_of(l) | static_cast<int>(0x80000000)));
  // One division serves 1 / (1 + e), the sigmoid, and s = e / (2 + e): log(1 + e) = 2 artanh(s), its series to s^13, s <= 1/3.
  const Floats inverse = 1.0f / ((1.0f + e) * (2.0f + e)), q = (2.0f + e) * inverse, s = e * (1.0f + e) * inverse, square = s * s;
  Floats sum = square * (1.0f / 13.0f) + 1.0f / 11.0f;
  sum = sum * square + 1.0f / 9.0f;
  sum = sum * square + 1.0f / 7.0f;
  sum = sum * square + 1.0f / 5.0f;
  sum = sum * square + 1.0f / 3.0f;
  sum = sum * square + 1.0f;
  gradient = (choose(negative, e * q, q) - x) * scale;
  return choose(negative, Floats{}, l) - l * x + 2.0f * s * sum;
}

// Losses are summed in so many lanes whatever the width of the vectors, so that the sum's bits do not depend on it.
constexpr size_t kSums = 32;

double bernoulli(const float* logits, const float* x, size_t n, float scale, float* gradient) {
  constexpr size_t lanes = kLanes<float>, vectors = kSums / lanes;
  Floats sums[vectors] = {}, slopes;
  size_t i = 0;
  for (; i + kSums <= n; i += kSums)
    for (size_t v = 0; v < vectors; ++v) {
      const size_t at = i + v * lanes;
      sums[v] += bernoulli_vector(load<float>(logits + at), load<float>(x + at), scale, slopes);
      if (gradient) store<float>(slopes, gradient + at);
    }
  double total = 0.0;
  for (; i < n; i += lanes) {
    const size_t count = smaller(lanes, n - i);
    float l[lanes] = {}, target[lanes] = {}, result[lanes];
    copy(logits + i, count, l);
    copy(x + i, count, target);
    const Floats losses = bernoulli_vector(load<float>(l), load<float>(target), scale, slopes);
    store<float>(losses, result);
    for (size_t j = 0; j < count; ++j) total += static_cast<double>(result[j]);
    store<float>(slopes, result);
    if (gradient) copy(result, count, gradient + i);
  }
  for (size_t v = 0; v < vectors; ++v)
    for (size_t j = 0; j < lanes; ++j) total += static_cast<double>(sums[v][j]);
  return total;
}

constexpr size_t kChains = 12;  // more than latency times throughput, and they fit into the registers

float multiply_add_chains(float seed, size_t rounds) {
  Floats a[kChains];
  for (size_t k = 0; k < kChains; ++k) a[k] = Floats{} + (seed + static_cast<float>(k));
  const Floats b = Floats{} + 0.999f, c = Floats{} + 0.001f * seed;
  for (size_t i = 0; i < rounds; ++i) {
    LS_UNROLL
    for (size_t k = 0; k < kChains; ++k) a[k] = a[k] * b + c;
  }
  Floats sum = a[0];
  for (size_t k = 1; k < kChains; ++k) sum += a[k];
  return sum[0];
}

}  // namespace
}  // namespace latentscape
