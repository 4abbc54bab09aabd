// Model panel: what the open model is, and the settings of the next run.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/gui/icons.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

namespace {

std::string sizes_text(const std::vector<size_t>& sizes) {
  std::string s;
  for (const size_t n : sizes) s += (s.empty() ? "" : ", ") + fmt::format("{}", n);
  return s;
}

void refused(PanelContext& c, const Error& error) {
  c.send.toast(LogLevel::error, fmt::format("{}\n{}", c.tr("model.refused"), error.message));
}

class ModelPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void current(PanelContext& c);
  void next_run(PanelContext& c);
  void adopt(const RunConfig& config);
  void start(PanelContext& c);

  uint64_t run_ = 0;
  RunConfig draft_;
  std::string encoder_, decoder_;
  int preset_ = 0, likelihood_ = 0;
};

void ModelPanel::adopt(const RunConfig& config) {
  draft_ = config;
  encoder_ = sizes_text(config.model.encoder);
  decoder_ = sizes_text(config.model.decoder);
  likelihood_ = config.model.likelihood == LikelihoodKind::gaussian ? 1 : 0;
}

void ModelPanel::current(PanelContext& c) {
  const OpenedRun& run = *c.session.run;
  ui::section(c, c.tr("model.current"));
  ui::value_row(c, c.tr("model.family"), run.config.model.name);
  ui::value_row(c, c.tr("model.encoder"), fmt::format("{} → {}", run.data->width(), sizes_text(run.config.model.encoder)));
  ui::value_row(c, c.tr("model.latent"), fmt::format("{}", run.model->latent()));
  ui::value_row(c, c.tr("model.decoder"), fmt::format("{} → {}", sizes_text(run.config.model.decoder), run.data->width()));
  ui::value_row(c, c.tr("model.parameters"), ui::count(run.model->parameter_count()));
}

void ModelPanel::next_run(PanelContext& c) {
  ui::section(c, c.tr("model.next"));
  const auto presets = model_presets();
  std::vector<std::string> names{c.tr("model.preset.own")};
  for (const ModelPreset& p : presets) names.push_back(p.name);
  if (ui::choice(c, "model.preset", c.tr("model.preset"), "model.preset.tip", preset_, names) && preset_ > 0) {
    RunConfig config = draft_;
    config.model = presets[static_cast<size_t>(preset_) - 1].config;
    config.likelihood_given = true;
    adopt(config);
  }
  auto latent = static_cast<int64_t>(draft_.model.latent);
  if (ui::integer(c, "model.latent", c.tr("model.latent"), "model.latent.tip", latent, 1, 4096))
    draft_.model.latent = static_cast<size_t>(latent);
  ui::text_field(c, "model.encoder", c.tr("model.encoder"), "model.encoder.tip", encoder_);
  ui::text_field(c, "model.decoder", c.tr("model.decoder"), "model.decoder.tip", decoder_);
  const std::vector<std::string> likelihoods{c.tr("model.bernoulli"), c.tr("model.gaussian")};
  ui::choice(c, "model.likelihood", c.tr("model.likelihood"), "model.likelihood.tip", likelihood_, likelihoods);
  auto seed = static_cast<int64_t>(draft_.seed);
  if (ui::integer(c, "model.seed", c.tr("train.seed"), "model.seed.tip", seed, 0, 1000000000)) draft_.seed = static_cast<uint64_t>(seed);
  ImGui::Dummy({0.0f, 4.0f * c.scale});
  if (ui::button(c, "model.train", icon::kPlay, c.tr("model.train"), "model.train.tip", ui::ButtonKind::primary)) start(c);
  if (preset_ > 0) {
    const ModelPreset& p = presets[static_cast<size_t>(preset_) - 1];
    // Its own words where the table has none: a preset may be newer than the table.
    const auto words = [&](const char* part, const std::string& own) {
      const std::string key = fmt::format("preset.{}.{}", p.name, part);
      return c.tr.has(key) ? std::string(c.tr(key)) : own;
    };
    ui::section(c, c.tr("model.about"));
    ui::note(c, words("summary", std::string(p.summary)));
    ui::space(c, 6.0f);
    ui::note(c, words("pitfall", std::string(p.pitfall)));
  }
}

void ModelPanel::start(PanelContext& c) {
  RunConfig config = draft_;
  for (const auto& [key, value] : {std::pair<const char*, const std::string&>{"encoder", encoder_}, {"decoder", decoder_}})
    if (auto status = set_value(config, key, value); !status.ok()) return refused(c, status.error());
  config.model.likelihood = likelihood_ == 1 ? LikelihoodKind::gaussian : LikelihoodKind::bernoulli;
  config.likelihood_given = true;
  if (auto status = validate(config); !status.ok()) return refused(c, status.error());
  OpenRequest request;
  request.config = config;
  c.send.open_run(request);
}

void ModelPanel::draw(PanelContext& c) {
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kCubes, "model.empty");
  if (run_ != c.session.run->id) {
    run_ = c.session.run->id;
    adopt(c.session.run->config);
  }
  current(c);
  next_run(c);
}

}  // namespace

void register_panel_model(PanelRegistry& registry);
void register_panel_model(PanelRegistry& registry) {
  registry.add({"model", "panel.model", Region::left, 1, 1.0f, [] { return std::make_unique<ModelPanel>(); }});
}

}  // namespace latentscape
