// View panel: how the map is drawn and how the window looks.
#include <fmt/format.h>
#include <imgui.h>

#include <cmath>

#include "app/gui/icons.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/map/map_settings.hpp"

namespace latentscape {

namespace {

class ViewPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void points(PanelContext& c);
  void look(PanelContext& c);

  float scale_ = 0.0f;  // while its slider is held
  MapSettings map_;
};

void ViewPanel::points(PanelContext& c) {
  ui::section(c, c.tr("view.points"));
  ui::slider(c, "view.point_size", c.tr("view.point_size"), "view.point_size.tip", c.view.map.point_size, 1.0f, 12.0f, "%.1f");
  auto limit = static_cast<int64_t>(c.view.map.points);
  if (ui::integer(c, "view.limit", c.tr("view.limit"), "view.limit.tip", limit, 0, 100000000, {}, c.tr("view.limit.all")))
    c.view.map.points = static_cast<size_t>(limit);
  if (c.session.projection) {
    const size_t drawn = c.session.projection->shown.size(),
                 all = c.session.projection->points ? c.session.projection->points->ids.size() : 0;
    const size_t shown = c.view.map.points ? std::min(c.view.map.points, drawn) : drawn;
    ui::value_row(c, c.tr("view.shown"), fmt::format(fmt::runtime(c.tr("view.shown.of")), ui::count(shown), ui::count(all)));
  }
}

void ViewPanel::look(PanelContext& c) {
  ui::section(c, c.tr("view.look"));
  int theme = c.view.look.theme == "paper" ? 1 : 0;
  const std::vector<std::string> themes{c.tr("view.ink"), c.tr("view.paper")};
  if (ui::segmented(c, "view.theme", "view.theme.tip", theme, themes)) c.view.look.theme = theme == 1 ? "paper" : "ink";
  int language = c.view.look.language == "zh" ? 1 : 0;
  const std::vector<std::string> languages{"English", "简体中文"};
  if (ui::segmented(c, "view.language", "view.language.tip", language, languages)) c.view.look.language = language == 1 ? "zh" : "en";
  if (scale_ == 0.0f) scale_ = c.view.look.scale;
  const ui::SliderResult r = ui::slider(c, "view.scale", c.tr("view.scale"), "view.scale.tip", scale_, 1.0f, 3.0f, "%.2f");
  if (r.done) c.view.look.scale = std::round(scale_ * 20.0f) / 20.0f;
  if (!r.changed && !ImGui::IsMouseDown(0)) scale_ = c.view.look.scale;
  ui::toggle(c, "view.motion", c.tr("view.motion"), "view.motion.tip", c.view.look.reduced_motion);
}

void ViewPanel::draw(PanelContext& c) {
  map_.draw(c);
  points(c);
  look(c);
}

}  // namespace

void register_panel_view(PanelRegistry& registry);
void register_panel_view(PanelRegistry& registry) {
  registry.add({"view", "panel.view", Region::left, 3, 1.0f, [] { return std::make_unique<ViewPanel>(); }});
}

}  // namespace latentscape
