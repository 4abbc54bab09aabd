// Plane: examples of a table as points of two of their numbers, each axis over its own range.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "app/panels/map/pick_grid.hpp"
#include "app/render/points.hpp"
#include "core/data/summary.hpp"
#include "core/session/snapshot.hpp"

namespace latentscape {

/// Two numbers of each example; low and high are the ends of the two axes.
struct PlaneAxes {
  size_t x = 0, y = 1;
  std::array<float, 2> low{0, 0}, high{1, 1};

  /// 0 to 1 from left to right and from the bottom up; beyond that outside of the plane.
  std::array<float, 2> place(std::span<const float> example) const {
    return {(example[x] - low[0]) / (high[0] - low[0]), (example[y] - low[1]) / (high[1] - low[1])};
  }
};

struct Plane {
  PlaneAxes axes;
  std::vector<MapPoint> points;  // at their places; what is hidden is without colour
  std::vector<uint32_t> rows;    // dataset row of each point
  size_t there = 0;              // points of the map, of which at most `most` are drawn
  PickGrid grid;
};

/// A second axis beside number `x`: `y`, but of two answers of one question the first of another column.
size_t other_axis(const DataSummary& summary, size_t x, size_t y);

/// The points of the map in the data's own space: coloured by label, held-out ones as rings. More than `most`: a seeded subset. The axes
/// are the range of all that is drawn and a margin. Errors: none; numbers that the data has not give no points.
Plane make_plane(const Dataset& data, const PointSet& points, size_t x, size_t y, size_t most, const std::set<int>& hidden_classes,
                 bool dark);

}  // namespace latentscape
