#include "app/gui/layout.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {
namespace {

constexpr float kTop = 45.0f, kStatus = 22.0f, kHints = 34.0f;
constexpr float kLeastLeft = 200.0f, kLeastRight = 230.0f, kLeastBottom = 130.0f, kLeastCentre = 430.0f, kLeastCentreHeight = 220.0f;

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
  float bottom = view.bottom_open ? std::floor(std::max(view.bottom, kLeastBottom) * scale) : 0.0f;
  bottom = std::min(bottom, std::floor(std::min(middle * 0.6f, middle - kLeastCentreHeight * scale * 0.6f)));
  if (bottom < kLeastBottom * scale * 0.7f) bottom = 0.0f;
  const float body = middle - bottom;
  float left = view.left_open ? std::max(view.left, kLeastLeft) * scale : 0.0f;
  float right = view.right_open ? std::max(view.right, kLeastRight) * scale : 0.0f;
  const float room = width - kLeastCentre * scale;
  if (left + right > room) {
    // Narrow both in proportion down to their least; then the left one closes first: the probe belongs to the map.
    const float share = (left + right) > 0.0f ? room / (left + right) : 0.0f;
    left = std::max(left * share, view.left_open ? kLeastLeft * scale : 0.0f);
    right = std::max(right * share, view.right_open ? kLeastRight * scale : 0.0f);
    if (left + right > room) left = 0.0f;
    if (right > width - 0.6f * kLeastCentre * scale) right = 0.0f;
  }
  left = std::floor(left);
  right = std::floor(right);
  out.left = {0, y, left, body};
  out.right = {width - right, y, right, body};
  out.centre = {left, y, width - left - right, body};
  if (bottom > 0.0f) out.bottom = {0, y + body, width, bottom};
  return out;
}

}  // namespace latentscape
