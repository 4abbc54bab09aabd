#include "app/panels/table/table_look.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/base/likeliest.hpp"
#include "core/io/figure.hpp"

namespace latentscape {
namespace {

constexpr size_t kMostSpaced = 8;   // columns that have two lines each: more have one
constexpr float kLeastLine = 3.0f;  // pixels of a column in a tile

/// Where bars begin: 0, or the end of the range that is next to it.
float base_of(const std::array<float, 2>& range) { return share_in(range, std::clamp(0.0f, range[0], range[1])); }

std::array<float, 2> widened(double least, double most) {
  const auto low = static_cast<float>(least), high = static_cast<float>(most);
  if (low == high) return {low - 0.5f, high + 0.5f};
  return {low, high};
}

ImU32 class_ink(size_t k, bool dark) {
  const Rgba colour = categorical_colour(k, dark);
  return IM_COL32(colour.r, colour.g, colour.b, 255);
}

}  // namespace

TableRanges ranges_of(const DataSummary& summary, size_t width) {
  TableRanges ranges(width, {0.0f, 1.0f});
  for (const ColumnSummary& column : summary.columns)
    if (column.role == ColumnRole::input && !column.categorical() && column.first < width)
      ranges[column.first] = widened((column.least - column.centre) / column.unit, (column.most - column.centre) / column.unit);
  return ranges;
}

float share_in(const std::array<float, 2>& range, float value) {
  return std::isfinite(value) ? std::clamp((value - range[0]) / (range[1] - range[0]), 0.0f, 1.0f) : 0.0f;
}

std::vector<ExampleNumber> numbers_of(const DataSummary& summary, size_t width) {
  std::vector<ExampleNumber> numbers(width);
  for (const ColumnSummary& column : summary.columns) {
    if (column.role != ColumnRole::input) continue;
    for (size_t k = 0; k < column.width() && column.first + k < width; ++k)
      numbers[column.first + k] = {column.categorical() ? fmt::format("{} = {}", column.name, column.categories[k]) : column.name,
                                   column.centre, column.unit};
  }
  return numbers;
}

std::vector<float> shares_of(std::span<const float> group) {
  std::vector<float> shares(group.begin(), group.end());
  float sum = 0.0f;
  for (float& v : shares) sum += v = std::isfinite(v) ? std::max(v, 0.0f) : 0.0f;
  for (float& v : shares) v = sum > 0.0f ? v / sum : 1.0f / static_cast<float>(shares.size());
  return shares;
}

const TableRanges& TableLook::ranges(const OpenedRun& run) {
  if (run_ != run.id) {
    run_ = run.id;
    ranges_ = ranges_of(*run.summary, run.data->width());
  }
  return ranges_;
}

/// Where a column's name, its value and its track are.
struct TableLook::Row {
  ImVec2 at;
  float width = 0.0f, height = 0.0f;
  float text_y = 0.0f;
  float name_width = 0.0f, value_width = 0.0f;
  float left = 0.0f, right = 0.0f, middle = 0.0f;  // the track
  bool spaced = false;                             // the track has a line of its own
};

void TableLook::number(PanelContext& c, const Row& row, const ColumnSummary& column, float x, const float* decoded) {
  const float s = c.scale, half = row.spaced ? 3.0f * s : 4.0f * s;
  const auto own = [&](float v) { return column.centre + column.unit * static_cast<double>(v); };
  const std::array<float, 2>& range = ranges_[column.first];
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float left = row.left, right = row.right;
  ImGui::PushFont(c.fonts.small);
  if (row.spaced) {
    const std::string least = ui::value_text(column.least), most = ui::value_text(column.most);
    const float y = std::floor(row.middle - ImGui::GetTextLineHeight() * 0.5f), column_w = 46.0f * s;
    ui::draw_text(left, y, c.theme.muted, ui::elided(least, column_w));
    const float w = ImGui::CalcTextSize(most.c_str()).x;
    ui::draw_text(right - std::min(w, column_w), y, c.theme.muted, ui::elided(most, column_w));
    left += column_w + 6.0f * s;
    right -= column_w + 6.0f * s;
  }
  const auto place = [&](float v) { return left + (right - left) * share_in(range, v); };
  // From 0 in its own units, or the end of the range that is next to it.
  const auto zero = static_cast<float>(-column.centre / column.unit),
             middle = static_cast<float>((column.mean - column.centre) / column.unit);
  const auto bar = [&](float v, float top, float bottom, ImU32 ink) {
    const float from = place(zero), to = place(v);
    list.AddRectFilled({std::min(from, to), top}, {std::max({from, to, std::min(from, to) + 1.5f * s}), bottom}, ink, 1.5f * s);
  };
  list.AddRectFilled({left, row.middle - half}, {right, row.middle + half}, c.theme.dark ? c.theme.line : c.theme.background, 2.0f * s);
  if (decoded) {
    bar(x, row.middle - half, row.middle - 0.5f * s, c.theme.muted);
    bar(*decoded, row.middle + 0.5f * s, row.middle + half, c.theme.accent);
  } else {
    bar(x, row.middle - half, row.middle + half, c.theme.accent);
  }
  const float mean = place(middle);
  list.AddLine({mean, row.middle - half}, {mean, row.middle + half}, ui::faded(c.theme.text, 0.55f), std::max(1.0f, s));
  for (const float end : {left, right})
    list.AddLine({end, row.middle - half - 2.0f * s}, {end, row.middle + half + 2.0f * s}, c.theme.muted, std::max(1.0f, s));
  // Beyond what the data has: an arrow at the end of the track.
  const float judged = decoded ? *decoded : x;
  if (judged < range[0] || judged > range[1]) {
    const float tip = judged > range[1] ? right + 5.0f * s : left - 5.0f * s, foot = judged > range[1] ? right + 1.0f * s : left - 1.0f * s;
    list.AddTriangleFilled({tip, row.middle}, {foot, row.middle - 3.5f * s}, {foot, row.middle + 3.5f * s}, c.theme.warning);
  }
  ImGui::PopFont();
  const std::string text = decoded ? fmt::format("{} → {}", ui::value_text(own(x)), ui::value_text(own(*decoded))) : ui::value_text(own(x));
  const std::string shown = ui::elided(text, row.value_width);
  ui::draw_text(row.at.x + row.width - ImGui::CalcTextSize(shown.c_str()).x, row.text_y, c.theme.text, shown);
}

void TableLook::words(PanelContext& c, const Row& row, const ColumnSummary& column, std::span<const float> x,
                      std::span<const float> decoded) {
  const float s = c.scale, half = row.spaced ? 3.0f * s : 4.0f * s;
  const std::vector<float> shares = shares_of(decoded.empty() ? x : decoded);
  const size_t best = likeliest(std::span<const float>(shares));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float at = row.left;
  for (size_t k = 0; k < shares.size(); ++k) {
    const float end = at + (row.right - row.left) * shares[k];
    if (end - at > 0.3f)
      list.AddRectFilled({at, row.middle - half}, {std::max(at + 1.0f, end - 1.0f), row.middle + half}, class_ink(k, c.theme.dark),
                         1.5f * s);
    at = end;
  }
  std::string text = fmt::format("{} {}", column.categories[best], ui::number(static_cast<double>(shares[best]), 2));
  if (!decoded.empty()) text = fmt::format("{} → {}", column.categories[likeliest(x)], text);
  const std::string shown = ui::elided(text, row.value_width);
  ui::draw_text(row.at.x + row.width - ImGui::CalcTextSize(shown.c_str()).x, row.text_y, c.theme.text, shown);
}

namespace {

void tip_of_column(PanelContext& c, const ColumnSummary& column, std::span<const float> shown) {
  ImGui::BeginTooltip();
  ImGui::TextUnformatted(column.name.c_str());
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  if (column.categorical()) {
    constexpr size_t kMostListed = 12;
    for (size_t k = 0; k < std::min(shown.size(), kMostListed); ++k)
      ImGui::TextUnformatted(fmt::format("{}  {}", ui::number(static_cast<double>(shown[k]), 2), column.categories[k]).c_str());
    if (shown.size() > kMostListed)
      ImGui::TextUnformatted(fmt::format(fmt::runtime(c.tr("table.more")), shown.size() - kMostListed).c_str());
  } else {
    ImGui::TextUnformatted(
        fmt::format(fmt::runtime(c.tr("table.range")), ui::value_text(column.least), ui::value_text(column.most)).c_str());
    ImGui::TextUnformatted(
        fmt::format(fmt::runtime(c.tr("table.mean")), ui::value_text(column.mean), ui::value_text(column.deviation)).c_str());
  }
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::EndTooltip();
}

}  // namespace

void TableLook::bars(PanelContext& c, const char* name, std::span<const float> x, std::span<const float> decoded, float width,
                     size_t most) {
  const TableRanges& all = ranges(*c.session.run);
  if (x.size() != all.size() || (!decoded.empty() && decoded.size() != x.size())) return;
  std::vector<const ColumnSummary*> columns;
  for (const ColumnSummary& column : c.session.run->summary->columns)
    if (column.role == ColumnRole::input) columns.push_back(&column);
  const size_t shown = std::min(columns.size(), most);
  const bool spaced = columns.size() <= kMostSpaced;
  if (width <= 0.0f) width = ImGui::GetContentRegionAvail().x;
  const float s = c.scale, line = ImGui::GetTextLineHeight();
  const ImVec2 begin = ImGui::GetCursorScreenPos();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0.0f, 0.0f});
  for (size_t k = 0; k < shown; ++k) {
    const ColumnSummary& column = *columns[k];
    Row row;
    row.at = ImGui::GetCursorScreenPos();
    row.width = width;
    row.spaced = spaced;
    row.height = spaced ? line + 26.0f * s : line + 6.0f * s;
    row.text_y = std::floor(row.at.y + (spaced ? 0.0f : 3.0f * s));
    row.middle = std::floor(spaced ? row.at.y + line + 9.0f * s : row.at.y + row.height * 0.5f);
    row.value_width = (decoded.empty() ? 0.34f : 0.42f) * width;
    row.name_width = spaced ? width - row.value_width - 8.0f * s : 0.32f * width;
    row.left = spaced ? row.at.x : row.at.x + row.name_width + 8.0f * s;
    row.right = spaced ? row.at.x + width : row.at.x + width - row.value_width - 10.0f * s;
    ui::draw_text(row.at.x, row.text_y, c.theme.muted, ui::elided(column.name, row.name_width));
    const auto group = x.subspan(column.first, column.width());
    const auto answer = decoded.empty() ? decoded : decoded.subspan(column.first, column.width());
    if (column.categorical())
      words(c, row, column, group, answer);
    else
      number(c, row, column, group[0], answer.empty() ? nullptr : answer.data());
    ImGui::Dummy({width, row.height});
    if (ImGui::IsItemHovered())
      tip_of_column(c, column, column.categorical() ? shares_of(answer.empty() ? group : answer) : std::vector<float>());
  }
  ImGui::PopStyleVar();
  if (shown < columns.size()) ui::note(c, fmt::format(fmt::runtime(c.tr("table.more")), columns.size() - shown));
  c.controls.add(name, {begin.x, begin.y, begin.x + width, ImGui::GetCursorScreenPos().y});
}

void TableLook::glyph(PanelContext& c, ImVec2 at, ImVec2 size, std::span<const float> x) {
  if (c.session.run->data->kind == DataKind::text) return texts_.tile(c, at, size, x);
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
  // A line a column, as in the rows of bars(): how far along the data's range, or which category. Of many columns, evenly taken ones.
  std::vector<const ColumnSummary*> columns;
  for (const ColumnSummary& column : c.session.run->summary->columns)
    if (column.role == ColumnRole::input) columns.push_back(&column);
  const size_t lines = std::min(columns.size(), static_cast<size_t>(std::max(1.0f, room.y / kLeastLine)));
  const float step = room.y / static_cast<float>(lines), gap = step > 2.0f * kLeastLine ? 0.35f * step : 1.0f;
  for (size_t k = 0; k < lines; ++k) {
    const ColumnSummary& column = *columns[k * columns.size() / lines];
    const float top = low.y + step * static_cast<float>(k) + 0.5f * gap, bottom = top + step - gap;
    if (column.categorical()) {
      const size_t best = likeliest(x.subspan(column.first, column.width()));
      list.AddRectFilled({low.x, top}, {low.x + room.x, bottom}, class_ink(best, c.theme.dark));
      continue;
    }
    const float share = share_in(range[column.first], x[column.first]);
    list.AddRectFilled({low.x, top}, {low.x + room.x, bottom}, c.theme.line);
    list.AddRectFilled({low.x, top}, {low.x + std::max(1.0f, room.x * share), bottom}, c.theme.accent);
  }
}

}  // namespace latentscape
