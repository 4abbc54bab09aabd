// The map's legend: classes with their colours, or the bar of a colour that is a number.
#pragma once

#include <imgui.h>

#include <cstddef>

#include "app/gui/panel.hpp"
#include "app/panels/map/camera.hpp"
#include "app/panels/map/point_layer.hpp"

namespace latentscape::map_overlay {

/// How it is laid out within the map.
struct LegendPlan {
  size_t columns = 1, rows = 1;
  size_t shown = 0;   // entries; of more the last cell says how many
  ImVec2 cell{};      // pixels
  bool named = true;  // false: dots alone
};
/// `widest`: the longest name, pixels. A `low` map has room for one line; `whole`: as much of it as the map has room for.
LegendPlan plan_legend(size_t entries, float widest, ImVec2 map, bool low, float scale, bool whole);

/// Bottom right of the frame; toggles classes. Returns the rectangle that it covers {x0, y0, x1, y1}. `whole`: as a click on "+12" chose.
ImVec4 legend(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LayerAnswer* layer, bool& whole);

}  // namespace latentscape::map_overlay
