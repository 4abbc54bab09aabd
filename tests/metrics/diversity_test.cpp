#include "core/metrics/diversity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

FloatArray normals(size_t n, size_t d, uint64_t seed) {
  FloatArray out(n, d);
  Rng(seed, RngStream::general).fill_normal(out.values);
  return out;
}

TEST(Diversity, OnALineWorkedOutByHand) {
  // Data 0 1 2 ... 9, k = 1: each radius is 1. Samples 0.5, 1.5, 20, 22: the first two are covered; their radii are 1, so they cover the
  // data 0, 1 and 2, and 20 and 22 with radius 2 none.
  FloatArray data(10, 1), samples(4, 1);
  for (size_t i = 0; i < 10; ++i) data(i, 0) = static_cast<float>(i);
  samples.values = {0.5f, 1.5f, 20.0f, 22.0f};
  ComputePool pool(1);
  const auto d = sample_diversity(samples, data, pool, 1);
  ASSERT_TRUE(d.ok()) << d.error().message;
  EXPECT_DOUBLE_EQ(d->precision, 0.5);
  EXPECT_DOUBLE_EQ(d->recall, 0.3);
  EXPECT_DOUBLE_EQ(d->nearest_data, 1.0);
  EXPECT_DOUBLE_EQ(d->nearest_sample, 1.5);
  EXPECT_EQ(d->k, 1u);
}

TEST(Diversity, TheSameDistributionIsCoveredAndAModeIsPreciseWithoutRecall) {
  const FloatArray data = normals(600, 20, 1), same = normals(600, 20, 2);
  FloatArray mode = normals(600, 20, 3), elsewhere = normals(600, 20, 4);
  for (float& v : mode.values) v *= 0.3f;
  for (float& v : elsewhere.values) v += 5.0f;
  ComputePool pool(2);
  const auto whole = sample_diversity(same, data, pool), narrow = sample_diversity(mode, data, pool),
             far = sample_diversity(elsewhere, data, pool);
  EXPECT_GT(whole->precision, 0.6);
  EXPECT_NEAR(whole->precision, whole->recall, 0.1);
  EXPECT_NEAR(whole->nearest_sample / whole->nearest_data, 1.0, 0.05);
  EXPECT_GT(narrow->precision, 0.95);
  EXPECT_LT(narrow->recall, 0.05);
  EXPECT_NEAR(narrow->nearest_sample / narrow->nearest_data, 0.3, 0.03);
  EXPECT_EQ(far->precision, 0.0);
  EXPECT_EQ(far->recall, 0.0);
  pool.set_threads(1);
  EXPECT_EQ(sample_diversity(same, data, pool)->precision, whole->precision);
  EXPECT_EQ(sample_diversity(data, data, pool)->recall, 1.0);
}

TEST(Diversity, RefusesAndStops) {
  ComputePool pool(1);
  const FloatArray data = normals(10, 3, 1);
  EXPECT_FALSE(sample_diversity(normals(10, 2, 2), data, pool).ok());
  EXPECT_FALSE(sample_diversity(normals(3, 3, 2), data, pool, 3).ok());
  EXPECT_FALSE(sample_diversity(normals(4, 3, 2), data, pool, 0).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(sample_diversity(normals(10, 3, 2), data, pool, 3, source.get_token()).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
