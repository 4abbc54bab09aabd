// What this machine can do at most, measured: the limits that training is held against.
#pragma once

#include <cstddef>

#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Floating-point operations a second (an FMA counts as two) in float32, with registers only, by the widest instruction set that the
/// kernels have, on all threads of the pool; best of several runs.
double fma_peak_flops(ComputePool& pool);

/// Bytes a second that all threads of the pool move when they read four arrays of `numbers` float32 and write three of them, as an
/// update by Adam does, and hardly compute; best of several runs.
double memory_bytes_per_second(ComputePool& pool, size_t numbers);
/// What such an update moves for one parameter.
inline constexpr double kUpdateBytes = 7 * sizeof(float);

}  // namespace latentscape
