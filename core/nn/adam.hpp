// Adam on flat parameters, fused with gradient scaling; the global gradient norm for clipping.
// Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1 (epsilon added after the bias correction, as PyTorch does).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/thread_pool.hpp"

namespace latentscape {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

/// A stretch [begin, end) of the parameters, its learning rate and its weight decay.
struct RateRange {
  size_t begin = 0;
  size_t end = 0;
  double rate = 0.0;
  double decay = 0.0;
};

/// One update; t counts from 1. gradient_scale multiplies every gradient first (clipping). All spans have one length. Weight decay is
/// decoupled: weights lose rate * decay of themselves first (Loshchilov & Hutter, 2019: AdamW).
template <class S>
void adam_step(ComputePool& pool, std::span<const RateRange> ranges, std::span<S> parameters, std::span<const S> gradients,
               std::span<S> mean, std::span<S> variance, uint64_t t, double gradient_scale = 1.0, const AdamOptions& options = {});

/// The Euclidean norm, reduced in tile order in double; `partials` is a buffer that is reused.
template <class S>
double gradient_norm(ComputePool& pool, std::span<const S> gradients, std::vector<double>& partials);

/// What to multiply the gradient with so that its norm is at most `limit`; 1 where limit is 0 (no clipping).
inline double clip_scale(double norm, double limit) { return limit > 0.0 && norm > limit ? limit / norm : 1.0; }

}  // namespace latentscape
