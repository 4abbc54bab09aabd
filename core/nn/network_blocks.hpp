// The parameter blocks of a network: names and shapes as PyTorch would have them, and how they lie in memory.
#pragma once

#include <string_view>

#include "core/nn/network.hpp"
#include "core/nn/parameter_block.hpp"

namespace latentscape {

/// A block behind those that are there. `shape` as it lies in memory: weights of convolutions with their channels last.
void add_block(std::vector<ParameterBlock>& blocks, std::string name, std::vector<size_t> shape, bool of_encoder,
               ChannelsLast channels_last = {});

/// The network's layers as an nn.Sequential of layers and activations names them: "<part>.0.weight", "<part>.0.bias", "<part>.2.weight",
/// ...
void add_blocks(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network, bool of_encoder);

/// The same for a network whose last layer is heads of equal width that lie together, so one product computes all:
/// "mean.weight", "log_variance.weight", then "mean.bias", "log_variance.bias".
void add_blocks_with_heads(std::vector<ParameterBlock>& blocks, std::string_view part, const Network& network,
                           std::span<const std::string_view> heads, bool of_encoder);

}  // namespace latentscape
