#include "core/projection/quality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/rng.hpp"
#include "core/projection/projection.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

/// ranks[j] of j among the neighbours of i, 1 the nearest, by the definition.
std::vector<size_t> ranks_from(const FloatArray& points, size_t i) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t j = 0; j < points.rows; ++j) {
    double sum = 0.0;
    for (size_t c = 0; c < points.cols; ++c) sum += std::pow(double(points(i, c)) - double(points(j, c)), 2);
    if (j != i) order.emplace_back(sum, j);
  }
  std::sort(order.begin(), order.end());
  std::vector<size_t> ranks(points.rows, 0);
  for (size_t r = 0; r < order.size(); ++r) ranks[order[r].second] = r + 1;
  return ranks;
}

double mean(const std::vector<float>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size()); }

TEST(MapQuality, OfASampleIsAsDefinedAmongAllPoints) {
  const FloatArray points = normal_points(230, 6, 1), map = normal_points(230, 2, 2);
  const size_t k = 9, m = 40;
  size_t shared = 0, intruders = 0, missing = 0;
  for (const uint32_t i : subset_of(230, m, 7)) {
    const auto in_space = ranks_from(points, i), on_map = ranks_from(map, i);
    for (size_t j = 0; j < 230; ++j) {
      if (j == i) continue;
      if (on_map[j] <= k && in_space[j] <= k) ++shared;
      if (on_map[j] <= k && in_space[j] > k) intruders += in_space[j] - k;
      if (in_space[j] <= k && on_map[j] > k) missing += on_map[j] - k;
    }
  }
  ComputePool one(1), two(2);
  const auto found = map_quality(points, map, {k, m, 7}, one);
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(found->judged, m);
  const double scale = 2.0 / (double(m * k) * (460.0 - 27.0 - 1.0));
  EXPECT_NEAR(found->recall, double(shared) / double(m * k), 1e-12);
  EXPECT_NEAR(found->trustworthiness, 1.0 - scale * double(intruders), 1e-12);
  EXPECT_NEAR(found->continuity, 1.0 - scale * double(missing), 1e-12);
  const auto again = map_quality(points, map, {k, m, 7}, two);
  EXPECT_EQ(again->recall, found->recall);
  EXPECT_EQ(again->trustworthiness, found->trustworthiness);
  EXPECT_EQ(again->continuity, found->continuity);
  EXPECT_NE(map_quality(points, map, {k, m, 8}, one)->recall, found->recall);
}

TEST(MapQuality, DuplicatesAndTheSmallestMapsAreJudged) {
  ComputePool pool(2);
  FloatArray points = normal_points(90, 2, 3);
  for (size_t i = 0; i < 60; ++i) std::copy_n(points.row_data(60 + i / 20), 2, points.row_data(i));
  const auto same = map_quality(points, points, {.k = 7}, pool);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->recall, 1.0);
  EXPECT_EQ(same->trustworthiness, 1.0);
  EXPECT_EQ(same->continuity, 1.0);
  const auto three = map_quality(normal_points(3, 4, 1), normal_points(3, 2, 1), {.k = 1}, pool);
  ASSERT_TRUE(three.ok());
  EXPECT_EQ(three->judged, 3u);
  // All in one place: nothing can be told apart, so hardly a neighbour is a true one.
  const auto collapsed = map_quality(normal_points(200, 5, 4), FloatArray(200, 2, 1.0f), {.k = 7}, pool);
  ASSERT_TRUE(collapsed.ok());
  EXPECT_LT(collapsed->recall, 0.1);
  EXPECT_LT(collapsed->trustworthiness, 0.7);
}

TEST(MapQuality, WrongInputIsNamed) {
  ComputePool pool(1);
  FloatArray points = normal_points(30, 3, 1);
  const FloatArray map = normal_points(30, 2, 1);
  EXPECT_FALSE(map_quality(points, normal_points(29, 2, 1), {.k = 3}, pool).ok());
  EXPECT_FALSE(map_quality(points, map, {.k = 15}, pool).ok());
  EXPECT_FALSE(map_quality(points, map, {.k = 0}, pool).ok());
  EXPECT_FALSE(map_quality(points, map, {.k = 3, .sample = 0}, pool).ok());
  points(12, 1) = std::numeric_limits<float>::quiet_NaN();
  const auto refused = map_quality(points, map, {.k = 3}, pool);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("row 12"), std::string::npos) << refused.error().message;
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = map_quality(map, map, {.k = 3}, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

TEST(PointTrust, IsAsDefined) {
  ComputePool one(1), two(2);
  const size_t n = 150, k = 6, most = 25;
  const FloatArray points = normal_points(n, 4, 5);
  // Half a good map, half a bad one, so that all kinds of ranks come up.
  FloatArray map = normal_points(n, 2, 6);
  for (size_t i = 0; i < n / 2; ++i) std::copy_n(points.row_data(i), 2, map.row_data(i));
  const auto graph = neighbour_graph(points, {most}, one);
  const auto tree = PlaneTree::make(map);
  ASSERT_TRUE(graph.ok() && tree.ok());
  const auto trust = point_trust(*graph, *tree, k, one);
  ASSERT_TRUE(trust.ok()) << trust.error().message;
  for (size_t i = 0; i < n; ++i) {
    const auto in_space = ranks_from(points, i), on_map = ranks_from(map, i);
    double sum = 0.0;
    for (size_t j = 0; j < n; ++j)
      if (j != i && on_map[j] <= k)
        sum += in_space[j] <= k ? 1.0 : in_space[j] > most ? 0.0 : 1.0 - std::log(double(in_space[j]) / 6.0) / std::log(26.0 / 6.0);
    EXPECT_NEAR((*trust)[i], sum / 6.0, 1e-6) << i;
  }
  EXPECT_EQ(*point_trust(*graph, *tree, k, two), *trust);
}

TEST(PointTrust, IsOneWhereTheMapIsTheSpaceAndNearNothingWhereAllLieInOnePlace) {
  ComputePool pool(2);
  const FloatArray points = normal_points(400, 2, 7);
  const auto graph = neighbour_graph(points, {30}, pool);
  const auto same = point_trust(*graph, *PlaneTree::make(points), 10, pool);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(*same, std::vector<float>(400, 1.0f));
  const auto collapsed = point_trust(*graph, *PlaneTree::make(FloatArray(400, 2)), 10, pool);
  ASSERT_TRUE(collapsed.ok());
  EXPECT_LT(mean(*collapsed), 0.1);
}

TEST(PointTrust, DuplicatesAreTrueNeighboursHoweverMany) {
  // 50 of each of four points, and a graph that knows only 8 neighbours of each.
  ComputePool pool(2);
  FloatArray points(200, 3), map(200, 2);
  Rng rng(8, RngStream::general);
  for (size_t i = 0; i < 200; ++i) {
    for (size_t c = 0; c < 3; ++c) points(i, c) = float(c == i % 3 ? i % 4 : 0);
    for (float& v : map.row(i)) v = rng.normal() + (i % 12 == 0 ? 0.0f : 100.0f * float(i % 12));
  }
  const auto trust = point_trust(*neighbour_graph(points, {8}, pool), *PlaneTree::make(map), 8, pool);
  ASSERT_TRUE(trust.ok());
  EXPECT_EQ(*trust, std::vector<float>(200, 1.0f));
}

TEST(PointTrust, WrongInputIsNamed) {
  ComputePool pool(1);
  const FloatArray points = normal_points(40, 2, 9);
  const auto graph = neighbour_graph(points, {10}, pool);
  const auto tree = PlaneTree::make(points);
  EXPECT_FALSE(point_trust(*graph, *PlaneTree::make(normal_points(39, 2, 9)), 5, pool).ok());
  EXPECT_FALSE(point_trust(*graph, *tree, 0, pool).ok());
  EXPECT_FALSE(point_trust(*graph, *tree, 11, pool).ok());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = point_trust(*graph, *tree, 5, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
