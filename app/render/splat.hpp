// Points drawn by the CPU into an image: what software OpenGL shows, made by a worker so that the window never waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "app/render/points.hpp"

namespace latentscape {

/// Anti-aliased discs (rings for held-out points) in the order given; premultiplied RGBA, top row first, transparent where empty.
/// diameter is in pixels, 1 to 32; `rgba` is resized to width * height * 4.
void splat_points(std::span<const MapPoint> points, const PointCamera& camera, size_t width, size_t height, float diameter,
                  std::vector<uint8_t>& rgba);

}  // namespace latentscape
