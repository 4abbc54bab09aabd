#include "core/models/model.hpp"

#include <algorithm>

namespace latentscape {

void register_family_all(Registry<ModelFamily>& registry);  // generated from the files of core/models/families

const Registry<ModelFamily>& model_families() {
  static const Registry<ModelFamily> families = [] {
    Registry<ModelFamily> all("model");
    register_family_all(all);
    return all;
  }();
  return families;
}

void use_family(ModelConfig& config, const ModelFamily& family) {
  config.name = family.name;
  config.encoder = family.encoder;
  config.decoder = family.decoder;
}

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

Result<std::shared_ptr<const ModelF>> make_model(const ModelConfig& config, std::span<const size_t> shape) {
  LS_TRY(const ModelFamily* family, model_families().get(config.name));
  if (config.latent < 1) return fail(ErrorCode::invalid_argument, "latent is 0, expected at least 1 latent dimension");
  for (const auto& [side, spec] : {std::pair<const char*, const NetworkSpec&>("encoder", config.encoder), {"decoder", config.decoder}})
    for (const LayerSpec& layer : spec)
      if (layer.units < 1) return fail(ErrorCode::invalid_argument, "{} has a hidden layer of size 0, expected at least 1", side);
  if (!(config.gaussian_sigma > 0.0) || config.gaussian_sigma > 1e6)
    return fail(ErrorCode::invalid_argument, "sigma is {}, expected a standard deviation above 0 and at most 1e6", config.gaussian_sigma);
  if (shape.empty()) return fail(ErrorCode::invalid_argument, "the data has no shape, expected at least 1 number an example");
  for (size_t s : shape)
    if (s < 1) return fail(ErrorCode::invalid_argument, "the data has a side of length 0, expected at least 1");
  return family->make(config, shape);
}

}  // namespace latentscape
