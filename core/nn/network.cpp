#include "core/nn/network.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace latentscape {

namespace {

// Layers without an activation (posterior heads, outputs) begin small, near the prior and grey: lower held-out losses than without, over
// three seeds (docs/RESULTS.md).
constexpr double kOutputScale = 0.3;
// Added to a layer's key for the numbers of its table of classes.
constexpr uint32_t kTableKey = 1 << 16;

/// What travels between two layers: an image of channels-last maps, or plain numbers (height 0).
struct Signal {
  size_t height = 0, width = 0, channels = 0, numbers = 0;
  bool image() const { return height > 0; }
  std::string text() const { return image() ? fmt::format("{} x {} x {}", height, width, channels) : fmt::format("{} numbers", numbers); }
};

Signal signal_of(std::span<const size_t> shape) {
  Signal s;
  s.numbers = 1;
  for (size_t side : shape) s.numbers *= side;
  if (shape.size() >= 2) s = {shape[0], shape[1], shape.size() > 2 ? shape[2] : 1, s.numbers};
  return s;
}

Signal maps(const ConvShape& s) { return {s.out_height(), s.out_width(), s.features, s.maps()}; }

ConvShape conv_shape(const Signal& image, const LayerSpec& layer) {
  return {image.height, image.width, image.channels, layer.kernel, layer.stride, layer.units};
}

Error misfit(std::string_view side, size_t index, const LayerSpec& layer, std::string_view needs, const std::string& gets) {
  return fail(ErrorCode::invalid_argument, "{} layer {} ({}) needs {}, but gets {}", side, index + 1, to_string(layer), needs, gets);
}

/// Room is left for the layers that frame the hidden ones.
Status check_layers(std::string_view side, const NetworkSpec& spec) {
  constexpr size_t most = Network::kMostLayers - 2;
  if (spec.size() <= most) return {};
  return fail(ErrorCode::invalid_argument, "{} has {} hidden layers, expected at most {}", side, spec.size(), most);
}

/// A kernel may hang over the edges, but not step over the whole image at once.
Status check_stride(std::string_view side, size_t index, const LayerSpec& layer, const Signal& image) {
  if (layer.stride <= std::min(image.height, image.width)) return {};
  return misfit(side, index, layer, fmt::format("an image of at least {0} x {0}", layer.stride), image.text());
}

}  // namespace

void Network::add(Layer layer) {
  auto* linear = std::get_if<Linear>(&layer);
  const auto conditioned = [](const Layer& l) { return layer_classes(l) > 0; };
  if (linear && std::none_of(layers_.begin(), layers_.end(), conditioned)) linear->classes = classes_;
  layers_.push_back(layer);
  offsets_.push_back(offsets_.back() + layer_parameter_count(layer));
}

Result<Network> Network::reading(const NetworkSpec& spec, std::span<const size_t> shape, size_t out, Activation hidden, size_t classes) {
  LS_CHECK(check_layers("encoder", spec));
  Network network(classes);
  Signal now = signal_of(shape);
  for (size_t i = 0; i < spec.size(); ++i) {
    const LayerSpec& layer = spec[i];
    if (layer.kind == LayerSpec::Kind::upconv) return misfit("encoder", i, layer, "a place in the decoder", "one in the encoder");
    if (layer.kind == LayerSpec::Kind::dense) {
      network.add(Linear{now.numbers, layer.units, hidden});
      now = {0, 0, 0, layer.units};
      continue;
    }
    if (!now.image()) return misfit("encoder", i, layer, "an image", now.text());
    const ConvShape conv = conv_shape(now, layer);
    LS_CHECK(check_stride("encoder", i, layer, now));
    network.add(Convolution{conv, hidden});
    now = maps(conv);
  }
  network.add(Linear{now.numbers, out, Activation::identity});
  return network;
}

Result<Network> Network::writing(const NetworkSpec& spec, size_t in, std::span<const size_t> shape, Activation hidden, size_t classes) {
  LS_CHECK(check_layers("decoder", spec));
  const auto is_up = [](const LayerSpec& l) { return l.kind == LayerSpec::Kind::upconv; };
  const auto first_up = static_cast<size_t>(std::find_if(spec.begin(), spec.end(), is_up) - spec.begin());
  // From the image backwards: each upconv is the transpose of a convolution of what it gives.
  std::vector<ConvShape> ups;
  Signal image = signal_of(shape);
  for (size_t i = spec.size(); i > first_up; --i) {
    const LayerSpec& layer = spec[i - 1];
    if (!is_up(layer)) return misfit("decoder", i - 1, layer, "a place before the first upconv", "one after it");
    if (!image.image()) return misfit("decoder", i - 1, layer, "an image to make", image.text());
    const ConvShape conv = conv_shape(image, layer);
    LS_CHECK(check_stride("decoder", i - 1, layer, image));
    ups.push_back(conv);
    image = maps(conv);
  }
  Network network(classes);
  size_t numbers = in;
  for (size_t i = 0; i < first_up; ++i) {
    if (spec[i].kind == LayerSpec::Kind::conv) return misfit("decoder", i, spec[i], "a place in the encoder", "one in the decoder");
    network.add(Linear{numbers, spec[i].units, hidden});
    numbers = spec[i].units;
  }
  network.add(Linear{numbers, image.numbers, ups.empty() ? Activation::identity : hidden});
  for (size_t i = ups.size(); i-- > 0;) network.add(TransposedConvolution{ups[i], i == 0 ? Activation::identity : hidden});
  return network;
}

size_t Network::widest_input() const {
  size_t widest = 0;
  for (size_t i = 1; i < layers_.size(); ++i) widest = std::max(widest, layer_in(layers_[i]));
  return widest;
}

double Network::working_numbers(size_t n) const {
  double numbers = 2.0 * static_cast<double>(widest_input()), patches = 0.0, parts = 0.0;
  for (const Layer& layer : layers_) {
    numbers += static_cast<double>(layer_out(layer));
    const auto* conv = std::get_if<Convolution>(&layer);
    const auto* up = std::get_if<TransposedConvolution>(&layer);
    if (!conv && !up) continue;
    const ConvShape& s = conv ? conv->shape : up->shape;
    const double image = static_cast<double>(s.places()) * static_cast<double>(s.patch()), group = static_cast<double>(s.group());
    patches = std::max(patches, image * group);
    parts = std::max(parts, static_cast<double>(layer_parameter_count(layer)) * std::ceil(static_cast<double>(n) / group));
  }
  return numbers * static_cast<double>(n) + patches + parts;
}

size_t Network::gradient_scratch(size_t n) const {
  size_t most = 0;
  for (const Layer& layer : layers_) {
    if (const auto* conv = std::get_if<Convolution>(&layer)) most = std::max(most, conv->gradient_scratch(n));
    if (const auto* up = std::get_if<TransposedConvolution>(&layer)) most = std::max(most, up->gradient_scratch(n));
  }
  return most;
}

size_t Network::output_tiles(size_t n) const {
  const Layer& last = layers_.back();
  return std::holds_alternative<Linear>(last) ? TileGrid(n, layer_out(last)).col_tiles() : 1;
}

template <class S>
void Network::initialise(std::span<S> parameters, uint64_t seed, uint32_t first_key) const {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::span<S> own = parameters.subspan(offsets_[i], layer_parameter_count(layers_[i]));
    const size_t classes = layer_classes(layers_[i]), biases = bias_shape(layers_[i])[0], weights = own.size() - biases * (1 + classes);
    // Each number of a transposed convolution's output is a sum over (kernel / stride)^2 places of all features.
    double fan_in = static_cast<double>(layer_in(layers_[i]));
    if (const auto* conv = std::get_if<Convolution>(&layers_[i])) fan_in = static_cast<double>(conv->shape.patch());
    if (const auto* up = std::get_if<TransposedConvolution>(&layers_[i])) {
      const double places = static_cast<double>(up->shape.kernel) / static_cast<double>(up->shape.stride);
      fan_in = places * places * static_cast<double>(up->shape.features);
    }
    const double scale = i + 1 == layers_.size() ? kOutputScale : 1.0;
    const uint32_t key = first_key + static_cast<uint32_t>(i);
    initialise_weights<S>(own.first(weights), own.subspan(weights, biases), fan_in, scale, seed, key);
    if (classes) initialise_weights<S>(own.last(biases * classes), {}, static_cast<double>(classes), scale, seed, kTableKey + key);
  }
}

template <class S>
auto Network::buffers(Workspace<S>& work, size_t first_slot, size_t n, bool gradients) const -> Buffers<S> {
  Buffers<S> b;
  b.layers = layers_.size();
  for (size_t i = 0; i < layers_.size(); ++i) {
    const size_t out = layer_out(layers_[i]);
    b.outputs[i] = View2<S>(work.buffer(first_slot + i, n * out).data(), n, out);
  }
  if (!gradients) return b;
  const size_t rest = first_slot + kMostLayers, widest = widest_input();
  b.a = work.buffer(rest, n * widest);
  b.b = work.buffer(rest + 1, n * widest);
  b.parts = work.buffer(rest + 2, gradient_scratch(n));
  return b;
}

template <class S>
void Network::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers,
                      const RowConditions& conditions, TileFunction after) const {
  View2<const S> input = x;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const TileFunction last = i + 1 == layers_.size() ? after : TileFunction();
    const std::span<const S> own = parameters.subspan(offsets_[i]);
    if (const auto* linear = std::get_if<Linear>(&layers_[i]))
      linear->forward<S>(pool, own, input, buffers.outputs[i], conditions.labels, last);
    else if (const auto* conv = std::get_if<Convolution>(&layers_[i]))
      conv->forward<S>(pool, own, input, buffers.outputs[i], last);
    else
      std::get<TransposedConvolution>(layers_[i]).forward<S>(pool, own, input, buffers.outputs[i], last);
    input = buffers.outputs[i];
  }
}

template <class S>
void Network::backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers,
                       View2<const S> d_output, std::span<S> gradients, View2<S> d_input, const RowConditions& conditions) const {
  View2<const S> dy = d_output;
  std::span<S> room = buffers.a, other = buffers.b;
  for (size_t i = layers_.size(); i-- > 0;) {
    const View2<const S> input = i ? View2<const S>(buffers.outputs[i - 1]) : x;
    const std::span<S> own = gradients.subspan(offsets_[i], layer_parameter_count(layers_[i]));
    if (const auto* linear = std::get_if<Linear>(&layers_[i]))
      linear->backward_parameters<S>(pool, input, dy, conditions.labels, own);
    else if (const auto* conv = std::get_if<Convolution>(&layers_[i]))
      conv->backward_parameters<S>(pool, input, dy, own, buffers.parts);
    else
      std::get<TransposedConvolution>(layers_[i]).backward_parameters<S>(pool, input, dy, own, buffers.parts);
    if (i == 0 && !d_input.data) return;
    const View2<S> dx = i ? View2<S>(room.data(), dy.rows, layer_in(layers_[i])) : d_input;
    const Activation below = i ? layer_activation(layers_[i - 1]) : Activation::identity;
    std::visit([&](const auto& layer) { layer.template backward_input<S>(pool, parameters.subspan(offsets_[i]), dy, below, input, dx); },
               layers_[i]);
    dy = dx;
    std::swap(room, other);
  }
}

#define LS_INSTANTIATE(S)                                                                                                               \
  template void Network::initialise<S>(std::span<S>, uint64_t, uint32_t) const;                                                         \
  template Network::Buffers<S> Network::buffers<S>(Workspace<S>&, size_t, size_t, bool) const;                                          \
  template void Network::forward<S>(ComputePool&, std::span<const S>, View2<const S>, const Buffers<S>&, const RowConditions&,          \
                                    TileFunction) const;                                                                                \
  template void Network::backward<S>(ComputePool&, std::span<const S>, View2<const S>, const Buffers<S>&, View2<const S>, std::span<S>, \
                                     View2<S>, const RowConditions&) const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
