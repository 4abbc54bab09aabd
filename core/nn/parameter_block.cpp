#include "core/nn/parameter_block.hpp"

#include <algorithm>

namespace latentscape {

namespace {

/// out[b][a] = in[a][b] for each of `outer` matrices of rows x cols cells of `inner` numbers.
void transpose_cells(size_t outer, size_t rows, size_t cols, size_t inner, const float* in, float* out) {
  for (size_t o = 0; o < outer; ++o, in += rows * cols * inner, out += rows * cols * inner)
    for (size_t a = 0; a < rows; ++a)
      for (size_t b = 0; b < cols; ++b) std::copy_n(in + (a * cols + b) * inner, inner, out + (b * rows + a) * inner);
}

}  // namespace

std::vector<float> torch_order(const ParameterBlock& block, std::span<const float> own) {
  std::vector<float> torch(own.begin(), own.end());
  const ChannelsLast& c = block.channels_last;
  if (c.outer > 0) transpose_cells(c.outer, c.places, c.channels, c.inner, own.data(), torch.data());
  return torch;
}

void take_torch_order(const ParameterBlock& block, std::span<const float> torch, std::span<float> own) {
  const ChannelsLast& c = block.channels_last;
  if (c.outer == 0)
    std::copy(torch.begin(), torch.end(), own.begin());
  else
    transpose_cells(c.outer, c.channels, c.places, c.inner, torch.data(), own.data());
}

}  // namespace latentscape
