#include "app/cli/run_settings.hpp"

#include <algorithm>

#include "core/models/model.hpp"

namespace latentscape {

namespace {

bool has_convolutions(const NetworkSpec& spec) {
  return std::any_of(spec.begin(), spec.end(), [](const LayerSpec& layer) { return layer.kind == LayerSpec::Kind::conv; });
}

}  // namespace

Status choose_model(RunConfig& config, const std::string& name, std::vector<std::string>& notes) {
  if (const ModelFamily* family = model_families().find(name)) {
    if (config.model.name == name) return {};
    const ModelConfig before = config.model;
    use_family(config.model, *family);
    if (config.init.empty()) return {};
    const bool convolutions = has_convolutions(family->defaults.encoder);
    if (convolutions != has_convolutions(before.encoder) && (convolutions || name == "mlp"))
      return fail(ErrorCode::invalid_argument,
                  "--model {} has other networks than {}, whose encoder is {}; a run that starts from its weights has its networks", name,
                  config.init, to_string(before.encoder));
    config.model.latent = before.latent;  // and the networks of the run that it starts from
    config.model.encoder = before.encoder;
    config.model.decoder = before.decoder;
    return {};
  }
  std::vector<std::string> known = model_families().names();
  for (const ModelPreset& preset : model_presets()) {
    if (preset.name == name) {
      config.model = preset.config;
      config.likelihood_given = preset.config.likelihood != LikelihoodKind::bernoulli;  // Bernoulli is what images get anyway
      config.variance_given = config.likelihood_given;
      notes.push_back(fmt::format("preset {}: {}", preset.name, preset.pitfall));
      return {};
    }
    known.push_back(preset.name);
  }
  return unknown_name("model", name, known);
}

Result<std::pair<std::string, std::string>> split_setting(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(ErrorCode::invalid_argument, "--set {}: expected KEY=VALUE, like --set hidden=400", text);
  return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Status check_given_once(const std::vector<std::pair<std::string, std::string>>& settings) {
  for (auto first = settings.begin(); first != settings.end(); ++first) {
    const auto again = std::find_if(first + 1, settings.end(), [&](const auto& other) { return other.first == first->first; });
    if (again != settings.end())
      return fail(ErrorCode::invalid_argument, "{} is given twice, as '{}' and as '{}', expected one of them", first->first, first->second,
                  again->second);
  }
  return {};
}

Status check_freeze(const RunConfig& config) {
  if (config.freeze == Freeze::none || !config.init.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "freeze is {}, which keeps the weights of --init RUN, and there is none: new ones would stay random",
              kFreezeNames[static_cast<size_t>(config.freeze)]);
}

}  // namespace latentscape
