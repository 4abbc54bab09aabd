// The size of a gradient, for clipping, for reports and to see that it is sound.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/base/thread_pool.hpp"

namespace latentscape {

/// On the calling thread, in order.
template <class S>
double sum_of_squares(std::span<const S> values);

/// The Euclidean norm, reduced in tile order in double; `partials` is a buffer that is reused.
template <class S>
double gradient_norm(ComputePool& pool, std::span<const S> gradients, std::vector<double>& partials);

/// What to multiply the gradient with so that its norm is at most `limit`; 1 where limit is 0 (no clipping).
inline double clip_scale(double norm, double limit) { return limit > 0.0 && norm > limit ? limit / norm : 1.0; }

}  // namespace latentscape
