#include "core/neighbours/graph.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

FloatArray normal_points(size_t n, size_t d, uint64_t seed) {
  FloatArray points(n, d);
  Rng(seed, RngStream::general).fill_normal(points.values);
  return points;
}

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

TEST(NeighbourGraph, CosineOfAZeroRowIsAnAnswerAndNotANumberThatIsNone) {
  ComputePool pool(1);
  FloatArray points = normal_points(30, 3, 4);
  for (float& v : points.row(11)) v = 0.0f;
  const auto graph = neighbour_graph(points, {29, Metric::cosine}, pool);
  ASSERT_TRUE(graph.ok());
  for (const float d : graph->squared_distances.row(11)) EXPECT_NEAR(d, 1.0f, 1e-6f);
}

}  // namespace
}  // namespace latentscape
