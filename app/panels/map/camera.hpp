// The map's camera on screen: map units to pixels and back, zoom at a place, fit, easing.
#pragma once

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/gui/view_state.hpp"
#include "app/render/points.hpp"

namespace latentscape {

/// A camera within a rectangle of the window. `scale` is the UI scale: Camera counts pixels at scale 1.
struct MapFrame {
  Camera camera;
  ImVec2 origin;  // top left, window pixels
  ImVec2 size;
  float scale = 1.0f;

  double units_per_pixel() const { return camera.units_per_pixel / static_cast<double>(scale); }
  ImVec2 screen_from_map(double x, double y) const {
    const double u = units_per_pixel();
    return {static_cast<float>(static_cast<double>(origin.x) + static_cast<double>(size.x) * 0.5 + (x - camera.x) / u),
            static_cast<float>(static_cast<double>(origin.y) + static_cast<double>(size.y) * 0.5 - (y - camera.y) / u)};
  }
  std::array<float, 2> map_from_screen(ImVec2 p) const {
    const double u = units_per_pixel();
    return {static_cast<float>(camera.x + static_cast<double>(p.x - origin.x - size.x * 0.5f) * u),
            static_cast<float>(camera.y - static_cast<double>(p.y - origin.y - size.y * 0.5f) * u)};
  }
  /// Overlays fold to a line each.
  bool is_low() const { return size.y < 260.0f * scale; }
  /// Is all of {x0, y0, x1, y1} in sight?
  bool shows(const std::array<float, 4>& bounds) const {
    const ImVec2 low = screen_from_map(static_cast<double>(bounds[0]), static_cast<double>(bounds[1])),
                 high = screen_from_map(static_cast<double>(bounds[2]), static_cast<double>(bounds[3]));
    return low.x >= origin.x && high.x <= origin.x + size.x && high.y >= origin.y && low.y <= origin.y + size.y;
  }
  PointCamera point_camera() const { return {camera.x, camera.y, units_per_pixel()}; }
};

/// Zooms by `factor` (below 1: closer) and keeps what is under `pointer` in its place.
inline Camera zoomed_at(const MapFrame& frame, ImVec2 pointer, double factor) {
  const auto fixed = frame.map_from_screen(pointer);
  Camera c = frame.camera;
  c.units_per_pixel = std::clamp(c.units_per_pixel * factor, 1e-6, 1e3);
  const double share = c.units_per_pixel / frame.camera.units_per_pixel;
  c.x = static_cast<double>(fixed[0]) + (c.x - static_cast<double>(fixed[0])) * share;
  c.y = static_cast<double>(fixed[1]) + (c.y - static_cast<double>(fixed[1])) * share;
  return c;
}

/// What lies over the map, in pixels from its edges: the bar above, axes at the left and below, the legend in the lower right corner.
struct MapCover {
  float top = 0.0f, left = 0.0f, foot = 0.0f;
  float legend_width = 0.0f, legend_height = 0.0f;
};

/// The camera that shows bounds {x0, y0, x1, y1} with a margin: clear of all that lies over the map, above or beside the legend, else clear
/// of all but the legend, else (where that would make the picture much smaller) as large as the map.
inline Camera camera_for(const std::array<float, 4>& bounds, ImVec2 size, float scale, const MapCover& cover = {}) {
  const double w = std::max(1e-4, static_cast<double>(bounds[2] - bounds[0])),
               h = std::max(1e-4, static_cast<double>(bounds[3] - bounds[1]));
  const double px = std::max(1.0, static_cast<double>(size.x / scale)), py = std::max(1.0, static_cast<double>(size.y / scale));
  constexpr double kMargin = 1.06, kMostSmaller = 2.2;
  constexpr double kWorthTheSide = 0.8;  // the picture stays above the legend unless it is so much smaller there: it moves while it trains
  const double x = static_cast<double>(bounds[0] + bounds[2]) * 0.5, y = static_cast<double>(bounds[1] + bounds[3]) * 0.5;
  const double whole = kMargin * std::max(w / px, h / py);
  const auto pixels = [scale](float v) { return static_cast<double>(v / scale); };
  const double top = pixels(cover.top), left = pixels(cover.left), foot = pixels(cover.foot);
  const auto clear_of = [&](double right, double below) -> Camera {
    const double room_x = px - left - right, room_y = py - top - below;
    if (room_x <= 1.0 || room_y <= 1.0) return {x, y, INFINITY};
    const double units = kMargin * std::max(w / room_x, h / room_y);
    return {x + 0.5 * (right - left) * units, y + 0.5 * (top - below) * units, units};
  };
  const Camera above = clear_of(0.0, std::max(foot, pixels(cover.legend_height))), beside = clear_of(pixels(cover.legend_width), foot),
               over = clear_of(0.0, foot);
  const Camera& best = kWorthTheSide * above.units_per_pixel <= beside.units_per_pixel ? above : beside;
  for (const Camera& camera : {best, over})
    if (camera.units_per_pixel <= kMostSmaller * whole) return camera;
  return {x, y, whole};
}

/// Is a picture drawn with that camera any use in this one? A layout begins as small as a dot, which would be blown up over all of the map.
inline bool stands_for(const PointCamera& drawn, const MapFrame& frame) {
  constexpr double kMostBlownUp = 20.0;
  return drawn.units_per_pixel <= kMostBlownUp * frame.units_per_pixel();
}

/// A step from `now` towards `goal`; zoom is eased on a logarithmic scale. seconds since the last step, and the time constant.
inline Camera eased(const Camera& now, const Camera& goal, double seconds, double time_constant) {
  const double t = 1.0 - std::exp(-seconds / time_constant);
  if (std::abs(goal.x - now.x) + std::abs(goal.y - now.y) < 0.25 * goal.units_per_pixel &&
      std::abs(std::log(goal.units_per_pixel / now.units_per_pixel)) < 1e-3)
    return goal;
  return {now.x + (goal.x - now.x) * t, now.y + (goal.y - now.y) * t,
          now.units_per_pixel * std::pow(goal.units_per_pixel / now.units_per_pixel, t)};
}

}  // namespace latentscape
