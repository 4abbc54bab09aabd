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

/// Sum in lane order, in double.
inline double sum_lanes(Lanes v) {
  double sum = 0.0;
  for (size_t l = 0; l < kLanes; ++l) sum += static_cast<double>(v[l]);
  return sum;
}

/// n rounded up to whole registers.
inline constexpr size_t padded_to_lanes(size_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

}  // namespace latentscape
