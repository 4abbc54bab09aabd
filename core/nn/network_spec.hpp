// NetworkSpec: what a network is made of, in a line that a person reads and writes: "conv 32x4s2, conv 64x4s2, dense 256" or "400,200".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

/// The largest layer: units of a dense one, channels of a convolution.
inline constexpr size_t kMostUnits = 1'000'000;

/// One hidden layer. conv: an image to `units` feature maps. upconv, the transpose: from `units` feature maps to those of the next upconv,
/// the last one to the image; so a decoder reads as its encoder backwards. res and resconv: a block of two layers whose result is added to
/// what it reads, `units` wide.
struct LayerSpec {
  enum class Kind { dense, conv, upconv, res, resconv };
  Kind kind = Kind::dense;
  size_t units = 0;   // outputs of a dense layer, channels of a convolution
  size_t kernel = 0;  // side of the square kernel; 0 for dense
  size_t stride = 1;
  std::optional<size_t> padding = {};  // none: so that a side of h becomes ceil(h / stride)
  // Of what the layer makes; of an upconv, what it reads.
  bool norm = false;     // before the activation
  double dropout = 0.0;  // share that is dropped in training, below 1; after the activation

  LayerSpec(size_t dense_units) : units(dense_units) {}
  LayerSpec(Kind k, size_t channels, size_t side, size_t step) : kind(k), units(channels), kernel(side), stride(step) {}
  bool operator==(const LayerSpec&) const = default;
};

using NetworkSpec = std::vector<LayerSpec>;

/// Layers with commas between them: "dense N" or only "N", "res N", "conv CxK", "conv CxKsS", "conv CxKsSpP", "upconv CxKsSpP",
/// "resconv CxK", each with "norm" and "dropout P" behind it where wanted; "none" is no hidden layer.
/// An error shows the place with a caret below it and says what was expected there.
Result<NetworkSpec> parse_network_spec(std::string_view text);
/// What parse_network_spec reads back; "none" for no layers.
std::string to_string(const NetworkSpec& spec);
std::string to_string(const LayerSpec& layer);
/// For headings: "400-200", "c32-rc32-c64-256-r256"; "linear" for no layers.
std::string short_text(const NetworkSpec& spec);
/// The layers backwards, conv and upconv exchanged; dense residual blocks stay behind the dense layer that makes what they read.
NetworkSpec mirrored(const NetworkSpec& spec);

}  // namespace latentscape
