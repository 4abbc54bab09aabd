// Layer normalisation: y = f(gain * (x - mean) / sqrt(variance + 1e-5) + bias), mean and variance over all numbers of an example; Ba, Kiros
// and Hinton, "Layer normalization", 2016. No example sees another, so training, evaluation and any batch size agree.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/nn/activation.hpp"

namespace latentscape {

/// Gain and bias are one a channel: of `size` plain numbers each is a channel (nn.LayerNorm); maps have one a feature map
/// (nn.GroupNorm with one group). Not the channels of each place alone: few channels would say little, one nothing, and empty places of an
/// image would be blown up to the size of its strokes.
struct Norm {
  size_t places = 1, channels = 0;
  Activation activation = Activation::identity;

  size_t size() const { return places * channels; }
  size_t weight_count() const { return channels; }
  size_t parameter_count() const { return 2 * channels; }  // gain, then bias

  /// x, y: n x size().
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y) const;
  /// dy: the gradient before the activation; dx may lie in its place. Overwrites `gradients`; scratch: gradient_scratch(n) numbers.
  template <class S>
  void backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<const S> dy, std::span<S> gradients,
                std::span<S> scratch, View2<S> dx) const;
  size_t gradient_scratch(size_t n) const;
};

}  // namespace latentscape
