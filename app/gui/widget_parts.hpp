// What the controls of widgets.hpp share: rows with a label, colours, names of rectangles.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "app/gui/panel.hpp"

namespace latentscape::ui {

inline constexpr float kButtonHeight = 26.0f;  // pixels at UI scale 1
inline constexpr float kRowHeight = 22.0f;

/// A row: label at the left, a control at the right.
struct Row {
  float x = 0, y = 0;  // screen, top left
  float width = 0, height = 0;
  float label_width = 0;
  float text_y = 0;   // where text of the regular font stands in the middle
  float field_x = 0;  // where fields begin: a common edge in each panel
};
Row begin_row(PanelContext& c, std::string_view label);

void draw_text(float x, float y, ImU32 colour, std::string_view text);
/// The text, cut with an ellipsis where it is wider.
std::string elided(std::string_view text, float width);
/// The same of a path: its end says most, and stays.
std::string elided_path(std::string_view path, float width);
ImU32 blended(ImU32 a, ImU32 b, float t);
ImU32 faded(ImU32 colour, float alpha);
/// Names the last item's rectangle.
/// Up, Down, Home, End and Return in the popup list that is being drawn: the option that is marked, and whether it is taken.
struct ListKeys {
  int marked = 0;
  bool moved = false, taken = false;
};
ListKeys list_keys(int index, int count);
void register_item(PanelContext& c, const char* name);

}  // namespace latentscape::ui
