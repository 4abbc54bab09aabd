#include "core/neighbours/graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

TEST(NeighbourGraph, CosineIgnoresLengths) {
  ComputePool pool(2);
  FloatArray points = normal_points(150, 4, 3);
  const auto before = neighbour_graph(points, {7, Metric::cosine}, pool);
  ASSERT_TRUE(before.ok());
  for (size_t i = 0; i < 150; ++i)
    for (float& v : points.row(i)) v *= std::ldexp(1.0f, static_cast<int>(i % 9) - 4);
  const auto after = neighbour_graph(points, {7, Metric::cosine}, pool);
  ASSERT_TRUE(after.ok());
  EXPECT_EQ(before->ids, after->ids);
  const auto euclidean = neighbour_graph(points, {7, Metric::euclidean}, pool);
  EXPECT_NE(euclidean->ids, after->ids);
  for (size_t i = 0; i < 150; ++i) {
    double dot = 0.0, a = 0.0, b = 0.0;
    const auto p = points.row(i), q = points.row(after->ids(i, 0));
    for (size_t j = 0; j < 4; ++j) {
      dot += double(p[j]) * double(q[j]);
      a += double(p[j]) * double(p[j]);
      b += double(q[j]) * double(q[j]);
    }
    EXPECT_NEAR(after->squared_distances(i, 0), 2.0 - 2.0 * dot / std::sqrt(a * b), 1e-5);
  }
}

TEST(NeighbourGraph, CosineOfAZeroRowIsZero) {
  // Random directions of 40 dimensions are nearly at right angles: a zero row must not be nearer to them than they are to each other.
  ComputePool pool(1);
  FloatArray points = normal_points(60, 40, 4);
  for (const size_t zero : {11, 12}) std::fill_n(points.row_data(zero), 40, 0.0f);
  const auto graph = neighbour_graph(points, {59, Metric::cosine}, pool);
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->ids(11, 0), 12u);
  EXPECT_EQ(graph->squared_distances(11, 0), 0.0f);
  for (const float d : graph->squared_distances.row(11).subspan(1)) EXPECT_NEAR(d, 2.0f, 1e-6f);
  const auto others = graph->ids.row(0).first(20);  // about half of them are nearer than right angles
  EXPECT_EQ(std::count(others.begin(), others.end(), 11u), 0);
}

constexpr size_t kDescend = 100;  // exact up to so many: the tests' points are more

TEST(NeighbourGraph, DescentFindsNearlyAllAndRecallCountsThem) {
  ComputePool pool(2);
  const FloatArray points = normal_points(12000, 12, 5);  // more leaves than the start looks into
  const GraphConfig config{15, Metric::euclidean, 1, kDescend};
  const auto exact = neighbour_graph(points, {15}, pool);
  EXPECT_EQ(*graph_recall(points, *exact, config, 500, pool), 1.0);
  const auto graph = neighbour_graph(points, config, pool);
  ASSERT_TRUE(graph.ok());
  EXPECT_GT(*graph_recall(points, *graph, config, 500, pool), 0.95);
  size_t same = 0;
  for (size_t i = 0; i < 12000; ++i) {
    const auto list = graph->ids.row(i);
    for (size_t a = 0; a < 15; ++a) {
      ASSERT_NE(list[a], i);
      ASSERT_EQ(std::count(list.begin(), list.end(), list[a]), 1) << "point " << i;
      if (a) {
        ASSERT_LE(graph->squared_distances(i, a - 1), graph->squared_distances(i, a));
      }
      const auto truth = exact->ids.row(i);
      same += std::find(truth.begin(), truth.end(), list[a]) != truth.end();
    }
  }
  EXPECT_NEAR(double(same) / (12000.0 * 15.0), *graph_recall(points, *graph, config, 12000, pool), 1e-3);
  NeighbourGraph wrong = *graph;
  for (uint32_t& id : wrong.ids.values) id = (id + 6000) % 12000;
  EXPECT_LT(*graph_recall(points, wrong, config, 500, pool), 0.05);
}

TEST(NeighbourGraph, DescentIsTheSameBitsAtAnyThreadCount) {
  const FloatArray points = normal_points(9000, 6, 6);
  const auto run = [&](size_t threads) {
    ComputePool pool(threads);
    return *neighbour_graph(points, {10, Metric::euclidean, 1, kDescend}, pool);
  };
  const NeighbourGraph one = run(1), two = run(2);
  EXPECT_EQ(one.ids, two.ids);
  EXPECT_EQ(one.squared_distances, two.squared_distances);
}

TEST(NeighbourGraph, RefiningFollowsPointsThatMoved) {
  ComputePool pool(2);
  FloatArray points = normal_points(7000, 6, 7);
  const GraphConfig config{12};
  const auto before = neighbour_graph(points, config, pool);
  const FloatArray shift = normal_points(7000, 6, 8);
  for (size_t i = 0; i < points.values.size(); ++i) points.values[i] += 0.1f * shift.values[i];
  const double stale = *graph_recall(points, *before, config, 500, pool);
  const auto after = refined_graph(points, *before, config, pool);
  ASSERT_TRUE(after.ok());
  EXPECT_LT(stale, 0.9);
  EXPECT_GT(*graph_recall(points, *after, config, 500, pool), 0.98);
  EXPECT_EQ(refined_graph(normal_points(6999, 6, 7), *before, config, pool).error().code, ErrorCode::invalid_argument);
  const FloatArray collapsed(7000, 6, 1.5f);  // all in one place, as latents may
  const auto all_alike = refined_graph(collapsed, *before, config, pool);
  ASSERT_TRUE(all_alike.ok());
  for (const float d : all_alike->squared_distances.values) ASSERT_EQ(d, 0.0f);
}

TEST(NeighbourGraph, MoreNeighboursThanBeforeAreFoundOutsideDenseGroups) {
  ComputePool pool(2);
  const FloatArray noise = normal_points(6000, 4, 9);
  FloatArray points(6000, 4);
  for (size_t i = 0; i < 6000; ++i)
    for (size_t j = 0; j < 4; ++j) points(i, j) = 100.0f * noise(i - i % 20, j) + 0.01f * noise(i, j);  // groups of twenty
  const auto before = neighbour_graph(points, {10}, pool);
  ASSERT_TRUE(before.ok());
  const auto after = refined_graph(points, *before, {40}, pool);
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_GT(*graph_recall(points, *after, {40}, 500, pool), 0.98);
}

TEST(NeighbourGraph, AStopIsSeenInEverySearch) {
  ComputePool pool(2);
  const FloatArray points = normal_points(6000, 3, 9);
  std::stop_source source;
  source.request_stop();
  for (const size_t exact_up_to : {size_t{10000}, kDescend}) {
    const auto stopped = neighbour_graph(points, {8, Metric::cosine, 1, exact_up_to}, pool, source.get_token());
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace latentscape
