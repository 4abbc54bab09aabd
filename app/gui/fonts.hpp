// UiFonts: the type of the window; sizes in pixels at the UI scale, icons and Chinese merged into each, digits of equal width.
// Rebuilt between frames when the scale changes (Dear ImGui 1.86 has a static atlas).
#pragma once

#include <imgui.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

class UiFonts {
 public:
  ImFont* small = nullptr;    // 11 px: axis ticks, captions
  ImFont* caption = nullptr;  // 11 px, semi-bold: section titles
  ImFont* regular = nullptr;  // 13.5 px: the default
  ImFont* medium = nullptr;   // 13.5 px, medium: buttons, active tabs
  ImFont* title = nullptr;    // 15 px, semi-bold: the wordmark, titles of dialogs
  ImFont* large = nullptr;    // 18 px: the read-out of z
  float scale = 0.0f;         // that the atlas was built for

  /// Fills ImGui's atlas (replacing what was there). `extra`: code points beyond Latin that the strings need.
  /// Fails where no font file at all is found, naming the packages to install; `notes` collects what else is missing.
  static Result<UiFonts> build(float scale, std::u32string_view extra, std::vector<std::string>* notes);
};

}  // namespace latentscape
