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
