// Layer: one step of a network, and what is asked of every kind of layer.
#pragma once

#include <span>
#include <variant>
#include <vector>

#include "core/nn/convolution.hpp"
#include "core/nn/linear.hpp"

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
/// How many classes have a row in the layer's table; 0 for none.
size_t layer_classes(const Layer& layer);
/// Multiply-adds of one example; a class is looked up.
double layer_macs(const Layer& layer);

/// How many parameters such layers have; a double, so that no size overflows.
double parameter_count_of(std::span<const Layer> layers);

}  // namespace latentscape
