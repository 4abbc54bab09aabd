// Points drawn by the CPU into an image: what software OpenGL shows, made by a worker so that the window never waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "app/render/points.hpp"

namespace latentscape {

/// Anti-aliased discs (rings for held-out points) in the order given, drawn over `rgba`: width * height * 4 bytes, premultiplied, top row
/// first. diameter is in pixels, 1 to 32.
void splat_points(std::span<const MapPoint> points, const PointCamera& camera, size_t width, size_t height, float diameter,
                  std::span<uint8_t> rgba);

/// An image in map units, drawn below the points: RGBA (not premultiplied), top row first.
struct MapImage {
  std::vector<uint8_t> rgba;
  size_t width = 0, height = 0;
  double left = 0, top = 0, right = 0, bottom = 0;  // map units; top > bottom
};

/// The image over `rgba`, which is opaque: width * height * 4 bytes, top row first; bilinear, nothing outside the image's edges.
void blend_image(const MapImage& image, const PointCamera& camera, size_t width, size_t height, std::span<uint8_t> rgba);

}  // namespace latentscape
