// A dense layer y = f(x W^T + b), or f(x W^T + b + T[class]): an immutable description; weights, gradients and activations are passed in.
// The row of T is what the class as a one-hot input beside x would add; Kingma et al., "Semi-supervised learning with deep generative
// models", 2014.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/nn/activation.hpp"
#include "core/nn/early_update.hpp"
#include "core/nn/gemm.hpp"

namespace latentscape {

struct Linear {
  size_t in = 0;
  size_t out = 0;
  Activation activation = Activation::identity;

  size_t classes = 0;

  size_t weight_count() const { return in * out; }
  size_t table_count() const { return classes * out; }
  size_t parameter_count() const { return in * out + out + table_count(); }  // weight (out x in), bias (out), table (classes x out)

  /// x: n x in, y: n x out, labels: n, or empty (row_conditions.hpp). `after` runs on each finished tile of y.
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y, std::span<const int32_t> labels = {},
               TileFunction after = {}) const;

  /// dy: n x out, the gradient before the activation. Overwrites `gradients` (weight, bias, table), or hands them over to `early`, where
  /// there is one: then the layer's parameters are new ones afterwards.
  template <class S>
  void backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<const int32_t> labels, std::span<S> gradients,
                           EarlyUpdate<S>* early = nullptr) const;

  /// backward_parameters and backward_input in one, where gradient_scratch(n) is not 0; scratch: so many numbers. The same but for the
  /// rounding of dx.
  template <class S>
  void backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<const S> dy, std::span<const int32_t> labels,
                Activation below, View2<S> dx, bool accumulate, std::span<S> gradients, EarlyUpdate<S>* early, std::span<S> scratch) const;
  size_t gradient_scratch(size_t n) const { return twofold_room(n, out, in); }

  /// dx = dy W, or dx + dy W where it accumulates, times the slope of the layer below, given its activation and its output x.
  template <class S>
  void backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x, View2<S> dx,
                      bool accumulate = false) const;
};

/// Weights uniform with variance 1/fan_in (LeCun et al., "Efficient backprop", 1998, equation 16) times scale^2, drawn in order from stream
/// `initialise`, keyed by layer; biases 0.
template <class S>
void initialise_weights(std::span<S> weights, std::span<S> biases, double fan_in, double scale, uint64_t seed, uint32_t layer_index);

}  // namespace latentscape
