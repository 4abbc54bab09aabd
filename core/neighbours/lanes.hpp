// Lanes: one SIMD register of floats as a plain value, by the vector extension that gcc and clang share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace latentscape {

#if defined(__AVX512F__)
inline constexpr size_t kLanes = 16;
#else
inline constexpr size_t kLanes = 8;
#endif

/// kLanes floats; arithmetic is lane by lane, so each lane's result does not depend on how many there are.
typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
typedef int LaneMask __attribute__((vector_size(kLanes * sizeof(int))));

inline Lanes load_lanes(const float* from) {
  Lanes v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
inline void store_lanes(float* to, Lanes v) { std::memcpy(to, &v, sizeof v); }
inline Lanes fill_lanes(float x) { return x - Lanes{}; }  // not +, which -0 would not survive, so that nothing is computed

/// Bit l: lane l of a is below that of b; NaN is below nothing.
inline uint32_t lanes_below(Lanes a, Lanes b) {
#if defined(__AVX512F__)
  return _mm512_cmp_ps_mask(reinterpret_cast<__m512>(a), reinterpret_cast<__m512>(b), _CMP_LT_OQ);
#elif defined(__AVX__)
  return static_cast<uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), _CMP_LT_OQ)));
#else
  const LaneMask below = a < b;
  uint32_t bits = 0;
  for (size_t l = 0; l < kLanes; ++l) bits |= below[l] ? 1u << l : 0u;
  return bits;
#endif
}

/// Is any lane of a below that of b?
inline bool any_below(Lanes a, Lanes b) { return lanes_below(a, b) != 0; }

/// Sum in float, by halves.
inline float add_lanes(Lanes v) {
  float part[kLanes];
  store_lanes(part, v);
  for (size_t half = kLanes / 2; half; half /= 2)
    for (size_t l = 0; l < half; ++l) part[l] += part[l + half];
  return part[0];
}

/// The pairs ids[0 .. kLanes) of interleaved numbers.
inline void gather_pairs(const float* pairs, const uint32_t* ids, Lanes& first, Lanes& second) {
#if defined(__AVX512F__)
  const auto eight = [&](size_t at) {
    const __m256i index = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ids + at));
    return _mm512_castpd_ps(_mm512_mask_i32gather_pd(_mm512_setzero_pd(), 0xff, index, pairs, 8));
  };
  const __m512 low = eight(0), high = eight(8);
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  first = reinterpret_cast<Lanes>(_mm512_permutex2var_ps(low, even, high));
  second = reinterpret_cast<Lanes>(_mm512_permutex2var_ps(low, _mm512_or_si512(even, _mm512_set1_epi32(1)), high));
#else
  for (size_t l = 0; l < kLanes; ++l) {
    first[l] = pairs[2 * ids[l]];
    second[l] = pairs[2 * ids[l] + 1];
  }
#endif
}

/// yes where the mask's lane is set, else no.
inline Lanes choose_lanes(LaneMask where, Lanes yes, Lanes no) {
  return reinterpret_cast<Lanes>((reinterpret_cast<LaneMask>(yes) & where) | (reinterpret_cast<LaneMask>(no) & ~where));
}

/// e^x for x <= 87, at least 1e-38. Cephes' polynomial on [-log(2)/2, log(2)/2]; relative error about 1e-7.
inline Lanes exp_lanes(Lanes x) {
  constexpr float to_integer = 12582912.0f;  // 1.5 * 2^23: the sum's last bits are the rounded number
  x = choose_lanes(x < -87.0f, fill_lanes(-87.0f), x);
  const Lanes sum = x * 1.44269504f + to_integer, n = sum - to_integer;
  const Lanes r = x - n * 0.693359375f + n * 2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return (p * r * r + r + 1.0f) * reinterpret_cast<Lanes>((reinterpret_cast<LaneMask>(sum) << 23) + 0x3F800000);
}

/// log(x) of normal x > 0, by 2 artanh((m - 1) / (m + 1)) of the mantissa in [sqrt(1/2), sqrt(2)); error about 1e-7.
inline Lanes log_lanes(Lanes x) {
  const LaneMask bits = reinterpret_cast<LaneMask>(x), from_half = bits - 0x3F3504F3;
  const LaneMask exponent = from_half >> 23;
  const Lanes m = reinterpret_cast<Lanes>(bits - (exponent << 23));
  const Lanes s = (m - 1.0f) / (m + 1.0f), square = s * s;
  Lanes series = square * (1.0f / 9.0f) + 1.0f / 7.0f;
  series = series * square + 1.0f / 5.0f;
  series = series * square + 1.0f / 3.0f;
  series = series * square + 1.0f;
  return __builtin_convertvector(exponent, Lanes) * 0.693147181f + 2.0f * s * series;
}

/// Sum in lane order, in double.
inline double sum_lanes(Lanes v) {
  double sum = 0.0;
  for (size_t l = 0; l < kLanes; ++l) sum += static_cast<double>(v[l]);
  return sum;
}

/// n rounded up to whole registers.
inline constexpr size_t padded_to_lanes(size_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

}  // namespace latentscape
