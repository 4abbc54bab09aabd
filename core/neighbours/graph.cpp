#include "core/neighbours/graph.hpp"

#include <cmath>

namespace latentscape {
namespace {

FloatArray unit_rows(FloatView points) {
  FloatArray unit(points.rows, points.cols);
  for (size_t i = 0; i < points.rows; ++i) {
    double square = 0.0;
    for (const float v : points.row(i)) square += static_cast<double>(v) * static_cast<double>(v);
    const double scale = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;
    for (size_t j = 0; j < points.cols; ++j) unit(i, j) = static_cast<float>(scale * static_cast<double>(points(i, j)));
  }
  return unit;
}

}  // namespace

Result<NeighbourGraph> neighbour_graph(FloatView points, const GraphConfig& config, ComputePool& pool, std::stop_token stop) {
  if (config.metric == Metric::cosine) return exact_neighbours_within(unit_rows(points), config.k, pool, std::move(stop));
  return exact_neighbours_within(points, config.k, pool, std::move(stop));
}

}  // namespace latentscape
