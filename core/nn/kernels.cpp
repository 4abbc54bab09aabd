#include "core/nn/kernels.hpp"

namespace latentscape {

const Kernels* kernels_of(InstructionSet set) {
#if defined(LS_X86_KERNELS)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (set == InstructionSet::avx2) return avx2 ? &kAvx2Kernels : nullptr;
  if (set == InstructionSet::avx512) return avx512 ? &kAvx512Kernels : nullptr;
#endif
  return set == InstructionSet::baseline ? &kBaselineKernels : nullptr;
}

const Kernels& kernels() {
  static const Kernels& widest = *(kernels_of(InstructionSet::avx512) ? kernels_of(InstructionSet::avx512)
                                   : kernels_of(InstructionSet::avx2) ? kernels_of(InstructionSet::avx2)
                                                                      : kernels_of(InstructionSet::baseline));
  return widest;
}

}  // namespace latentscape
