// The loops that are worth compiling for several instruction sets, chosen once when the program starts. Plain structs
// and function pointers only: files with different -m flags share nothing else.
#pragma once

#include <cstddef>
#include <cstdint>

namespace latentscape {

/// C = op(A) op(B), or C += where `accumulate`: rows x depth, depth x cols; ld..: numbers from one row in memory to the next.
template <class S>
struct Product {
  const S* a;
  size_t lda;
  const S* b;
  size_t ldb;
  S* c;
  size_t ldc;
  size_t rows, cols, depth;
  bool transposed_a, transposed_b, accumulate;
  S* room;                          // on a cache line
  const uint16_t* lists = nullptr;  // of the depth, what is not 0 anyway (zero_lists.hpp)
};

// Up to this depth A^T B is written in whole rows: its tiles should have all columns.
inline constexpr size_t kShallow = 64;

// A panel of B is as deep as most products, so that sums stay in registers; it lies in the second cache.
inline constexpr size_t kPanelDepth = 1024;

// So many rows or columns share a list of the depth, whatever the width of the vectors.
inline constexpr size_t kStrip = 8;
/// Numbers from one list to the next: how many it has, and they.
constexpr size_t list_room(size_t depth) { return depth + 1; }

template <class S>
struct GemmKernel {
  size_t room;   // numbers that `multiply` needs
  size_t lanes;  // rows of packed A are rounded up to a multiple of it
  void (*multiply)(const Product<S>&);
  /// A (its rows rounded up x depth) packed for multiply_swapped; of its depth, [begin, end), begin a multiple of lanes.
  void (*pack_left)(const S* a, size_t lda, size_t rows, size_t depth, size_t begin, size_t end, S* packed);
  /// C = A B^T by way of its transpose B A^T, with the whole of A packed in `room`.
  void (*multiply_swapped)(const Product<S>&);
  /// C = A^T B with a list for each strip of B's columns.
  void (*multiply_listed)(const Product<S>&);
};

struct Kernels {
  const char* name;
  GemmKernel<float> gemm_float;
  GemmKernel<double> gemm_double;
  double (*bernoulli)(const float* logits, const float* x, size_t n, float scale, float* gradient);  // losses.hpp
  /// Independent chains of multiply-adds in registers, for the peak of the machine: `chain_numbers` a round.
  float (*multiply_add_chains)(float seed, size_t rounds);
  size_t chain_numbers;
};

// One a file, compiled for its instruction set: data, so that nothing of such a file runs before the processor has been asked.
extern const Kernels kBaselineKernels;  // with the flags of the whole build
#if defined(LS_X86_KERNELS)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

enum class InstructionSet { baseline, avx2, avx512 };

/// Null where the build or this machine has not got it.
const Kernels* kernels_of(InstructionSet set);

/// The widest that this machine has.
const Kernels& kernels();

}  // namespace latentscape
