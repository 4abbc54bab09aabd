#include "core/metrics/knn.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace latentscape
