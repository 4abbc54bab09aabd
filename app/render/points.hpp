// Points of a map as the two renderers see them, and the camera that both share.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace latentscape {

/// Map position at the middle of the image, and map units a pixel; y grows upwards.
struct PointCamera {
  double x = 0.0;
  double y = 0.0;
  double units_per_pixel = 0.01;
  bool operator==(const PointCamera&) const = default;
};

/// One point: map position, colour as R, G, B, A bytes in memory order (A = 0: not drawn), and whether it is drawn as a ring.
struct MapPoint {
  float x = 0.0f;
  float y = 0.0f;
  std::array<uint8_t, 4> colour{};
  uint32_t ring = 0;
};

}  // namespace latentscape
