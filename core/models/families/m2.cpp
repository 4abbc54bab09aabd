// M2: a conditional VAE with a classifier that stands in for the labels that are not there.
#include "core/models/m2.hpp"

namespace latentscape {

void register_family_m2(Registry<ModelFamily>& registry);
void register_family_m2(Registry<ModelFamily>& registry) {
  ModelConfig config;
  config.name = "m2";
  config.latent = 50;
  config.encoder = {500, 500};
  config.decoder = {500, 500};
  config.classify = 10.0;
  registry.add({"m2", "semi-supervised: a conditional VAE and a classifier, labels only where they are known", config, true, make_m2<float>,
                make_m2<double>});
}

}  // namespace latentscape
