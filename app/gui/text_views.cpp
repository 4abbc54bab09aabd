#include "app/gui/text_views.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/utf8.hpp"
#include "core/io/figure.hpp"

namespace latentscape::ui {

namespace {

constexpr size_t kCardBytes = 600;  // of a text that a card looks at
constexpr float kPad = 9.0f, kGap = 6.0f;

/// In the font in use; a text that goes on after the last line ends in an ellipsis. Line ends and tabs are spaces.
std::vector<std::string> wrapped(std::string_view all, float width, size_t most_lines) {
  const ImFont* font = ImGui::GetFont();
  std::string text(all);
  std::replace_if(
      text.begin(), text.end(), [](char ch) { return ch == '\n' || ch == '\r' || ch == '\t'; }, ' ');
  std::vector<std::string> lines;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (at < end && lines.size() < most_lines) {
    const char* next = font->CalcWordWrapPositionA(ImGui::GetFontSize() / font->FontSize, at, end, width);
    if (next == at) next = end;  // no room for one letter
    if (lines.size() + 1 == most_lines && next < end) {
      const std::string_view rest(at, static_cast<size_t>(end - at));
      lines.push_back(elided(first_bytes(rest, static_cast<size_t>(next - at) + 40), width));
      break;
    }
    lines.emplace_back(at, next);
    at = next;
    while (at < end && *at == ' ') ++at;
  }
  return lines;
}

struct Card {
  size_t row = 0;
  std::vector<std::string> lines;
};

/// Its ground, the text, and the class with its colour; true when clicked.
bool draw_card(PanelContext& c, const char* name, const Dataset& data, const Card& card, ImVec2 size, const char* tip) {
  const float s = c.scale, pad = kPad * s, line = ImGui::GetTextLineHeight();
  const ImVec2 at = ImGui::GetCursorScreenPos(), end{at.x + size.x, at.y + size.y};
  const bool clickable = tip && data.split[card.row] != Split::test, clicked = ImGui::InvisibleButton(name, size) && clickable;
  const bool hovered = clickable && ImGui::IsItemHovered();
  register_item(c, name);
  if (clickable) tooltip(c, tip);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, end, c.theme.raised, 6.0f * s);
  if (hovered) list.AddRect(at, end, c.theme.accent, 6.0f * s);
  const int label = data.label(card.row);
  float y = at.y + pad;
  for (const std::string& text : card.lines) {
    draw_text(at.x + pad, std::floor(y), c.theme.text, text);
    y += line;
  }
  if (label < 0) return clicked;
  const auto place = static_cast<size_t>(label);
  const Rgba rgb = categorical_colour(place, c.theme.dark);
  ImGui::PushFont(c.fonts.small);
  y = end.y - pad - ImGui::GetTextLineHeight();
  list.AddCircleFilled({at.x + pad + 4.0f * s, y + ImGui::GetTextLineHeight() * 0.5f}, 4.0f * s, IM_COL32(rgb.r, rgb.g, rgb.b, 255), 16);
  draw_text(at.x + pad + 14.0f * s, y, c.theme.muted, elided(data.labels()->categories[place], size.x - 2.0f * pad - 14.0f * s));
  ImGui::PopFont();
  return clicked;
}

}  // namespace

void text_block(std::string_view text, float width, size_t most_lines) {
  for (const std::string& line : wrapped(text, width, most_lines)) ImGui::TextUnformatted(line.c_str());
}

std::optional<size_t> text_cards(PanelContext& c, const char* name, const Dataset& data, size_t columns, size_t lines, size_t most_lines,
                                 const char* tip) {
  const float s = c.scale, gap = kGap * s, avail = ImGui::GetContentRegionAvail().x;
  const float width = std::floor((avail - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  const float text_width = width - 2.0f * kPad * s;
  const float label_height = data.labels() ? c.fonts.small->FontSize + 5.0f * s : 0.0f;
  const size_t cards = std::min(data.rows, columns * lines);
  std::optional<size_t> clicked;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {gap, gap});
  for (size_t first = 0; first < cards; first += columns) {
    std::vector<Card> beside;  // as tall as the tallest of them
    size_t tallest = 1;
    for (size_t k = first; k < std::min(first + columns, cards); ++k) {
      const size_t row = k * data.rows / cards;
      beside.push_back({row, wrapped(text_of(data, row, kCardBytes), text_width, most_lines)});
      tallest = std::max(tallest, beside.back().lines.size());
    }
    const float height = 2.0f * kPad * s + static_cast<float>(tallest) * ImGui::GetTextLineHeight() + label_height;
    for (size_t k = 0; k < beside.size(); ++k) {
      if (k) ImGui::SameLine(0.0f, gap);
      if (draw_card(c, fmt::format("{}.{}", name, first + k).c_str(), data, beside[k], {width, height}, tip)) clicked = beside[k].row;
    }
  }
  ImGui::PopStyleVar();
  return clicked;
}

}  // namespace latentscape::ui
