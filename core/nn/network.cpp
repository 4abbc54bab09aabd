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

}  // namespace

size_t Network::widest_input() const {
  size_t widest = 0;
  for (size_t i = 1; i < layers_.size(); ++i) widest = std::max(widest, layer_in(layers_[i]));
  return widest;
}

double Network::macs() const {
  double sum = 0.0;
  for (const Layer& layer : layers_) sum += layer_macs(layer);
  return sum;
}

double Network::working_numbers(size_t n) const {
  double numbers = 2.0 * static_cast<double>(widest_input()), patches = 0.0, parts = 0.0;
  for (const Layer& layer : layers_) {
    numbers += static_cast<double>(layer_out(layer));
    const auto* conv = std::get_if<Convolution>(&layer);
    const auto* up = std::get_if<TransposedConvolution>(&layer);
    if (!conv && !up) {
      if (needs_scratch(layer)) parts = std::max(parts, static_cast<double>(layer_gradient_scratch(layer, n)));
      continue;
    }
    const ConvShape& s = conv ? conv->shape : up->shape;
    const double image = static_cast<double>(s.places()) * static_cast<double>(s.patch()), group = static_cast<double>(s.group());
    patches = std::max(patches, image * group);
    parts = std::max(parts, static_cast<double>(layer_parameter_count(layer)) * std::ceil(static_cast<double>(n) / group));
  }
  return numbers * static_cast<double>(n) + patches + parts;
}

/// The first dense layer has its gradients one after the other: mostly nobody asks for that of its input.
bool Network::needs_scratch(const Layer& layer) const { return &layer != &layers_.front() || !std::holds_alternative<Linear>(layer); }

size_t Network::gradient_scratch(size_t n) const {
  size_t most = 0;
  for (const Layer& layer : layers_)
    if (needs_scratch(layer)) most = std::max(most, layer_gradient_scratch(layer, n));
  return most;
}

size_t Network::output_tiles(size_t n) const {
  const Layer& last = layers_.back();
  return std::holds_alternative<Linear>(last) ? TileGrid(n, layer_out(last)).col_tiles() : 1;
}

template <class S>
void Network::initialise(std::span<S> parameters, uint64_t seed, uint32_t first_key) const {
  for (size_t i = 0; i < layers_.size(); ++i) {
    const std::span<S> own = parameters.subspan(places_[i].offset, layer_parameter_count(layers_[i]));
    if (own.empty()) continue;
    const size_t classes = layer_classes(layers_[i]), biases = bias_shape(layers_[i])[0], weights = own.size() - biases * (1 + classes);
    if (std::holds_alternative<Norm>(layers_[i])) {
      std::fill_n(own.begin(), weights, S(1));
      std::fill_n(own.begin() + static_cast<ptrdiff_t>(weights), biases, S(0));
      continue;
    }
    const double scale = i + 1 == layers_.size() || places_[i].ends_block ? kOutputScale : 1.0;
    const uint32_t key = first_key + static_cast<uint32_t>(i);
    initialise_weights<S>(own.first(weights), own.subspan(weights, biases), layer_fan_in(layers_[i]), scale, seed, key);
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

size_t Network::below(size_t i, const RowConditions& conditions) const {
  while (i-- > 0)
    if (conditions.training || !std::holds_alternative<Dropout>(layers_[i])) return i;
  return kMostLayers;
}

template <class S>
void Network::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers,
                      const RowConditions& conditions, TileFunction after) const {
  View2<const S> input = x, block = x;
  for (size_t i = 0; i < layers_.size(); ++i) {
    const View2<S> y = buffers.outputs[i];
    const std::span<const S> own = parameters.subspan(places_[i].offset);
    if (places_[i].begins_block) block = input;
    const auto add = [&](const Tile& t) {
      for (size_t r = t.row_begin; r < t.row_end; ++r)
        for (size_t c = t.col_begin; c < t.col_end; ++c) y(r, c) += block(r, c);
    };
    const TileFunction then = places_[i].ends_block ? TileFunction(add) : i + 1 == layers_.size() ? after : TileFunction();
    if (std::holds_alternative<Dropout>(layers_[i]) && !conditions.training) continue;
    std::visit(Cases{[&](const Linear& l) { l.forward<S>(pool, own, input, y, conditions.labels, then); },
                     [&](const Norm& l) { l.forward<S>(pool, own, input, y); }, [&](const Elementwise& l) { l.forward<S>(pool, input, y); },
                     [&](const Dropout& l) { l.forward<S>(pool, input, y, conditions); },
                     [&](const auto& conv) { conv.template forward<S>(pool, own, input, y, then); }},
               layers_[i]);
    input = y;
  }
}

template <class S>
void Network::backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, const Buffers<S>& buffers,
                       View2<const S> d_output, std::span<S> gradients, View2<S> d_input, const RowConditions& conditions,
                       EarlyUpdate<S>* early) const {
  View2<const S> dy = d_output;
  // dy lies in `taken` from the second layer on. A block's gradient stays in `room` until its first layer adds to it: the layers between
  // its ends work in place.
  std::span<S> room = buffers.a, taken = buffers.b;
  for (size_t i = layers_.size() - 1; i < kMostLayers; i = below(i, conditions)) {
    const size_t lower = below(i, conditions);
    const bool first = lower == kMostLayers, in_place = layer_in_place(layers_[i]), adds = places_[i].begins_block;
    const View2<const S> input = first ? x : View2<const S>(buffers.outputs[lower]);
    const Activation slope = first ? Activation::identity : layer_activation(layers_[lower]);
    const std::span<const S> own = parameters.subspan(places_[i].offset);
    const std::span<S> d_own = gradients.subspan(places_[i].offset, layer_parameter_count(layers_[i]));
    const View2<S> dx = first ? d_input : View2<S>((in_place ? taken : room).data(), dy.rows, layer_in(layers_[i]));
    if (first && adds && dx.data) std::copy_n(room.data(), dx.rows * dx.cols, dx.data);
    std::visit(Cases{[&](const Linear& l) {
                       if (!first && l.gradient_scratch(dy.rows) > 0)
                         return l.backward<S>(pool, own, input, dy, conditions.labels, slope, dx, adds, d_own, early, buffers.parts);
                       if (dx.data) l.backward_input<S>(pool, own, dy, slope, input, dx, adds);
                       l.backward_parameters<S>(pool, input, dy, conditions.labels, d_own, early);
                     },
                     [&](const Convolution& l) {
                       l.backward_parameters<S>(pool, input, dy, d_own, buffers.parts);
                       if (dx.data) l.backward_input<S>(pool, own, dy, slope, input, dx, adds);
                     },
                     [&](const TransposedConvolution& l) {
                       l.backward_parameters<S>(pool, input, dy, d_own, buffers.parts);
                       if (dx.data) l.backward_input<S>(pool, own, dy, slope, input, dx);
                     },
                     [&](const Norm& l) { l.backward<S>(pool, own, input, dy, d_own, buffers.parts, dx); },
                     [&](const Elementwise& l) { l.backward<S>(pool, input, dy, dx); },
                     [&](const Dropout& l) { l.backward<S>(pool, dy, slope, input, dx, conditions); }},
               layers_[i]);
    dy = dx;
    if (!in_place) std::swap(room, taken);
  }
}

#define LS_INSTANTIATE(S)                                                                                                               \
  template void Network::initialise<S>(std::span<S>, uint64_t, uint32_t) const;                                                         \
  template Network::Buffers<S> Network::buffers<S>(Workspace<S>&, size_t, size_t, bool) const;                                          \
  template void Network::forward<S>(ComputePool&, std::span<const S>, View2<const S>, const Buffers<S>&, const RowConditions&,          \
                                    TileFunction) const;                                                                                \
  template void Network::backward<S>(ComputePool&, std::span<const S>, View2<const S>, const Buffers<S>&, View2<const S>, std::span<S>, \
                                     View2<S>, const RowConditions&, EarlyUpdate<S>*) const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
