// Layers without weights that treat each number by itself.
#pragma once

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/nn/activation.hpp"
#include "core/nn/row_conditions.hpp"

namespace latentscape {

/// y = f(x) where the slope needs x: such an activation is a layer of its own, and what it reads is kept. The others lie in the layer
/// below.
struct Elementwise {
  size_t size = 0;
  Activation function = Activation::silu;

  template <class S>
  void forward(ComputePool& pool, View2<const S> x, View2<S> y) const;
  /// dx may lie in the place of dy.
  template <class S>
  void backward(ComputePool& pool, View2<const S> x, View2<const S> dy, View2<S> dx) const;
};

/// In training, drops each number with probability `share` and divides the others by 1 - share; otherwise the network passes it by.
/// Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", 2014; inverted. The mask is drawn again where it
/// is needed, from stream `dropout`, keyed by seed, step, layer and row.
struct Dropout {
  size_t size = 0;
  double share = 0.0;
  uint32_t key = 0;  // of the layer

  template <class S>
  void forward(ComputePool& pool, View2<const S> x, View2<S> y, const RowConditions& conditions) const;
  /// The slope of the layer below is taken with it; dx may lie in the place of dy.
  template <class S>
  void backward(ComputePool& pool, View2<const S> dy, Activation below, View2<const S> x, View2<S> dx,
                const RowConditions& conditions) const;
};

}  // namespace latentscape
