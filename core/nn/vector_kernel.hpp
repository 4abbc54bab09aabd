// Vectors of the instruction set that a kernels_*.cpp file is compiled for. All names have internal linkage and nothing of the standard
// library is called, so that no function built for one processor can be taken by the linker for another.
#pragma once

#include <cstddef>

#if defined(__clang__)
#define LS_UNROLL _Pragma("unroll")
#else
#define LS_UNROLL _Pragma("GCC unroll 16")
#endif

namespace latentscape {
namespace {

#if defined(__AVX512F__)
constexpr size_t kVectorBytes = 64;
#elif defined(__AVX__)
constexpr size_t kVectorBytes = 32;
#else
constexpr size_t kVectorBytes = 16;
#endif
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
constexpr size_t kLanes = kVectorBytes / sizeof(S);

constexpr size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

template <class S>
void copy(const S* from, size_t n, S* to) {
  __builtin_memcpy(to, from, n * sizeof(S));
}

template <class S>
Vector<S> load(const S* from) {
  Vector<S> v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class S>
void store(const Vector<S>& v, S* to) {
  __builtin_memcpy(to, &v, sizeof v);
}

}  // namespace
}  // namespace latentscape
