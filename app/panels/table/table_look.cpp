#include "app/panels/table/table_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/fonts.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/text/text_look.hpp"

namespace latentscape {
namespace {

constexpr size_t kRowsLookedAt = 20000;

/// Where bars begin: 0, or the end of the range that is next to it.
float base_of(const std::array<float, 2>& range) { return share_in(range, std::clamp(0.0f, range[0], range[1])); }

}  // namespace

TableRanges ranges_of(const Dataset& data) {
  TableRanges ranges(data.width(), {INFINITY, -INFINITY});
  std::vector<float> x(data.width());
  const size_t stride = data.rows / kRowsLookedAt + 1;
  for (size_t row = 0; row < data.rows; row += stride) {
    data.copy_row(row, x.data());
    for (size_t j = 0; j < x.size(); ++j) {
      if (!std::isfinite(x[j])) continue;
      ranges[j] = {std::min(ranges[j][0], x[j]), std::max(ranges[j][1], x[j])};
    }
  }
  for (auto& range : ranges) {
    if (range[0] > range[1]) range = {0.0f, 0.0f};
    if (range[0] == range[1]) range = {range[0] - 0.5f, range[0] + 0.5f};
  }
  return ranges;
}

float share_in(const std::array<float, 2>& range, float value) {
  return std::isfinite(value) ? std::clamp((value - range[0]) / (range[1] - range[0]), 0.0f, 1.0f) : 0.0f;
}

const TableRanges& TableLook::ranges(const OpenedRun& run) {
  if (run_ != run.id) {
    run_ = run.id;
    ranges_ = ranges_of(*run.data);
  }
  return ranges_;
}

void TableLook::values(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  if (c.session.run->data->kind == DataKind::text) return word_bars(c, at, size, x);
  const TableRanges& range = ranges(*c.session.run);
  if (x.size() != range.size() || x.empty()) return;
  const float s = c.scale, pad = 10.0f * s, line = 19.0f * s, name_w = 22.0f * s, value_w = 42.0f * s, half = 4.0f * s;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = c.fonts.small;
  const auto fit = static_cast<size_t>(std::max(1.0f, (size.y - 2.0f * pad) / line));
  const size_t shown = x.size() <= fit ? x.size() : fit - std::min<size_t>(fit - 1, 1);
  const float left = at.x + pad + name_w, right = at.x + size.x - pad - value_w;
  float y = at.y + pad;
  for (size_t j = 0; j < shown; ++j, y += line) {
    const float middle = std::floor(y + line * 0.5f), text_y = std::floor(middle - font->FontSize * 0.5f);
    list.AddText(font, font->FontSize, {at.x + pad, text_y}, c.theme.muted, fmt::format("x{}", j + 1).c_str());
    list.AddRectFilled({left, middle - half}, {right, middle + half}, c.theme.dark ? c.theme.line : c.theme.panel, 2.0f * s);
    const float from = left + (right - left) * base_of(range[j]), to = left + (right - left) * share_in(range[j], x[j]);
    list.AddRectFilled({std::min(from, to), middle - half}, {std::max(from, to), middle + half}, c.theme.accent, 2.0f * s);
    list.AddLine({from, middle - half - 1.0f * s}, {from, middle + half + 1.0f * s}, c.theme.muted);
    const std::string value = ui::compact(static_cast<double>(x[j]), 2);
    const float w = font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, value.c_str()).x;
    list.AddText(font, font->FontSize, {at.x + size.x - pad - w, text_y}, c.theme.text, value.c_str());
  }
  if (shown < x.size())
    list.AddText(font, font->FontSize, {at.x + pad, std::floor(y + (line - font->FontSize) * 0.5f)}, c.theme.muted,
                 fmt::format(fmt::runtime(c.tr("table.more")), x.size() - shown).c_str());
}

void TableLook::glyph(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  if (c.session.run->data->kind == DataKind::text) return word_tile(c, at, size, x);
  const TableRanges& range = ranges(*c.session.run);
  if (x.size() != range.size() || x.empty()) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float pad = std::min(5.0f * c.scale, size.x * 0.12f);
  const ImVec2 low{at.x + pad, at.y + pad}, room{size.x - 2.0f * pad, size.y - 2.0f * pad};
  list.AddRectFilled(at, {at.x + size.x, at.y + size.y}, c.theme.map_background, std::min(6.0f * c.scale, size.x * 0.12f));
  if (x.size() == 2) {
    const float px = low.x + room.x * share_in(range[0], x[0]), py = low.y + room.y * (1.0f - share_in(range[1], x[1]));
    const float x0 = low.x + room.x * base_of(range[0]), y0 = low.y + room.y * (1.0f - base_of(range[1]));
    list.AddLine({x0, low.y}, {x0, low.y + room.y}, c.theme.line);
    list.AddLine({low.x, y0}, {low.x + room.x, y0}, c.theme.line);
    return list.AddCircleFilled({px, py}, std::max(2.0f, 2.6f * c.scale), c.theme.accent, 12);
  }
  const size_t bars = std::min(x.size(), static_cast<size_t>(std::max(1.0f, room.x / 2.0f)));
  const float step = room.x / static_cast<float>(bars), gap = step > 3.0f ? 1.0f : 0.0f;
  for (size_t k = 0; k < bars; ++k) {
    const size_t j = k * x.size() / bars;  // of very many numbers, evenly taken ones
    const float from = 1.0f - base_of(range[j]), to = 1.0f - share_in(range[j], x[j]), left = low.x + step * static_cast<float>(k);
    list.AddRectFilled({left, low.y + room.y * std::min(from, to)},
                       {left + step - gap, std::max(low.y + room.y * std::max(from, to), low.y + room.y * std::min(from, to) + 1.0f)},
                       c.theme.accent);
  }
}

}  // namespace latentscape
