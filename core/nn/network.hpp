// Network: a stack of dense and convolutional layers; an immutable description. Weights, gradients and activations are passed in.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "core/base/result.hpp"
#include "core/nn/convolution.hpp"
#include "core/nn/linear.hpp"
#include "core/nn/network_spec.hpp"

namespace latentscape {

/// Numbers an example in and out, and the activation, are the same questions for every kind of layer.
using Layer = std::variant<Linear, Convolution, TransposedConvolution>;

size_t layer_in(const Layer& layer);
size_t layer_out(const Layer& layer);
Activation layer_activation(const Layer& layer);
size_t layer_parameter_count(const Layer& layer);
/// Shapes of the weight and the bias: out x in; features x kernel x kernel x channels for convolutions, which read images channels last.
std::vector<size_t> weight_shape(const Layer& layer);
std::vector<size_t> bias_shape(const Layer& layer);
/// The same as PyTorch orders them: features x channels x kernel x kernel.
std::vector<size_t> torch_shape(std::vector<size_t> shape);
/// Multiply-adds of one example.
double layer_macs(const Layer& layer);

class Network {
 public:
  /// From examples of `shape` ({d}, {h, w} or {h, w, channels}, channels last) to `out` numbers: the spec's layers with the activation,
  /// then a linear one. Errors name the layer, what it needs and what it gets.
  static Result<Network> reading(const NetworkSpec& spec, std::span<const size_t> shape, size_t out, Activation hidden);
  /// From `in` numbers to examples of `shape`: the last layer has no activation. The first upconv is preceded by a dense layer that makes
  /// its feature maps.
  static Result<Network> writing(const NetworkSpec& spec, size_t in, std::span<const size_t> shape, Activation hidden);

  std::span<const Layer> layers() const { return layers_; }
  size_t in() const { return layer_in(layers_.front()); }
  size_t out() const { return layer_out(layers_.back()); }
  size_t parameter_count() const { return offsets_.back(); }
  size_t offset(size_t layer) const { return offsets_[layer]; }  // of the layer's parameters
  size_t widest_input() const;                                   // of all layers but the first
  /// Numbers of gradient scratch that backward needs for n examples.
  size_t gradient_scratch(size_t n) const;
  /// Numbers that forward and backward of n examples keep; a double, so that no size overflows.
  double working_numbers(size_t n) const;
  /// How many tiles `after` sees of each row of the last output, numbered by col_index.
  size_t output_tiles(size_t n) const;
  /// LeCun's uniform weights (linear.hpp), those of the last layer times 0.3; the same seed and first key the same numbers;
  /// keys first_key, first_key + 1, ...
  template <class S>
  void initialise(std::span<S> parameters, uint64_t seed, uint32_t first_key) const;

  /// outputs[i]: n x layer_out(layers()[i]), filled in order; `after` runs on each finished tile of the last one.
  template <class S>
  void forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
               TileFunction after = {}) const;

  /// Where backward keeps what it needs only on its way: two buffers of n * widest_input() numbers, one of gradient_scratch(n).
  template <class S>
  struct Scratch {
    std::span<S> a, b, gradients;
  };
  /// d_output: gradient of the last output. Overwrites `gradients`. d_input.data may be null: then it is not computed.
  template <class S>
  void backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, std::span<const View2<S>> outputs,
                View2<const S> d_output, std::span<S> gradients, View2<S> d_input, Scratch<S> scratch) const;

 private:
  void add(Layer layer);

  std::vector<Layer> layers_;
  std::vector<size_t> offsets_ = {0};
};

/// How many parameters such layers have; a double, so that no size overflows.
double parameter_count_of(std::span<const Layer> layers);

}  // namespace latentscape
