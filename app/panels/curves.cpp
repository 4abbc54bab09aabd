// Curves panel: train and held-out loss, reconstruction or KL over epochs; live changes are marked.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/gui/fonts.hpp"
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

class CurvesPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void rebuild(PanelContext& c);
  void controls(PanelContext& c);

  Plot plot_;
  PlotView view_;
  CurvesView built_for_;
  size_t losses_ = ~size_t{0}, evaluations_ = 0, changes_ = 0;
  std::string theme_, language_;
};

/// The plot changes only with its data or its settings.
void CurvesPanel::rebuild(PanelContext& c) {
  const SessionHistory& h = *c.session.history;
  if (losses_ == h.losses.size() && evaluations_ == h.evaluations.size() && changes_ == h.changes.size() && built_for_ == c.view.curves &&
      theme_ == c.theme.name && language_ == c.view.look.language)
    return;
  losses_ = h.losses.size(), evaluations_ = h.evaluations.size(), changes_ = h.changes.size();
  built_for_ = c.view.curves;
  theme_ = c.theme.name;
  language_ = c.view.look.language;
  PlotCurve train{c.tr("split.train"), c.theme.muted, false, {}}, heldout{c.tr("split.heldout"), c.theme.accent, true, {}};
  for (const auto& p : h.losses) train.points.push_back({p.epoch, value_of(p.train, built_for_.kind)});
  for (const auto& e : h.evaluations)
    if (e.evaluation.split == Split::heldout) heldout.points.push_back({e.epoch, value_of(e.evaluation.terms, built_for_.kind)});
  smooth(train.points, static_cast<double>(built_for_.smoothing));
  train.points = thinned(train.points, 1200);
  plot_.curves = {std::move(train), std::move(heldout)};
  plot_.marks.clear();
  for (const auto& change : h.changes) {
    const std::string value = change.key == "lr" ? ui::scientific(change.after) : ui::number(change.after, change.key == "beta" ? 2 : 0);
    plot_.marks.push_back({change.epoch, change.key + " " + value});
  }
  plot_.x_unit = c.tr("curves.epoch");
  plot_.log_y = built_for_.log_axis;
  plot_.range = built_for_.range;
}

void CurvesPanel::controls(PanelContext& c) {
  int kind = static_cast<int>(c.view.curves.kind);
  const std::vector<std::string> kinds{c.tr("curves.loss"), c.tr("curves.reconstruction"), "KL"};
  if (ui::segmented(c, "curves.kind", "curves.kind.tip", kind, kinds)) c.view.curves.kind = static_cast<CurveKind>(kind);
  ImGui::SameLine(0.0f, 14.0f * c.scale);
  if (ui::button(c, "curves.log", "", c.tr("curves.log"), "curves.log.tip", c.view.curves.log_axis ? ui::ButtonKind::plain : ui::ButtonKind::quiet))
    c.view.curves.log_axis = !c.view.curves.log_axis;
  ImGui::SameLine(0.0f, 6.0f * c.scale);
  const bool smoothed = c.view.curves.smoothing > 0.0f;
  if (ui::button(c, "curves.smooth", "", c.tr("curves.smooth"), "curves.smooth.tip", smoothed ? ui::ButtonKind::plain : ui::ButtonKind::quiet))
    c.view.curves.smoothing = smoothed ? 0.0f : 0.9f;
  if (c.view.curves.range[1] > c.view.curves.range[0]) {
    ImGui::SameLine(0.0f, 6.0f * c.scale);
    if (ui::button(c, "curves.all", "", c.tr("curves.all"), "curves.all.tip", ui::ButtonKind::quiet)) c.view.curves.range = {0.0, 0.0};
  }
}

void CurvesPanel::draw(PanelContext& c) {
  ui::section(c, c.tr("curves.title"));
  if (!c.session.run || (c.session.history->losses.empty() && c.session.history->evaluations.empty())) return ui::note(c, c.tr("curves.empty"));
  rebuild(c);
  controls(c);
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  if (const auto range = view_.draw(c, "curves.plot", plot_, {at.x, at.y + 4.0f * c.scale}, {room.x, room.y - 4.0f * c.scale})) c.view.curves.range = *range;
  // The newest values stand as the legend, upper right.
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = c.fonts.small;
  float y = at.y + 6.0f * c.scale;
  for (auto curve = plot_.curves.rbegin(); curve != plot_.curves.rend(); ++curve) {
    if (curve->points.empty()) continue;
    const std::string s = fmt::format("{} {}", curve->name, ui::number(curve->points.back()[1], 1));
    const float w = font->CalcTextSizeA(font->FontSize, 1e6f, 0, s.c_str()).x;
    list.AddText(font, font->FontSize, {at.x + room.x - w - 8.0f * c.scale, y}, curve->colour, s.c_str());
    y += font->FontSize + 3.0f * c.scale;
  }
}

}  // namespace

void register_panel_curves(PanelRegistry& registry);
void register_panel_curves(PanelRegistry& registry) {
  registry.add({"curves", "panel.curves", Region::bottom, 0, 1.6f, [] { return std::make_unique<CurvesPanel>(); }});
}

}  // namespace latentscape
