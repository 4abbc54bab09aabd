// PickGrid: the point nearest to a place on the map, by a uniform grid built once for each set of positions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "app/render/points.hpp"

namespace latentscape {

class PickGrid {
 public:
  /// Points without colour (hidden) or without a finite place are left out.
  void build(std::span<const MapPoint> points);
  /// Index of the nearest point within `radius` map units of (x, y); -1: none.
  int64_t nearest(std::span<const MapPoint> points, float x, float y, float radius) const;

 private:
  std::array<int, 2> cell(float x, float y) const;

  int side_ = 0;
  float x0_ = 0, y0_ = 0, cell_w_ = 1, cell_h_ = 1;
  std::vector<uint32_t> starts_;  // side * side + 1
  std::vector<uint32_t> ids_;
};

}  // namespace latentscape
