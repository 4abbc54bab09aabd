// From a spec to the layers of a network.
#include <algorithm>
#include <utility>

#include "core/nn/network.hpp"

namespace latentscape {

namespace {

using Kind = LayerSpec::Kind;

/// What travels between two layers: an image of channels-last maps, or plain numbers (height 0).
struct Signal {
  size_t height = 0, width = 0, channels = 0, numbers = 0;
  bool made = false;  // maps of another layer, and not the data
  bool image() const { return height > 0; }
  Maps maps() const { return image() && made ? Maps{height * width, channels} : Maps{}; }
  std::string text() const { return image() ? fmt::format("{} x {} x {}", height, width, channels) : fmt::format("{} numbers", numbers); }
};

Signal plain(size_t numbers) { return {0, 0, 0, numbers}; }

Signal signal_of(std::span<const size_t> shape) {
  size_t numbers = 1;
  for (size_t side : shape) numbers *= side;
  if (shape.size() < 2) return plain(numbers);
  return {shape[0], shape[1], shape.size() > 2 ? shape[2] : 1, numbers};
}

Signal maps_of(const ConvShape& s) { return {s.out_height(), s.out_width(), s.features, s.maps(), true}; }

ConvShape conv_shape(const Signal& image, const LayerSpec& layer) {
  return {image.height, image.width, image.channels, layer.kernel, layer.stride, layer.units, layer.padding};
}

constexpr std::string_view kDecoder = "decoder";

/// "decoder layer 3 (upconv 4x40s40) makes an image of at least 40 x 40, but is to make 28 x 28 x 1; a stride of at most 28 fits".
Error misfit(std::string_view side, size_t index, const LayerSpec& layer, const std::string& what_is_wrong, const std::string& what_fits) {
  return fail(ErrorCode::invalid_argument, "{} layer {} ({}) {}; {}", side, index + 1, to_string(layer), what_is_wrong, what_fits);
}

/// The same layer of another kind or size.
template <class Change>
std::string fitting(LayerSpec layer, const Change& change) {
  change(layer);
  return to_string(layer) + " fits";
}

Error wrong_size(std::string_view side, size_t index, const LayerSpec& layer, const Signal& gets) {
  return misfit(side, index, layer, fmt::format("needs {} numbers, but gets {}", layer.units, gets.text()),
                fitting(layer, [&](LayerSpec& l) { l.units = gets.numbers; }));
}

Status check_count(std::string_view side, const NetworkSpec& spec) {
  if (spec.size() <= Network::kMostHidden) return {};
  return fail(ErrorCode::invalid_argument, "{} has {} hidden layers, expected at most {}", side, spec.size(), Network::kMostHidden);
}

/// A kernel may hang over the edges, but not step over the whole image at once; with a padding of its own it hangs over by that alone.
Status check_sides(std::string_view side, size_t index, const LayerSpec& layer, const Signal& image) {
  size_t least = layer.stride;
  if (layer.padding) least = layer.kernel > 2 * *layer.padding ? layer.kernel - 2 * *layer.padding : 1;
  const size_t room = std::min(image.height, image.width);
  if (least <= room) return {};
  const bool reads = side != kDecoder;
  const std::string wrong = fmt::format("{0} an image of at least {1} x {1}, but {2} {3}", reads ? "needs" : "makes", least,
                                        reads ? "gets" : "is to make", image.text());
  return misfit(side, index, layer, wrong,
                layer.padding ? fmt::format("a kernel of at most {} fits", room + 2 * *layer.padding)
                              : fmt::format("a stride of at most {} fits", room));
}

Status check_channels(std::string_view side, size_t index, const LayerSpec& layer, const Signal& image) {
  if (!image.image())
    return misfit(side, index, layer, fmt::format("needs an image, but gets {}", image.text()), "dense and res layers fit");
  if (image.channels == layer.units) return {};
  const bool reads = side != kDecoder;
  return misfit(side, index, layer,
                fmt::format("{} {} feature maps, but {} {}", reads ? "needs" : "makes", layer.units,
                            reads ? "gets" : "the next layer reads", image.text()),
                fitting(layer, [&](LayerSpec& l) { l.units = image.channels; }));
}

}  // namespace

class NetworkBuilder {
 public:
  NetworkBuilder(Activation hidden, size_t classes, uint32_t first_dropout)
      : network_(classes), hidden_(hidden), classes_(classes), dropout_key_(first_dropout) {}

  /// A layer that makes `size` numbers, what the spec wants behind it, and the activation.
  void add_hidden(Layer layer, Maps in, Maps out, size_t size, const LayerSpec& spec) {
    append(layer, std::to_string(module_++), in, out);
    if (spec.norm) add_norm(std::to_string(module_++), out, size);
    activate(size);
    ++module_;
    add_dropout(size, spec);
  }

  /// A residual block of two layers that keep the size; `ends`: maps that it reads and makes, `within`: those between the two.
  void add_block(const Layer& first, const Layer& second, Maps ends, Maps within, size_t size, const LayerSpec& spec) {
    const std::string name = std::to_string(module_++);
    append(first, name + ".0", ends, within).begins_block = true;
    if (spec.norm) add_norm(name + ".1", within, size);
    activate(size);
    append(second, name + (spec.norm ? ".3" : ".2"), within, ends).ends_block = true;
    add_dropout(size, spec);
  }
  void add_dense_block(const LayerSpec& spec, Maps maps) {
    add_block(Linear{spec.units, spec.units}, Linear{spec.units, spec.units}, maps, {}, spec.units, spec);
  }
  void add_map_block(const LayerSpec& spec, const Signal& image) {
    const ConvShape shape = conv_shape(image, spec);
    add_block(Convolution{shape}, Convolution{shape}, image.maps(), {shape.places(), shape.features}, image.numbers, spec);
  }

  Network finish(Layer last, Maps in) {
    append(last, std::to_string(module_), in, {});
    return std::move(network_);
  }

 private:
  LayerPlace& append(Layer layer, std::string name, Maps in, Maps out) {
    if (auto* linear = std::get_if<Linear>(&layer)) linear->classes = std::exchange(classes_, 0);
    network_.layers_.push_back(layer);
    network_.places_.push_back({std::move(name), in, out, false, false, network_.parameter_count_});
    network_.parameter_count_ += layer_parameter_count(layer);
    return network_.places_.back();
  }
  void add_norm(std::string name, Maps maps, size_t size) {
    append(maps.places ? Norm{maps.places, maps.channels} : Norm{1, size}, std::move(name), maps, maps);
  }
  /// Within the layer that is there, where its slope follows from its output.
  void activate(size_t size) {
    if (slope_needs_input(hidden_)) {
      append(Elementwise{size, hidden_}, "", {}, {});
      return;
    }
    std::visit(Cases{[](Elementwise&) {}, [](Dropout&) {}, [&](auto& layer) { layer.activation = hidden_; }}, network_.layers_.back());
  }
  void add_dropout(size_t size, const LayerSpec& spec) {
    if (spec.dropout == 0.0) return;
    append(Dropout{size, spec.dropout, dropout_key_++}, "", {}, {});
    ++module_;
  }

  Network network_;
  Activation hidden_;
  size_t classes_;  // until the first dense layer has taken them
  uint32_t dropout_key_;
  size_t module_ = 0;
};

Result<Network> Network::reading(const NetworkSpec& spec, std::span<const size_t> shape, size_t out, Activation hidden, size_t classes,
                                 std::string_view part) {
  LS_CHECK(check_count(part, spec));
  NetworkBuilder builder(hidden, classes, 0);
  Signal now = signal_of(shape);
  for (size_t i = 0; i < spec.size(); ++i) {
    const LayerSpec& layer = spec[i];
    switch (layer.kind) {
      case Kind::upconv:
        return misfit(part, i, layer, "is a layer of the decoder", fitting(layer, [](LayerSpec& l) { l.kind = Kind::conv; }));
      case Kind::dense:
        builder.add_hidden(Linear{now.numbers, layer.units}, now.maps(), {}, layer.units, layer);
        now = plain(layer.units);
        break;
      case Kind::res:
        if (now.numbers != layer.units) return wrong_size(part, i, layer, now);
        builder.add_dense_block(layer, now.maps());
        break;
      case Kind::conv: {
        if (!now.image()) return misfit(part, i, layer, fmt::format("needs an image, but gets {}", now.text()), "dense and res layers fit");
        LS_CHECK(check_sides(part, i, layer, now));
        const ConvShape conv = conv_shape(now, layer);
        builder.add_hidden(Convolution{conv}, now.maps(), maps_of(conv).maps(), conv.maps(), layer);
        now = maps_of(conv);
        break;
      }
      case Kind::resconv:
        LS_CHECK(check_channels(part, i, layer, now));
        builder.add_map_block(layer, now);
        break;
    }
  }
  return builder.finish(Linear{now.numbers, out}, now.maps());
}

Result<Network> Network::writing(const NetworkSpec& spec, size_t in, std::span<const size_t> shape, Activation hidden, size_t classes) {
  LS_CHECK(check_count(kDecoder, spec));
  const auto of_maps = [](const LayerSpec& l) { return l.kind == Kind::upconv || l.kind == Kind::resconv; };
  const auto first_maps = static_cast<size_t>(std::find_if(spec.begin(), spec.end(), of_maps) - spec.begin());
  // From the image backwards: each upconv is the transpose of a convolution of what it gives. made[i]: what layer i makes.
  std::vector<Signal> made(spec.size() + 1);
  made[spec.size()] = signal_of(shape);
  for (size_t i = spec.size(); i > first_maps; --i) {
    const LayerSpec& layer = spec[i - 1];
    const Signal& image = made[i];
    if (layer.kind == Kind::conv)
      return misfit(kDecoder, i - 1, layer, "is a layer of the encoder", fitting(layer, [](LayerSpec& l) { l.kind = Kind::upconv; }));
    if (!of_maps(layer)) return misfit(kDecoder, i - 1, layer, "comes after a layer of images", "it fits before the first upconv");
    if (layer.kind == Kind::resconv) {
      if (i == spec.size()) return misfit(kDecoder, i - 1, layer, "is the last", "an upconv behind it, which makes the image, fits");
      LS_CHECK(check_channels(kDecoder, i - 1, layer, image));
      made[i - 1] = image;
      continue;
    }
    if (!image.image())
      return misfit(kDecoder, i - 1, layer, fmt::format("makes an image, but is to make {}", image.text()), "dense and res layers fit");
    LS_CHECK(check_sides(kDecoder, i - 1, layer, image));
    made[i - 1] = maps_of(conv_shape(image, layer));
  }
  NetworkBuilder builder(hidden, classes, kMostHidden);
  size_t numbers = in;
  for (size_t i = 0; i < first_maps; ++i) {
    const LayerSpec& layer = spec[i];
    if (layer.kind == Kind::conv)
      return misfit(kDecoder, i, layer, "is a layer of the encoder", fitting(layer, [](LayerSpec& l) { l.kind = Kind::upconv; }));
    if (layer.kind == Kind::res) {
      if (numbers != layer.units) return wrong_size(kDecoder, i, layer, plain(numbers));
      builder.add_dense_block(layer, {});
      continue;
    }
    builder.add_hidden(Linear{numbers, layer.units}, {}, {}, layer.units, layer);
    numbers = layer.units;
  }
  const Signal& first = made[first_maps];
  if (first_maps == spec.size()) return builder.finish(Linear{numbers, first.numbers}, {});
  // Norm and dropout of an upconv are of the maps that it reads, as those of a conv are of the maps that it makes.
  const auto reader = [&](size_t i) {
    return *std::find_if(spec.begin() + static_cast<ptrdiff_t>(i), spec.end(), [](const LayerSpec& l) { return l.kind == Kind::upconv; });
  };
  builder.add_hidden(Linear{numbers, first.numbers}, {}, first.maps(), first.numbers, reader(first_maps));
  for (size_t i = first_maps; i + 1 < spec.size(); ++i) {
    const Signal& image = made[i + 1];
    if (spec[i].kind == Kind::resconv)
      builder.add_map_block(spec[i], image);
    else
      builder.add_hidden(TransposedConvolution{conv_shape(image, spec[i])}, made[i].maps(), image.maps(), image.numbers, reader(i + 1));
  }
  return builder.finish(TransposedConvolution{conv_shape(made[spec.size()], spec.back())}, made[spec.size() - 1].maps());
}

}  // namespace latentscape
