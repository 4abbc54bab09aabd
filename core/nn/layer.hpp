// Layer: one step of a network, and what is asked of every kind of layer.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "core/nn/convolution.hpp"
#include "core/nn/elementwise.hpp"
#include "core/nn/linear.hpp"
#include "core/nn/norm.hpp"

namespace latentscape {

using Layer = std::variant<Linear, Convolution, TransposedConvolution, Norm, Elementwise, Dropout>;

/// Numbers an example.
size_t layer_in(const Layer& layer);
size_t layer_out(const Layer& layer);
/// Whose slope the layer above takes with it, from this layer's output.
Activation layer_activation(const Layer& layer);
size_t layer_parameter_count(const Layer& layer);
/// Shapes of the weight and the bias: out x in; features x kernel x kernel x channels for convolutions, which read images channels last;
/// channels of a norm. Empty for layers without any.
std::vector<size_t> weight_shape(const Layer& layer);
std::vector<size_t> bias_shape(const Layer& layer);
/// How many classes have a row in the layer's table; 0 for none.
size_t layer_classes(const Layer& layer);
/// Products that make one number of the output.
double layer_fan_in(const Layer& layer);
/// Multiply-adds of one example; a class is looked up.
double layer_macs(const Layer& layer);
/// Whether the gradient of the input can take the place of that of the output.
bool layer_in_place(const Layer& layer);
/// Numbers that the parameters' gradients of n examples need on their way.
size_t layer_gradient_scratch(const Layer& layer, size_t n);

/// How many parameters such layers have; a double, so that no size overflows.
double parameter_count_of(std::span<const Layer> layers);

/// A visitor of a layer made of a function a kind.
template <class... F>
struct Cases : F... {
  using F::operator()...;
};
template <class... F>
Cases(F...) -> Cases<F...>;

}  // namespace latentscape
