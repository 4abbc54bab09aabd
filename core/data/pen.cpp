#include "core/data/pen.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr float kFar = 1e6f;

float root_distance(const PathNode& a, const PathNode& b) { return std::max(std::sqrt(std::hypot(b.x - a.x, b.y - a.y)), 1e-3f); }

/// Beyond an end or a corner the path goes on as it came.
PathNode mirrored(const PathNode& end, const PathNode& inner) { return {2 * end.x - inner.x, 2 * end.y - inner.y, false}; }

/// The piece from b to c as a cubic Hermite curve with the tangents of the centripetal parametrisation.
void append_piece(PenPath& path, const PathNode& a, const PathNode& b, const PathNode& c, const PathNode& d, size_t pieces) {
  const float t1 = root_distance(a, b), t2 = root_distance(b, c), t3 = root_distance(c, d);
  const auto start = [&](float pa, float pb, float pc) { return t2 * ((pb - pa) / t1 - (pc - pa) / (t1 + t2) + (pc - pb) / t2); };
  const auto stop = [&](float pb, float pc, float pd) { return t2 * ((pc - pb) / t2 - (pd - pb) / (t2 + t3) + (pd - pc) / t3); };
  const float mx = start(a.x, b.x, c.x), my = start(a.y, b.y, c.y), nx = stop(b.x, c.x, d.x), ny = stop(b.y, c.y, d.y);
  for (size_t k = 1; k <= pieces; ++k) {
    const float t = static_cast<float>(k) / static_cast<float>(pieces), s = t * t, u = s * t;
    const float h00 = 2 * u - 3 * s + 1, h10 = u - 2 * s + t, h01 = 3 * s - 2 * u, h11 = u - s;
    path.push_back({h00 * b.x + h10 * mx + h01 * c.x + h11 * nx, h00 * b.y + h10 * my + h01 * c.y + h11 * ny, 0});
  }
}

/// A disc that moves from a to b while its radius changes: the least signed distance to its rim so far, for the pixels that it can reach.
void stamp(const PenPoint& a, const PenPoint& b, float reach, size_t height, size_t width, float* distance) {
  const float most = std::max(a.radius, b.radius) + reach;
  const auto clamped = [](float v, size_t n) { return static_cast<size_t>(std::clamp(v, 0.0f, static_cast<float>(n))); };
  const size_t x0 = clamped(std::floor(std::min(a.x, b.x) - most), width), x1 = clamped(std::ceil(std::max(a.x, b.x) + most), width);
  const size_t y0 = clamped(std::floor(std::min(a.y, b.y) - most), height), y1 = clamped(std::ceil(std::max(a.y, b.y) + most), height);
  const float dx = b.x - a.x, dy = b.y - a.y, dr = b.radius - a.radius;
  const float inverse = 1.0f / std::max(dx * dx + dy * dy, 1e-12f);
  for (size_t y = y0; y < y1; ++y) {
    const float py = static_cast<float>(y) + 0.5f - a.y;
    float* row = distance + y * width;
    for (size_t x = x0; x < x1; ++x) {
      const float px = static_cast<float>(x) + 0.5f - a.x;
      const float t = std::min(std::max((px * dx + py * dy) * inverse, 0.0f), 1.0f);
      const float ex = px - t * dx, ey = py - t * dy;
      row[x] = std::min(row[x], std::sqrt(ex * ex + ey * ey) - (a.radius + t * dr));
    }
  }
}

}  // namespace

PenPath smooth_path(std::span<const PathNode> nodes, size_t pieces) {
  PenPath path;
  if (nodes.size() < 2 || pieces == 0) return path;
  path.reserve((nodes.size() - 1) * pieces + 1);
  path.push_back({nodes[0].x, nodes[0].y, 0});
  for (size_t i = 0; i + 1 < nodes.size(); ++i) {
    const PathNode& b = nodes[i];
    const PathNode& c = nodes[i + 1];
    const PathNode a = i == 0 || b.corner ? mirrored(b, c) : nodes[i - 1];
    const PathNode d = i + 2 == nodes.size() || c.corner ? mirrored(c, b) : nodes[i + 2];
    append_piece(path, a, b, c, d, pieces);
  }
  return path;
}

void draw_paths(std::span<const PenPath> paths, float softness, size_t height, size_t width, uint8_t* out) {
  std::vector<float> distance(height * width, kFar);
  for (const PenPath& path : paths)
    for (size_t i = 0; i + 1 < path.size(); ++i) stamp(path[i], path[i + 1], softness, height, width, distance.data());
  for (size_t i = 0; i < distance.size(); ++i) {
    const float t = std::clamp(0.5f - distance[i] / (2 * softness), 0.0f, 1.0f);
    out[i] = static_cast<uint8_t>(t * t * (3 - 2 * t) * 255.0f + 0.5f);
  }
}

}  // namespace latentscape
