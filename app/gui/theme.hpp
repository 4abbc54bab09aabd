// Theme: the tokens of the look (UI.md, "Look"), from assets/themes.json; ImGui's colours are derived from them.
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace latentscape {

struct Theme {
  std::string name = "ink";
  bool dark = true;
  ImU32 background, panel, raised, line, text, muted, accent, accent_ground, on_accent, good, warning, error;
  ImU32 map_background;
};

Result<Theme> theme_named(std::string_view name);  // ink, paper
void apply_style(const Theme& theme, float scale);

}  // namespace latentscape
