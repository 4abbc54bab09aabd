// ParameterBlock: one named piece of a flat parameter vector, and its order in memory beside PyTorch's.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace latentscape {

/// How a block lies in memory where that is not its shape's order: outer x places x channels x inner, and not outer x channels x places x
/// inner. All 0: as its shape says.
struct ChannelsLast {
  size_t outer = 0, places = 0, channels = 0, inner = 0;
  bool operator==(const ChannelsLast&) const = default;
};

/// One named block of the flat parameter vector; names and shapes as PyTorch would have them (weight: out x in).
struct ParameterBlock {
  std::string name;  // "encoder.0.weight"
  std::vector<size_t> shape;
  size_t offset = 0;
  size_t size = 0;
  bool of_encoder = false;  // which learning rate applies
  ChannelsLast channels_last;
};

/// A block's numbers in the order of its shape, from the order in memory; and back into `own`.
std::vector<float> torch_order(const ParameterBlock& block, std::span<const float> own);
void take_torch_order(const ParameterBlock& block, std::span<const float> torch, std::span<float> own);

}  // namespace latentscape
