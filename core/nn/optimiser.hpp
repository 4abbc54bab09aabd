// Optimisers: one update of flat parameters from their gradients, in PyTorch's definitions; one pass over memory each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/thread_pool.hpp"

namespace latentscape {

///   adam: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1 (epsilon added after the bias correction); takes no
///   weight
///     decay: it would divide it by the gradient's size.
///   adamw: Adam with decoupled weight decay: weights lose rate * decay of themselves first. Loshchilov & Hutter, "Decoupled weight decay
///     regularization", 2019, algorithm 2, with the decay scaled by the learning rate.
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

/// A stretch [begin, end) of the parameters, its learning rate and its weight decay.
struct RateRange {
  size_t begin = 0;
  size_t end = 0;
  double rate = 0.0;
  double decay = 0.0;
};

/// One update, for one stretch of the parameters after the other, or several at once: the same bits however they are cut. t counts from 1;
/// gradient_scale multiplies every gradient first (clipping). All spans have one length; the ranges, in order, must outlive the step. sgd
/// keeps its momentum in `first` and leaves `second`; rmsprop keeps its mean square in `second` and leaves `first`.
template <class S>
class OptimiserStep {
 public:
  OptimiserStep() = default;
  OptimiserStep(const OptimiserOptions& options, std::span<const RateRange> ranges, std::span<S> parameters, std::span<S> first,
                std::span<S> second, uint64_t t, double gradient_scale = 1.0);

  std::span<const RateRange> ranges() const { return ranges_; }
  /// The parameters from `begin` on, as many as there are gradients. What no range covers is left as it is.
  void operator()(size_t begin, std::span<const S> gradient) const;
  /// The same on the pool.
  void run(ComputePool& pool, size_t begin, std::span<const S> gradient) const;

 private:
  void update(const RateRange& range, size_t begin, const S* gradient, size_t n) const;

  OptimiserOptions options_;
  std::span<const RateRange> ranges_;
  std::span<S> parameters_, first_, second_;
  S scale_ = S(1);
  double rate_factor_ = 1.0, root_factor_ = 1.0;  // Adam's corrections of its moments
};

}  // namespace latentscape
