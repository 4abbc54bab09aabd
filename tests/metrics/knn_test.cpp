#include "core/metrics/knn.hpp"

#include <gtest/gtest.h>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

TEST(Knn, TiesGoToTheNearest) {
  EXPECT_EQ(vote(std::vector<int>{3, 1, 1, 2, 2}), 1);
  EXPECT_EQ(vote(std::vector<int>{2, 1, 1, 2, 7}), 2);
  EXPECT_EQ(vote(std::vector<int>{5, 4, 3, 2, 1}), 5);
}

TEST(Knn, AccuracyOnALineWorkedOutByHand) {
  // Voters 0..5 on a line: labels 0 0 0 1 1 1, and one without a label in the middle of everything.
  FloatArray voters(7, 1);
  const std::vector<float> places = {0, 1, 2, 3, 4, 5, 2.5f};
  voters.values = places;
  const std::vector<int> labels = {0, 0, 0, 1, 1, 1, -1};
  FloatArray queries(5, 1);
  queries.values = {-1.0f, 6.0f, 2.4f, 2.4f, 2.5f};
  ComputePool pool(1);
  // Nearest three: {0,1,2} -> 0, {5,4,3} -> 1, {2,3,1} -> 0 (right, then judged against 1: wrong); the last is not judged.
  const auto result = knn_accuracy(voters, labels, queries, std::vector<int>{0, 1, 0, 1, -1}, 3, pool);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->n, 4u);
  EXPECT_EQ(result->value, 0.75);
  EXPECT_FALSE(knn_accuracy(voters, labels, queries, std::vector<int>{0, 1, 0, 1, -1}, 7, pool).ok());
  EXPECT_FALSE(knn_accuracy(voters, labels, queries, std::vector<int>(5, -1), 3, pool).ok());
  EXPECT_FALSE(knn_accuracy(voters, labels, queries, std::vector<int>(4, 0), 3, pool).ok());
}

TEST(Knn, PointsJudgedByTheOthersOnALineWorkedOutByHand) {
  // Places 0 1 2 3.1 4.2 5.3 and one without a label; with k = 1 each is judged by its nearest other: 1 0 1 2 3 4.
  FloatArray points(7, 1);
  points.values = {0.0f, 1.0f, 2.0f, 3.1f, 4.2f, 5.3f, 3.0f};
  ComputePool pool(1);
  const auto result = knn_accuracy_within(points, std::vector<int>{0, 0, 0, 1, 1, 1, -1}, 1, pool);
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->n, 6u);
  EXPECT_NEAR(result->value, 5.0 / 6.0, 1e-12);  // 3.1 is nearest to 2
  EXPECT_FALSE(knn_accuracy_within(points, std::vector<int>{0, 0, 0, 1, 1, 1, -1}, 6, pool).ok());
  EXPECT_FALSE(knn_accuracy_within(points, std::vector<int>(7, -1), 1, pool).ok());
  EXPECT_FALSE(knn_accuracy_within(points, std::vector<int>(6, 0), 1, pool).ok());
}

TEST(Knn, AMapIsJudgedAsTheSamePointsWithAColumnOfZeros) {
  FloatArray map(500, 2), points(500, 3, 0.0f);
  std::vector<int> labels;
  Rng rng(1, RngStream::general);
  for (size_t i = 0; i < 500; ++i) {
    for (size_t c = 0; c < 2; ++c) points(i, c) = map(i, c) = rng.normal();
    labels.push_back(map(i, 0) + 0.5f * rng.normal() > 0.0f ? 1 : 0);
  }
  ComputePool pool(2);
  const auto on_map = knn_accuracy_within(map, labels, 5, pool), in_space = knn_accuracy_within(points, labels, 5, pool);
  ASSERT_TRUE(on_map.ok() && in_space.ok());
  EXPECT_EQ(on_map->value, in_space->value);
  EXPECT_GT(on_map->value, 0.7);
  EXPECT_LT(on_map->value, 1.0);
}

}  // namespace
}  // namespace latentscape
