// Optimisers: one update of flat parameters from their gradients, in PyTorch's definitions; one pass over memory each.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/thread_pool.hpp"
#include "core/nn/adam.hpp"

namespace latentscape {

///   adam: Kingma & Ba, 2015 (adam.hpp); takes no weight decay: it would divide it by the gradient's size.
///   adamw: Adam with decoupled weight decay. Loshchilov & Hutter, "Decoupled weight decay regularization", 2019, algorithm 2, with the
///   decay
///     scaled by the learning rate.
///   sgd: steepest descent with momentum (no dampening); weight decay is an L2 penalty.
///   rmsprop: Tieleman & Hinton, lecture 6e, 2012, epsilon added outside the root; weight decay is an L2 penalty.
enum class OptimiserKind { adam, adamw, sgd, rmsprop };

struct OptimiserOptions {
  OptimiserKind kind = OptimiserKind::adam;
  double momentum = 0.9;  // sgd
  double alpha = 0.99;    // rmsprop: what the mean square keeps of itself
};

/// The weight decay where none is asked for.
double default_weight_decay(OptimiserKind kind);

/// One update; t counts from 1. gradient_scale multiplies every gradient first (clipping). What no range covers is left as it is. All spans
/// have one length. sgd keeps its momentum in `first` and leaves `second`; rmsprop keeps its mean square in `second` and leaves `first`.
template <class S>
void optimiser_step(ComputePool& pool, const OptimiserOptions& options, std::span<const RateRange> ranges, std::span<S> parameters,
                    std::span<const S> gradients, std::span<S> first, std::span<S> second, uint64_t t, double gradient_scale = 1.0);

}  // namespace latentscape
