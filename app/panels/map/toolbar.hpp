// The controls that float over the map: views, axes, tools, colour and underlay.
#pragma once

#include <imgui.h>

#include <array>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"
#include "app/panels/map/camera.hpp"

namespace latentscape::map_toolbar {

/// Widths in pixels of what stands in the bar: the views at the left, the menus at the right, each with its label and without.
struct BarWidths {
  std::vector<float> views, menus, short_menus;
  float views_menu = 0.0f;  // all views in one menu
};

/// How the bar gives way: the fewest rows, then labels left out, then the views in a menu of their own.
struct BarPlan {
  bool views_as_menu = false;
  bool short_menus = false;
  std::vector<size_t> rows;  // of each menu; row 0 is shared with the views
  size_t row_count = 1;
  bool operator==(const BarPlan&) const = default;
};
/// `save_rows`: the map is low, so a menu of views is better than one more row.
BarPlan plan_bar(const BarWidths& widths, float room, float gap, bool save_rows);

/// Draws them and returns the rectangles that they cover, so that the map leaves the pointer there alone. `height`: of the bar's rows, from
/// the map's upper edge.
std::vector<ImVec4> draw(PanelContext& c, ImDrawList& list, const MapFrame& frame, float& height);

/// "z1" and "z2", or "PC 1 (43 %)"; empty for t-SNE.
std::array<std::string, 2> axis_names(const PanelContext& c);

}  // namespace latentscape::map_toolbar
