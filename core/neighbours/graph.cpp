#include "core/neighbours/graph.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "core/base/rows.hpp"
#include "core/neighbours/descent.hpp"

namespace latentscape {
namespace {

constexpr size_t kFew = 5000;  // up to so many an exact search costs less than refining

}  // namespace

FloatArray unit_rows(FloatView points) {
  FloatArray unit(points.rows, points.cols + 1);
  for (size_t i = 0; i < points.rows; ++i) {
    double square = 0.0;
    for (const float v : points.row(i)) square += static_cast<double>(v) * static_cast<double>(v);
    const double scale = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;
    for (size_t j = 0; j < points.cols; ++j) unit(i, j) = static_cast<float>(scale * static_cast<double>(points(i, j)));
    unit(i, points.cols) = square == 0.0 ? 1.0f : 0.0f;
  }
  return unit;
}

FloatView seen_by(Metric metric, FloatView points, FloatArray& room) {
  if (metric == Metric::euclidean) return points;
  room = unit_rows(points);
  return room;
}

Result<NeighbourGraph> neighbour_graph(FloatView points, const GraphConfig& config, ComputePool& pool, std::stop_token stop) {
  FloatArray room;
  const FloatView seen = seen_by(config.metric, points, room);
  if (points.rows <= config.exact_up_to) return exact_neighbours_within(seen, config.k, pool, std::move(stop));
  return descend_neighbours(seen, nullptr, {config.k}, pool, std::move(stop));
}

Result<NeighbourGraph> refined_graph(FloatView points, const NeighbourGraph& older, const GraphConfig& config, ComputePool& pool,
                                     std::stop_token stop) {
  // Lists that get longer would have to grow out of small dense groups, whose points know only each other.
  if (points.rows <= std::min(kFew, config.exact_up_to) || older.ids.cols < config.k)
    return neighbour_graph(points, config, pool, std::move(stop));
  FloatArray room;
  return descend_neighbours(seen_by(config.metric, points, room), &older, {config.k}, pool, std::move(stop));
}

Result<double> graph_recall(FloatView points, const NeighbourGraph& graph, const GraphConfig& config, size_t sample, ComputePool& pool,
                            std::stop_token stop) {
  const size_t n = points.rows, k = graph.ids.cols, count = std::min(sample, n);
  if (graph.ids.rows != n || k < 1 || k >= n || count == 0)
    return fail(ErrorCode::invalid_argument, "recall: a graph of {} rows and {} neighbours, expected {} rows and fewer neighbours",
                graph.ids.rows, k, n);
  FloatArray room;
  const FloatView seen = seen_by(config.metric, points, room);
  std::vector<uint32_t> rows = random_permutation(static_cast<uint32_t>(n), Rng(config.seed, RngStream::project, 2));
  rows.resize(count);
  const FloatArray queries = rows_of(seen, rows);
  LS_TRY(const NeighbourLists exact, exact_neighbours(seen, queries, k + 1, pool, std::move(stop)));  // the point itself among them
  size_t found = 0;
  for (size_t q = 0; q < count; ++q) {
    const float farthest = exact.squared_distances(q, k) * (1.0f + 1e-5f);
    for (const uint32_t j : graph.ids.row(rows[q]))
      found += squared_distance(queries.row_data(q), seen.row_data(j), points.cols) <= farthest ? 1 : 0;
  }
  return static_cast<double>(found) / static_cast<double>(count * k);
}

}  // namespace latentscape
