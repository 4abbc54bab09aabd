#include "app/panels/data/columns.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/io/figure.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostShown = 60;
constexpr float kSpark = 20.0f;  // height at scale 1

/// Parts from least to most, as tall as they have rows.
void spark(PanelContext& c, const ColumnSummary& column, ImVec2 at, float width, float height) {
  const size_t most = std::max<size_t>(1, *std::max_element(column.counts.begin(), column.counts.end()));
  const float step = width / static_cast<float>(column.counts.size());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImU32 ink = column.role == ColumnRole::other ? c.theme.muted : c.theme.accent;
  list.AddLine({at.x, at.y + height}, {at.x + width, at.y + height}, c.theme.line);
  for (size_t k = 0; k < column.counts.size(); ++k) {
    if (column.counts[k] == 0) continue;
    const float tall = std::max(1.5f * c.scale, height * static_cast<float>(column.counts[k]) / static_cast<float>(most));
    const float x = at.x + step * static_cast<float>(k);
    list.AddRectFilled({x, at.y + height - tall}, {x + std::max(1.0f, step - 1.0f), at.y + height}, ink, 1.0f);
  }
}

/// Shares of the categories in one bar, with the names of those that have room.
void parts(PanelContext& c, const ColumnSummary& column, ImVec2 at, float width, float height) {
  size_t all = 0;
  for (const size_t n : column.counts) all += n;
  if (all == 0) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float x = at.x;
  for (size_t k = 0; k < column.counts.size(); ++k) {
    const float end = x + width * static_cast<float>(column.counts[k]) / static_cast<float>(all);
    const Rgba colour = categorical_colour(k, c.theme.dark);
    if (end - x > 0.5f)
      list.AddRectFilled({x, at.y}, {std::max(x + 1.0f, end - 1.0f), at.y + 6.0f * c.scale}, IM_COL32(colour.r, colour.g, colour.b, 255),
                         1.5f * c.scale);
    const std::string name = ui::elided(column.categories[k], end - x - 6.0f * c.scale);
    if (end - x > 24.0f * c.scale) ui::draw_text(x, at.y + height - ImGui::GetTextLineHeight() + 1.0f, c.theme.muted, name);
    x = end;
  }
}

std::string headline(const PanelContext& c, const ColumnSummary& column) {
  if (column.categorical()) return fmt::format(fmt::runtime(c.tr("data.column.kinds")), ui::count(column.categories.size()));
  if (column.counts.empty()) return c.tr("data.column.empty");
  return fmt::format("{} ± {}", ui::value_text(column.mean), ui::value_text(column.deviation));
}

void column_row(PanelContext& c, const ColumnSummary& column, size_t index) {
  const float s = c.scale, width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const std::string value = headline(c, column);
  ImGui::PushFont(c.fonts.small);
  const float line = ImGui::GetTextLineHeight(), value_w = ImGui::CalcTextSize(value.c_str()).x;
  const std::string missing =
      column.missing ? fmt::format(fmt::runtime(c.tr("data.column.missing")), ui::count(column.missing)) : std::string();
  ui::draw_text(at.x + width - value_w, at.y + 2.0f * s, c.theme.muted, value);
  const char* role = column.role == ColumnRole::label   ? c.tr("data.column.label")
                     : column.role == ColumnRole::other ? c.tr("data.column.other")
                                                        : "";
  ImGui::PopFont();
  const std::string name = ui::elided(column.name, width - value_w - 14.0f * s);
  ui::draw_text(at.x, at.y, column.role == ColumnRole::label ? c.theme.accent : c.theme.text, name);
  ImGui::PushFont(c.fonts.small);
  const float top = at.y + 19.0f * s;
  if (column.categorical())
    parts(c, column, {at.x, top + 2.0f * s}, width, kSpark * s);
  else if (!column.counts.empty())
    spark(c, column, {at.x, top}, width, kSpark * s);
  float y = top + kSpark * s + 4.0f * s;
  if (!column.categorical() && !column.counts.empty()) {
    const std::string most = ui::value_text(column.most);
    ui::draw_text(at.x, y, c.theme.muted, ui::value_text(column.least));
    ui::draw_text(at.x + width - ImGui::CalcTextSize(most.c_str()).x, y, c.theme.muted, most);
  }
  const float middle = at.x + width * 0.5f;
  if (!missing.empty() && !column.categorical())
    ui::draw_text(middle - ImGui::CalcTextSize(missing.c_str()).x * 0.5f, y, c.theme.warning, missing);
  if (!missing.empty() && column.categorical()) ui::draw_text(at.x, y, c.theme.warning, missing);
  y += line + 8.0f * s;
  ImGui::PopFont();
  ImGui::Dummy({width, y - at.y});
  ui::register_item(c, fmt::format("data.column.{}", index).c_str());
  if (!ImGui::IsItemHovered()) return;
  ImGui::BeginTooltip();
  ImGui::TextUnformatted(column.name.c_str());
  if (*role) ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s", role);
  for (size_t k = 0; column.categorical() && k < std::min<size_t>(column.categories.size(), 12); ++k)
    ImGui::TextUnformatted(fmt::format("{}  {}", ui::count(column.counts[k]), column.categories[k]).c_str());
  ImGui::EndTooltip();
}

}  // namespace

void column_list(PanelContext& c, const DataSummary& summary) {
  const size_t beside_label = summary.columns.size() - (summary.classes.empty() ? 0 : 1);
  if (beside_label == 0) return;
  if (!ui::fold(c, "data.columns", c.tr("data.columns"), ui::count(summary.columns.size()), true)) return;
  size_t shown = 0;
  for (const ColumnSummary& column : summary.columns) {
    if (column.role == ColumnRole::label) continue;  // the classes are above
    if (shown == kMostShown) break;
    column_row(c, column, shown++);
  }
  if (shown < beside_label) ui::note(c, fmt::format(fmt::runtime(c.tr("data.columns.more")), ui::count(beside_label - shown)));
}

}  // namespace latentscape
