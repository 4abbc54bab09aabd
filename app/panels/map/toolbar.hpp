// The controls that float over the map: views, axes, tools, colour and underlay.
#pragma once

#include <imgui.h>

#include <array>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"
#include "app/panels/map/camera.hpp"

namespace latentscape::map_toolbar {

/// Draws them and returns the rectangles that they cover, so that the map leaves the pointer there alone.
std::vector<ImVec4> draw(PanelContext& c, ImDrawList& list, const MapFrame& frame);

/// "z1" and "z2", or "PC 1 (43 %)"; empty for t-SNE.
std::array<std::string, 2> axis_names(const PanelContext& c);

}  // namespace latentscape::map_toolbar
