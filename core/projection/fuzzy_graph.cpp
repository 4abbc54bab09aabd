#include "core/projection/fuzzy_graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {
namespace {

constexpr size_t kTile = 256;  // rows a task
constexpr int kRounds = 64;
constexpr double kTolerance = 1e-5;
constexpr double kLeastSigma = 1e-3;  // of the mean distance

double mean_of(std::span<const float> values) {
  double sum = 0.0;
  for (const float v : values) sum += static_cast<double>(v);
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

float membership(float distance, const LocalScale& scale) {
  const float beyond = distance - scale.rho;
  return beyond > 0.0f ? std::exp(-beyond / scale.sigma) : 1.0f;
}

}  // namespace

LocalScale local_scale(std::span<const float> distances, float floor) {
  LocalScale scale;
  const auto nearest = std::find_if(distances.begin(), distances.end(), [](float d) { return d > 0.0f; });
  scale.rho = nearest == distances.end() ? 0.0f : *nearest;
  const double target = std::log2(static_cast<double>(distances.size()));
  double low = 0.0, high = std::numeric_limits<double>::infinity(), sigma = 1.0;
  for (int round = 0; round < kRounds; ++round) {
    double sum = 0.0;
    for (const float d : distances) {
      const double beyond = static_cast<double>(d) - static_cast<double>(scale.rho);
      sum += beyond > 0.0 ? std::exp(-beyond / sigma) : 1.0;
    }
    if (std::abs(sum - target) < kTolerance) break;
    (sum > target ? high : low) = sigma;
    sigma = std::isinf(high) ? 2.0 * sigma : 0.5 * (low + high);
  }
  scale.sigma = std::max(static_cast<float>(sigma), floor);
  return scale;
}

Status check_neighbours(size_t neighbours, size_t n) {
  if (n < 3) return fail(ErrorCode::invalid_argument, "umap: {} points, expected at least 3", n);
  if (neighbours < 2 || neighbours >= n)
    return fail(ErrorCode::invalid_argument, "umap: neighbours is {}, expected 2 to {}, of {} points", neighbours, n - 1, n);
  return {};
}

Result<SparseGraph> fuzzy_graph(NeighbourGraph graph, ComputePool& pool, std::stop_token stop) {
  const size_t n = graph.ids.rows;
  FloatArray& distances = graph.squared_distances;
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      for (float& d : distances.row(i)) d = std::sqrt(d);
  });
  const double overall = mean_of(distances.values);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const double own = mean_of(distances.row(i));
      // Where all its neighbours lie on a point, the others say what is near. All points equal: any positive number.
      const double floor = kLeastSigma * (own > 0.0 ? own : overall);
      const LocalScale scale = local_scale(distances.row(i), static_cast<float>(std::max(floor, 1e-30)));
      for (float& d : distances.row(i)) d = membership(d, scale);
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "umap: stopped");
  return symmetrised(
      std::move(graph.ids), std::move(distances), [](float a, float b) { return a + b - a * b; }, pool, std::move(stop));
}

}  // namespace latentscape
