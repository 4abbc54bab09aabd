// The loops with the flags of the whole build.
#include "core/nn/elementwise_kernel.hpp"
#include "core/nn/gemm_kernel.hpp"

namespace latentscape {

constinit const Kernels kBaselineKernels = {"baseline", gemm_kernel<float>(), gemm_kernel<double>(),
                                            bernoulli,  multiply_add_chains,  kChains* kLanes<float>};

}  // namespace latentscape
