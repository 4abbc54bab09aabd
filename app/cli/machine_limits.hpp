// The measured peak of fused multiply-add on this machine: the limit that a dense network can reach.
#pragma once

#include <cstddef>

#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Floating-point operations a second (an FMA counts as two) in float32, with registers only, on all threads of the pool; best of several
/// runs.
double fma_peak_flops(ComputePool& pool);

}  // namespace latentscape
