// Damage: which parts of the window differ from the last frame, found by comparing what Dear ImGui wants drawn, window by window.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <vector>

#include "app/gui/layout.hpp"

namespace latentscape {

class Damage {
 public:
  /// Rectangles (whole window pixels, at most kMost) that must be drawn again; empty: the last picture still holds.
  std::vector<Rect> update(const ImDrawData& data);
  /// The next update returns the whole window.
  void invalidate() { known_ = false; }

 private:
  static constexpr size_t kMost = 6;
  struct Part {
    uint64_t name = 0, content = 0;
    Rect bounds;
  };
  std::vector<Part> parts_;
  bool known_ = false;
};

/// Calls `draw` once for each rectangle with draw data that is cut to it.
void draw_clipped(ImDrawData& data, const std::vector<Rect>& rects, void (*before)(void* user, const Rect& rect), void (*draw)(ImDrawData*),
                  void* user);

}  // namespace latentscape
