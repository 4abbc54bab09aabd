#include "core/metrics/auroc.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

TEST(Auroc, CountsPairsWithTiesAsHalves) {
  // 0.4 beats both 0.1 and ties with two (3), 0.35 beats two, 0.8 and 0.9 beat all four: 13 of 16 pairs.
  const std::vector<double> scores = {0.1, 0.4, 0.4, 0.35, 0.8, 0.4, 0.9, 0.1};
  const auto result = auroc(scores, {false, false, true, true, true, false, true, false});
  ASSERT_TRUE(result.ok());
  EXPECT_DOUBLE_EQ(result->value, 13.0 / 16.0);
  EXPECT_EQ(result->positives, 4u);
  EXPECT_EQ(result->negatives, 4u);
}

TEST(Auroc, AgreesWithScikitLearn) {
  std::vector<double> scores;
  std::vector<bool> positive;
  for (int i = 0; i < 50; ++i) {
    scores.push_back((i * 37 % 23) / 10.0);
    positive.push_back(i * i % 7 < 3);
  }
  EXPECT_NEAR(auroc(scores, positive)->value, 0.5833333333333333, 1e-15);  // roc_auc_score of scikit-learn 1.2.1
}

TEST(Auroc, EndsAndTheMiddle) {
  const std::vector<bool> marks = {false, false, true, true};
  EXPECT_EQ(auroc(std::vector<double>{1, 2, 3, 4}, marks)->value, 1.0);
  EXPECT_EQ(auroc(std::vector<double>{4, 3, 2, 1}, marks)->value, 0.0);
  EXPECT_EQ(auroc(std::vector<double>{5, 5, 5, 5}, marks)->value, 0.5);
  EXPECT_EQ(auroc(std::vector<double>{-INFINITY, 0, 1, INFINITY}, marks)->value, 1.0);
}

TEST(Auroc, RefusesWhatHasNoAnswer) {
  EXPECT_EQ(auroc(std::vector<double>{1, 2}, {true, true}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(auroc(std::vector<double>{1, 2}, {false, false}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(auroc(std::vector<double>{1, 2}, {false}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(auroc(std::vector<double>{1, NAN}, {false, true}).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
