#include "core/neighbours/exact.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/rng.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

double squared_distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0.0;
  for (size_t j = 0; j < a.size(); ++j) sum += (double(a[j]) - double(b[j])) * (double(a[j]) - double(b[j]));
  return sum;
}

std::vector<uint32_t> by_sorting(const FloatArray& points, std::span<const float> query, size_t k, size_t without) {
  std::vector<uint32_t> order(points.rows);
  std::iota(order.begin(), order.end(), 0u);
  std::erase(order, static_cast<uint32_t>(without));
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return squared_distance(points.row(a), query) < squared_distance(points.row(b), query); });
  order.resize(k);
  return order;
}

constexpr size_t kNobody = std::numeric_limits<uint32_t>::max();

TEST(ExactNeighbours, AgreeWithSortingAtSizesThatAreNoMultipleOfAnything) {
  ComputePool pool(2);
  for (const size_t d : {1u, 2u, 7u, 33u}) {
    const FloatArray points = normal_points(203, d, d), queries = normal_points(77, d, 100 + d);
    const auto lists = exact_neighbours(points, queries, 9, pool);
    ASSERT_TRUE(lists.ok()) << lists.error().message;
    for (size_t q = 0; q < queries.rows; ++q) {
      const auto expected = by_sorting(points, queries.row(q), 9, kNobody);
      for (size_t i = 0; i < 9; ++i) {
        EXPECT_EQ(lists->ids(q, i), expected[i]) << "d " << d << " query " << q;
        EXPECT_NEAR(lists->squared_distances(q, i), squared_distance(points.row(expected[i]), queries.row(q)), 1e-5 * double(d));
      }
    }
  }
}

TEST(ExactNeighbours, WithinLeavesOutThePointItselfButNotItsTwin) {
  FloatArray points = normal_points(130, 3, 5);
  for (size_t j = 0; j < 3; ++j) points(71, j) = points(4, j);
  ComputePool pool(1);
  const auto lists = exact_neighbours_within(points, 6, pool);
  ASSERT_TRUE(lists.ok());
  EXPECT_EQ(lists->ids(4, 0), 71u);
  EXPECT_EQ(lists->ids(71, 0), 4u);
  EXPECT_EQ(lists->squared_distances(4, 0), 0.0f);
  for (size_t q = 0; q < points.rows; ++q) {
    const auto expected = by_sorting(points, points.row(q), 6, q);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), lists->ids.row(q).begin())) << q;
  }
}

TEST(ExactNeighbours, TiesGoToTheLowerIndex) {
  FloatArray points(100, 2, 1.5f);  // all the same, far from the origin
  points(60, 0) = 1.4f;
  ComputePool pool(2);
  const auto lists = exact_neighbours(points, FloatArray(1, 2, 0.0f), 5, pool);
  ASSERT_TRUE(lists.ok());
  EXPECT_EQ(std::vector<uint32_t>(lists->ids.values), (std::vector<uint32_t>{60, 0, 1, 2, 3}));
}

TEST(ExactNeighbours, FarFromTheOriginWhereProductsSayNothingTheAnswerIsStillExact) {
  FloatArray points = normal_points(1500, 6, 8);
  for (float& v : points.values) v = 4000.0f + 0.01f * std::round(v * 100.0f);
  for (size_t i = 0; i < 700; ++i)
    for (size_t j = 0; j < 6; ++j) points(i, j) = points(i % 3, j);  // many twins
  ComputePool pool(2);
  const auto lists = exact_neighbours_within(points, 20, pool);
  ASSERT_TRUE(lists.ok());
  for (size_t q = 0; q < points.rows; q += 97) {
    const auto expected = by_sorting(points, points.row(q), 20, q);
    for (size_t i = 0; i < 20; ++i)
      EXPECT_NEAR(lists->squared_distances(q, i), squared_distance(points.row(expected[i]), points.row(q)), 1e-4) << q;
    if (q < 700) {
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), lists->ids.row(q).begin())) << q;
    }
  }
}

TEST(ExactNeighbours, QueriesThatProductsSayNothingOfLeaveTheOthersOfTheirBlockAlone) {
  // By turns a far stray, a dense group and a heap of twins, so that blocks of queries change to differences half way.
  FloatArray points = normal_points(1500, 2, 4);
  for (size_t i = 0; i < 1500; ++i)
    for (float& v : points.row(i)) v = i % 3 == 0 ? 50.0f * v * v * v : i % 3 == 1 ? 7.0f + 0.01f * v : 3.0f;
  ComputePool pool(2);
  const auto lists = exact_neighbours_within(points, 5, pool);
  ASSERT_TRUE(lists.ok());
  for (size_t q = 0; q < points.rows; ++q) {
    const auto expected = by_sorting(points, points.row(q), 5, q);
    const double farthest = squared_distance(points.row(expected[4]), points.row(q));
    EXPECT_NEAR(lists->squared_distances(q, 4), farthest, 1e-5 * farthest) << q;
  }
}

TEST(ExactNeighbours, SameBitsAtAnyThreadCount) {
  const FloatArray points = normal_points(1001, 5, 9);
  ComputePool pool(1);
  const auto one = exact_neighbours_within(points, 12, pool);
  for (const size_t threads : {2u, 3u}) {
    pool.set_threads(threads);
    const auto more = exact_neighbours_within(points, 12, pool);
    EXPECT_EQ(one->ids, more->ids);
    EXPECT_EQ(one->squared_distances, more->squared_distances);
  }
}

TEST(ExactNeighbours, RefuseWhatHasNoAnswer) {
  ComputePool pool(1);
  FloatArray points = normal_points(20, 2, 1);
  EXPECT_EQ(exact_neighbours(points, points, 21, pool).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(exact_neighbours(points, points, 0, pool).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(exact_neighbours_within(points, 20, pool).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(exact_neighbours(points, FloatArray(3, 3), 1, pool).error().code, ErrorCode::invalid_argument);
  points(7, 1) = std::numeric_limits<float>::quiet_NaN();
  const auto bad = exact_neighbours_within(points, 3, pool);
  EXPECT_EQ(bad.error().code, ErrorCode::non_finite);
  EXPECT_NE(bad.error().message.find("row 7"), std::string::npos) << bad.error().message;
  points(7, 1) = 1e30f;
  EXPECT_EQ(exact_neighbours_within(points, 19, pool).error().code, ErrorCode::non_finite);
}

TEST(ExactNeighbours, StopIsSeen) {
  ComputePool pool(2);
  std::stop_source source;
  source.request_stop();
  const FloatArray points = normal_points(500, 2, 1);
  EXPECT_EQ(exact_neighbours_within(points, 3, pool, source.get_token()).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
