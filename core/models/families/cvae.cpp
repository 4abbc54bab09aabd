// The conditional VAE: encoder and decoder are told the label. Sohn, Lee & Yan, "Learning structured output representation using deep
// conditional generative models", 2015.
#include "core/models/vae.hpp"

namespace latentscape {

void register_family_cvae(Registry<ModelFamily>& registry);
void register_family_cvae(Registry<ModelFamily>& registry) {
  ModelConfig config;
  config.name = "cvae";
  config.conditional = true;
  registry.add(
      {"cvae", "conditional VAE: encoder and decoder read the label, z is the style", config, false, make_vae<float>, make_vae<double>});
}

}  // namespace latentscape
