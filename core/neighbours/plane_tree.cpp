#include "core/neighbours/plane_tree.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace latentscape {
namespace {

constexpr size_t kLeaf = 12;   // points a leaf holds at most
constexpr size_t kTile = 256;  // queries a task

/// The nearest so far, sorted, in room that the caller lends.
class Nearest {
 public:
  Nearest(std::span<uint32_t> ids, std::span<float> distances) : ids_(ids), distances_(distances) {}
  size_t count() const { return count_; }

  bool takes(float distance, uint32_t id) const {
    if (count_ < ids_.size()) return true;
    return distance < distances_[count_ - 1] || (distance == distances_[count_ - 1] && id < ids_[count_ - 1]);
  }

  void add(float distance, uint32_t id) {
    size_t at = count_ < ids_.size() ? count_++ : count_ - 1;
    for (; at > 0 && (distance < distances_[at - 1] || (distance == distances_[at - 1] && id < ids_[at - 1])); --at) {
      ids_[at] = ids_[at - 1];
      distances_[at] = distances_[at - 1];
    }
    ids_[at] = id;
    distances_[at] = distance;
  }

 private:
  std::span<uint32_t> ids_;
  std::span<float> distances_;
  size_t count_ = 0;
};

/// Never above the distance of a point in the box, to the bit: the same sum of the same squares, and rounding keeps order.
float box_distance(const PlaneTree::Node& node, const std::array<float, 2>& at) {
  std::array<float, 2> closest;
  for (size_t axis = 0; axis < 2; ++axis) closest[axis] = std::clamp(at[axis], node.low[axis], node.high[axis]);
  return squared_distance(closest.data(), at.data(), 2);
}

struct Query {
  std::span<const PlaneTree::Node> nodes;
  std::span<const uint32_t> order;
  std::span<const std::array<float, 2>> positions;
  std::array<float, 2> at;
  uint32_t without;

  void visit(uint32_t index, Nearest& nearest) const {
    const PlaneTree::Node& node = nodes[index];
    if (node.first_child == 0) {
      for (uint32_t i = node.begin; i < node.end; ++i) {
        const float distance = squared_distance(positions[i].data(), at.data(), 2);
        if (order[i] != without && nearest.takes(distance, order[i])) nearest.add(distance, order[i]);
      }
      return;
    }
    uint32_t near = node.first_child, far = near + 1;
    float near_distance = box_distance(nodes[near], at), far_distance = box_distance(nodes[far], at);
    // Of equals the one with the lowest id first, so that a heap of duplicates is not searched to its end.
    if (far_distance < near_distance || (far_distance == near_distance && nodes[far].lowest < nodes[near].lowest)) {
      std::swap(near, far);
      std::swap(near_distance, far_distance);
    }
    if (nearest.takes(near_distance, nodes[near].lowest)) visit(near, nearest);
    if (nearest.takes(far_distance, nodes[far].lowest)) visit(far, nearest);
  }
};

struct Placed {
  std::array<float, 2> at;
  uint32_t id;
};

/// Box, mean and lowest id of its points.
void describe(PlaneTree::Node& node, std::span<const Placed> points) {
  node.low = node.high = points.front().at;
  node.lowest = points.front().id;
  for (const Placed& point : points) {
    node.lowest = std::min(node.lowest, point.id);
    for (size_t axis = 0; axis < 2; ++axis) {
      node.low[axis] = std::min(node.low[axis], point.at[axis]);
      node.high[axis] = std::max(node.high[axis], point.at[axis]);
      node.mean[axis] += static_cast<double>(point.at[axis]);
    }
  }
  for (double& m : node.mean) m /= static_cast<double>(points.size());
}

/// The lower half along the wider side comes first; equal coordinates go by id, so the halves are the same everywhere.
void halve(const PlaneTree::Node& node, std::span<Placed> points) {
  const size_t axis = node.high[1] - node.low[1] > node.high[0] - node.low[0] ? 1 : 0;
  std::nth_element(points.begin(), points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2), points.end(),
                   [axis](const Placed& a, const Placed& b) { return a.at[axis] != b.at[axis] ? a.at[axis] < b.at[axis] : a.id < b.id; });
}

}  // namespace

Result<PlaneTree> PlaneTree::make(FloatView positions) {
  if (positions.cols != 2 || positions.rows == 0)
    return fail(ErrorCode::invalid_argument, "map: {} x {} numbers, expected at least one row of 2", positions.rows, positions.cols);
  std::vector<Placed> points(positions.rows);
  for (size_t i = 0; i < positions.rows; ++i) {
    for (const float v : positions.row(i))
      if (!(std::abs(v) < kMostCoordinate))
        return fail(ErrorCode::non_finite, "map: row {} holds {}, expected finite numbers below {:g}", i, v, kMostCoordinate);
    points[i] = {{positions(i, 0), positions(i, 1)}, static_cast<uint32_t>(i)};
  }
  PlaneTree tree;
  tree.nodes_.push_back({.end = static_cast<uint32_t>(points.size())});
  for (size_t n = 0; n < tree.nodes_.size(); ++n) {
    Node& node = tree.nodes_[n];
    const std::span<Placed> inside = std::span(points).subspan(node.begin, node.end - node.begin);
    describe(node, inside);
    if (inside.size() <= kLeaf) continue;
    halve(node, inside);
    node.first_child = static_cast<uint32_t>(tree.nodes_.size());
    const uint32_t begin = node.begin, end = node.end, middle = begin + static_cast<uint32_t>(inside.size() / 2);
    tree.nodes_.push_back({.begin = begin, .end = middle});  // node is not to be used any more
    tree.nodes_.push_back({.begin = middle, .end = end});
  }
  tree.order_.reserve(points.size());
  tree.positions_.reserve(points.size());
  for (const Placed& point : points) {
    tree.order_.push_back(point.id);
    tree.positions_.push_back(point.at);
  }
  return tree;
}

size_t PlaneTree::nearest(std::array<float, 2> at, std::span<uint32_t> ids, std::span<float> squared_distances, uint32_t without) const {
  if (ids.empty()) return 0;
  Nearest found(ids, squared_distances);
  Query{nodes_, order_, positions_, at, without}.visit(0, found);
  return found.count();
}

Result<NeighbourLists> plane_neighbours_within(const PlaneTree& tree, size_t k, ComputePool& pool, std::stop_token stop) {
  const size_t n = tree.size();
  if (k < 1 || k >= n)
    return fail(ErrorCode::invalid_argument, "map: {} neighbours among {} points, expected at least 1 and less than the points", k, n);
  NeighbourLists lists{Array2<uint32_t>(n, k), FloatArray(n, k)};
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    if (stop.stop_requested()) return;
    for (size_t i = begin; i < end; ++i) {
      const uint32_t id = tree.order()[i];
      tree.nearest(tree.ordered()[i], lists.ids.row(id), lists.squared_distances.row(id), id);
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "map: stopped");
  return lists;
}

}  // namespace latentscape
