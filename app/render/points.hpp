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

enum class PointShape : uint32_t {
  disc,
  ring,
  mark,  // a thin ring around a point
  halo,  // a disc that shows as an outline around the point over it
};

/// One point: map position, colour as R, G, B, A bytes in memory order (A = 0: not drawn), and how it is drawn.
struct MapPoint {
  float x = 0.0f;
  float y = 0.0f;
  std::array<uint8_t, 4> colour{};
  PointShape shape = PointShape::disc;
};

/// Of points that are context: what would colour them is not known.
inline constexpr std::array<uint8_t, 4> kContextColour{128, 128, 128, 70};

}  // namespace latentscape
