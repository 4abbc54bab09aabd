// Curves panel: train and held-out loss, reconstruction or KL, or the accuracy of a classifier, over epochs; live changes are marked.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/log.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/curves/plot.hpp"

namespace latentscape {

namespace {

double value_of(const LossTerms& terms, CurveKind kind) {
  return kind == CurveKind::loss ? terms.loss() : kind == CurveKind::reconstruction ? terms.reconstruction : terms.kl;
}

/// The curves that this run has.
std::vector<CurveKind> kinds_of(const ModelF& model) {
  std::vector<CurveKind> kinds{CurveKind::loss, CurveKind::reconstruction};
  if (model.has_prior()) kinds.push_back(CurveKind::kl);
  if (model.classifies()) kinds.push_back(CurveKind::accuracy);
  return kinds;
}

/// What is chosen for another run may not be there.
CurveKind kind_shown(const PanelContext& c) {
  const auto kinds = kinds_of(*c.session.run->model);
  return std::find(kinds.begin(), kinds.end(), c.view.curves.kind) == kinds.end() ? CurveKind::loss : c.view.curves.kind;
}

/// Labels given one after the other are one mark.
std::vector<PlotMark> marks_of(const PanelContext& c) {
  std::vector<PlotMark> marks;
  size_t labels = 0;
  for (const auto& change : c.session.history->changes) {
    labels = names_a_label(change) ? labels + 1 : 0;
    if (labels > 1) marks.pop_back();
    if (labels > 0) {
      marks.push_back({change.epoch, fmt::format(fmt::runtime(c.tr("curves.labels")), labels)});
      continue;
    }
    const std::string value = change.key == "lr" ? ui::scientific(change.after) : ui::number(change.after, change.key == "beta" ? 2 : 0);
    marks.push_back({change.epoch, change.key + " " + value});
  }
  return marks;
}

class CurvesPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void rebuild(PanelContext& c);
  void losses(PanelContext& c);
  void accuracy(PanelContext& c);
  void controls(PanelContext& c);
  void axis_and_smoothing(PanelContext& c);

  Plot plot_;
  PlotView view_;
  CurvesView built_for_;
  CurveKind kind_ = CurveKind::loss;
  size_t losses_ = ~size_t{0}, evaluations_ = 0, changes_ = 0;
  std::string theme_, language_;
};

/// The plot changes only with its data or its settings.
void CurvesPanel::rebuild(PanelContext& c) {
  const SessionHistory& h = *c.session.history;
  if (losses_ == h.losses.size() && evaluations_ == h.evaluations.size() && changes_ == h.changes.size() && built_for_ == c.view.curves &&
      kind_ == kind_shown(c) && theme_ == c.theme.name && language_ == c.view.look.language)
    return;
  losses_ = h.losses.size(), evaluations_ = h.evaluations.size(), changes_ = h.changes.size();
  built_for_ = c.view.curves;
  theme_ = c.theme.name;
  language_ = c.view.look.language;
  kind_ = kind_shown(c);
  plot_ = {};
  if (kind_ == CurveKind::accuracy)
    accuracy(c);
  else
    losses(c);
  plot_.marks = marks_of(c);
  plot_.x_unit = c.tr("curves.epoch");
  plot_.range = built_for_.range;
}

void CurvesPanel::losses(PanelContext& c) {
  const SessionHistory& h = *c.session.history;
  PlotCurve train{c.tr("split.train"), c.theme.muted, false, false, {}}, heldout{c.tr("split.heldout"), c.theme.accent, true, false, {}};
  for (const auto& p : h.losses) train.points.push_back({p.epoch, value_of(p.train, kind_)});
  for (const auto& e : h.evaluations)
    if (e.evaluation.split == Split::heldout) heldout.points.push_back({e.epoch, value_of(e.evaluation.terms, kind_)});
  if (built_for_.smoothing > 0.0f) {
    // What was measured stays visible behind its smoothed line.
    PlotCurve raw = train;
    raw.behind = true;
    raw.points = thinned(raw.points, 1200);
    plot_.curves.push_back(std::move(raw));
    smooth(train.points, static_cast<double>(built_for_.smoothing));
    train.name = c.tr("curves.train.smooth");
  }
  train.points = thinned(train.points, 1200);
  if (!train.points.empty()) plot_.decimals = ui::loss_decimals(train.points.back()[1]);
  plot_.curves.push_back(std::move(train));
  plot_.curves.push_back(std::move(heldout));
  plot_.log_y = built_for_.log_axis;
}

void CurvesPanel::accuracy(PanelContext& c) {
  PlotCurve heldout{c.tr("split.heldout"), c.theme.accent, true, false, {}};
  for (const auto& e : c.session.history->evaluations)
    if (e.evaluation.split == Split::heldout && e.evaluation.accuracy) heldout.points.push_back({e.epoch, *e.evaluation.accuracy});
  plot_.curves.push_back(std::move(heldout));
  plot_.y_range = {0.0, 1.0};
  plot_.decimals = 3;
}

void CurvesPanel::controls(PanelContext& c) {
  const auto kinds = kinds_of(*c.session.run->model);
  const std::array<std::string, 4> words{c.tr("curves.loss"), c.tr("curves.reconstruction"), "KL", c.tr("curves.accuracy")};
  std::vector<std::string> names;
  for (const CurveKind kind : kinds) names.push_back(words[static_cast<size_t>(kind)]);
  auto index = static_cast<int>(std::find(kinds.begin(), kinds.end(), kind_shown(c)) - kinds.begin());
  if (ui::segmented(c, "curves.kind", "curves.kind.tip", index, names)) c.view.curves.kind = kinds[static_cast<size_t>(index)];
  if (kind_shown(c) != CurveKind::accuracy) axis_and_smoothing(c);
  if (c.view.curves.range[1] > c.view.curves.range[0]) {
    ImGui::SameLine(0.0f, 6.0f * c.scale);
    if (ui::button(c, "curves.all", "", c.tr("curves.all"), "curves.all.tip", ui::ButtonKind::quiet)) c.view.curves.range = {0.0, 0.0};
  }
}

void CurvesPanel::axis_and_smoothing(PanelContext& c) {
  ImGui::SameLine(0.0f, 14.0f * c.scale);
  if (ui::button(c, "curves.log", "", c.tr("curves.log"), "curves.log.tip",
                 c.view.curves.log_axis ? ui::ButtonKind::plain : ui::ButtonKind::quiet))
    c.view.curves.log_axis = !c.view.curves.log_axis;
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x;
  const float width = std::min(190.0f * c.scale, right - ImGui::GetItemRectMax().x - 12.0f * c.scale);
  if (width >= 150.0f * c.scale) {
    ImGui::SameLine(0.0f, 12.0f * c.scale);
    // A child of its own gives the slider its width.
    ImGui::BeginChild("##smoothing", {width, 26.0f * c.scale}, false, ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoBackground);
    ImGui::SetCursorPosY(2.0f * c.scale);
    ui::slider(c, "curves.smooth", c.tr("curves.smooth"), "curves.smooth.tip", c.view.curves.smoothing, 0.0f, 0.99f, "%.2f");
    ImGui::EndChild();
  } else if (width >= 90.0f * c.scale) {
    ImGui::SameLine(0.0f, 6.0f * c.scale);
    const bool smoothed = c.view.curves.smoothing > 0.0f;
    if (ui::button(c, "curves.smooth", "", c.tr("curves.smooth"), "curves.smooth.tip",
                   smoothed ? ui::ButtonKind::plain : ui::ButtonKind::quiet))
      c.view.curves.smoothing = smoothed ? 0.0f : CurvesView{}.smoothing;
  }
}

void CurvesPanel::draw(PanelContext& c) {
  if (!c.titled) ui::section(c, c.tr(c.session.run && kind_shown(c) == CurveKind::accuracy ? "curves.title.accuracy" : "curves.title"));
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kChart, "curves.empty");
  if (c.session.history->losses.empty() && c.session.history->evaluations.empty())
    return ui::placeholder(c, icon::kChart, c.tr("state.no_losses"), c.tr("state.no_losses.text"));
  rebuild(c);
  controls(c);
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const float gap = 8.0f * c.scale;
  if (const auto range = view_.draw(c, "curves.plot", plot_, {at.x, at.y + gap}, {room.x, room.y - gap})) c.view.curves.range = *range;
}

}  // namespace

void register_panel_curves(PanelRegistry& registry);
void register_panel_curves(PanelRegistry& registry) {
  registry.add({"curves", "panel.curves", Region::bottom, 0, 1.6f, [] { return std::make_unique<CurvesPanel>(); }});
}

}  // namespace latentscape
