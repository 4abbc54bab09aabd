#include "app/panels/map/pick_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {

namespace {

bool pickable(const MapPoint& p) { return p.colour[3] != 0 && std::isfinite(p.x) && std::isfinite(p.y); }

}  // namespace

std::array<int, 2> PickGrid::cell(float x, float y) const {
  const auto clamp = [this](float v) { return static_cast<int>(std::clamp(v, 0.0f, static_cast<float>(side_ - 1))); };
  return {clamp((x - x0_) / cell_w_), clamp((y - y0_) / cell_h_)};
}

void PickGrid::build(std::span<const MapPoint> points) {
  constexpr float kMax = std::numeric_limits<float>::max();
  float x1 = -kMax, y1 = -kMax;
  size_t count = 0;
  x0_ = y0_ = kMax;
  for (const MapPoint& p : points) {
    if (!pickable(p)) continue;
    ++count;
    x0_ = std::min(x0_, p.x), x1 = std::max(x1, p.x);
    y0_ = std::min(y0_, p.y), y1 = std::max(y1, p.y);
  }
  ids_.clear();
  side_ = count == 0 ? 0 : std::clamp(static_cast<int>(std::sqrt(static_cast<double>(count) / 2.0)), 1, 512);
  if (side_ == 0) return;
  cell_w_ = std::max((x1 - x0_) / static_cast<float>(side_), 1e-12f);
  cell_h_ = std::max((y1 - y0_) / static_cast<float>(side_), 1e-12f);
  const auto index = [this](const MapPoint& p) {
    const auto c = cell(p.x, p.y);
    return static_cast<size_t>(c[1]) * static_cast<size_t>(side_) + static_cast<size_t>(c[0]);
  };
  starts_.assign(static_cast<size_t>(side_) * static_cast<size_t>(side_) + 1, 0);
  for (const MapPoint& p : points)
    if (pickable(p)) ++starts_[index(p) + 1];
  for (size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  ids_.resize(count);
  std::vector<uint32_t> next(starts_.begin(), starts_.end() - 1);
  for (size_t i = 0; i < points.size(); ++i)
    if (pickable(points[i])) ids_[next[index(points[i])]++] = static_cast<uint32_t>(i);
}

int64_t PickGrid::nearest(std::span<const MapPoint> points, float x, float y, float radius) const {
  if (side_ == 0) return -1;
  const auto low = cell(x - radius, y - radius), high = cell(x + radius, y + radius);
  int64_t best = -1;
  float best_distance = radius * radius;
  for (int cy = low[1]; cy <= high[1]; ++cy) {
    for (int cx = low[0]; cx <= high[0]; ++cx) {
      const size_t c = static_cast<size_t>(cy) * static_cast<size_t>(side_) + static_cast<size_t>(cx);
      for (uint32_t k = starts_[c]; k < starts_[c + 1]; ++k) {
        const MapPoint& p = points[ids_[k]];
        const float d = (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y);
        if (d <= best_distance) {
          best_distance = d;
          best = ids_[k];
        }
      }
    }
  }
  return best;
}

}  // namespace latentscape
