// Pen: smooth paths through points, and ink of varying width on a small grey image.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace latentscape {

/// A place of the pen: position and half the width of its ink, in the caller's unit (pixels when drawn).
struct PenPoint {
  float x = 0;
  float y = 0;
  float radius = 0;
};

/// A path that is drawn without lifting the pen, as straight pieces between its points.
using PenPath = std::vector<PenPoint>;

struct PathNode {
  float x = 0;
  float y = 0;
  bool corner = false;
};

/// The centripetal Catmull-Rom spline through the nodes (Yuksel et al. 2011: no cusps or loops of its own), `pieces` straight pieces
/// between two nodes; broken at corners. Radii are 0. Fewer than two nodes give no path.
PenPath smooth_path(std::span<const PathNode> nodes, size_t pieces);

/// Draws paths into a height x width image (row-major, 0 paper, 255 ink, overwritten). The edge of the ink falls off smoothly over
/// 2 * softness pixels. Pixel (i, j) has its centre at x = j + 0.5, y = i + 0.5.
void draw_paths(std::span<const PenPath> paths, float softness, size_t height, size_t width, uint8_t* out);

}  // namespace latentscape
