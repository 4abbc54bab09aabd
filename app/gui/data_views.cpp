#include "app/gui/data_views.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/data_warnings.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/base/likeliest.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/utf8.hpp"
#include "core/io/figure.hpp"

namespace latentscape::ui {

namespace {

float width_in(const ImFont* font, const std::string& text) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, text.c_str()).x; }

struct Bar {
  std::string_view name;
  size_t rows = 0;
  ImU32 colour = 0;
};

/// A line each: its name, a bar, how many rows.
void draw_bars(PanelContext& c, std::span<const Bar> bars, size_t greatest) {
  ImGui::PushFont(c.fonts.small);
  const float s = c.scale, width = ImGui::GetContentRegionAvail().x, height = 18.0f * s;
  float name_w = 0.0f, value_w = 0.0f;
  for (const Bar& b : bars) {
    name_w = std::max(name_w, width_in(c.fonts.small, std::string(b.name)));
    value_w = std::max(value_w, width_in(c.fonts.small, count(b.rows)));
  }
  name_w = std::min(name_w, 0.42f * width) + 10.0f * s;
  value_w += 10.0f * s;
  const float room = (width - name_w - value_w) / static_cast<float>(std::max<size_t>(1, greatest));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (const Bar& b : bars) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float y = std::floor(at.y + (height - ImGui::GetTextLineHeight()) * 0.5f), middle = std::floor(at.y + height * 0.5f);
    const float left = at.x + name_w, right = left + std::max(room * static_cast<float>(b.rows), 2.0f * s);
    const std::string name = elided(b.name, name_w - 8.0f * s), value = count(b.rows);
    draw_text(at.x, y, c.theme.text, name);
    list.AddRectFilled({left, middle - 4.0f * s}, {right, middle + 4.0f * s}, b.colour, 2.0f * s);
    draw_text(at.x + width - ImGui::CalcTextSize(value.c_str()).x, y, c.theme.muted, value);
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0.0f, 0.0f});
    ImGui::Dummy({width, height});
    ImGui::PopStyleVar();
    if (name != b.name && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", std::string(b.name).c_str());
  }
  ImGui::PopFont();
}

}  // namespace

std::string shape_text(const std::vector<size_t>& shape) {
  std::string text;
  for (const size_t n : shape) text += (text.empty() ? "" : " × ") + fmt::format("{}", n);
  return text;
}

std::string value_text(double value) {
  if (!std::isfinite(value)) return "–";
  constexpr int kDigits = 4, kMostDecimals = 4;
  const double size = std::abs(value);
  if (size != 0.0 && (size < 1e-3 || size >= 1e7)) return compact(value, 2);
  const int before = size >= 1.0 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 0;
  std::string text = number(value, value == std::floor(value) ? 0 : std::clamp(kDigits - before, 0, kMostDecimals));
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string cell_text(const Column& column, size_t row) {
  const float value = column.values[row];
  if (std::isnan(value)) return "–";
  return column.categorical() ? column.categories[static_cast<size_t>(value)] : value_text(column.number(row));
}

void split_bar(PanelContext& c, const std::array<size_t, 3>& rows) {
  const size_t all = rows[0] + rows[1] + rows[2];
  if (all == 0) return;
  const std::array<ImU32, 3> colours = {c.theme.accent, blended(c.theme.panel, c.theme.accent, 0.55f), c.theme.muted};
  const std::array<const char*, 3> names = {c.tr("split.train"), c.tr("split.heldout"), c.tr("split.test")};
  const float s = c.scale, width = ImGui::GetContentRegionAvail().x, height = 6.0f * s, gap = 2.0f * s;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  float x = at.x;
  for (size_t k = 0; k < 3; ++k) {
    if (rows[k] == 0) continue;
    const float part = std::max(3.0f * s, width * static_cast<float>(rows[k]) / static_cast<float>(all));
    const float end = std::min(at.x + width, x + part);
    list.AddRectFilled({x, at.y}, {end - gap, at.y + height}, colours[k], 2.0f * s);
    x = end;
  }
  ImGui::Dummy({width, height + 3.0f * s});
  ImGui::PushFont(c.fonts.small);
  const float line = ImGui::GetTextLineHeight();
  ImVec2 text = ImGui::GetCursorScreenPos();
  const float top = text.y;
  for (size_t k = 0; k < 3; ++k) {
    const std::string label = fmt::format("{} {}", names[k], count(rows[k]));
    const float w = ImGui::CalcTextSize(label.c_str()).x + 11.0f * s;
    if (text.x > at.x && text.x + w > at.x + width) text = {at.x, text.y + line + 2.0f * s};
    list.AddCircleFilled({text.x + 3.0f * s, text.y + line * 0.5f}, 3.0f * s, colours[k], 12);
    draw_text(text.x + 10.0f * s, text.y, c.theme.muted, label);
    text.x += w + 12.0f * s;
  }
  ImGui::PopFont();
  ImGui::Dummy({width, text.y - top + line + 2.0f * s});
}

void warning_list(PanelContext& c, std::span<const std::string> warnings) {
  if (warnings.empty()) return;
  const float s = c.scale, pad = 8.0f * s, indent = 24.0f * s, gap = 6.0f * s, width = ImGui::GetContentRegionAvail().x;
  ImGui::PushFont(c.fonts.small);
  std::vector<std::string> texts;
  std::vector<float> heights;
  float all = 2.0f * pad - gap;
  for (const std::string& warning : warnings) {
    texts.push_back(told(c.tr, warning));
    heights.push_back(ImGui::CalcTextSize(texts.back().c_str(), nullptr, false, width - indent - pad).y);
    all += heights.back() + gap;
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + all}, faded(c.theme.warning, c.theme.dark ? 0.09f : 0.14f), 6.0f * s);
  float y = at.y + pad;
  for (size_t k = 0; k < texts.size(); ++k) {
    list.AddText({at.x + pad, y}, c.theme.warning, icon::kWarning);
    list.AddText(ImGui::GetFont(), ImGui::GetFontSize(), {at.x + indent, y}, c.theme.text, texts[k].c_str(), nullptr, width - indent - pad);
    y += heights[k] + gap;
  }
  ImGui::PopFont();
  ImGui::Dummy({width, all});
}

std::optional<size_t> example_grid(PanelContext& c, const char* name, uint64_t key, const Dataset& data, size_t columns, size_t lines,
                                   const char* tip, const ExampleReader& read) {
  const size_t tiles = std::min(data.rows, columns * lines);
  const float gap = 4.0f * c.scale, avail = ImGui::GetContentRegionAvail().x;
  const float width = std::floor((avail - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const float tall = static_cast<float>(data.height_px()) / static_cast<float>(std::max<size_t>(1, data.width_px()));
  const float height = std::floor(std::clamp(width * tall, 0.4f * width, 2.0f * width));
  std::vector<float> x(data.width());
  std::optional<size_t> clicked;
  for (size_t t = 0; t < tiles; ++t) {
    const size_t row = t * data.rows / tiles;
    if (t % columns) ImGui::SameLine(0.0f, gap);
    if (read)
      read(static_cast<uint32_t>(row), x.data());
    else
      data.copy_row(row, x.data());
    const std::string id = fmt::format("{}.{}", name, t);
    const ImTextureID texture =
        c.images.from_floats(id, (key << 40) + row + 1, x, data.width_px(), data.height_px(), data.channels(), !c.theme.dark);
    if (image(c, id.c_str(), texture, {width, height}, tip, tip && data.split[row] != Split::test)) clicked = row;
  }
  return clicked;
}

void first_rows(PanelContext& c, const char* name, const Dataset& data, const DataSummary& summary, size_t rows) {
  constexpr size_t kMostColumns = 40;
  struct Shown {
    const ColumnSummary* summary;
    const Column* column;  // null: a number of an example without names
  };
  std::vector<Shown> shown;
  for (const ColumnSummary& column : summary.columns) {
    if (shown.size() == kMostColumns) break;
    const auto found = std::find_if(data.columns.begin(), data.columns.end(), [&](const Column& k) { return k.name == column.name; });
    shown.push_back({&column, found == data.columns.end() ? nullptr : &*found});
  }
  rows = std::min(rows, data.rows);
  FloatArray x(rows, data.width());
  for (size_t row = 0; row < rows; ++row) data.copy_row(row, x.row_data(row));
  const auto text_in = [&](const Shown& s, size_t row) {
    if (s.column) return cell_text(*s.column, row);
    const std::span<const float> group = x.row(row).subspan(s.summary->first, s.summary->width());
    return s.summary->categorical() ? s.summary->categories[likeliest(group)] : value_text(static_cast<double>(group[0]));
  };
  ImGui::PushFont(c.fonts.small);
  const float s = c.scale, line = ImGui::GetTextLineHeight() + 8.0f * s, most = 130.0f * s;
  std::vector<float> widths;
  for (const Shown& column : shown) {
    float w = width_in(c.fonts.small, column.summary->name);
    for (size_t row = 0; row < rows; ++row) w = std::max(w, width_in(c.fonts.small, text_in(column, row)));
    widths.push_back(std::min(w, most) + 18.0f * s);
  }
  float full = 0.0f;
  for (const float w : widths) full += w;
  const float height = line * static_cast<float>(rows + 1) + (full > ImGui::GetContentRegionAvail().x ? 14.0f * s : 2.0f * s);
  ImGui::SetNextWindowContentSize({full, 0.0f});
  ImGui::BeginChild(name, {0.0f, height}, false, ImGuiWindowFlags_HorizontalScrollbar);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (size_t row = 0; row <= rows; ++row) {
    const float top = at.y + line * static_cast<float>(row), y = std::floor(top + 4.0f * s);
    if (row % 2 == 1) list.AddRectFilled({at.x, top}, {at.x + full, top + line}, faded(c.theme.raised, 0.6f), 3.0f * s);
    float left = at.x;
    for (size_t k = 0; k < shown.size(); ++k) {
      const std::string all = row == 0 ? shown[k].summary->name : text_in(shown[k], row - 1);
      const std::string text = elided(all, widths[k] - 14.0f * s);
      const bool number = !shown[k].summary->categorical();
      const float tx = number ? left + widths[k] - 9.0f * s - ImGui::CalcTextSize(text.c_str()).x : left + 9.0f * s;
      const bool label = shown[k].summary->role == ColumnRole::label, missing = row > 0 && all == "–";
      draw_text(tx, y, missing ? c.theme.warning : row == 0 ? (label ? c.theme.accent : c.theme.muted) : c.theme.text, text);
      left += widths[k];
    }
  }
  list.AddLine({at.x, at.y + line}, {at.x + full, at.y + line}, c.theme.line);
  ImGui::Dummy({full, line * static_cast<float>(rows + 1)});
  ImGui::EndChild();
  ImGui::PopFont();
  if (summary.columns.size() > shown.size())
    note(c, fmt::format(fmt::runtime(c.tr("data.columns.more")), count(summary.columns.size() - shown.size())));
}

void class_histogram(PanelContext& c, const Dataset& data, const DataSummary& summary, size_t most) {
  const std::vector<size_t>& rows = summary.classes;
  if (rows.empty() || !data.labels()) return;
  std::vector<Bar> bars;
  for (size_t k = 0; k < std::min(rows.size(), most); ++k) {
    const Rgba colour = categorical_colour(k, c.theme.dark);
    bars.push_back({data.labels()->categories[k], rows[k], IM_COL32(colour.r, colour.g, colour.b, 255)});
  }
  draw_bars(c, bars, *std::max_element(rows.begin(), rows.end()));
  if (rows.size() > bars.size()) note(c, fmt::format(fmt::runtime(c.tr("data.classes.more")), rows.size() - bars.size()));
}

void common_words(PanelContext& c, const WordSummary& words, size_t most) {
  std::vector<Bar> bars;
  for (size_t k = 0; k < std::min(words.commonest.size(), most); ++k)
    bars.push_back({words.commonest[k].word, words.commonest[k].texts, blended(c.theme.panel, c.theme.accent, 0.7f)});
  if (!bars.empty()) draw_bars(c, bars, bars[0].rows);
}

}  // namespace latentscape::ui
