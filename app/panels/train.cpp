// Train panel: what can change while training goes on. Each change is taken between two minibatches and marked on the curves.
#include <fmt/format.h>
#include <imgui.h>

#include "app/gui/icons.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {

namespace {

/// A slider's value while it is held; the run's own value otherwise.
struct Draft {
  float value = 0.0f;
  bool held = false;

  bool edit(PanelContext& c, const char* name, const char* label, const char* tip, double now, float low, float high, const char* format,
            bool logarithmic) {
    if (!held) value = static_cast<float>(now);
    const ui::SliderResult r = ui::slider(c, name, c.tr(label), tip, value, low, high, format, logarithmic);
    held = r.changed && !r.done ? true : r.done ? false : held && ImGui::IsMouseDown(0);
    return r.done && static_cast<double>(value) != now;
  }
};

class TrainPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void optimiser(PanelContext& c, const TrainingSnapshot& s);
  void run(PanelContext& c, const TrainingSnapshot& s);
  void results(PanelContext& c, const TrainingSnapshot& s);

  Draft learning_rate_, beta_;
};

void TrainPanel::optimiser(PanelContext& c, const TrainingSnapshot& s) {
  ui::section(c, c.tr("train.optimiser"));
  if (learning_rate_.edit(c, "train.lr", "train.lr", "train.lr.tip", s.metrics.learning_rate, 1e-5f, 1e-1f, "e", true))
    c.send.post(command::SetLearningRate{static_cast<double>(learning_rate_.value)});
  auto batch = static_cast<int64_t>(s.metrics.batch);
  if (ui::integer(c, "train.batch", c.tr("train.batch"), "train.batch.tip", batch, 1, 1 << 20) && static_cast<size_t>(batch) != s.metrics.batch)
    c.send.post(command::SetBatch{static_cast<size_t>(batch)});
  ui::value_row(c, c.tr("train.method"), "Adam");
  if (c.session.run->config.learning_rate_encoder || c.session.run->config.learning_rate_decoder) ui::note(c, c.tr("train.lr.apart"));
  ui::section(c, c.tr("train.objective"));
  if (beta_.edit(c, "train.beta", "train.beta", "train.beta.tip", s.metrics.beta, 0.0f, 8.0f, "%.2f", false))
    c.send.post(command::SetBeta{static_cast<double>(beta_.value)});
  ui::value_row(c, c.tr("train.likelihood"), c.tr(c.session.run->model->likelihood() == LikelihoodKind::bernoulli ? "model.bernoulli" : "model.gaussian"));
}

void TrainPanel::run(PanelContext& c, const TrainingSnapshot& s) {
  ui::section(c, c.tr("train.run"));
  auto target = static_cast<int64_t>(s.target_epochs);
  if (ui::integer(c, "train.target", c.tr("train.target"), "train.target.tip", target, 1, 1000000) && static_cast<uint64_t>(target) != s.target_epochs)
    c.send.post(command::SetTarget{static_cast<uint64_t>(target)});
  ui::value_row(c, c.tr("train.seed"), fmt::format("{}", c.session.run->config.seed));
  if (s.latents) {
    const bool exact = s.latents->exact();
    ui::value_row(c, c.tr("train.latents"), exact ? c.tr("train.latents.exact")
                                                  : fmt::format(fmt::runtime(c.tr("train.latents.age")), ui::count(s.latents->oldest_age)));
    ui::tooltip(c, "train.latents.tip");
  }
  const bool saves = !c.session.run->directory.empty();
  ImGui::Dummy({0.0f, 4.0f * c.scale});
  if (ui::button(c, "train.checkpoint", icon::kSave, c.tr("train.checkpoint"), saves ? "train.checkpoint.tip" : "train.checkpoint.none",
                 ui::ButtonKind::plain, -1.0f, saves))
    c.send.post(command::SaveCheckpoint{});
  if (ui::button(c, "train.new_seed", icon::kRandom, c.tr("train.new_seed"), "train.new_seed.tip", ui::ButtonKind::plain, -1.0f))
    c.send.post(command::Reset{true});
  if (ui::button(c, "train.refresh", icon::kRefresh, c.tr("train.refresh"), "train.refresh.tip", ui::ButtonKind::plain, -1.0f))
    c.send.post(command::Refresh{});
}

void TrainPanel::results(PanelContext& c, const TrainingSnapshot& s) {
  ui::section(c, c.tr("train.results"), c.tr("train.results.unit"));
  const auto row = [&](const char* key, const LossTerms& terms) {
    ui::value_row(c, c.tr(key), fmt::format("{}  =  {} + {}", ui::number(terms.loss(), 1), ui::number(terms.reconstruction, 1), ui::number(terms.kl, 1)));
  };
  if (s.step > 0) row("split.train", s.metrics.train);
  if (s.metrics.heldout) row("split.heldout", s.metrics.heldout->terms);
  if (s.metrics.test) row("split.test", s.metrics.test->terms);
  ui::note(c, c.tr("train.results.note"));
  if (ui::button(c, "train.test", icon::kFlask, c.tr("train.test"), "train.test.tip", ui::ButtonKind::plain, -1.0f)) c.send.post(command::Evaluate{Split::test});
}

void TrainPanel::draw(PanelContext& c) {
  if (!c.session.run || !c.session.snapshot) return ui::note(c, c.tr("train.empty"));
  const TrainingSnapshot& s = *c.session.snapshot;
  optimiser(c, s);
  run(c, s);
  results(c, s);
}

}  // namespace

void register_panel_train(PanelRegistry& registry);
void register_panel_train(PanelRegistry& registry) {
  registry.add({"train", "panel.train", Region::left, 2, 1.0f, [] { return std::make_unique<TrainPanel>(); }});
}

}  // namespace latentscape
