// M1: a VAE of many latents, whose means are then classified by their neighbours among the labelled examples. Kingma, Rezende, Mohamed &
// Welling, "Semi-supervised learning with deep generative models", 2014, section 2.1.
#include "core/models/vae.hpp"

namespace latentscape {

void register_family_m1(Registry<ModelFamily>& registry);
void register_family_m1(Registry<ModelFamily>& registry) {
  ModelConfig config;
  config.name = "m1";
  config.latent = 50;
  config.encoder = {600, 600};
  config.decoder = {600, 600};
  registry.add({"m1", "semi-supervised: a VAE of all examples, then the labelled neighbours of its latents vote", config, true,
                make_vae<float>, make_vae<double>});
}

}  // namespace latentscape
