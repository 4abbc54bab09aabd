#include "core/neighbours/plane_tree.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

/// Dense groups, far strays, points on a lattice (many equal distances) and heaps of duplicates.
FloatArray uneven_map(size_t n) {
  FloatArray map(n, 2);
  Rng rng(4, RngStream::general);
  for (size_t i = 0; i < n; ++i)
    for (float& v : map.row(i)) {
      const float u = rng.normal();
      v = i % 4 == 0 ? 0.01f * u + 7.0f : i % 4 == 1 ? 50.0f * u * u * u : i % 4 == 2 ? std::round(2.0f * u) : 3.0f;
    }
  return map;
}

TEST(PlaneTree, FindsWhatTheExactSearchFindsToTheBit) {
  ComputePool one(1), two(2);
  for (const size_t n : {2u, 3u, 13u, 40u, 1500u}) {
    const FloatArray map = uneven_map(n);
    const auto tree = PlaneTree::make(map);
    ASSERT_TRUE(tree.ok()) << tree.error().message;
    for (const size_t k : {size_t{1}, std::min<size_t>(n - 1, 15), std::min<size_t>(n - 1, 400)}) {
      const auto exact = exact_neighbours_within(map, k, one);
      const auto found = plane_neighbours_within(*tree, k, two);
      ASSERT_TRUE(exact.ok() && found.ok());
      EXPECT_EQ(found->ids, exact->ids) << n << " points, k " << k;
      EXPECT_EQ(found->squared_distances, exact->squared_distances) << n << " points, k " << k;
    }
  }
}

TEST(PlaneTree, AsksFromAnywhereForMoreThanThereAre) {
  const FloatArray map = uneven_map(30);
  const auto tree = PlaneTree::make(map);
  ASSERT_TRUE(tree.ok());
  ComputePool pool(1);
  FloatArray query(1, 2);
  query.values = {-900.0f, 40.0f};
  const auto exact = exact_neighbours(map, query, 30, pool);
  std::vector<uint32_t> ids(50);
  std::vector<float> distances(50);
  EXPECT_EQ(tree->nearest({-900.0f, 40.0f}, ids, distances), 30u);
  ids.resize(30);
  EXPECT_EQ(ids, exact->ids.values);
  EXPECT_EQ(tree->nearest({-900.0f, 40.0f}, ids, distances, exact->ids(0, 0)), 29u);
  EXPECT_EQ(ids[0], exact->ids(0, 1));
}

TEST(PlaneTree, AHeapOfDuplicatesIsOrderedById) {
  const FloatArray map(5000, 2, 1.5f);
  const auto tree = PlaneTree::make(map);
  ASSERT_TRUE(tree.ok());
  ComputePool pool(1);
  const auto found = plane_neighbours_within(*tree, 3, pool);
  ASSERT_TRUE(found.ok());
  for (uint32_t i = 3; i < 5000; ++i)
    EXPECT_EQ(std::vector<uint32_t>(found->ids.row(i).begin(), found->ids.row(i).end()), (std::vector<uint32_t>{0, 1, 2}));
}

TEST(PlaneTree, RefusesWhatIsNoMap) {
  ComputePool pool(1);
  EXPECT_FALSE(PlaneTree::make(FloatArray(0, 2)).ok());
  EXPECT_FALSE(PlaneTree::make(FloatArray(5, 3)).ok());
  FloatArray map(4, 2, 0.0f);
  map(2, 1) = std::numeric_limits<float>::quiet_NaN();
  const auto refused = PlaneTree::make(map);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::non_finite);
  EXPECT_NE(refused.error().message.find("row 2"), std::string::npos);
  map(2, 1) = 1e18f;
  EXPECT_FALSE(PlaneTree::make(map).ok());
  map(2, 1) = 0.0f;
  const auto tree = PlaneTree::make(map);
  ASSERT_TRUE(tree.ok());
  EXPECT_FALSE(plane_neighbours_within(*tree, 4, pool).ok());
  EXPECT_FALSE(plane_neighbours_within(*tree, 0, pool).ok());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = plane_neighbours_within(*tree, 2, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
