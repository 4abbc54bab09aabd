// The plain autoencoder: the reconstruction alone, z without noise and without a prior.
#include "core/models/vae.hpp"

namespace latentscape {

void register_family_ae(Registry<ModelFamily>& registry);
void register_family_ae(Registry<ModelFamily>& registry) {
  ModelConfig config;
  config.name = "ae";
  config.objective = Objective::autoencoder;
  registry.add({"ae", "plain autoencoder: no noise, no KL; to see what a VAE adds", config, false, make_vae<float>, make_vae<double>});
}

}  // namespace latentscape
