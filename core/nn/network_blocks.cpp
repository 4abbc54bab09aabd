#include "core/nn/network_blocks.hpp"

#include <algorithm>
#include <optional>

namespace latentscape {

namespace {

/// features x kernel x kernel x channels as PyTorch orders them: features x channels x kernel x kernel.
std::vector<size_t> torch_shape(std::vector<size_t> shape) {
  if (shape.size() == 4) std::rotate(shape.begin() + 1, shape.begin() + 3, shape.end());
  return shape;
}

/// The maps that a convolution gives, or that a transposed one reads, as a dense layer beside it sees them.
std::optional<ConvShape> maps_of(const Layer& layer) {
  if (const auto* conv = std::get_if<Convolution>(&layer)) return conv->shape;
  if (const auto* up = std::get_if<TransposedConvolution>(&layer)) return up->shape;
  return std::nullopt;
}

/// How the weight of layer i lies in memory, `rows` outputs of it: patches and images have their channels last.
ChannelsLast weight_order(std::span<const Layer> layers, size_t i, size_t rows) {
  if (const auto own = maps_of(layers[i])) return {own->features, own->kernel * own->kernel, own->channels, 1};
  if (const auto below = i > 0 ? maps_of(layers[i - 1]) : std::nullopt) return {rows, below->places(), below->features, 1};
  if (const auto above = i + 1 < layers.size() ? maps_of(layers[i + 1]) : std::nullopt)
    return {1, above->places(), above->features, layer_in(layers[i])};
  return {};
}

/// The same for `rows` vectors of the layer's outputs: its bias, its table of classes.
ChannelsLast output_order(std::span<const Layer> layers, size_t i, size_t rows) {
  if (maps_of(layers[i]) || i + 1 >= layers.size()) return {};
  const auto above = maps_of(layers[i + 1]);
  return above ? ChannelsLast{rows, above->places(), above->features, 1} : ChannelsLast{};
}

void add_table(std::vector<ParameterBlock>& blocks, std::string_view part, std::span<const Layer> layers, size_t i, bool of_encoder) {
  const size_t classes = layer_classes(layers[i]);
  if (classes == 0) return;
  add_block(blocks, fmt::format("{}.class.weight", part), {classes, layer_out(layers[i])}, of_encoder, output_order(layers, i, classes));
}

void add_first_layers(std::vector<ParameterBlock>& blocks, std::string_view part, std::span<const Layer> layers, size_t count,
                      bool of_encoder) {
  for (size_t i = 0; i < count; ++i) {
    const Layer& layer = layers[i];
    add_block(blocks, fmt::format("{}.{}.weight", part, 2 * i), weight_shape(layer), of_encoder, weight_order(layers, i, layer_out(layer)));
    add_block(blocks, fmt::format("{}.{}.bias", part, 2 * i), bias_shape(layer), of_encoder, output_order(layers, i, 1));
    add_table(blocks, part, layers, i, of_encoder);
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
  add_first_layers(blocks, part, network.layers(), network.layers().size(), of_encoder);
}

void add_blocks_with_heads(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network,
                           std::span<const std::string_view> heads, bool of_encoder) {
  const std::span<const Layer> layers = network.layers();
  const size_t last = layers.size() - 1, width = network.out() / heads.size();
  add_first_layers(blocks, part, layers, last, of_encoder);
  for (std::string_view head : heads)
    add_block(blocks, fmt::format("{}.weight", head), {width, layer_in(layers[last])}, of_encoder, weight_order(layers, last, width));
  for (std::string_view head : heads) add_block(blocks, fmt::format("{}.bias", head), {width}, of_encoder);
  add_table(blocks, part, layers, last, of_encoder);
}

}  // namespace latentscape
