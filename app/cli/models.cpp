// `latentscape models`: model families and presets, each with what articles that use it get wrong.
#include <fmt/format.h>

#include "app/cli/commands.hpp"
#include "core/models/model.hpp"

namespace latentscape {
namespace {

Result<Report> list_models(const CommandSettings&) {
  Report report;
  report.json["models"] = Json::array();
  report.text += "models\n";
  for (const ModelFamily& family : model_families().entries()) {
    report.json["models"].push_back({{"name", family.name}, {"summary", family.summary}});
    report.text += fmt::format("  {:<16} {}\n", family.name, family.summary);
  }
  report.json["presets"] = Json::array();
  report.text += "presets\n";
  for (const ModelPreset& preset : model_presets()) {
    report.json["presets"].push_back({{"name", preset.name},
                                      {"summary", preset.summary},
                                      {"pitfall", preset.pitfall},
                                      {"model", preset.config.name},
                                      {"latent", preset.config.latent},
                                      {"encoder", to_string(preset.config.encoder)},
                                      {"decoder", to_string(preset.config.decoder)}});
    report.text += fmt::format("  {:<16} {}\n  {:<16} pitfall: {}\n", preset.name, preset.summary, "", preset.pitfall);
  }
  return report;
}

}  // namespace

Action add_models(CLI::App&) { return list_models; }

}  // namespace latentscape
