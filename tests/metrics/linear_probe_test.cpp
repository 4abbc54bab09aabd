#include "core/metrics/linear_probe.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

struct Sample {
  FloatArray points;
  std::vector<int> labels;
};

/// Rows [begin, end) of what the reference below was computed on.
Sample sample(int begin, int end) {
  Sample s{FloatArray(static_cast<size_t>(end - begin), 4), {}};
  for (int i = begin; i < end; ++i) {
    s.labels.push_back(i * 7 % 3);
    for (int j = 0; j < 4; ++j)
      s.points(static_cast<size_t>(i - begin), static_cast<size_t>(j)) =
          static_cast<float>(std::sin(1.3 * i + 2.1 * j) + 0.6 * (s.labels.back() == j ? 1 : 0));
  }
  return s;
}

// LogisticRegression(C=1, tol=1e-12, multi_class="multinomial") of scikit-learn 1.2.1 on the first 40 rows.
TEST(LinearProbe, AgreesWithScikitLearn) {
  const Sample train = sample(0, 40), test = sample(40, 60);
  ComputePool pool(1);
  const auto probe = fit_linear_probe(train.points, train.labels, pool);
  ASSERT_TRUE(probe.ok()) << probe.error().message;
  EXPECT_TRUE(probe->converged);
  EXPECT_EQ(probe->n, 40u);
  const double weights[4][3] = {{1.4057112494, -0.6923248635, -0.7133863859},
                                {-0.6772155693, 0.6837834776, -0.0065679083},
                                {-0.7376603148, 0.0423295506, 0.6953307642},
                                {-1.7681439454, 0.8612273655, 0.9069165799}};
  const double biases[3] = {0.0138817718, -0.0243343597, 0.0104525879};
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(probe->biases[c], biases[c], 1e-4);
    for (size_t j = 0; j < 4; ++j) EXPECT_NEAR(probe->weights(j, c), weights[j][c], 1e-4);
  }
  EXPECT_NEAR(probe->loss, 0.8216186070388728, 1e-9);
  EXPECT_DOUBLE_EQ(probe_accuracy(*probe, train.points, train.labels)->value, 0.725);
  EXPECT_DOUBLE_EQ(probe_accuracy(*probe, test.points, test.labels)->value, 0.8);
}

TEST(LinearProbe, TheSameBitsAtAnyThreadCount) {
  const Sample train = sample(0, 3000);
  ComputePool one(1), three(3);
  const auto a = fit_linear_probe(train.points, train.labels, one), b = fit_linear_probe(train.points, train.labels, three);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->weights, b->weights);
  EXPECT_EQ(a->biases, b->biases);
}

TEST(LinearProbe, RowsWithoutALabelAreLeftOut) {
  Sample train = sample(0, 40), all = sample(0, 50);
  for (size_t i = 40; i < 50; ++i) all.labels[i] = -1;
  ComputePool pool(1);
  EXPECT_EQ(fit_linear_probe(all.points, all.labels, pool)->weights, fit_linear_probe(train.points, train.labels, pool)->weights);
  const auto probe = fit_linear_probe(train.points, train.labels, pool);
  EXPECT_EQ(probe_accuracy(*probe, all.points, all.labels)->n, 40u);
  all.labels[0] = 17;  // a class that it has never seen
  EXPECT_LE(probe_accuracy(*probe, all.points, all.labels)->value, 39.0 / 40.0);
}

TEST(LinearProbe, RefusesAndStops) {
  Sample s = sample(0, 20);
  ComputePool pool(1);
  EXPECT_FALSE(fit_linear_probe(s.points, std::vector<int>(20, 2), pool).ok()) << "one class";
  EXPECT_FALSE(fit_linear_probe(s.points, std::vector<int>(19, 0), pool).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(fit_linear_probe(s.points, s.labels, pool, 1.0, source.get_token()).error().code, ErrorCode::cancelled);
  const auto probe = fit_linear_probe(s.points, s.labels, pool);
  EXPECT_FALSE(probe_accuracy(*probe, FloatArray(20, 3), s.labels).ok());
  EXPECT_FALSE(probe_accuracy(*probe, s.points, std::vector<int>(20, -1)).ok());
  s.points(3, 1) = NAN;
  EXPECT_EQ(fit_linear_probe(s.points, s.labels, pool).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
