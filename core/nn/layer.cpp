#include "core/nn/layer.hpp"

namespace latentscape {

size_t layer_in(const Layer& layer) {
  if (const auto* linear = std::get_if<Linear>(&layer)) return linear->in;
  if (const auto* conv = std::get_if<Convolution>(&layer)) return conv->in();
  return std::get<TransposedConvolution>(layer).in();
}

size_t layer_out(const Layer& layer) {
  if (const auto* linear = std::get_if<Linear>(&layer)) return linear->out;
  if (const auto* conv = std::get_if<Convolution>(&layer)) return conv->out();
  return std::get<TransposedConvolution>(layer).out();
}

Activation layer_activation(const Layer& layer) {
  return std::visit([](const auto& l) { return l.activation; }, layer);
}

size_t layer_parameter_count(const Layer& layer) {
  return std::visit([](const auto& l) { return l.parameter_count(); }, layer);
}

std::vector<size_t> weight_shape(const Layer& layer) {
  if (const auto* linear = std::get_if<Linear>(&layer)) return {linear->out, linear->in};
  const ConvShape& s =
      std::holds_alternative<Convolution>(layer) ? std::get<Convolution>(layer).shape : std::get<TransposedConvolution>(layer).shape;
  return {s.features, s.kernel, s.kernel, s.channels};
}

std::vector<size_t> bias_shape(const Layer& layer) {
  if (const auto* linear = std::get_if<Linear>(&layer)) return {linear->out};
  if (const auto* conv = std::get_if<Convolution>(&layer)) return {conv->shape.features};
  return {std::get<TransposedConvolution>(layer).shape.channels};
}

size_t layer_classes(const Layer& layer) {
  const auto* linear = std::get_if<Linear>(&layer);
  return linear ? linear->classes : 0;
}

double layer_macs(const Layer& layer) {
  const auto weights = [](size_t n) { return static_cast<double>(n); };
  if (const auto* linear = std::get_if<Linear>(&layer)) return weights(linear->weight_count());
  if (const auto* conv = std::get_if<Convolution>(&layer)) return weights(conv->weight_count()) * static_cast<double>(conv->shape.places());
  const auto& up = std::get<TransposedConvolution>(layer);
  return weights(up.weight_count()) * static_cast<double>(up.shape.places());
}

double parameter_count_of(std::span<const Layer> layers) {
  double count = 0.0;
  for (const Layer& layer : layers) {
    double weights = 1.0;
    for (size_t side : weight_shape(layer)) weights *= static_cast<double>(side);
    count += weights + static_cast<double>(bias_shape(layer)[0]) * static_cast<double>(1 + layer_classes(layer));
  }
  return count;
}

}  // namespace latentscape
