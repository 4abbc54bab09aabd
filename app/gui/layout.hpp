// Layout: where the regions of the window are; pure arithmetic, so that a test can try every size and scale.
#pragma once

#include "app/gui/view_state.hpp"

namespace latentscape {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  bool empty() const { return w < 1.0f || h < 1.0f; }
  bool operator==(const Rect&) const = default;
};

struct Layout {
  Rect top, left, centre, right, bottom, status, hints;  // window pixels; empty: not shown
};

/// Regions never overlap and never leave the window; where there is too little room the sides narrow, then close.
/// `hints`: whether the strip under the top bar is shown.
Layout compute_layout(float width, float height, const LayoutView& view, float scale, bool hints);

}  // namespace latentscape
