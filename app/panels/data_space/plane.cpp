#include "app/panels/data_space/plane.hpp"

#include <algorithm>
#include <cmath>

#include "core/io/figure.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {
namespace {

constexpr float kMargin = 0.06f;  // of the range, at either end

void fit_axis(const std::vector<std::array<float, 2>>& values, size_t k, PlaneAxes& axes) {
  float low = INFINITY, high = -INFINITY;
  for (const auto& v : values) {
    if (!std::isfinite(v[k])) continue;
    low = std::min(low, v[k]);
    high = std::max(high, v[k]);
  }
  if (!(low <= high)) low = high = 0.0f;
  const float margin = high > low ? (high - low) * kMargin : 0.5f;
  axes.low[k] = low - margin;
  axes.high[k] = high + margin;
}

}  // namespace

size_t other_axis(const DataSummary& summary, size_t x, size_t y) {
  const auto holds = [](const ColumnSummary& column, size_t number) {
    return column.role == ColumnRole::input && number >= column.first && number < column.first + column.width();
  };
  for (const ColumnSummary& column : summary.columns) {
    if (!holds(column, x) || !holds(column, y)) continue;
    for (const ColumnSummary& other : summary.columns)
      if (other.role == ColumnRole::input && !holds(other, x)) return other.first;
  }
  return y;
}

Plane make_plane(const Dataset& data, const PointSet& points, size_t x, size_t y, size_t most, const std::set<int>& hidden_classes,
                 bool dark) {
  Plane plane;
  plane.axes.x = x;
  plane.axes.y = y;
  plane.there = points.ids.size();
  if (x >= data.width() || y >= data.width()) return plane;
  const std::vector<uint32_t> chosen = subset_of(points.ids.size(), std::min(most, points.ids.size()), 1);
  std::vector<std::array<float, 2>> values;
  for (const uint32_t i : chosen) values.push_back({data.number(points.ids[i], x), data.number(points.ids[i], y)});
  fit_axis(values, 0, plane.axes);
  fit_axis(values, 1, plane.axes);
  for (size_t k = 0; k < chosen.size(); ++k) {
    const uint32_t i = chosen[k];
    const int label = points.labels[i];
    MapPoint point;
    point.x = (values[k][0] - plane.axes.low[0]) / (plane.axes.high[0] - plane.axes.low[0]);
    point.y = (values[k][1] - plane.axes.low[1]) / (plane.axes.high[1] - plane.axes.low[1]);
    if (points.splits[i] == Split::heldout) point.shape = PointShape::ring;
    if (!hidden_classes.contains(label)) {
      const Rgba colour = categorical_colour(label < 0 ? 0 : static_cast<size_t>(label), dark);
      point.colour = {colour.r, colour.g, colour.b, static_cast<uint8_t>(dark ? 200 : 190)};
      if (label < 0 && data.labels()) point.colour = kContextColour;
    }
    plane.points.push_back(point);
    plane.rows.push_back(points.ids[i]);
  }
  plane.grid.build(plane.points);
  return plane;
}

}  // namespace latentscape
