// A stack of dense layers; an immutable description.
#pragma once

#include <span>
#include <vector>

#include "core/nn/linear.hpp"

namespace latentscape {

class Mlp {
 public:
  Mlp() = default;
  /// sizes: input, hidden sizes, output. Hidden layers have the activation, the last one is linear.
  Mlp(std::span<const size_t> sizes, Activation hidden);

  std::span<const Linear> layers() const { return layers_; }
  size_t in() const { return layers_.front().in; }
  size_t out() const { return layers_.back().out; }
  size_t parameter_count() const { return offsets_.back(); }
  size_t offset(size_t layer) const { return offsets_[layer]; }  // of the layer's parameters
  size_t widest_input() const;                                   // of all layers but the first

  /// outputs[i]: n x layers()[i].out, filled in order; `after` runs on each finished tile of the last one.
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
               TileFunction after = {}) const;

  /// d_output: gradient of the last output. Overwrites `gradients`. d_input.data may be null: then it is not computed.
  /// scratch: two buffers of n * widest_input() numbers each.
  template <class S>
  void backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
                View2<const S> d_output, std::span<S> gradients, View2<S> d_input, std::span<S> scratch_a, std::span<S> scratch_b) const;

 private:
  std::vector<Linear> layers_;
  std::vector<size_t> offsets_ = {0};
};

}  // namespace latentscape
