#include "core/nn/gradient_norm.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

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
