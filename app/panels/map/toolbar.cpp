#include "app/panels/map/toolbar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
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

  float menu_width(const std::string& text) const { return text_width(text) + 34.0f * c.scale; }

  /// A pill that opens a list; right edge at `right`. Returns its left edge; `index` changes when another entry is chosen.
  float menu(const std::string& name, float right, float y, const std::string& text, const char* tip,
             const std::vector<std::string>& options, int& index) {
    const float h = 26.0f * c.scale, w = menu_width(text);
    const ImVec2 at{right - w, y};
    if (pill(name, at, {w, h}, text, false, tip, true)) ImGui::OpenPopup(name.c_str());
    ImGui::SetNextWindowPos({std::max(right, at.x + 140.0f * c.scale), y + h + 4.0f * c.scale}, ImGuiCond_Always, {1.0f, 0.0f});
    ImGui::SetNextWindowSizeConstraints({0, 0}, {1e6f, 420.0f * c.scale});
    if (ImGui::BeginPopup(name.c_str())) {
      if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false)) ImGui::CloseCurrentPopup();
      const ui::ListKeys keys = ui::list_keys(index, static_cast<int>(options.size()));
      for (size_t i = 0; i < options.size(); ++i) {
        const bool marked = static_cast<int>(i) == keys.marked;
        if (ImGui::Selectable(options[i].c_str(), marked, 0, {std::max(w - 16.0f * c.scale, 96.0f * c.scale), 22.0f * c.scale}) ||
            (marked && keys.taken))
          index = static_cast<int>(i);
        if (marked && keys.moved) ImGui::SetScrollHereY(0.5f);
        const ImVec2 a = ImGui::GetItemRectMin(), b = ImGui::GetItemRectMax();
        c.controls.add(fmt::format("{}.{}", name, i), {a.x, a.y, b.x, b.y});
      }
      if (keys.taken) ImGui::CloseCurrentPopup();
      ImGui::EndPopup();
    }
    return at.x;
  }
};

struct View {
  const char* method;
  const char* title;
  const char* tip;
};
constexpr std::array<View, 4> kViews = {{{"raw", "map.view.raw", "map.view.raw.tip"},
                                         {"pca", "map.view.pca", "map.view.pca.tip"},
                                         {"tsne", "map.view.tsne", "map.view.tsne.tip"},
                                         {"umap", "map.view.umap", "map.view.umap.tip"}}};

void choose_view(PanelContext& c, const View& view) {
  c.view.map.projection.method = view.method;
  c.view.map.projection.axis_x = 0;
  c.view.map.projection.axis_y = 1;
  c.view.map.frozen = false;
  c.view.map.fitted = true;
}

/// A menu that is not drawn yet, so that all widths are known first.
struct Menu {
  std::string name, label;
  const char* glyph;  // stands for the label where there is no room for it; empty: the label stays
  const char* tip;
  std::vector<std::string> options;
  int index = 0;

  const std::string& shown() const { return options[static_cast<size_t>(std::clamp(index, 0, static_cast<int>(options.size()) - 1))]; }
};

std::vector<std::string> axis_options(PanelContext& c, bool raw, size_t latent) {
  std::vector<std::string> names;
  const std::vector<double> kl = c.session.run->model->has_prior() ? kl_shown(c.session).per_dimension : std::vector<double>();
  for (size_t j = 0; j < latent; ++j) {
    if (!raw)
      names.push_back(fmt::format("PC {}", j + 1));
    else if (j < kl.size())
      names.push_back(fmt::format("z{}   KL {}", j + 1, ui::compact(kl[j], 1)));
    else
      names.push_back(fmt::format("z{}", j + 1));
  }
  return names;
}

/// From left to right. Which two dimensions are shown can be chosen for raw latents with more than two, and for PCA.
std::vector<Menu> menus_of(PanelContext& c) {
  std::vector<Menu> menus;
  const auto& projection = c.view.map.projection;
  const size_t latent = c.session.run->model->latent();
  if (is_linear(projection.method) && latent > 2) {
    const auto names = axis_options(c, projection.method == "raw", latent);
    menus.push_back({"map.axis_x", "x", "", "map.axis.tip", names, static_cast<int>(std::min(projection.axis_x, latent - 1))});
    menus.push_back({"map.axis_y", "y", "", "map.axis.tip", names, static_cast<int>(std::min(projection.axis_y, latent - 1))});
  }
  Menu colours{"map.colour", c.tr("map.colour"), icon::kTint, "map.colour.tip", {}, 0};
  for (const ColourBy by : colours_for(c.session)) {
    if (by == colour_chosen(c.session, c.view)) colours.index = static_cast<int>(colours.options.size());
    colours.options.emplace_back(c.tr(fmt::format("map.colour.{}", to_string(by)).c_str()));
  }
  for (const Column* column : colour_columns(c.session)) {
    if (colour_chosen(c.session, c.view) == ColourBy::column && column->name == c.view.map.colour_column)
      colours.index = static_cast<int>(colours.options.size());
    colours.options.push_back(column->name);
  }
  menus.push_back(std::move(colours));
  const auto underlays = underlays_for(*c.session.run, projection.method);
  if (underlays.size() > 1) {
    Menu menu{"map.underlay", c.tr("map.underlay"), icon::kImage, "map.underlay.tip", {}, 0};
    for (size_t i = 0; i < underlays.size(); ++i) {
      menu.options.emplace_back(c.tr(fmt::format("map.underlay.{}", to_string(underlays[i])).c_str()));
      if (underlays[i] == c.view.map.underlay) menu.index = static_cast<int>(i);
    }
    menus.push_back(std::move(menu));
  }
  return menus;
}

/// The colourings there are, then the data's columns.
void take_colour(PanelContext& c, size_t index) {
  const std::vector<ColourBy> there = colours_for(c.session);
  c.view.map.colour_by = index < there.size() ? there[index] : ColourBy::column;
  if (index >= there.size()) c.view.map.colour_column = colour_columns(c.session)[index - there.size()]->name;
}

void take(PanelContext& c, const Menu& menu, int index) {
  if (menu.name == "map.colour") take_colour(c, static_cast<size_t>(index));
  if (menu.name == "map.underlay")
    c.view.map.underlay = underlays_for(*c.session.run, c.view.map.projection.method)[static_cast<size_t>(index)];
  if (menu.name != "map.axis_x" && menu.name != "map.axis_y") return;
  auto& projection = c.view.map.projection;
  size_t& own = menu.name == "map.axis_x" ? projection.axis_x : projection.axis_y;
  size_t& other = menu.name == "map.axis_x" ? projection.axis_y : projection.axis_x;
  // The same dimension on both axes would be a line: choosing the other's swaps them.
  if (static_cast<size_t>(index) == other) other = static_cast<size_t>(menu.index);
  own = static_cast<size_t>(index);
  c.view.map.fitted = true;
}

std::string menu_text(const Menu& menu, bool with_label) {
  if (with_label || !*menu.glyph) return menu.label + ": " + menu.shown();
  return std::string(menu.glyph) + "  " + menu.shown();
}

/// Views at the left and menus at the right; returns how many rows they took.
size_t rows_of_bar(Bar& bar, const MapFrame& frame) {
  PanelContext& c = bar.c;
  const float s = c.scale, gap = 6.0f * s, x0 = frame.origin.x + 12.0f * s, x1 = frame.origin.x + frame.size.x - 12.0f * s;
  const std::vector<Menu> menus = menus_of(c);
  Menu views{"map.view", "", "", "map.view.tip", {}, 0};
  BarWidths widths;
  for (size_t i = 0; i < kViews.size(); ++i) {
    views.options.emplace_back(c.tr(kViews[i].title));
    if (c.view.map.projection.method == kViews[i].method) views.index = static_cast<int>(i);
    widths.views.push_back(bar.text_width(views.options.back()) + 24.0f * s);
  }
  widths.views_menu = bar.menu_width(views.shown());
  for (const Menu& menu : menus) {
    widths.menus.push_back(bar.menu_width(menu_text(menu, true)));
    widths.short_menus.push_back(bar.menu_width(menu_text(menu, false)));
  }
  const BarPlan plan = plan_bar(widths, x1 - x0, gap, frame.size.y < 300.0f * s);
  const auto y_of = [&](size_t row) { return frame.origin.y + 10.0f * s + static_cast<float>(row) * 32.0f * s; };
  if (plan.views_as_menu) {
    int index = views.index;
    bar.menu(views.name, x0 + widths.views_menu, y_of(0), views.shown(), views.tip, views.options, index);
    if (index != views.index) choose_view(c, kViews[static_cast<size_t>(index)]);
  } else {
    float x = x0;
    for (size_t i = 0; i < kViews.size(); ++i) {
      const bool active = c.view.map.projection.method == kViews[i].method;
      if (bar.pill(fmt::format("view.{}", kViews[i].method), {x, y_of(0)}, {widths.views[i], 26.0f * s}, views.options[i], active,
                   kViews[i].tip))
        choose_view(c, kViews[i]);
      x += widths.views[i] + gap;
    }
  }
  std::vector<float> right(plan.row_count, x1);
  for (size_t i = menus.size(); i-- > 0;) {
    float& edge = right[plan.rows[i]];
    int index = menus[i].index;
    const std::string text = menu_text(menus[i], !plan.short_menus);
    edge = bar.menu(menus[i].name, edge, y_of(plan.rows[i]), text, menus[i].tip, menus[i].options, index) - gap;
    if (index != menus[i].index) take(c, menus[i], index);
  }
  return plan.row_count;
}

/// The tools in a column below the bar; in a low map they go on beside it.
void tools(Bar& bar, const MapFrame& frame, size_t rows) {
  PanelContext& c = bar.c;
  const float s = c.scale, side = 30.0f * s, step = side + 4.0f * s;
  const float top = frame.origin.y + 10.0f * s + static_cast<float>(rows) * 32.0f * s + 10.0f * s;
  const float bottom = frame.origin.y + frame.size.y - 22.0f * s;
  struct Entry {
    const char* name;
    const char* glyph;
    const char* tip;
    bool active;
    bool apart;  // from those above it
    std::function<void()> act;
  };
  const Tool tool = c.view.map.tool;
  const auto take = [&c](Tool taken) { return [&c, taken] { c.view.map.tool = taken; }; };
  std::vector<Entry> entries = {{"tool.probe", icon::kProbe, "tool.probe.tip", tool == Tool::probe, false, take(Tool::probe)},
                                {"tool.pan", icon::kPan, "tool.pan.tip", tool == Tool::pan, false, take(Tool::pan)},
                                {"tool.click", icon::kPointer, "tool.click.tip", tool == Tool::click, false, take(Tool::click)},
                                {"map.fit", icon::kFit, "map.fit.tip", c.view.map.fitted, true, [&c] { c.view.map.fitted = true; }}};
  if (!is_linear(c.view.map.projection.method)) {
    const bool held = c.view.map.frozen;
    entries.push_back({"map.hold", held ? icon::kPlay : icon::kPause, held ? "map.go_on.tip" : "map.hold.tip", held, true,
                       [&c] { c.send.run_command("map.hold"); }});
    entries.push_back({"map.restart", icon::kRefresh, "map.restart.tip", false, false, [&c] { c.send.run_command("map.restart"); }});
  }
  ImVec2 at{frame.origin.x + 12.0f * s, top};
  for (const Entry& e : entries) {
    if (e.apart) at.y += 6.0f * s;
    if (at.y + side > bottom && at.y > top) at = {at.x + step, top};
    if (bar.pill(e.name, at, {side, side}, e.glyph, e.active, e.tip)) e.act();
    at.y += step;
  }
}

float total(const std::vector<float>& widths, float gap) {
  float sum = 0.0f;
  for (const float w : widths) sum += w + gap;
  return widths.empty() ? 0.0f : sum - gap;
}

/// Menus from the right one on, each on the first row that still has room.
std::vector<size_t> packed(const std::vector<float>& menus, float first_room, float room, float gap, size_t& rows) {
  std::vector<size_t> row_of(menus.size());
  size_t row = 0;
  float left = first_room;
  for (size_t i = menus.size(); i-- > 0;) {
    if (menus[i] > left && (row == 0 || left < room)) ++row, left = room;
    row_of[i] = row;
    left -= menus[i] + gap;
  }
  rows = row + 1;
  return row_of;
}

}  // namespace

std::array<std::string, 2> axis_names(const PanelContext& c) {
  const auto& p = c.view.map.projection;
  if (p.method == "raw") return {fmt::format("z{}", p.axis_x + 1), fmt::format("z{}", p.axis_y + 1)};
  if (p.method != "pca") return {};
  const auto name = [&](size_t axis, size_t shown) {
    if (c.session.projection && c.session.projection->linear && shown < c.session.projection->linear->explained.size())
      return fmt::format("PC {} ({} %)", axis + 1,
                         ui::number(100.0 * static_cast<double>(c.session.projection->linear->explained[shown]), 0));
    return fmt::format("PC {}", axis + 1);
  };
  return {name(p.axis_x, 0), name(p.axis_y, 1)};
}

BarPlan plan_bar(const BarWidths& widths, float room, float gap, bool save_rows) {
  BarPlan best;
  best.row_count = ~size_t{0};
  for (const bool as_menu : {false, true})
    for (const bool shorter : {false, true}) {
      const float views = as_menu ? widths.views_menu : total(widths.views, gap);
      BarPlan plan{as_menu, shorter, {}, 1};
      plan.rows = packed(shorter ? widths.short_menus : widths.menus, room - views - 2.0f * gap, room, gap, plan.row_count);
      const bool worth = !as_menu || save_rows || total(widths.views, gap) > room;
      if (worth && (plan.row_count < best.row_count || (as_menu && !best.views_as_menu && total(widths.views, gap) > room)))
        best = std::move(plan);
    }
  return best;
}

std::vector<ImVec4> draw(PanelContext& c, ImDrawList& list, const MapFrame& frame, float& height) {
  std::vector<ImVec4> covered;
  Bar bar{c, list, covered};
  const size_t rows = rows_of_bar(bar, frame);
  height = (10.0f + static_cast<float>(rows) * 32.0f) * c.scale;
  tools(bar, frame, rows);
  return covered;
}

}  // namespace latentscape::map_toolbar
