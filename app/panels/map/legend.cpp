#include "app/panels/map/legend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/io/figure.hpp"

namespace latentscape::map_overlay {

namespace {

constexpr float kWidestName = 180.0f, kNarrowestName = 48.0f;  // pixels at scale 1
constexpr float kDotRoom = 27.0f;                              // of an entry beside its name
constexpr float kMapShare = 0.29f;                             // of the map's height that it takes at first
constexpr float kWidthShare = 0.62f;                           // of its width
constexpr int kNoClass = -1, kNothing = -2;                    // what is no class: its rows, and what a click toggles nothing of
constexpr size_t kMostListed = 40, kDotsOfNumber = 3;

ImU32 colour_of(Rgba c) { return IM_COL32(c.r, c.g, c.b, c.a); }

struct Text {
  ImDrawList& list;
  ImFont* font;
  ImVec2 size(const std::string& s) const { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, s.c_str()); }
  void draw(ImVec2 at, ImU32 colour, const std::string& s) const { list.AddText(font, font->FontSize, at, colour, s.c_str()); }
};

const char* colour_unit(ColourBy by) {
  switch (by) {
    case ColourBy::age: return "map.age_steps";
    case ColourBy::score: return "map.score_nats";
    case ColourBy::trust: return "map.trust_share";
    case ColourBy::moved: return "map.moved_share";
    default: return "map.loss_nats";
  }
}

ImVec4 colour_bar(PanelContext& c, ImDrawList& list, ImVec2 corner, const LayerAnswer& layer) {
  const Text text{list, c.fonts.small};
  const float w = 176.0f * c.scale, h = 44.0f * c.scale, pad = 10.0f * c.scale;
  const ImVec2 low{corner.x - w, corner.y - h};
  list.AddRectFilled(low, corner, ui::faded(c.theme.panel, 0.94f), 6.0f * c.scale);
  constexpr int kSteps = 32;
  const float bar = (w - 2 * pad) / kSteps;
  for (int i = 0; i < kSteps; ++i) {
    const float x = low.x + pad + bar * static_cast<float>(i);
    list.AddRectFilled({x, low.y + pad}, {x + bar + 0.5f, low.y + pad + 8.0f * c.scale}, colour_of(viridis((i + 0.5) / kSteps)));
  }
  const bool column = layer.job.colour_by == ColourBy::column;
  const int decimals = layer.job.colour_by == ColourBy::age || has_fixed_range(layer.job.colour_by) ? 0 : 1;
  const auto number = [&](float v) {
    return column ? ui::value_text(static_cast<double>(v)) : ui::number(static_cast<double>(v), decimals);
  };
  const float y = low.y + pad + 11.0f * c.scale;
  const std::string lowest = (layer.lower ? "≤ " : "") + number(layer.low), high = (layer.higher ? "≥ " : "") + number(layer.high),
                    unit = column ? layer.job.colour_column : c.tr(colour_unit(layer.job.colour_by));
  ImGui::PushFont(c.fonts.small);
  const std::string name = ui::elided(unit, w - 2 * pad - text.size(high).x - text.size(lowest).x - 12.0f * c.scale);
  ImGui::PopFont();
  text.draw({low.x + pad, y}, c.theme.muted, lowest);
  text.draw({corner.x - pad - text.size(high).x, y}, c.theme.muted, high);
  text.draw({(low.x + corner.x - text.size(name).x) * 0.5f, y}, c.theme.text, name);
  return {low.x, low.y, corner.x, corner.y};
}

struct LegendEntry {
  std::string name;
  ImU32 colour;
  int label;  // class toggled by a click, or kNoClass; kNothing
};

std::vector<LegendEntry> legend_entries(PanelContext& c, ColourBy by, const Column* column, size_t unknown) {
  std::vector<LegendEntry> entries;
  if (by == ColourBy::split) {
    entries.push_back({c.tr("split.train"), colour_of(categorical_colour(0, c.theme.dark)), kNothing});
    entries.push_back({c.tr("split.heldout"), colour_of(categorical_colour(1, c.theme.dark)), kNothing});
    return entries;
  }
  const bool labels = by == ColourBy::label;
  if (labels && c.session.run) column = c.session.run->data->labels();
  if (!column) return entries;
  for (size_t k = 0; k < column->categories.size(); ++k)
    entries.push_back({column->categories[k], colour_of(categorical_colour(k, c.theme.dark)), labels ? static_cast<int>(k) : kNothing});
  if (unknown > 0)
    entries.push_back({fmt::format(fmt::runtime(c.tr(labels ? "map.legend.no_label" : "map.legend.no_value")), ui::count(unknown)),
                       c.theme.muted, labels ? kNoClass : kNothing});
  return entries;
}

/// Shows or hides a class; with Ctrl this class alone, or all again.
void toggle(PanelContext& c, const std::vector<LegendEntry>& entries, const LegendEntry& chosen) {
  auto& hidden = c.view.map.hidden_classes;
  if (!ImGui::GetIO().KeyCtrl) {
    if (!hidden.erase(chosen.label)) hidden.insert(chosen.label);
    return;
  }
  const bool alone = hidden.size() + 1 == entries.size() && !hidden.contains(chosen.label);
  hidden.clear();
  for (const auto& other : entries)
    if (!alone && other.label != chosen.label) hidden.insert(other.label);
}

/// What has no room, in words.
void rest_tooltip(PanelContext& c, const std::vector<LegendEntry>& entries, size_t first) {
  ImGui::BeginTooltip();
  ImGui::PushFont(c.fonts.small);
  std::string names;
  for (size_t k = first; k < std::min(entries.size(), first + kMostListed); ++k) names += (k > first ? ", " : "") + entries[k].name;
  if (entries.size() > first + kMostListed) names += ", …";
  ImGui::PushTextWrapPos(320.0f * c.scale);
  ImGui::TextUnformatted(names.c_str());
  ImGui::PopTextWrapPos();
  ui::note(c, c.tr("map.legend.more.tip"));
  ImGui::PopFont();
  ImGui::EndTooltip();
}

void draw_entry(PanelContext& c, ImDrawList& list, const LegendEntry& e, const LegendPlan& plan, ImVec2 at) {
  const float s = c.scale;
  const bool hidden = e.label != kNothing && c.view.map.hidden_classes.contains(e.label);
  const ImVec2 dot{at.x + 8.0f * s, at.y + plan.cell.y * 0.5f};
  if (hidden)
    list.AddCircle(dot, 4.5f * s, ui::faded(e.colour, 0.8f), 16, 1.4f * s);
  else
    list.AddCircleFilled(dot, 5.0f * s, e.colour, 16);
  if (!plan.named) return;
  const Text text{list, c.fonts.regular};
  text.draw({at.x + 18.0f * s, std::round(at.y + (plan.cell.y - text.font->FontSize) * 0.5f)}, hidden ? c.theme.muted : c.theme.text,
            ui::elided(e.name, plan.cell.x - (kDotRoom - 2.0f) * s));
}

}  // namespace

LegendPlan plan_legend(size_t entries, float widest, ImVec2 map, bool low, float scale, bool whole) {
  LegendPlan plan;
  const float names = std::min(widest, kWidestName * scale), pad = (low ? 3.0f : 8.0f) * scale;
  plan.cell = {names + kDotRoom * scale, (low ? 18.0f : 22.0f) * scale};
  const float width = kWidthShare * map.x - 2.0f * pad;
  const auto columns_for = [&] { return static_cast<size_t>(std::max(1.0f, width / plan.cell.x)); };
  if (low) {  // a line: of dots alone where the names have no room
    plan.named = plan.cell.x * static_cast<float>(entries) <= width;
    if (!plan.named) plan.cell.x = 14.0f * scale;
    plan.columns = std::min(entries, columns_for());
    plan.rows = 1;
  } else {
    const size_t usual = names < 24.0f * scale ? 5 : names < 80.0f * scale ? 3 : 2;
    const auto rows = static_cast<size_t>(std::max(1.0f, ((whole ? 0.75f : kMapShare) * map.y - 2.0f * pad) / plan.cell.y));
    plan.columns = std::min({entries, usual, columns_for()});
    // Wider before it is cut; at last the names give way.
    if (plan.columns * rows < entries) plan.columns = std::min(entries, columns_for());
    if (plan.columns * rows < entries) {
      plan.cell.x = std::max(std::min(names, kNarrowestName * scale) + kDotRoom * scale, std::min(plan.cell.x, width));
      plan.columns = std::min(entries, columns_for());
    }
    plan.rows = std::min(rows, (entries + plan.columns - 1) / plan.columns);
  }
  // The last cell says how many more there are; of dots alone it takes several.
  const size_t cells = plan.columns * plan.rows, last = std::min<size_t>(cells, plan.named ? 1 : kDotsOfNumber);
  plan.shown = entries <= cells ? entries : cells - last;
  return plan;
}

ImVec4 legend(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LayerAnswer* layer, bool& whole) {
  const float s = c.scale;
  const bool axes = c.session.projection && c.session.projection->linear;  // their numbers stand below
  const ImVec2 corner{frame.origin.x + frame.size.x - 12.0f * s, frame.origin.y + frame.size.y - (axes ? 26.0f : 10.0f) * s};
  const ColourBy by = layer ? layer->job.colour_by : colour_shown(c.session, c.view);  // as the points are drawn now
  const Column* const column = layer && layer->job.data ? column_of(*layer->job.data, layer->job.colour_column) : nullptr;
  const bool classes = by == ColourBy::label || by == ColourBy::split || (by == ColourBy::column && (!column || column->categorical()));
  if (!classes) return layer ? colour_bar(c, list, corner, *layer) : ImVec4{};
  const auto entries = legend_entries(c, by, column, layer ? layer->unknown : 0);
  if (entries.empty()) return {};
  const Text text{list, c.fonts.regular};
  float widest = 0.0f;
  for (const auto& e : entries) widest = std::max(widest, text.size(e.name).x);
  const bool low_map = frame.is_low();
  const auto planned = [&](bool all) { return plan_legend(entries.size() + (all ? 1 : 0), widest, frame.size, low_map, s, all); };
  LegendPlan plan = planned(false);
  whole = whole && plan.shown < entries.size();
  if (whole) plan = planned(true);  // with a cell more, to go back
  plan.shown = std::min(plan.shown, entries.size());
  const float pad = (low_map ? 3.0f : 8.0f) * s;
  const ImVec2 low{corner.x - plan.cell.x * static_cast<float>(plan.columns) - 2 * pad + (plan.named ? 6.0f : 0.0f) * s,
                   corner.y - plan.cell.y * static_cast<float>(plan.rows) - 2 * pad};
  list.AddRectFilled(low, corner, ui::faded(c.theme.panel, 0.94f), 6.0f * s);
  ImGui::PushFont(c.fonts.regular);
  const auto cell = [&](size_t i) {
    return ImVec2{low.x + pad + plan.cell.x * static_cast<float>(i % plan.columns),
                  low.y + pad + plan.cell.y * static_cast<float>(i / plan.columns)};
  };
  const auto button = [&](const std::string& name, ImVec2 at) {
    const ImVec2 end{at.x + plan.cell.x - 4.0f * s, at.y + plan.cell.y};
    ImGui::SetCursorScreenPos(at);
    const bool pressed = ImGui::InvisibleButton(name.c_str(), {end.x - at.x, end.y - at.y});
    c.controls.add(name, {at.x, at.y, end.x, end.y});
    if (ImGui::IsItemHovered()) list.AddRectFilled({at.x - 2 * s, at.y}, end, ui::faded(c.theme.line, 0.7f), 4.0f * s);
    return pressed;
  };
  for (size_t i = 0; i < plan.shown; ++i) {
    const auto& e = entries[i];
    if (e.label != kNothing) {
      if (button(fmt::format("legend.{}", i), cell(i))) toggle(c, entries, e);
      ui::tooltip(c, "map.legend.tip");
    }
    draw_entry(c, list, e, plan, cell(i));
  }
  const size_t rest = entries.size() - plan.shown;
  if (rest > 0 || whole) {
    const ImVec2 at = cell(plan.shown);
    if (button("legend.more", at)) whole = !whole;
    if (ImGui::IsItemHovered()) rest_tooltip(c, entries, plan.shown);
    text.draw({at.x + (plan.named ? 4.0f * s : 0.0f), std::round(at.y + (plan.cell.y - text.font->FontSize) * 0.5f)}, c.theme.accent,
              rest > 0 ? fmt::format("+{}", rest) : "\u2212");
  }
  ImGui::PopFont();
  return {low.x, low.y, corner.x, corner.y};
}

}  // namespace latentscape::map_overlay
