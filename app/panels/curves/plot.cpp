#include "app/panels/curves/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/map/overlays.hpp"

namespace latentscape {

void smooth(std::vector<std::array<double, 2>>& points, double factor) {
  if (factor <= 0.0) return;
  double sum = 0.0, weight = 0.0;
  for (auto& p : points) {
    if (!std::isfinite(p[1])) continue;
    sum = factor * sum + (1.0 - factor) * p[1];
    weight = factor * weight + (1.0 - factor);
    p[1] = sum / weight;
  }
}

std::vector<std::array<double, 2>> thinned(const std::vector<std::array<double, 2>>& points, size_t most) {
  if (points.size() <= most || most < 4) return points;
  std::vector<std::array<double, 2>> out;
  const size_t buckets = most / 2;
  for (size_t b = 0; b < buckets; ++b) {
    const auto first = points.begin() + static_cast<std::ptrdiff_t>(b * points.size() / buckets);
    const auto last = points.begin() + static_cast<std::ptrdiff_t>((b + 1) * points.size() / buckets);
    auto [low, high] = std::minmax_element(first, last, [](const auto& a, const auto& c) { return a[1] < c[1]; });
    if (low > high) std::swap(low, high);
    out.push_back(*low);
    if (high != low) out.push_back(*high);
  }
  return out;
}

PlotTicks ticks_between(double low, double high, float length, float spacing, bool log_levels) {
  PlotTicks ticks;
  if (!(high > low) || !std::isfinite(low) || !std::isfinite(high)) return ticks;
  const double step = map_overlay::nice_step(high - low, std::max(2, static_cast<int>(length / spacing)));
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  const auto first = static_cast<int64_t>(std::ceil(low / step - 1e-9)), last = static_cast<int64_t>(std::floor(high / step + 1e-9));
  for (int64_t k = first; k <= last && ticks.at.size() < 100; ++k) {
    const double v = static_cast<double>(k) * step, shown = log_levels ? std::pow(10.0, v) : v;
    ticks.at.push_back(v);
    ticks.labels.push_back(ui::compact(shown, log_levels ? (shown < 10.0 ? 2 : 0) : decimals));
  }
  return ticks;
}

namespace {

struct Axes {
  double x0, x1, y0, y1;
  ImVec2 at, size;  // of the plot's inside
  bool log_y;

  double level(double y) const { return log_y ? std::log10(std::max(y, 1e-9)) : y; }
  float px(double x) const { return at.x + static_cast<float>((x - x0) / (x1 - x0)) * size.x; }
  float py(double y) const { return at.y + size.y - static_cast<float>((level(y) - y0) / (y1 - y0)) * size.y; }
  double x_at(float p) const { return x0 + static_cast<double>((p - at.x) / size.x) * (x1 - x0); }
};

Axes axes_for(const Plot& plot) {
  Axes a{0.0, 0.0, 0.0, 1.0, {}, {}, plot.log_y};
  const bool zoomed = plot.range[1] > plot.range[0];
  for (const auto& curve : plot.curves)
    if (!curve.points.empty()) a.x1 = std::max(a.x1, curve.points.back()[0]);
  if (zoomed) a.x0 = plot.range[0], a.x1 = plot.range[1];
  if (a.x1 <= a.x0) a.x1 = a.x0 + 1.0;
  if (plot.y_range[1] > plot.y_range[0]) {
    const double pad = 0.03 * (plot.y_range[1] - plot.y_range[0]);
    a.y0 = plot.y_range[0] - pad, a.y1 = plot.y_range[1] + pad;
    return a;
  }
  std::vector<double> values;
  // What was measured says how high the plot is; a smoothed line may enter from the top edge.
  const bool smoothed = std::any_of(plot.curves.begin(), plot.curves.end(), [](const PlotCurve& curve) { return curve.behind; });
  for (const auto& curve : plot.curves)
    for (const auto& p : curve.points)
      if ((!smoothed || curve.behind || curve.dots) && p[0] >= a.x0 && p[0] <= a.x1 && std::isfinite(p[1])) values.push_back(a.level(p[1]));
  if (values.empty()) return a;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  a.y0 = *low;
  a.y1 = *high;
  if (!zoomed && !plot.log_y && values.size() > 20) {
    // The first minibatches are far above the rest: they leave the picture, the curve enters from its top edge.
    const auto k = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size()) * 0.96);
    std::nth_element(values.begin(), k, values.end());
    a.y1 = std::min(a.y1, a.y0 + (*k - a.y0) * 1.6);
  }
  const double pad = std::max((a.y1 - a.y0) * 0.06, 1e-6 + std::abs(a.y1) * 1e-4);
  a.y0 -= pad;
  a.y1 += pad;
  return a;
}

void text(ImDrawList& list, ImFont* font, ImVec2 at, ImU32 colour, const std::string& s) {
  list.AddText(font, font->FontSize, {std::round(at.x), std::round(at.y)}, colour, s.c_str());
}

float width_of(ImFont* font, const std::string& s) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0, s.c_str()).x; }

void grid(PanelContext& c, ImDrawList& list, const Axes& a, const PlotTicks& y_ticks, const Plot& plot) {
  ImFont* font = c.fonts.small;
  for (size_t i = 0; i < y_ticks.at.size(); ++i) {
    const float y = a.at.y + a.size.y - static_cast<float>((y_ticks.at[i] - a.y0) / (a.y1 - a.y0)) * a.size.y;
    list.AddLine({a.at.x, std::round(y)}, {a.at.x + a.size.x, std::round(y)}, c.theme.line, 1.0f);
    const std::string& s = y_ticks.labels[i];
    text(list, font, {a.at.x - width_of(font, s) - 8.0f * c.scale, y - font->FontSize * 0.5f}, c.theme.muted, s);
  }
  const PlotTicks x_ticks = ticks_between(a.x0, a.x1, a.size.x, 70.0f * c.scale, false);
  const float unit_x = a.at.x + a.size.x - width_of(font, plot.x_unit), foot = a.at.y + a.size.y + 5.0f * c.scale;
  for (size_t i = 0; i < x_ticks.at.size(); ++i) {
    const std::string& s = x_ticks.labels[i];
    const float w = width_of(font, s), x = a.px(x_ticks.at[i]);
    if (x + w * 0.5f < unit_x - 6.0f * c.scale) text(list, font, {x - w * 0.5f, foot}, c.theme.muted, s);
  }
  text(list, font, {unit_x, foot}, c.theme.muted, plot.x_unit);
}

ImU32 with_alpha(ImU32 colour, float alpha) {
  return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha * 255.0f + 0.5f) << IM_COL32_A_SHIFT);
}

bool in_legend(const PlotCurve& curve) { return !curve.behind && !curve.points.empty(); }

/// Name and newest value of each curve, one below the other.
float legend_width(PanelContext& c, const Plot& plot) {
  float widest = 0.0f;
  for (const auto& curve : plot.curves)
    if (in_legend(curve))
      widest = std::max(
          {widest, width_of(c.fonts.small, curve.name), width_of(c.fonts.medium, ui::compact(curve.points.back()[1], plot.decimals))});
  return widest + 22.0f * c.scale;
}

void legend(PanelContext& c, ImDrawList& list, const Plot& plot, ImVec2 at) {
  for (auto curve = plot.curves.rbegin(); curve != plot.curves.rend(); ++curve) {
    if (!in_legend(*curve)) continue;
    const float middle = std::round(at.y + c.fonts.small->FontSize * 0.5f);
    list.AddLine({at.x, middle}, {at.x + 12.0f * c.scale, middle}, curve->colour, 2.0f * c.scale);
    if (curve->dots) list.AddCircleFilled({at.x + 6.0f * c.scale, middle + 0.5f}, 2.6f * c.scale, curve->colour);
    text(list, c.fonts.small, {at.x + 18.0f * c.scale, at.y}, c.theme.muted, curve->name);
    at.y += c.fonts.small->FontSize + 1.0f * c.scale;
    text(list, c.fonts.medium, {at.x + 18.0f * c.scale, at.y}, c.theme.text, ui::compact(curve->points.back()[1], plot.decimals));
    at.y += c.fonts.medium->FontSize + 7.0f * c.scale;
  }
}

void hover(PanelContext& c, ImDrawList& list, const Axes& a, const Plot& plot, float pointer) {
  const double x = a.x_at(pointer);
  list.AddLine({pointer, a.at.y}, {pointer, a.at.y + a.size.y}, c.theme.muted, 1.0f);
  ImGui::BeginTooltip();
  ImGui::TextUnformatted(fmt::format("{} {}", plot.x_unit, ui::number(x, 2)).c_str());
  for (const auto& curve : plot.curves) {
    if (!in_legend(curve)) continue;
    auto after = std::lower_bound(curve.points.begin(), curve.points.end(), x, [](const auto& p, double v) { return p[0] < v; });
    if (after == curve.points.end()) --after;
    if (after != curve.points.begin() && std::abs((*(after - 1))[0] - x) < std::abs((*after)[0] - x)) --after;
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(curve.colour), "%s", curve.name.c_str());
    ImGui::SameLine(110.0f * c.scale);
    ImGui::TextUnformatted(ui::compact((*after)[1], plot.decimals + 1).c_str());
    list.AddCircleFilled({a.px((*after)[0]), std::max(a.at.y, a.py((*after)[1]))}, 3.5f * c.scale, curve.colour);
  }
  ImGui::EndTooltip();
}

}  // namespace

std::optional<std::array<double, 2>> PlotView::draw(PanelContext& c, const char* name, const Plot& plot, ImVec2 at, ImVec2 size) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float foot = 20.0f * c.scale, key = legend_width(c, plot);
  const bool with_legend = size.x > key + 190.0f * c.scale;
  if (size.y - foot < 20.0f) return std::nullopt;
  Axes a = axes_for(plot);
  const PlotTicks y_ticks = ticks_between(a.y0, a.y1, size.y - foot, 30.0f * c.scale, plot.log_y);
  float left = 24.0f * c.scale;
  for (const std::string& s : y_ticks.labels) left = std::max(left, width_of(c.fonts.small, s) + 8.0f * c.scale);
  const ImVec2 inside{at.x + left, at.y}, room{size.x - left - (with_legend ? key + 14.0f * c.scale : 4.0f * c.scale), size.y - foot};
  if (room.x < 20.0f) return std::nullopt;
  a.at = inside, a.size = room;
  grid(c, list, a, y_ticks, plot);
  if (with_legend) legend(c, list, plot, {at.x + size.x - key, at.y});
  const ImVec2 end{inside.x + room.x, inside.y + room.y};
  list.PushClipRect({inside.x, inside.y - 1.0f}, {end.x + 4.0f * c.scale, end.y + 1.0f}, true);
  std::vector<ImVec2> line;
  for (const auto& curve : plot.curves) {
    line.clear();
    for (const auto& p : curve.points)
      if (std::isfinite(p[1])) line.push_back({a.px(p[0]), a.py(p[1])});
    const ImU32 colour = curve.behind ? with_alpha(curve.colour, 0.32f) : curve.colour;
    if (line.size() > 1) list.AddPolyline(line.data(), static_cast<int>(line.size()), colour, 0, (curve.behind ? 1.0f : 1.8f) * c.scale);
    // So many that they would touch are a band: the line tells as much.
    const bool apart = line.size() < 2 || line.back().x - line.front().x >= 7.0f * c.scale * static_cast<float>(line.size() - 1);
    if ((curve.dots && apart) || (line.size() == 1 && !curve.behind))
      for (const ImVec2 p : line) list.AddCircleFilled(p, 2.6f * c.scale, curve.colour);
  }
  ImFont* font = c.fonts.small;
  float last_text = -1e9f;
  for (const PlotMark& m : plot.marks) {
    const float x = a.px(m.x);
    if (x < inside.x || x > end.x) continue;
    for (float y = inside.y; y < end.y; y += 6.0f * c.scale)
      list.AddLine({x, y}, {x, std::min(y + 3.0f * c.scale, end.y)}, c.theme.warning, 1.4f);
    const float w = width_of(font, m.text), tx = std::min(x + 4.0f * c.scale, end.x - w);
    if (tx > last_text) {
      text(list, font, {tx, end.y - font->FontSize - 2.0f}, c.theme.warning, m.text);
      last_text = tx + w + 6.0f * c.scale;
    }
  }
  ImGui::SetCursorScreenPos(inside);
  ImGui::InvisibleButton(name, room);
  c.controls.add(name, {inside.x, inside.y, end.x, end.y});
  std::optional<std::array<double, 2>> range;
  const float pointer = std::clamp(ImGui::GetIO().MousePos.x, inside.x, end.x);
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) {
    range = {0.0, 0.0};
    brushing_ = false;
  } else if (ImGui::IsItemActivated()) {
    brushing_ = true;
    brush_from_ = pointer;
  }
  if (brushing_) {
    list.AddRectFilled({brush_from_, inside.y}, {pointer, end.y}, (c.theme.accent & ~IM_COL32_A_MASK) | (48u << IM_COL32_A_SHIFT));
    if (!ImGui::IsMouseDown(0)) {
      brushing_ = false;
      if (std::abs(pointer - brush_from_) > 6.0f * c.scale)
        range = {a.x_at(std::min(pointer, brush_from_)), a.x_at(std::max(pointer, brush_from_))};
    }
  } else if (ImGui::IsItemHovered()) {
    hover(c, list, a, plot, pointer);
  }
  list.PopClipRect();
  return range;
}

}  // namespace latentscape
