#include "core/nn/network_blocks.hpp"

#include <algorithm>

namespace latentscape {

namespace {

/// features x kernel x kernel x channels as PyTorch orders them: features x channels x kernel x kernel.
std::vector<size_t> torch_shape(std::vector<size_t> shape) {
  if (shape.size() == 4) std::rotate(shape.begin() + 1, shape.begin() + 3, shape.end());
  return shape;
}

/// How the weight of a layer lies in memory, `rows` outputs of it: patches and images have their channels last.
ChannelsLast weight_order(const Network& network, size_t i, size_t rows) {
  const auto order = [](const ConvShape& s) { return ChannelsLast{s.features, s.kernel * s.kernel, s.channels, 1}; };
  const Layer& layer = network.layers()[i];
  if (const auto* conv = std::get_if<Convolution>(&layer)) return order(conv->shape);
  if (const auto* up = std::get_if<TransposedConvolution>(&layer)) return order(up->shape);
  if (!std::holds_alternative<Linear>(layer)) return {};
  const Maps in = network.place(i).in, out = network.place(i).out;
  if (in.places) return {rows, in.places, in.channels, 1};
  if (out.places) return {1, out.places, out.channels, layer_in(layer)};
  return {};
}

/// The same for `rows` vectors of the layer's outputs: its bias, its table of classes.
ChannelsLast output_order(const Network& network, size_t i, size_t rows) {
  const Maps out = network.place(i).out;
  return std::holds_alternative<Linear>(network.layers()[i]) && out.places ? ChannelsLast{rows, out.places, out.channels, 1}
                                                                           : ChannelsLast{};
}

void add_table(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network, size_t i, bool of_encoder) {
  const size_t classes = layer_classes(network.layers()[i]);
  if (classes == 0) return;
  add_block(blocks, fmt::format("{}.class.weight", part), {classes, layer_out(network.layers()[i])}, of_encoder,
            output_order(network, i, classes));
}

void add_first_layers(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network, size_t count, bool of_encoder) {
  for (size_t i = 0; i < count; ++i) {
    const Layer& layer = network.layers()[i];
    if (layer_parameter_count(layer) == 0) continue;
    const std::string name = fmt::format("{}.{}", part, network.place(i).name);
    add_block(blocks, name + ".weight", weight_shape(layer), of_encoder, weight_order(network, i, layer_out(layer)));
    add_block(blocks, name + ".bias", bias_shape(layer), of_encoder, output_order(network, i, 1));
    add_table(blocks, part, network, i, of_encoder);
  }
}

}  // namespace

void add_block(std::vector<ParameterBlock>& blocks, std::string name, std::vector<size_t> shape, bool of_encoder,
               ChannelsLast channels_last) {
  const size_t offset = blocks.empty() ? 0 : blocks.back().offset + blocks.back().size;
  size_t size = 1;
  for (size_t s : shape) size *= s;
  blocks.push_back({std::move(name), torch_shape(std::move(shape)), offset, size, of_encoder, channels_last});
}

void add_blocks(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network, bool of_encoder) {
  add_first_layers(blocks, part, network, network.layers().size(), of_encoder);
}

void add_blocks_with_heads(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network,
                           std::span<const std::string_view> heads, bool of_encoder) {
  const std::span<const Layer> layers = network.layers();
  const size_t last = layers.size() - 1, width = network.out() / heads.size();
  add_first_layers(blocks, part, network, last, of_encoder);
  for (std::string_view head : heads)
    add_block(blocks, fmt::format("{}.weight", head), {width, layer_in(layers[last])}, of_encoder, weight_order(network, last, width));
  for (std::string_view head : heads) add_block(blocks, fmt::format("{}.bias", head), {width}, of_encoder);
  add_table(blocks, part, network, last, of_encoder);
}

}  // namespace latentscape
