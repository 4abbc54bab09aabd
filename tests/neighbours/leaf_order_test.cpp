#include "core/neighbours/leaf_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/neighbours/exact.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

/// Three dimensions, a heap of twins of several leaves among them.
FloatArray with_twins(size_t n) {
  FloatArray points = normal_points(n, 3, 11);
  for (size_t i = 0; i < n; i += 5)
    for (size_t j = 0; j < 3; ++j) points(i, j) = 0.25f;
  return points;
}

TEST(LeafOrder, LeavesAreSmallAndTwinsComeInTheirOrder) {
  const FloatArray points = with_twins(5003);
  ComputePool pool(2);
  const LeafOrder order = leaf_order(points, pool);
  ASSERT_EQ(order.leaves(), 40u);
  std::vector<bool> seen(5003, false);
  double volume = 0.0;
  uint32_t last_twin = 0;
  for (size_t a = 0; a < order.ids.size(); ++a) {
    const uint32_t id = order.ids[a];
    EXPECT_FALSE(seen[id]);
    seen[id] = true;
    if (id % 5 == 0) {
      EXPECT_GE(id, last_twin);
      last_twin = id;
    }
    double box = 1.0;
    for (size_t j = 0; j < 3; ++j) {
      const size_t leaf = a / LeafOrder::kLeaf;
      EXPECT_GE(points(id, j), order.low(leaf, j));
      EXPECT_LE(points(id, j), order.high(leaf, j));
      box *= static_cast<double>(order.high(leaf, j)) - static_cast<double>(order.low(leaf, j));
    }
    volume += box;
  }
  EXPECT_EQ(order.ids.size(), 5003u);
  const LeafOrder given = given_order(points);
  EXPECT_TRUE(std::is_sorted(given.ids.begin(), given.ids.end()));
  EXPECT_LT(volume / 5003.0, 40.0);  // all of space: about 400
  pool.set_threads(1);
  EXPECT_EQ(leaf_order(points, pool).ids, order.ids);
}

TEST(LeafOrder, WhatASearchPassesOverIsNeverNearer) {
  const FloatArray points = with_twins(6000);
  ComputePool pool(2);
  const auto lists = exact_neighbours_within(points, 20, pool);
  ASSERT_TRUE(lists.ok());
  std::vector<uint32_t> others(6000);
  for (uint32_t q = 0; q < 6000; q += 61) {
    std::iota(others.begin(), others.end(), 0u);
    std::swap(others[q], others.back());
    const auto before = [&](uint32_t a, uint32_t b) {
      const float x = squared_distance(points.row_data(a), points.row_data(q), 3),
                  y = squared_distance(points.row_data(b), points.row_data(q), 3);
      return x < y || (x == y && a < b);
    };
    std::partial_sort(others.begin(), others.begin() + 20, others.end() - 1, before);
    EXPECT_TRUE(std::equal(others.begin(), others.begin() + 20, lists->ids.row(q).begin())) << q;
  }
}

TEST(LeafOrder, MoreLeavesFindMore) {
  const FloatArray points = normal_points(12'000, 10, 12);
  ComputePool pool(2);
  const auto exact = exact_neighbours_within(points, 10, pool);
  const auto found = [&](size_t leaves) {
    const auto lists = leaf_neighbours_within(points, 10, leaves, pool);
    EXPECT_EQ(lists->whole == 1.0, leaves == 94);
    size_t same = 0;
    for (size_t i = 0; i < points.rows; ++i)
      for (size_t a = 0; a < 10; ++a) same += lists->lists.squared_distances(i, a) <= exact->squared_distances(i, 9) ? 1 : 0;
    return static_cast<double>(same) / static_cast<double>(10 * points.rows);
  };
  const double few = found(20), more = found(40);
  EXPECT_GT(few, 0.5);
  EXPECT_LT(few, 0.999);
  EXPECT_GT(more, few);
  EXPECT_EQ(found(94), 1.0);  // all there are
  EXPECT_EQ(leaf_neighbours_within(points, 12'000, 5, pool).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace latentscape
