#include "core/projection/fuzzy_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

double membership_sum(const std::vector<float>& distances, const LocalScale& scale) {
  double sum = 0.0;
  for (const float d : distances) sum += std::exp(-std::max(0.0, double(d) - double(scale.rho)) / double(scale.sigma));
  return sum;
}

Array2<double> dense(const SparseGraph& graph) {
  Array2<double> all(graph.n, graph.n, 0.0);
  for (size_t i = 0; i < graph.n; ++i)
    for (size_t e = graph.start[i]; e < graph.start[i + 1]; ++e) all(i, graph.columns[e]) += double(graph.values[e]);
  return all;
}

TEST(SparseGraph, PointsInOnePlaceAreEachOthersNeighboursEvenly) {
  ComputePool pool(2);
  FloatArray points = normal_points(400, 3, 5);
  for (size_t i = 0; i < 400; i += 4) std::fill_n(points.row_data(i), 3, 0.5f);  // a hundred, more than neighbours
  for (size_t i = 1; i < 40; i += 4) std::fill_n(points.row_data(i), 3, -0.5f);  // ten, fewer
  const GraphConfig search{12};
  const NeighbourGraph graph = neighbours_again(points, nullptr, 0, search, pool, {}).value();
  std::vector<size_t> chosen(400, 0);
  for (size_t i = 0; i < 400; i += 4) {
    std::vector<uint32_t> ids(graph.ids.row(i).begin(), graph.ids.row(i).end());
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
    for (const uint32_t j : ids) {
      EXPECT_EQ(j % 4, 0u);
      EXPECT_NE(j, i);
      ++chosen[j];
    }
  }
  for (size_t i = 0; i < 400; i += 4) EXPECT_EQ(chosen[i], 12u) << i;
  for (size_t a = 0; a < 9; ++a) EXPECT_EQ(graph.ids(1, a), 4 * a + 5);
}

TEST(SparseGraph, MergesBothDirectionsAndRenumbers) {
  ComputePool pool(2);
  // 0 and 1 chose each other, 2 chose 0.
  const Array2<uint32_t> ids = [] {
    Array2<uint32_t> a(3, 1);
    a.values = {1, 0, 0};
    return a;
  }();
  FloatArray weights(3, 1);
  weights.values = {0.5f, 0.25f, 0.125f};
  const auto sum = [](float a, float b) { return a + b; };
  const SparseGraph graph = symmetrised(ids, weights, sum, pool, {}).value();
  std::stop_source asked;
  asked.request_stop();
  EXPECT_EQ(symmetrised(ids, weights, sum, pool, asked.get_token()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(graph.start, (std::vector<size_t>{0, 2, 3, 4}));
  EXPECT_EQ(graph.columns, (std::vector<uint32_t>{1, 2, 0, 0}));
  EXPECT_EQ(graph.values, (std::vector<float>{0.75f, 0.125f, 0.75f, 0.125f}));
  const std::vector<uint32_t> order = {2, 0, 1};
  const SparseGraph turned = renumbered(graph, order, pool);
  EXPECT_EQ(turned.start, (std::vector<size_t>{0, 1, 3, 4}));
  EXPECT_EQ(turned.columns, (std::vector<uint32_t>{1, 2, 0, 1}));
  EXPECT_EQ(turned.values, (std::vector<float>{0.125f, 0.75f, 0.125f, 0.75f}));
}

TEST(LocalScale, MembershipsSumToTheLogarithmOfTheNeighbours) {
  std::vector<float> distances(15);
  for (size_t i = 0; i < 15; ++i) distances[i] = 2.0f + 0.1f * static_cast<float>(i * i);
  for (const float unit : {1e-6f, 1.0f, 1e6f}) {
    std::vector<float> scaled = distances;
    for (float& d : scaled) d *= unit;
    const LocalScale scale = local_scale(scaled, 0.0f);
    EXPECT_EQ(scale.rho, scaled[0]);
    EXPECT_NEAR(membership_sum(scaled, scale), std::log2(15.0), 1e-3) << unit;
  }
}

TEST(LocalScale, TiesLeaveTheFloorAndTheNearestPlaceThatDiffers) {
  // Eight of fifteen in the same place weigh 1 each already: more than log2(15).
  std::vector<float> distances(15, 0.0f);
  for (size_t i = 8; i < 15; ++i) distances[i] = static_cast<float>(i);
  const LocalScale scale = local_scale(distances, 0.01f);
  EXPECT_EQ(scale.rho, 8.0f);
  EXPECT_EQ(scale.sigma, 0.01f);
  const LocalScale equal = local_scale(std::vector<float>(15, 0.0f), 0.01f);
  EXPECT_EQ(equal.rho, 0.0f);
  EXPECT_EQ(equal.sigma, 0.01f);
}

TEST(FuzzyGraph, IsTheUnionOfWhatBothEndsSay) {
  constexpr size_t n = 80, k = 6;
  ComputePool pool(2);
  const FloatArray points = normal_points(n, 4, 1);
  const auto nearest = neighbour_graph(points, {k, Metric::euclidean}, pool);
  ASSERT_TRUE(nearest.ok());
  Array2<double> said(n, n, 0.0);
  for (size_t i = 0; i < n; ++i) {
    std::vector<float> distances;
    for (const float d : nearest->squared_distances.row(i)) distances.push_back(std::sqrt(d));
    const LocalScale scale = local_scale(distances, 0.0f);
    for (size_t a = 0; a < k; ++a)
      said(i, nearest->ids(i, a)) = std::exp(-std::max(0.0, double(distances[a]) - double(scale.rho)) / double(scale.sigma));
  }
  const auto graph = fuzzy_graph(*nearest, pool);
  ASSERT_TRUE(graph.ok());
  const Array2<double> found = dense(*graph);
  for (size_t i = 0; i < n; ++i) {
    EXPECT_NEAR(found(i, nearest->ids(i, 0)), 1.0, 1e-6) << "the nearest is surely connected";
    for (size_t j = 0; j < n; ++j) {
      EXPECT_NEAR(found(i, j), said(i, j) + said(j, i) - said(i, j) * said(j, i), 1e-6);
      EXPECT_EQ(found(i, j), found(j, i));
    }
  }
}

TEST(FuzzyGraph, SameBitsAtAnyThreadCountAndStops) {
  ComputePool one(1), three(3);
  const auto nearest = neighbour_graph(normal_points(1000, 3, 2), {10, Metric::euclidean}, one);
  ASSERT_TRUE(nearest.ok());
  const auto a = fuzzy_graph(*nearest, one), b = fuzzy_graph(*nearest, three);
  EXPECT_EQ(a->columns, b->columns);
  EXPECT_EQ(a->values, b->values);
  std::stop_source source;
  source.request_stop();
  const auto stopped = fuzzy_graph(*nearest, one, source.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
