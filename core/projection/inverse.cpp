#include "core/projection/inverse.hpp"

#include <algorithm>
#include <cmath>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

/// Mean squared distance from the mean.
double variance_of(FloatView points) {
  std::vector<double> mean(points.cols, 0.0);
  for (size_t i = 0; i < points.rows; ++i)
    for (size_t j = 0; j < points.cols; ++j) mean[j] += static_cast<double>(points(i, j));
  for (double& m : mean) m /= static_cast<double>(points.rows);
  double sum = 0.0;
  for (size_t i = 0; i < points.rows; ++i)
    for (size_t j = 0; j < points.cols; ++j)
      sum += (static_cast<double>(points(i, j)) - mean[j]) * (static_cast<double>(points(i, j)) - mean[j]);
  return sum / static_cast<double>(points.rows);
}

/// 1 / d - 1 / reach of ascending distances, scaled to sum 1; alike where they say nothing (all at the reach, or all here).
std::vector<double> shepard_weights(std::span<const double> distances, double reach) {
  std::vector<double> weights(distances.size(), 0.0);
  const double least = 1e-6 * distances.back();
  double sum = 0.0;
  if (least > 0.0)
    for (size_t a = 0; a < distances.size(); ++a) sum += weights[a] = (1.0 - distances[a] / reach) / std::max(distances[a], least);
  for (double& w : weights) w = sum > 0.0 ? w / sum : 1.0 / static_cast<double>(weights.size());
  return weights;
}

}  // namespace

Result<MapInverse> MapInverse::make(FloatArray points, FloatView map, ComputePool& pool, std::stop_token stop, size_t k) {
  if (points.rows != map.rows)
    return fail(ErrorCode::invalid_argument, "inverse: {} points and a map of {}, expected the same number", points.rows, map.rows);
  if (k < 1) return fail(ErrorCode::invalid_argument, "inverse: k is 0, expected at least 1");
  LS_CHECK(check_finite(points, "inverse: points"));
  LS_TRY(PlaneTree tree, PlaneTree::make(map));
  MapInverse inverse(std::move(points), std::move(tree), k);
  const size_t n = map.rows;
  inverse.spacing_.assign(n, 0.0f);
  if (n > 1) {
    const size_t last = std::min(k, n - 1);
    LS_TRY(const NeighbourLists lists, plane_neighbours_within(inverse.tree_, last, pool, stop));
    for (size_t i = 0; i < n; ++i) inverse.spacing_[i] = std::sqrt(lists.squared_distances(i, last - 1));
  }
  inverse.variance_ = variance_of(inverse.points_);
  return inverse;
}

MapInverse::Answer MapInverse::latent_at(std::array<float, 2> place) const {
  for (float& v : place) v = std::clamp(v, -PlaneTree::kMostCoordinate, PlaneTree::kMostCoordinate);
  std::vector<uint32_t> ids(k_ + 1);
  std::vector<float> squared(k_ + 1);
  const size_t found = tree_.nearest(place, ids, squared), used = std::min(found, k_);
  std::vector<double> distances(used);
  for (size_t a = 0; a < used; ++a) distances[a] = std::sqrt(static_cast<double>(squared[a]));
  const double reach = found > k_ ? std::sqrt(static_cast<double>(squared[k_])) : std::numeric_limits<double>::infinity();
  const std::vector<double> weights = shepard_weights(distances, reach);

  const size_t d = points_.cols;
  std::vector<double> mean(d, 0.0);
  double spacing = 0.0, spread = 0.0;
  for (size_t a = 0; a < used; ++a) {
    spacing += weights[a] * static_cast<double>(spacing_[ids[a]]);
    for (size_t j = 0; j < d; ++j) mean[j] += weights[a] * static_cast<double>(points_(ids[a], j));
  }
  for (size_t a = 0; a < used; ++a)
    for (size_t j = 0; j < d; ++j) {
      const double off = static_cast<double>(points_(ids[a], j)) - mean[j];
      spread += weights[a] * off * off;
    }
  const double agreement = variance_ > 0.0 ? std::max(0.0, 1.0 - spread / variance_) : 1.0;
  const double share = distances[0] > spacing ? spacing / distances[0] : 1.0;
  ids.resize(used);
  return {std::vector<float>(mean.begin(), mean.end()), agreement * share * share, std::move(ids)};
}

}  // namespace latentscape
