// Train panel: what can change while training goes on. Each change is taken between two minibatches and marked on the curves.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/model/words.hpp"
#include "app/panels/settings/field.hpp"

namespace latentscape {

namespace {

/// A slider's value while it is held; the run's own value otherwise.
struct Draft {
  float value = 0.0f;
  bool held = false;
  std::optional<double> typed = {};

  bool edit(PanelContext& c, const char* name, const char* label, const char* tip, double now, float low, float high, const char* format,
            bool logarithmic, const char* key) {
    if (!held) value = static_cast<float>(now);
    const ui::SliderResult r = ui::slider(c, name, c.tr(label), tip, value, low, high, format, logarithmic, limits_of(key));
    typed = r.typed;
    held = r.changed && !r.done ? true : r.done ? false : held && ImGui::IsMouseDown(0);
    return r.done && value != static_cast<float>(now);
  }
  double meant() const { return latentscape::meant(typed, value); }
};

class TrainPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void optimiser(PanelContext& c, const TrainingSnapshot& s);
  void objective(PanelContext& c, const TrainingSnapshot& s);
  void labels(PanelContext& c, const TrainingSnapshot& s);
  void run(PanelContext& c, const TrainingSnapshot& s);
  void results(PanelContext& c);

  Draft learning_rate_, beta_;
};

void TrainPanel::optimiser(PanelContext& c, const TrainingSnapshot& s) {
  const RunConfig& config = c.session.run->config;
  const TrainingMetrics& m = s.metrics;
  ui::section(c, c.tr("train.optimiser"));
  if (learning_rate_.edit(c, "train.lr", "train.lr", "train.lr.tip", m.learning_rate_asked, 1e-5f, 1e-1f, "e", true, "lr"))
    c.send.post(command::SetLearningRate{learning_rate_.meant()});
  // Schedules, warm-up and recoveries take their part of what was asked for.
  if (config.lr_schedule != RateSchedule::constant || config.warmup > 0.0 || m.learning_rate != m.learning_rate_asked) {
    ui::value_row(c, c.tr("train.lr.in_use"), ui::scientific(m.learning_rate));
    ui::tooltip(c, "train.lr.in_use.tip");
  }
  auto batch = static_cast<int64_t>(m.batch);
  if (ui::integer(c, "train.batch", c.tr("train.batch"), "train.batch.tip", batch, 1, 1000000, limits_of("batch")) &&
      static_cast<size_t>(batch) != m.batch)
    c.send.post(command::SetBatch{static_cast<size_t>(batch)});
  ui::value_row(c, c.tr("train.method"), words::optimiser_name(config.optimiser));
  if (config.learning_rate_encoder || config.learning_rate_decoder) ui::note(c, c.tr("train.lr.apart"));
}

void TrainPanel::objective(PanelContext& c, const TrainingSnapshot& s) {
  const OpenedRun& run = *c.session.run;
  ui::section(c, c.tr("train.objective"));
  ui::value_row(c, c.tr("train.objective"), words::objective_name(c.tr, run.config.model));
  if (run.model->has_prior()) {
    if (beta_.edit(c, "train.beta", "train.beta", "train.beta.tip", s.metrics.beta, 0.0f, 8.0f, "%.2f", false, "beta"))
      c.send.post(command::SetBeta{beta_.meant()});
    if (run.config.schedule != BetaSchedule::constant) {
      ui::value_row(c, c.tr("train.beta.in_use"), ui::number(s.metrics.beta_in_use, 2));
      ui::tooltip(c, "train.beta.in_use.tip");
    }
  }
  ui::value_row(c, c.tr("train.likelihood"), words::likelihood(c.tr, run.config.model));
}

/// What training knows of the classes, and how often the classifier is right where it does not.
void TrainPanel::labels(PanelContext& c, const TrainingSnapshot& s) {
  if (c.session.run->model->classes() == 0 || !s.labels) return;
  ui::section(c, c.tr("train.labels.title"));
  ui::value_row(c, c.tr("train.labels"),
                fmt::format(fmt::runtime(c.tr("train.labels.of")), ui::count(s.labels->rows().size()), ui::count(s.labels->train_rows())));
  ui::tooltip(c, "train.labels.tip");
  if (!c.session.run->model->classifies()) return;
  for (const auto& [split, key] : {std::pair(Split::heldout, "train.accuracy.heldout"), {Split::test, "train.accuracy.test"}}) {
    const auto evaluation = evaluation_shown(c.session, split);
    const bool known = evaluation && evaluation->accuracy;
    if (!known && split == Split::test) continue;
    ui::value_row(c, c.tr(key), known ? ui::number(*evaluation->accuracy, 3) : std::string(c.tr("train.accuracy.later")));
    ui::tooltip(c, "train.accuracy.tip");
  }
}

void TrainPanel::run(PanelContext& c, const TrainingSnapshot& s) {
  ui::section(c, c.tr("train.run"));
  auto target = static_cast<int64_t>(s.target_epochs);
  if (ui::integer(c, "train.target", c.tr("train.target"), "train.target.tip", target, 1, 1000000, limits_of("epochs")) &&
      static_cast<uint64_t>(target) != s.target_epochs)
    c.send.post(command::SetTarget{static_cast<uint64_t>(target)});
  ui::value_row(c, c.tr("train.seed"), fmt::format("{}", c.session.run->config.seed));
  if (s.latents) {
    const bool exact = s.latents->exact();
    ui::value_row(
        c, c.tr("train.latents"),
        exact ? c.tr("train.latents.exact") : fmt::format(fmt::runtime(c.tr("train.latents.age")), ui::count(s.latents->oldest_age)));
    ui::tooltip(c, "train.latents.tip");
  }
  const bool saves = !c.session.run->directory.empty();
  ui::space(c, 8.0f);
  if (ui::button(c, "train.checkpoint", icon::kSave, c.tr("train.checkpoint"), saves ? "train.checkpoint.tip" : "train.checkpoint.none",
                 ui::ButtonKind::plain, -1.0f, saves))
    c.send.run_command("run.checkpoint");
  if (ui::button(c, "train.new_seed", icon::kRandom, c.tr("train.new_seed"), "train.new_seed.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("run.new_seed");
  if (ui::button(c, "train.refresh", icon::kRefresh, c.tr("train.refresh"), "train.refresh.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("run.refresh");
}

/// Loss, reconstruction and KL in columns of their own, so that the digits stand below each other; of an autoencoder the loss alone.
void TrainPanel::results(PanelContext& c) {
  ui::section(c, c.tr("train.results"), c.tr("train.results.unit"));
  const float width = ImGui::GetContentRegionAvail().x, height = 19.0f * c.scale, column = std::min(64.0f * c.scale, width * 0.27f);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool prior = c.session.run->model->has_prior();
  const auto cells = [&](ImFont* font, ImU32 first, ImU32 rest, const std::array<std::string, 4>& all) {
    const std::span texts = std::span(all).first(prior ? 4 : 2);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float y = std::floor(at.y + (height - font->FontSize) * 0.5f);
    list.AddText(font, font->FontSize, {at.x, y}, first, texts[0].c_str());
    for (size_t k = 1; k < texts.size(); ++k) {
      const float w = font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, texts[k].c_str()).x;
      const float right = at.x + width - column * static_cast<float>(texts.size() - 1 - k);
      list.AddText(font, font->FontSize, {std::floor(right - w), y}, k == 1 ? first : rest, texts[k].c_str());
    }
    ImGui::Dummy({width, height});
  };
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0.0f, 1.0f * c.scale});
  cells(c.fonts.small, c.theme.muted, c.theme.muted, {"", c.tr("train.results.loss"), c.tr("train.results.reconstruction"), "KL"});
  const auto row = [&](const char* key, const LossTerms& terms, bool current = true) {
    cells(c.fonts.regular, current ? c.theme.text : c.theme.muted, c.theme.muted,
          {c.tr(key), ui::loss(terms.loss()), ui::loss(terms.reconstruction), ui::loss(terms.kl)});
  };
  // A run that was opened and not trained on yet has no numbers of its own: those that it had.
  const auto train = train_shown(c.session);
  const auto heldout = evaluation_shown(c.session, Split::heldout), test = evaluation_shown(c.session, Split::test);
  if (train) row("split.train", *train);
  if (heldout) row("split.heldout", heldout->terms);
  const event::Evaluated* tested = last_evaluated(c.session, Split::test);
  const bool earlier = tested && tested->step != c.session.snapshot->step;
  if (test) row("split.test", test->terms, !earlier);
  ImGui::PopStyleVar();
  ui::space(c, 8.0f);
  ImGui::PushFont(c.fonts.small);
  ui::note(c, c.tr(prior ? "train.results.note" : "train.results.note.ae"));
  // The test loss is that of the weights that were asked about, which may have been trained on since.
  if (test && earlier) ui::note(c, fmt::format(fmt::runtime(c.tr("train.results.at")), ui::number(tested->epoch, 0)));
  ImGui::PopFont();
  ui::space(c, 8.0f);
  if (ui::button(c, "train.test", icon::kFlask, c.tr("train.test"), "train.test.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("run.test");
}

void TrainPanel::draw(PanelContext& c) {
  if (!c.session.run || !c.session.snapshot) return ui::placeholder_without_run(c, icon::kSliders, "train.empty");
  const TrainingSnapshot& s = *c.session.snapshot;
  optimiser(c, s);
  objective(c, s);
  labels(c, s);
  run(c, s);
  results(c);
}

}  // namespace

void register_panel_train(PanelRegistry& registry);
void register_panel_train(PanelRegistry& registry) {
  registry.add({"train", "panel.train", Region::left, 2, 1.0f, [] { return std::make_unique<TrainPanel>(); }});
}

}  // namespace latentscape
