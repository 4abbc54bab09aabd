// Model panel: what the open run is, and the settings of the next one: only those that make a difference there.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <optional>
#include <tuple>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/model/next_run.hpp"
#include "app/panels/model/words.hpp"
#include "app/panels/settings/field.hpp"

namespace latentscape {

namespace {

/// The sentence alone: a caret below it would point anywhere in a proportional font.
std::string sentence(const Error& error) { return error.message.substr(0, error.message.find('\n')); }

/// "258,025   8.9 MFLOP": parameters, and what encoding and decoding one example takes.
/// Without a model the rows stay empty: what is below them, and may be typed in, does not move.
void size_row(PanelContext& c, const ModelF* model) {
  const ModelMacs macs = model ? model->macs() : ModelMacs();
  ui::value_row(c, c.tr("model.parameters"), model ? ui::count(model->parameter_count()) : "");
  ui::value_row(c, c.tr("model.flops"), !model ? "" : words::flops(2.0 * (macs.encode + macs.decode)));
}

/// A setting that is one of an enum's values.
template <class E>
bool choose(PanelContext& c, const char* name, const char* tip, E& value, std::span<const std::string> options) {
  auto index = static_cast<int>(value);
  if (!ui::choice(c, name, c.tr(name), tip, index, options)) return false;
  value = static_cast<E>(index);
  return true;
}

/// A number of RunConfig by its key.
bool number(PanelContext& c, const char* name, const char* tip, const char* key, double& value, float low, float high, const char* format,
            bool logarithmic = false) {
  auto shown = static_cast<float>(value);
  const ui::SliderResult r = ui::slider(c, name, c.tr(name), tip, shown, low, high, format, logarithmic, limits_of(key));
  if (r.changed) value = meant(r.typed, shown);
  return r.changed;
}

void whole(PanelContext& c, const char* name, const char* tip, const char* key, size_t& value) {
  auto shown = static_cast<int64_t>(value);
  if (ui::integer(c, name, c.tr(name), tip, shown, 1, 1000000, limits_of(key))) value = static_cast<size_t>(shown);
}

void small_note(PanelContext& c, std::string_view text) {
  ImGui::PushFont(c.fonts.small);
  ui::note(c, text);
  ImGui::PopFont();
}

/// What is wrong with the field that was drawn last; while it is typed in, the words come into sight.
void below_field(PanelContext& c, std::string_view text, const std::function<void()>& before = {}) {
  const bool typing = ImGui::IsItemActive();
  if (before) before();
  ui::problem(c, text);
  if (typing && ImGui::GetItemRectMax().y > ImGui::GetWindowPos().y + ImGui::GetWindowHeight()) ImGui::SetScrollHereY(1.0f);
}

class ModelPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void current(PanelContext& c);
  void start_from(PanelContext& c, int preset);
  void network(PanelContext& c);
  void objective(PanelContext& c);
  void likelihood(PanelContext& c);
  void labels(PanelContext& c);
  void optimiser(PanelContext& c);
  void jitter(PanelContext& c);
  bool group(PanelContext& c, const char* name, std::string_view title, std::string_view summary, std::initializer_list<RunPart> parts);
  void problems(PanelContext& c, RunPart part);
  void about_preset(PanelContext& c);
  void start(PanelContext& c);

  uint64_t run_ = 0;
  NextRun next_, started_;  // as edited, and as it was before that
  Applies applies_;
  std::vector<LikelihoodKind> likelihoods_;  // that the run's data can have; empty: not asked yet, it may read all of it
  int preset_ = 0;
  std::optional<NextRun> looked_at_;  // what look_ is of
  NextRunLook look_;
};

void ModelPanel::current(PanelContext& c) {
  const OpenedRun& run = *c.session.run;
  const RunConfig& config = run.config;
  if (!ui::fold(c, "model.current", c.tr("model.current"), config.model.name, true)) return;
  ui::value_row(c, c.tr("model.family"), config.model.name);
  ui::value_row(c, c.tr("model.encoder"), fmt::format("{} → {}", run.data->width(), short_text(config.model.encoder)));
  ui::value_row(c, c.tr("model.latent"), fmt::format("{}", run.model->latent()));
  ui::value_row(c, c.tr("model.decoder"), fmt::format("{} → {}", short_text(config.model.decoder), run.data->width()));
  size_row(c, run.model.get());
  ui::value_row(c, c.tr("model.objective"), words::objective(c.tr, config));
  ui::value_row(c, c.tr("model.likelihood"), words::likelihood(c.tr, config.model));
  ui::value_row(c, c.tr("model.optimiser"), words::optimiser(config));
  if (config.lr_schedule != RateSchedule::constant || config.warmup > 0.0)
    ui::value_row(c, c.tr("model.lr_schedule"), words::rate_schedule(c.tr, config));
  if (config.schedule != BetaSchedule::constant) ui::value_row(c, c.tr("model.schedule"), words::kl_schedule(c.tr, config));
  if (run.model->classes() > 0 && c.session.snapshot && c.session.snapshot->labels) {
    const KnownLabels& known = *c.session.snapshot->labels;
    ui::value_row(c, c.tr("train.labels"),
                  fmt::format(fmt::runtime(c.tr("train.labels.of")), ui::count(known.rows().size()), ui::count(known.train_rows())));
  }
}

/// What is wrong with a setting, below its field.
void ModelPanel::problems(PanelContext& c, RunPart part) {
  for (const RunProblem& problem : look_.problems)
    if (problem.part == part) below_field(c, sentence(problem.error));
}

/// A fold; what is wrong with the settings in it is said also while they are hidden.
bool ModelPanel::group(PanelContext& c, const char* name, std::string_view title, std::string_view summary,
                       std::initializer_list<RunPart> parts) {
  if (ui::fold(c, name, title, summary)) return true;
  for (const RunPart part : parts) problems(c, part);
  return false;
}

/// 0: the run itself, else a preset.
void ModelPanel::start_from(PanelContext& c, int preset) {
  preset_ = preset;
  if (preset_ == 0)
    next_ = next_run_after(c.session.run->config);
  else
    choose_preset(next_, model_presets()[static_cast<size_t>(preset_) - 1], *c.session.run->data);
  started_ = next_;
}

void ModelPanel::network(PanelContext& c) {
  ui::section(c, c.tr("model.next"));
  const auto presets = model_presets();
  std::vector<std::string> names{c.tr("model.preset.own")};
  for (const ModelPreset& p : presets) names.push_back(p.name);
  // Once a setting differs from where it started, nothing is marked as chosen: the same start brings its settings back.
  int chosen = next_ == started_ ? preset_ : -1;
  if (ui::choice(c, "model.preset", c.tr("model.preset"), "model.preset.tip", chosen, names, names[static_cast<size_t>(preset_)]))
    start_from(c, chosen);
  const std::vector<std::string> families = model_families().names();
  auto family = static_cast<int>(std::find(families.begin(), families.end(), next_.config.model.name) - families.begin());
  if (ui::choice(c, "model.family", c.tr("model.family"), "model.family.tip", family, families))
    choose_family(next_, model_families().entries()[static_cast<size_t>(family)]);
  if (const std::string key = "family." + next_.config.model.name; c.tr.has(key)) small_note(c, c.tr(key));
  whole(c, "model.latent", "model.latent.tip", "latent", next_.config.model.latent);
  // A line each, as wide as the panel: a network's spec is long.
  for (const auto& [name, tip, text] :
       {std::tuple<const char*, const char*, std::string&>("model.encoder", "model.encoder.tip", next_.encoder),
        {"model.decoder", "model.decoder.tip", next_.decoder}}) {
    ui::value_row(c, c.tr(name), "");
    const auto problem = problem_of_spec(text);
    ui::text_field(c, name, "", tip, text, nullptr, problem ? std::optional(problem->at) : std::nullopt);
    const std::string& typed = text;
    if (problem) below_field(c, problem->sentence, [&] { ui::wrong_word(c, typed, problem->at); });
  }
  std::vector<std::string> activations;
  for (int i = 0; i <= static_cast<int>(Activation::silu); ++i)
    activations.emplace_back(words::activation_name(static_cast<Activation>(i)));
  choose(c, "model.activation", "model.activation.tip", next_.config.model.activation, activations);
  if (!(looked_at_ == next_)) {
    looked_at_ = next_;
    look_ = look_at(next_, *c.session.run->data);
  }
  size_row(c, look_.model.get());
  problems(c, RunPart::model);
}

void ModelPanel::objective(PanelContext& c) {
  RunConfig& config = next_.config;
  if (!ui::fold(c, "model.objective.group", c.tr("model.objective"), words::objective(c.tr, config))) return;
  if (applies_.objective) {
    Objective chosen = config.model.objective;
    if (choose(c, "model.objective", "model.objective.tip", chosen, words::of_names(c.tr, "objective", kObjectiveNames)))
      choose_objective(next_, chosen);
  }
  if (const std::string key = fmt::format("objective.{}.note", kObjectiveNames[static_cast<size_t>(config.model.objective)]);
      applies_.objective && c.tr.has(key))
    small_note(c, c.tr(key));
  if (applies_.samples) whole(c, "model.k", "model.k.tip", "k", config.model.samples);
  if (applies_.free_bits) number(c, "model.free_bits", "model.free_bits.tip", "free_bits", config.model.free_bits, 0.0f, 2.0f, "%.2f");
  if (!applies_.kl) return;
  number(c, "model.beta", config.model.objective == Objective::tcvae ? "model.beta_tc.tip" : "train.beta.tip", "beta", config.beta, 0.0f,
         8.0f, "%.2f");
  choose(c, "model.schedule", "model.schedule.tip", config.schedule, words::of_names(c.tr, "beta_schedule", kBetaScheduleNames));
  if (config.schedule == BetaSchedule::linear)
    number(c, "model.schedule_epochs", "model.schedule_epochs.tip", "schedule_epochs", config.schedule_epochs, 1.0f, 50.0f, "%.1f");
}

void ModelPanel::likelihood(PanelContext& c) {
  ModelConfig& model = next_.config.model;
  if (!group(c, "model.likelihood.group", c.tr("model.likelihood"), words::likelihood(c.tr, model), {RunPart::likelihood})) return;
  if (likelihoods_.empty()) likelihoods_ = likelihoods_for(*c.session.run->data);
  std::vector<LikelihoodKind> kinds = likelihoods_;
  if (std::find(kinds.begin(), kinds.end(), model.likelihood) == kinds.end()) kinds.push_back(model.likelihood);  // a preset's
  std::vector<std::string> names;
  for (const LikelihoodKind kind : kinds) names.push_back(words::likelihood_name(c.tr, kind));
  auto chosen = static_cast<int>(std::find(kinds.begin(), kinds.end(), model.likelihood) - kinds.begin());
  if (ui::choice(c, "model.likelihood", c.tr("model.likelihood"), "model.likelihood.tip", chosen, names))
    model.likelihood = kinds[static_cast<size_t>(chosen)];
  problems(c, RunPart::likelihood);
  if (model.likelihood != LikelihoodKind::gaussian) return;
  choose(c, "model.mean", "model.mean.tip", model.gaussian_mean, words::of_names(c.tr, "mean", kMeanNames));
  choose(c, "model.variance", "model.variance.tip", model.gaussian_variance, words::of_names(c.tr, "variance", kVarianceNames));
  if (model.gaussian_variance != GaussianVariance::pixel)
    number(c, "model.sigma", model.gaussian_variance == GaussianVariance::shared ? "model.sigma_start.tip" : "model.sigma.tip", "sigma",
           model.gaussian_sigma, 0.01f, 10.0f, "%.3g", true);
}

void ModelPanel::labels(PanelContext& c) {
  ModelConfig& model = next_.config.model;
  if (!applies_.conditional && !applies_.classify && !applies_.labels) return;
  const std::string budget = applies_.labels ? (next_.labels == "all" ? std::string(c.tr("model.labels.all")) : next_.labels)
                                             : std::string(c.tr("model.labels.unused"));
  if (!group(c, "model.labels.group", c.tr("model.labels.title"), budget, {RunPart::labels})) return;
  if (applies_.conditional) ui::toggle(c, "model.conditional", c.tr("model.conditional"), "model.conditional.tip", model.conditional);
  if (applies_.classify) number(c, "model.classify", "model.classify.tip", "classify", model.classify, 0.0f, 100.0f, "%.3g");
  if (applies_.marginal)
    number(c, "model.marginal", "model.marginal.tip", "marginal_epochs", next_.config.marginal_epochs, 0.0f, 50.0f, "%.1f");
  if (applies_.labels) ui::text_field(c, "model.labels", c.tr("model.labels"), "model.labels.tip", next_.labels);
  problems(c, RunPart::labels);
}

void ModelPanel::optimiser(PanelContext& c) {
  RunConfig& config = next_.config;
  if (!group(c, "model.optimiser.group", c.tr("model.optimiser"), words::optimiser(config), {RunPart::lr_schedule, RunPart::batch})) return;
  std::vector<std::string> kinds;
  for (size_t i = 0; i < kOptimiserNames.size(); ++i) kinds.emplace_back(words::optimiser_name(static_cast<OptimiserKind>(i)));
  OptimiserKind chosen = config.optimiser;
  if (choose(c, "model.optimiser", "model.optimiser.tip", chosen, kinds)) choose_optimiser(next_, chosen);
  if (config.optimiser == OptimiserKind::sgd)
    number(c, "model.momentum", "model.momentum.tip", "momentum", config.momentum, 0.0f, 0.99f, "%.2f");
  if (config.optimiser != OptimiserKind::adam) {  // which takes none
    double decay = config.weight_decay.value_or(default_weight_decay(config.optimiser));
    if (number(c, "model.weight_decay", "model.weight_decay.tip", "weight_decay", decay, 0.0f, 0.1f, "%.3g")) config.weight_decay = decay;
  }
  number(c, "model.lr", "model.lr.tip", "lr", config.learning_rate, 1e-5f, 1e-1f, "e", true);
  choose(c, "model.lr_schedule", "model.lr_schedule.tip", config.lr_schedule, words::of_names(c.tr, "lr_schedule", kRateScheduleNames));
  problems(c, RunPart::lr_schedule);
  if (config.lr_schedule == RateSchedule::plateau) whole(c, "model.patience", "model.patience.tip", "patience", config.patience);
  number(c, "model.warmup", "model.warmup.tip", "warmup", config.warmup, 0.0f, 10.0f, "%.1f");
  auto batch = static_cast<int64_t>(config.batch);
  if (ui::integer(c, "model.batch", c.tr("train.batch"), "model.batch.tip", batch, 1, 1000000, limits_of("batch"))) {
    config.batch = static_cast<size_t>(batch);
    config.batch_given = true;
  }
  problems(c, RunPart::batch);
  auto seed = static_cast<int64_t>(config.seed);
  if (ui::integer(c, "model.seed", c.tr("train.seed"), "model.seed.tip", seed, 0, 1000000000)) config.seed = static_cast<uint64_t>(seed);
}

void ModelPanel::jitter(PanelContext& c) {
  Jitter& jitter = next_.config.jitter;
  if (c.session.run->data->kind != DataKind::image) return;
  const char* state = c.tr(jitter.any() ? "model.jitter.on" : "model.jitter.off");
  if (!group(c, "model.jitter.group", c.tr("model.jitter"), state, {RunPart::jitter})) return;
  auto shift = static_cast<int64_t>(jitter.shift);
  if (ui::integer(c, "model.jitter.shift", c.tr("model.jitter.shift"), "model.jitter.shift.tip", shift, 0, 1000, limits_of("jitter_shift")))
    jitter.shift = static_cast<size_t>(shift);
  number(c, "model.jitter.rotate", "model.jitter.rotate.tip", "jitter_rotate", jitter.rotate, 0.0f, 45.0f, "%.1f");
  number(c, "model.jitter.noise", "model.jitter.noise.tip", "jitter_noise", jitter.noise, 0.0f, 0.3f, "%.3f");
  problems(c, RunPart::jitter);
}

void ModelPanel::about_preset(PanelContext& c) {
  if (preset_ == 0) return;
  const ModelPreset& p = model_presets()[static_cast<size_t>(preset_) - 1];
  // Its own words where the table has none: a preset may be newer than the table.
  const auto about = [&](const char* part, const std::string& own) {
    const std::string key = fmt::format("preset.{}.{}", p.name, part);
    return c.tr.has(key) ? std::string(c.tr(key)) : own;
  };
  ui::section(c, c.tr("model.about"));
  ui::note(c, about("summary", std::string(p.summary)));
  ui::space(c, 6.0f);
  ui::note(c, about("pitfall", std::string(p.pitfall)));
}

void ModelPanel::start(PanelContext& c) {
  const auto run = prepared(next_, *c.session.run->data);
  if (!run.ok()) return c.send.toast(LogLevel::error, fmt::format("{}\n{}", c.tr("model.refused"), sentence(run.error())));
  OpenRequest request;
  request.config = run->config;
  request.data = c.session.run->data;  // just as it is here, also where its file is gone by now
  c.send.open_run(request);
}

void ModelPanel::draw(PanelContext& c) {
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kCubes, "model.empty");
  if (run_ != c.session.run->id) {
    run_ = c.session.run->id;
    likelihoods_.clear();
    start_from(c, 0);
    looked_at_.reset();
  }
  current(c);
  network(c);
  applies_ = what_applies(next_.config, *c.session.run->data);
  objective(c);
  likelihood(c);
  labels(c);
  optimiser(c);
  jitter(c);
  ui::space(c, 8.0f);
  if (ui::button(c, "model.train", icon::kPlay, c.tr("model.train"), "model.train.tip", ui::ButtonKind::primary, -1.0f)) start(c);
  about_preset(c);
}

}  // namespace

void register_panel_model(PanelRegistry& registry);
void register_panel_model(PanelRegistry& registry) {
  registry.add({"model", "panel.model", Region::left, 1, 1.0f, [] { return std::make_unique<ModelPanel>(); }});
}

}  // namespace latentscape
