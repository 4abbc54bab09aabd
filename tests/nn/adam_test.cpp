#include "core/nn/adam.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

// Two updates worked out from algorithm 1 of the paper in the form of PyTorch: p -= lr (m / c1) / (sqrt(v / c2) + eps).
TEST(Adam, FollowsTheAlgorithm) {
  ComputePool pool(1);
  std::vector<double> p = {1.0, -2.0}, m(2), v(2);
  const std::vector<std::vector<double>> gradients = {{0.5, -3.0}, {-0.25, 1.0}};
  double em[2] = {}, ev[2] = {}, ep[2] = {1.0, -2.0};
  const double rates[2] = {0.1, 0.01};
  const RateRange ranges[] = {{0, 1, rates[0]}, {1, 2, rates[1]}};
  for (uint64_t t = 1; t <= 2; ++t) {
    adam_step<double>(pool, ranges, p, gradients[t - 1], m, v, t);
    for (size_t i = 0; i < 2; ++i) {
      const double g = gradients[t - 1][i];
      em[i] = 0.9 * em[i] + 0.1 * g;
      ev[i] = 0.999 * ev[i] + 0.001 * g * g;
      const double td = static_cast<double>(t);
      ep[i] -= rates[i] * (em[i] / (1 - std::pow(0.9, td))) / (std::sqrt(ev[i] / (1 - std::pow(0.999, td))) + 1e-8);
      EXPECT_NEAR(p[i], ep[i], 1e-14) << "step " << t << " parameter " << i;
    }
  }
}

TEST(Adam, FirstStepIsTheLearningRate) {
  ComputePool pool(1);
  std::vector<float> p = {0.0f}, m(1), v(1), g = {123.0f};
  const RateRange range[] = {{0, 1, 0.25}};
  adam_step<float>(pool, range, p, g, m, v, 1);
  EXPECT_NEAR(p[0], -0.25f, 1e-6f);
}

// The same numbers at another address must give the same bits, or two runs could differ by where memory happened to lie.
TEST(Adam, BitsDoNotDependOnAlignment) {
  ComputePool pool(1);
  const size_t n = 101;
  std::vector<float> first;
  for (const size_t shift : {0, 1, 4, 9}) {
    std::vector<float> p(n + 32), m(n + 32), v(n + 32), g(n + 32);
    for (size_t i = 0; i < n; ++i) {
      p[shift + i] = static_cast<float>(i) * 0.013f;
      g[shift + i] = static_cast<float>(i % 17) - 7.3f;
    }
    const RateRange range[] = {{0, n, 0.01}};
    const auto at = [&](std::vector<float>& of) { return std::span<float>(of).subspan(shift, n); };
    for (uint64_t t = 1; t <= 3; ++t) adam_step<float>(pool, range, at(p), at(g), at(m), at(v), t, 0.7);
    const std::vector<float> result(p.begin() + static_cast<long>(shift), p.begin() + static_cast<long>(shift + n));
    if (shift == 0) first = result;
    EXPECT_EQ(result, first) << "shifted by " << shift;
  }
}

TEST(GradientNorm, IsTheEuclideanNormAtAnyThreadCount) {
  std::vector<float> g(50001, 0.5f);
  g[50000] = 3.0f;
  std::vector<double> partials;
  for (size_t threads : {1, 2, 3}) {
    ComputePool pool(threads);
    EXPECT_DOUBLE_EQ(gradient_norm<float>(pool, g, partials), std::sqrt(50000 * 0.25 + 9.0));
  }
  g[17] = NAN;
  ComputePool pool(1);
  EXPECT_TRUE(std::isnan(gradient_norm<float>(pool, g, partials)));
}

TEST(ClipScale, LimitsTheNorm) {
  EXPECT_EQ(clip_scale(10.0, 0.0), 1.0);
  EXPECT_EQ(clip_scale(10.0, 20.0), 1.0);
  EXPECT_DOUBLE_EQ(clip_scale(10.0, 5.0), 0.5);
}

}  // namespace
}  // namespace latentscape
