// The dense VAE: the first model of every article.
#include "core/models/vae.hpp"

namespace latentscape {

void register_family_mlp(Registry<ModelFamily>& registry);
void register_family_mlp(Registry<ModelFamily>& registry) {
  ModelConfig config;
  config.name = "mlp";
  registry.add({"mlp", "dense encoder and decoder, Gaussian posterior", config, false, make_vae<float>, make_vae<double>});
}

}  // namespace latentscape
