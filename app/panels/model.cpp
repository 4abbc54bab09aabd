// Model panel: what the open model is, and the settings of the next run.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <tuple>

#include "app/gui/icons.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

namespace {

/// The sentence alone: a caret below it would point anywhere in a proportional font.
std::string_view sentence(const Error& error) { return std::string_view(error.message).substr(0, error.message.find('\n')); }

void refused(PanelContext& c, const Error& error) {
  c.send.toast(LogLevel::error, fmt::format("{}\n{}", c.tr("model.refused"), sentence(error)));
}

/// "258,025   8.9 MFLOP": parameters, and what encoding and decoding one example takes.
void size_row(PanelContext& c, const ModelF& model) {
  const ModelMacs macs = model.macs();
  ui::value_row(c, c.tr("model.parameters"), ui::count(model.parameter_count()));
  ui::value_row(c, c.tr("model.flops"), fmt::format("{} MFLOP", ui::number(2e-6 * (macs.encode + macs.decode), 1)));
}

class ModelPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void current(PanelContext& c);
  void next_run(PanelContext& c);
  void adopt(const RunConfig& config);
  Result<RunConfig> settings() const;
  void preview(PanelContext& c);
  void start(PanelContext& c);

  uint64_t run_ = 0;
  RunConfig draft_;
  std::string encoder_, decoder_;
  int preset_ = 0, likelihood_ = 0;
};

void ModelPanel::adopt(const RunConfig& config) {
  draft_ = config;
  draft_.init.clear();  // the next run may have other networks, and begins with weights of its own
  draft_.freeze = Freeze::none;
  encoder_ = to_string(config.model.encoder);
  decoder_ = to_string(config.model.decoder);
  likelihood_ = config.model.likelihood == LikelihoodKind::gaussian ? 1 : 0;
}

void ModelPanel::current(PanelContext& c) {
  const OpenedRun& run = *c.session.run;
  ui::section(c, c.tr("model.current"));
  ui::value_row(c, c.tr("model.family"), run.config.model.name);
  ui::value_row(c, c.tr("model.encoder"), fmt::format("{} → {}", run.data->width(), short_text(run.config.model.encoder)));
  ui::value_row(c, c.tr("model.latent"), fmt::format("{}", run.model->latent()));
  ui::value_row(c, c.tr("model.decoder"), fmt::format("{} → {}", short_text(run.config.model.decoder), run.data->width()));
  size_row(c, *run.model);
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
  std::vector<std::string> families = model_families().names();
  auto family = static_cast<int>(std::find(families.begin(), families.end(), draft_.model.name) - families.begin());
  if (ui::choice(c, "model.family", c.tr("model.family"), "model.family.tip", family, families)) {
    use_family(draft_.model, model_families().entries()[static_cast<size_t>(family)]);
    encoder_ = to_string(draft_.model.encoder);
    decoder_ = to_string(draft_.model.decoder);
  }
  auto latent = static_cast<int64_t>(draft_.model.latent);
  if (ui::integer(c, "model.latent", c.tr("model.latent"), "model.latent.tip", latent, 1, 4096))
    draft_.model.latent = static_cast<size_t>(latent);
  // A line each, as wide as the panel: a network's spec is long.
  for (const auto& [name, tip, text] : {std::tuple<const char*, const char*, std::string&>("model.encoder", "model.encoder.tip", encoder_),
                                        {"model.decoder", "model.decoder.tip", decoder_}}) {
    ui::value_row(c, c.tr(name), "");
    ui::text_field(c, name, "", tip, text);
  }
  preview(c);
  const std::vector<std::string> likelihoods{c.tr("model.bernoulli"), c.tr("model.gaussian")};
  ui::choice(c, "model.likelihood", c.tr("model.likelihood"), "model.likelihood.tip", likelihood_, likelihoods);
  auto seed = static_cast<int64_t>(draft_.seed);
  if (ui::integer(c, "model.seed", c.tr("train.seed"), "model.seed.tip", seed, 0, 1000000000)) draft_.seed = static_cast<uint64_t>(seed);
  // What is carried along from the present run's settings.
  ui::value_row(c, c.tr("train.lr"), ui::scientific(draft_.learning_rate));
  ui::value_row(c, c.tr("train.batch"), ui::count(draft_.batch));
  ui::value_row(c, c.tr("train.beta"), ui::number(draft_.beta, 2));
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

Result<RunConfig> ModelPanel::settings() const {
  RunConfig config = draft_;
  LS_CHECK(set_value(config, "encoder", encoder_));
  LS_CHECK(set_value(config, "decoder", decoder_));
  config.model.likelihood = likelihood_ == 1 ? LikelihoodKind::gaussian : LikelihoodKind::bernoulli;
  config.likelihood_given = true;
  LS_CHECK(validate(config));
  return config;
}

/// How large the drafted model is, or why it is none.
void ModelPanel::preview(PanelContext& c) {
  const auto config = settings();
  if (!config.ok()) return ui::problem(c, sentence(config.error()));
  const auto model = make_model(config->model, c.session.run->data->shape);
  if (!model.ok()) return ui::problem(c, sentence(model.error()));
  size_row(c, **model);
}

void ModelPanel::start(PanelContext& c) {
  const auto config = settings();
  if (!config.ok()) return refused(c, config.error());
  if (const auto model = make_model(config->model, c.session.run->data->shape); !model.ok()) return refused(c, model.error());
  OpenRequest request;
  request.config = *config;
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
