#include "core/metrics/latent_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

TEST(LatentStatistics, ActiveUnitsCountWhatMoves) {
  FloatArray means(4, 3);
  means.values = {1, 5, 0.05f, -1, 5, -0.05f, 1, 5, 0.05f, -1, 5, -0.05f};
  const auto variance = variances_of_means(means);
  EXPECT_NEAR(variance[0], 1.0, 1e-6);
  EXPECT_NEAR(variance[1], 0.0, 1e-12);
  EXPECT_NEAR(variance[2], 0.0025, 1e-6);
  EXPECT_EQ(active_units(means), 1u);
  EXPECT_EQ(active_units(means, 0.001), 2u);
}

TEST(LatentStatistics, KlOfKnownGaussians) {
  FloatArray means(2, 2), log_variances(2, 2);
  means.values = {0, 2, 0, 0};
  log_variances.values = {0, 0, 0, std::log(4.0f)};
  const auto kl = kl_per_dimension(means, log_variances);
  EXPECT_NEAR(kl[0], 0.0, 1e-9);
  EXPECT_NEAR(kl[1], 0.5 * (2.0 + (0.5 * (4.0 - std::log(4.0) - 1.0))), 1e-6);
}

TEST(LatentStatistics, MutualInformationOfALinearChannel) {
  // mu ~ N(0, 1 - v), variance v: q(z) is exactly the prior and I = -0.5 log v a dimension, KL(q(z)||p) = 0.
  const size_t n = 3000, d = 2;
  const double v = 0.25;
  FloatArray means(n, d), log_variances(n, d, static_cast<float>(std::log(v)));
  Rng(4, RngStream::general).fill_normal(means.values);
  for (float& m : means.values) m *= static_cast<float>(std::sqrt(1.0 - v));
  ComputePool pool(2);
  const auto mi = mutual_information(means, log_variances, 1, pool);
  ASSERT_TRUE(mi.ok());
  EXPECT_NEAR(mi->value, -0.5 * std::log(v) * double(d), 0.08);
  EXPECT_NEAR(mi->aggregate_kl, 0.0, 0.08);
  EXPECT_NEAR(mi->cap, std::log(3000.0), 1e-12);
  pool.set_threads(1);
  EXPECT_EQ(mutual_information(means, log_variances, 1, pool)->value, mi->value);
}

TEST(LatentStatistics, MutualInformationEndsAtNothingAndAtItsCap) {
  ComputePool pool(1);
  EXPECT_NEAR(mutual_information(FloatArray(50, 3), FloatArray(50, 3), 1, pool)->value, 0.0, 1e-12);  // collapsed
  FloatArray apart(50, 1);
  for (size_t i = 0; i < 50; ++i) apart(i, 0) = 100.0f * static_cast<float>(i);
  const auto capped = mutual_information(apart, FloatArray(50, 1), 1, pool);
  EXPECT_NEAR(capped->value, capped->cap, 1e-9);
  EXPECT_FALSE(mutual_information(apart, FloatArray(49, 1), 1, pool).ok());
  apart(3, 0) = NAN;
  EXPECT_EQ(mutual_information(apart, FloatArray(50, 1), 1, pool).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
