#include "app/gui/layout.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace latentscape {
namespace {

constexpr float kTop = 45.0f, kStatus = 22.0f, kHints = 34.0f;
constexpr float kLeastLeft = 200.0f, kLeastRight = 230.0f, kLeastBottom = 130.0f, kLeastCentre = 430.0f, kLeastCentreHeight = 200.0f;

/// The map keeps its least height; where nothing useful is left, the bottom shows only when it was asked for.
float bottom_height(float middle, const LayoutView& view, float scale) {
  const float wanted = std::max(view.bottom, kLeastBottom) * scale;
  const float room = std::min(middle * 0.6f, middle - kLeastCentreHeight * scale);
  if (room >= kLeastBottom * scale) return std::floor(std::min(wanted, room));
  return view.favour_bottom ? std::floor(middle * 0.55f) : 0.0f;
}

/// Both sides narrow in proportion down to their least; then only the one that was asked for last stays.
std::pair<float, float> side_widths(float width, const LayoutView& view, float scale) {
  const float least_left = kLeastLeft * scale, least_right = kLeastRight * scale;
  float left = view.left_open ? std::max(view.left * scale, least_left) : 0.0f;
  float right = view.right_open ? std::max(view.right * scale, least_right) : 0.0f;
  const float room = width - kLeastCentre * scale;
  if (left + right <= std::max(room, 0.0f)) return {left, right};
  if (left > 0.0f && right > 0.0f) {
    if (least_left + least_right <= room) {
      left = std::clamp(left * room / (left + right), least_left, room - least_right);
      return {left, room - left};
    }
    (view.favour == Favour::left ? right : left) = 0.0f;
  }
  // One side alone may press the map to little more than half of its least width, and covers no more than that.
  float& only = left > 0.0f ? left : right;
  const float least = left > 0.0f ? least_left : least_right;
  only = std::max(std::min(only, room), least);
  if (only > width - 0.6f * kLeastCentre * scale) only = 0.0f;
  return {left, right};
}

}  // namespace

Layout compute_layout(float width, float height, const LayoutView& view, float scale, bool hints) {
  Layout out;
  if (view.map_only) {
    out.centre = {0, 0, width, height};
    return out;
  }
  const float top = std::floor(std::min(kTop * scale, height)), status = std::floor(std::min(kStatus * scale, height - top));
  out.top = {0, 0, width, top};
  out.status = {0, height - status, width, status};
  float y = top;
  if (hints && height - top - status > (kHints + kLeastCentreHeight) * scale) {
    out.hints = {0, y, width, std::floor(kHints * scale)};
    y = out.hints.bottom();
  }
  const float middle = height - status - y;
  const float bottom = view.bottom_open ? bottom_height(middle, view, scale) : 0.0f;
  const float body = middle - bottom;
  auto [left, right] = side_widths(width, view, scale);
  left = std::floor(left);
  right = std::floor(right);
  out.left = {0, y, left, body};
  out.right = {width - right, y, right, body};
  out.centre = {left, y, width - left - right, body};
  if (bottom > 0.0f) out.bottom = {0, y + body, width, bottom};
  return out;
}

}  // namespace latentscape
