#include "app/panels/map/toolbar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape::map_toolbar {

namespace {

struct Bar {
  PanelContext& c;
  ImDrawList& list;
  std::vector<ImVec4>& covered;

  float text_width(const std::string& s) const { return c.fonts.medium->CalcTextSizeA(c.fonts.medium->FontSize, 1e6f, 0, s.c_str()).x; }

  /// A raised pill at `at`; true when clicked.
  bool pill(const std::string& name, ImVec2 at, ImVec2 size, const std::string& text, bool active, const char* tip, bool caret = false) {
    ImGui::SetCursorScreenPos(at);
    const bool clicked = ImGui::InvisibleButton(name.c_str(), size);
    const bool hovered = ImGui::IsItemHovered();
    ui::tooltip(c, tip);
    const ImVec2 end{at.x + size.x, at.y + size.y};
    const ImU32 ground = active ? c.theme.accent_ground : hovered ? c.theme.line : c.theme.raised;
    list.AddRectFilled(at, end, ground, 6.0f * c.scale);
    ImFont* font = c.fonts.medium;
    const float w = text_width(text), extra = caret ? 14.0f * c.scale : 0.0f;
    const ImVec2 place{std::round(at.x + (size.x - w - extra) * 0.5f), std::round(at.y + (size.y - font->FontSize) * 0.5f)};
    list.AddText(font, font->FontSize, place, active ? c.theme.accent : c.theme.text, text.c_str());
    if (caret) list.AddText(font, font->FontSize, {place.x + w + 6.0f * c.scale, place.y}, c.theme.muted, icon::kCaretDown);
    c.controls.add(name, {at.x, at.y, end.x, end.y});
    covered.push_back({at.x, at.y, end.x, end.y});
    return clicked;
  }

  /// A pill that opens a list; right edge at `right`. Returns its left edge; `index` changes when another entry is chosen.
  float menu(const std::string& name, float right, float y, const std::string& label, const char* tip, const std::vector<std::string>& options,
             int& index) {
    const std::string text = label.empty() ? options[static_cast<size_t>(index)] : label + ": " + options[static_cast<size_t>(index)];
    const float h = 26.0f * c.scale, w = text_width(text) + 34.0f * c.scale;
    const ImVec2 at{right - w, y};
    if (pill(name, at, {w, h}, text, false, tip, true)) ImGui::OpenPopup(name.c_str());
    ImGui::SetNextWindowPos({right, y + h + 4.0f * c.scale}, ImGuiCond_Always, {1.0f, 0.0f});
    if (ImGui::BeginPopup(name.c_str())) {
      for (size_t i = 0; i < options.size(); ++i) {
        if (ImGui::Selectable(options[i].c_str(), static_cast<int>(i) == index, 0, {std::max(w - 16.0f * c.scale, 96.0f * c.scale), 22.0f * c.scale}))
          index = static_cast<int>(i);
        const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
        c.controls.add(fmt::format("{}.{}", name, i), {a.x, a.y, b.x, b.y});
      }
      ImGui::EndPopup();
    }
    return at.x;
  }
};

void views(Bar& bar, const MapFrame& frame) {
  PanelContext& c = bar.c;
  float x = frame.origin.x + 12.0f * c.scale;
  const float y = frame.origin.y + 10.0f * c.scale, h = 26.0f * c.scale;
  struct View { const char* method; const char* title; const char* tip; };
  for (const View v : {View{"raw", "map.view.raw", "map.view.raw.tip"}, View{"pca", "map.view.pca", "map.view.pca.tip"},
                       View{"tsne", "map.view.tsne", "map.view.tsne.tip"}}) {
    const std::string text = c.tr(v.title);
    const float w = bar.text_width(text) + 24.0f * c.scale;
    if (bar.pill(fmt::format("view.{}", v.method), {x, y}, {w, h}, text, c.view.map.projection.method == v.method, v.tip)) {
      c.view.map.projection.method = v.method;
      c.view.map.projection.axis_x = 0;
      c.view.map.projection.axis_y = 1;
      c.view.map.fitted = true;
    }
    x += w + 6.0f * c.scale;
  }
}

/// Which two dimensions are shown, for raw latents with more than two and for PCA.
void axis_menus(Bar& bar, float& right, float y) {
  PanelContext& c = bar.c;
  auto& projection = c.view.map.projection;
  const size_t latent = c.session.run->model->latent();
  if (projection.method == "tsne" || latent <= 2) return;
  const bool raw = projection.method == "raw";
  std::vector<std::string> names;
  const auto& metrics = c.session.snapshot ? c.session.snapshot->metrics.kl_per_dimension : std::vector<double>{};
  for (size_t j = 0; j < latent; ++j) {
    if (raw) names.push_back(j < metrics.size() ? fmt::format("z{}   KL {}", j + 1, ui::number(metrics[j], 1)) : fmt::format("z{}", j + 1));
    else names.push_back(fmt::format("PC {}", j + 1));
  }
  int iy = static_cast<int>(std::min(projection.axis_y, latent - 1)), ix = static_cast<int>(std::min(projection.axis_x, latent - 1));
  const int old_x = ix, old_y = iy;
  right = bar.menu("map.axis_y", right, y, "y", "map.axis.tip", names, iy) - 6.0f * c.scale;
  right = bar.menu("map.axis_x", right, y, "x", "map.axis.tip", names, ix) - 6.0f * c.scale;
  // The same dimension on both axes would be a line: choosing the other's swaps them.
  if (ix != old_x && ix == iy) iy = old_x;
  if (iy != old_y && iy == ix) ix = old_y;
  if (ix != old_x || iy != old_y) {
    projection.axis_x = static_cast<size_t>(ix);
    projection.axis_y = static_cast<size_t>(iy);
    c.view.map.fitted = true;
  }
}

void menus(Bar& bar, const MapFrame& frame) {
  PanelContext& c = bar.c;
  const float y = frame.origin.y + 10.0f * c.scale;
  float right = frame.origin.x + frame.size.x - 12.0f * c.scale;
  if (c.view.map.projection.method != "tsne") {
    int underlay = static_cast<int>(c.view.map.underlay);
    right = bar.menu("map.underlay", right, y, c.tr("map.underlay"), "map.underlay.tip",
                     {c.tr("map.underlay.none"), c.tr("map.underlay.manifold"), c.tr("map.underlay.prior")}, underlay) - 6.0f * c.scale;
    c.view.map.underlay = static_cast<Underlay>(underlay);
  }
  int colour = static_cast<int>(c.view.map.colour_by);
  right = bar.menu("map.colour", right, y, c.tr("map.colour"), "map.colour.tip",
                   {c.tr("map.colour.label"), c.tr("map.colour.loss"), c.tr("map.colour.age"), c.tr("map.colour.split")}, colour) - 6.0f * c.scale;
  c.view.map.colour_by = static_cast<ColourBy>(colour);
  const bool narrow = frame.size.x < 900.0f * c.scale;
  float axis_right = narrow ? frame.origin.x + frame.size.x - 12.0f * c.scale : right;
  axis_menus(bar, axis_right, narrow ? y + 32.0f * c.scale : y);
}

void tools(Bar& bar, const MapFrame& frame) {
  PanelContext& c = bar.c;
  const float side = 30.0f * c.scale, x = frame.origin.x + 12.0f * c.scale;
  float y = frame.origin.y + 52.0f * c.scale;
  struct Entry { Tool tool; const char* name; const char* glyph; const char* tip; };
  for (const Entry e : {Entry{Tool::probe, "tool.probe", icon::kProbe, "tool.probe.tip"}, Entry{Tool::pan, "tool.pan", icon::kPan, "tool.pan.tip"},
                        Entry{Tool::click, "tool.click", icon::kPointer, "tool.click.tip"}}) {
    if (bar.pill(e.name, {x, y}, {side, side}, e.glyph, c.view.map.tool == e.tool, e.tip)) c.view.map.tool = e.tool;
    y += side + 4.0f * c.scale;
  }
  y += 6.0f * c.scale;
  if (bar.pill("map.fit", {x, y}, {side, side}, icon::kFit, c.view.map.fitted, "map.fit.tip")) c.view.map.fitted = true;
}

}  // namespace

std::array<std::string, 2> axis_names(const PanelContext& c) {
  const auto& p = c.view.map.projection;
  if (p.method == "raw") return {fmt::format("z{}", p.axis_x + 1), fmt::format("z{}", p.axis_y + 1)};
  if (p.method != "pca") return {};
  const auto name = [&](size_t axis, size_t shown) {
    if (c.session.projection && c.session.projection->linear && shown < c.session.projection->linear->explained.size())
      return fmt::format("PC {} ({} %)", axis + 1, ui::number(100.0 * static_cast<double>(c.session.projection->linear->explained[shown]), 0));
    return fmt::format("PC {}", axis + 1);
  };
  return {name(p.axis_x, 0), name(p.axis_y, 1)};
}

std::vector<ImVec4> draw(PanelContext& c, ImDrawList& list, const MapFrame& frame) {
  std::vector<ImVec4> covered;
  Bar bar{c, list, covered};
  views(bar, frame);
  menus(bar, frame);
  tools(bar, frame);
  return covered;
}

}  // namespace latentscape::map_toolbar
