// The loops for x86-64-v3 (core/CMakeLists.txt).
#include "core/nn/elementwise_kernel.hpp"
#include "core/nn/gemm_kernel.hpp"

namespace latentscape {

constinit const Kernels kAvx2Kernels = {"avx2",    gemm_kernel<float>(), gemm_kernel<double>(),
                                        bernoulli, multiply_add_chains,  kChains* kLanes<float>};

}  // namespace latentscape
