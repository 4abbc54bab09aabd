// The convolutional VAE: two strided convolutions to a quarter of the side, and back by their transposes.
#include "core/models/vae.hpp"

namespace latentscape {

void register_family_conv(Registry<ModelFamily>& registry);
void register_family_conv(Registry<ModelFamily>& registry) {
  using enum LayerSpec::Kind;
  ModelConfig config;
  config.name = "conv";
  config.encoder = {{conv, 32, 4, 2}, {conv, 64, 4, 2}};
  config.decoder = mirrored(config.encoder);
  registry.add({"conv", "convolutional encoder, transposed convolutions back, Gaussian posterior; for images", config, false,
                make_vae<float>, make_vae<double>});
}

}  // namespace latentscape
