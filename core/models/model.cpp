#include "core/models/model.hpp"

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
  const ModelConfig& d = family.defaults;
  config.name = family.name;
  config.latent = d.latent;
  config.encoder = d.encoder;
  config.decoder = d.decoder;
  config.classifier = d.classifier;
  config.objective = d.objective;
  config.samples = d.samples;
  config.free_bits = d.free_bits;
  config.conditional = d.conditional;
  config.classify = d.classify;
}

Status check_choices(const ModelConfig& c) {
  const bool plain = c.samples == 1 && c.free_bits == 0.0;
  if (c.samples < 1) return fail(ErrorCode::invalid_argument, "k is 0, expected at least 1 sample of z an example");
  if (c.name == "ae" && !(plain && c.objective == Objective::autoencoder))
    return fail(ErrorCode::invalid_argument, "ae has reconstruction alone for an objective, expected none other, k=1 and free_bits=0");
  if (c.name == "m2" && !(plain && c.objective == Objective::elbo))
    return fail(ErrorCode::invalid_argument, "m2 has an objective of its own, expected objective=elbo, k=1 and free_bits=0");
  if (c.objective == Objective::tcvae && c.samples > 1)
    return fail(ErrorCode::invalid_argument, "k is {}, expected 1 with objective=tcvae", c.samples);
  if (c.name == "m1" && c.conditional)
    return fail(ErrorCode::invalid_argument,
                "m1 is not told the label that its neighbours vote on, expected conditional=0, or --model cvae");
  if (c.name != "m2" && c.conditional && c.classify > 0.0)
    return fail(ErrorCode::invalid_argument, "classify is {} in a model that is told the label, expected 0 with conditional=1", c.classify);
  return {};
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
