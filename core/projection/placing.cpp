#include "core/projection/placing.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/rows.hpp"
#include "core/neighbours/exact.hpp"
#include "core/neighbours/plane_tree.hpp"
#include "core/projection/affinities.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {
namespace {

using Place = std::array<double, 2>;

constexpr double kOpening = 0.4;     // a group's wider side over its distance, below which it counts as one point
constexpr size_t kUnitSample = 256;  // old points that tell the unit
constexpr double kConverged = 1e-3;  // a step, in units
constexpr size_t kHalvings = 4;      // of a step that does not descend
constexpr size_t kStarts = 15;       // nearest ones whose places are tried first
constexpr size_t kTile = 16;         // points a task

Place to_place(const float* row) { return {static_cast<double>(row[0]), static_cast<double>(row[1])}; }

double squared_length(const Place& a, const Place& b) { return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]); }

/// sum_j w_j of all points on the map, w = 1 / (1 + |y - y_j|^2 / u^2), and sum_j w_j^2 (y - y_j) / u^2: minus half its gradient.
struct Field {
  double weight = 0.0;
  Place push{};
};

class Surroundings {
 public:
  Surroundings(const PlaneTree& tree, double unit) : tree_(tree), precision_(1.0 / (unit * unit)) {}

  Field at(const Place& y) const {
    Field field;
    add(0, y, field);
    return field;
  }

 private:
  void add(uint32_t index, const Place& y, Field& field) const {
    const PlaneTree::Node& node = tree_.nodes()[index];
    const double side = static_cast<double>(std::max(node.high[0] - node.low[0], node.high[1] - node.low[1]));
    if (side * side < kOpening * kOpening * squared_length(y, node.mean)) {
      add(node.mean, static_cast<double>(node.end - node.begin), y, field);
    } else if (node.first_child == 0) {
      for (uint32_t i = node.begin; i < node.end; ++i) add(to_place(tree_.ordered()[i].data()), 1.0, y, field);
    } else {
      add(node.first_child, y, field);
      add(node.first_child + 1, y, field);
    }
  }

  void add(const Place& at, double count, const Place& y, Field& field) const {
    const double w = 1.0 / (1.0 + precision_ * squared_length(y, at));
    field.weight += count * w;
    for (size_t axis = 0; axis < 2; ++axis) field.push[axis] += count * precision_ * w * w * (y[axis] - at[axis]);
  }

  const PlaneTree& tree_;
  double precision_;
};

/// Whom a point belongs to: places on the map, and shares that sum to 1.
struct Ties {
  std::vector<Place> places;
  std::vector<float> shares;
};

Ties ties_of(const NeighbourLists& lists, size_t row, uint32_t without, size_t k, FloatView map, double perplexity) {
  Ties ties;
  for (size_t a = 0; a < lists.ids.cols && ties.places.size() < k; ++a) {
    if (lists.ids(row, a) == without) continue;
    ties.places.push_back(to_place(map.row_data(lists.ids(row, a))));
    ties.shares.push_back(lists.squared_distances(row, a));
  }
  calibrate_row(ties.shares, perplexity);
  return ties;
}

/// One point's divergence as a function of its place, less what does not depend on it.
class Descent {
 public:
  Descent(const Ties& ties, const Surroundings& around, double unit)
      : ties_(ties), around_(around), precision_(1.0 / (unit * unit)), unit_(unit) {}

  Place run(size_t iterations) {
    start();
    for (size_t i = 0; i < iterations && step(); ++i) {
    }
    return at_.place;
  }

 private:
  struct Point {
    Place place{};
    Field field;
    double value = 0.0;
  };

  Point look(const Place& y) const {
    Point point{y, around_.at(y), 0.0};
    double sum = 0.0;
    for (size_t a = 0; a < ties_.places.size(); ++a)
      sum += static_cast<double>(ties_.shares[a]) * std::log1p(precision_ * squared_length(y, ties_.places[a]));
    point.value = sum + std::log(point.field.weight);
    return point;
  }

  /// Between groups a mean would lie where nobody is; the best neighbour's place is in one of them.
  void start() {
    at_ = look(ties_.places[0]);
    for (size_t a = 1; a < std::min(ties_.places.size(), kStarts); ++a) {
      const Point other = look(ties_.places[a]);
      if (other.value < at_.value) at_ = other;
    }
  }

  /// Attraction is below a parabola that touches it here; down to the foot of that, with repulsion as it is here. False: at the bottom.
  bool step() {
    Place pull{};
    double curvature = 0.0;
    for (size_t a = 0; a < ties_.places.size(); ++a) {
      const Place& other = ties_.places[a];
      const double w = static_cast<double>(ties_.shares[a]) / (1.0 + precision_ * squared_length(at_.place, other));
      curvature += w * precision_;
      for (size_t axis = 0; axis < 2; ++axis) pull[axis] += w * precision_ * (at_.place[axis] - other[axis]);
    }
    Place step;
    for (size_t axis = 0; axis < 2; ++axis) step[axis] = (at_.field.push[axis] / at_.field.weight - pull[axis]) / curvature;
    for (size_t halving = 0; halving <= kHalvings; ++halving) {
      if (step[0] * step[0] + step[1] * step[1] < kConverged * kConverged * unit_ * unit_) return false;
      const Point next = look({at_.place[0] + step[0], at_.place[1] + step[1]});
      if (next.value < at_.value) {
        at_ = next;
        return true;
      }
      for (double& s : step) s *= 0.5;
    }
    return false;
  }

  const Ties& ties_;
  const Surroundings& around_;
  double precision_, unit_;
  Point at_;
};

/// The length u at which the similarities 1 / (1 + d^2 / u^2) diverge least from the affinities, over a sample of the map's own points.
Result<double> unit_of(const PlaneTree& tree, FloatView points, FloatView map, size_t k, const PlacingConfig& config, ComputePool& pool,
                       const std::stop_token& stop) {
  const std::vector<uint32_t> sample = subset_of(points.rows, kUnitSample, config.seed);
  k = std::min(k, points.rows - 1);
  if (k == 0) return 1.0;
  LS_TRY(const NeighbourLists lists, exact_neighbours(points, rows_of(points, sample), k + 1, pool, stop));
  std::vector<Ties> ties;
  double length = 0.0;
  for (size_t q = 0; q < sample.size(); ++q) {
    ties.push_back(ties_of(lists, q, sample[q], k, map, config.perplexity));
    for (const Place& other : ties.back().places) length += std::sqrt(squared_length(to_place(map.row_data(sample[q])), other));
  }
  length /= static_cast<double>(sample.size() * k);
  if (!(length > 0.0)) return 1.0;      // a map without extent
  constexpr int kFrom = -40, kTo = 12;  // quarter octaves
  std::array<double, kTo - kFrom + 1> divergence{};
  pool.run(divergence.size(), [&](size_t step) {
    const double unit = length * std::exp2(0.25 * static_cast<double>(kFrom + static_cast<int>(step)));
    const Surroundings around(tree, unit);
    for (size_t q = 0; q < sample.size() && !stop.stop_requested(); ++q) {
      const Place y = to_place(map.row_data(sample[q]));
      for (size_t a = 0; a < k; ++a)
        divergence[step] += static_cast<double>(ties[q].shares[a]) * std::log1p(squared_length(y, ties[q].places[a]) / (unit * unit));
      divergence[step] += std::log(std::max(around.at(y).weight - 1.0, 1e-300));  // without itself
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "placing: stopped");
  const auto best = std::min_element(divergence.begin(), divergence.end()) - divergence.begin();
  return length * std::exp2(0.25 * static_cast<double>(kFrom + static_cast<int>(best)));
}

Status check(FloatView points, FloatView map, FloatView new_points, const PlacingConfig& config) {
  if (points.rows != map.rows)
    return fail(ErrorCode::invalid_argument, "placing: {} points and a map of {}, expected the same number", points.rows, map.rows);
  if (new_points.cols != points.cols)
    return fail(ErrorCode::invalid_argument, "placing: new points of {} dimensions, expected {} as the map's points have", new_points.cols,
                points.cols);
  if (!(config.perplexity >= 1.0) || !(config.perplexity <= 1e4))
    return fail(ErrorCode::invalid_argument, "placing: perplexity is {}, expected 1 to 10000", config.perplexity);
  return {};
}

}  // namespace

Result<FloatArray> place_points(FloatView points, FloatView map, FloatView new_points, const PlacingConfig& config, ComputePool& pool,
                                std::stop_token stop) {
  LS_CHECK(check(points, map, new_points, config));
  LS_TRY(const PlaneTree tree, PlaneTree::make(map));
  const size_t k = std::min(points.rows, static_cast<size_t>(3.0 * config.perplexity));
  LS_TRY(const NeighbourLists lists, exact_neighbours(points, new_points, k, pool, stop));
  LS_TRY(const double unit, unit_of(tree, points, map, k, config, pool, stop));
  const Surroundings around(tree, unit);
  FloatArray placed(new_points.rows, 2);
  for_tiles(pool, new_points.rows, kTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const Ties ties = ties_of(lists, i, PlaneTree::kNone, k, map, config.perplexity);
      const Place place = Descent(ties, around, unit).run(config.iterations);
      for (size_t axis = 0; axis < 2; ++axis) placed(i, axis) = static_cast<float>(place[axis]);
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "placing: stopped");
  return placed;
}

}  // namespace latentscape
