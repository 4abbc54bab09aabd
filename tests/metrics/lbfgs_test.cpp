#include "core/metrics/lbfgs.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

double rosenbrock(std::span<const double> x, std::span<double> gradient) {
  const double a = 1 - x[0], b = x[1] - x[0] * x[0];
  gradient[0] = -2 * a - 400 * x[0] * b;
  gradient[1] = 200 * b;
  return a * a + 100 * b * b;
}

TEST(Lbfgs, FindsTheMinimumOfACurvedValley) {
  const auto found = minimise(rosenbrock, {-1.2, 1.0});
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->converged);
  EXPECT_NEAR(found->x[0], 1.0, 1e-6);
  EXPECT_NEAR(found->x[1], 1.0, 1e-6);
  EXPECT_LT(found->iterations, 100u);
}

TEST(Lbfgs, SolvesABadlyScaledQuadratic) {
  const size_t n = 30;
  const auto f = [&](std::span<const double> x, std::span<double> gradient) {
    double value = 0;
    for (size_t i = 0; i < n; ++i) {
      const double c = std::pow(10.0, 4.0 * static_cast<double>(i) / n), off = x[i] - static_cast<double>(i);
      value += 0.5 * c * off * off;
      gradient[i] = c * off;
    }
    return value;
  };
  const auto found = minimise(f, std::vector<double>(n, 0.0));
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->converged);
  for (size_t i = 0; i < n; ++i) EXPECT_NEAR(found->x[i], static_cast<double>(i), 1e-5);
}

TEST(Lbfgs, SaysWhenItDoesNotGetThere) {
  LbfgsOptions options;
  options.iterations = 3;
  EXPECT_FALSE(minimise(rosenbrock, {-1.2, 1.0}, options)->converged);
  const auto infinite = [](std::span<const double>, std::span<double>) { return INFINITY; };
  EXPECT_EQ(minimise(infinite, {0.0}).error().code, ErrorCode::non_finite);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(minimise(rosenbrock, {-1.2, 1.0}, {}, source.get_token()).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
