#include "core/metrics/rate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

TEST(Rate, UnitsOfTheCodeAndTheWhole) {
  LossTerms terms;
  terms.reconstruction = 5.0;
  terms.kl = 3.0;
  const Rate rate = rate_from(terms, 4);
  EXPECT_DOUBLE_EQ(rate.nats, 8.0);
  EXPECT_NEAR(rate.bits_per_dimension, 2.0 / std::log(2.0), 1e-12);
  EXPECT_DOUBLE_EQ(rate.code_nats, 3.0);
  EXPECT_NEAR(rate.code_bits, 3.0 / std::log(2.0), 1e-12);
}

TEST(Rate, RowsOnTheAxisComeBackWhole) {
  FloatArray x(2, 4), decoded(2, 4);
  x.values = {1, 0, 0, 0, 0, 0.5f, 0, 0};
  decoded.values = {1, 0, 0.5f, 0, 0, 0, 0, 0};
  EXPECT_NEAR(mean_squared_error(x, decoded), 0.5 / 8, 1e-12);
  PrincipalAxes axes;
  axes.mean = {0.5, 0.25, 0, 0};
  axes.axes = Array2<double>(1, 4);
  axes.axes.values = {std::sqrt(0.8), -std::sqrt(0.2), 0, 0};
  EXPECT_NEAR(mean_squared_error(x, pca_reconstruction(axes, 3, x)), 0.0, 1e-12);
  EXPECT_NEAR(mean_squared_error(x, pca_reconstruction(axes, 0, x)), 2 * (0.25 + 0.0625) / 8, 1e-7);
}

// What principal components leave over is the variance of the axes that are not taken.
TEST(Rate, WhatPcaLosesIsTheVarianceLeftOut) {
  FloatArray x(500, 6);
  Rng(2, RngStream::general).fill_normal(x.values);
  for (size_t i = 0; i < x.rows; ++i)
    for (size_t j = 0; j < 6; ++j) x(i, j) = 3.0f + x(i, j) * static_cast<float>(j + 1);
  ComputePool pool(1);
  const auto axes = principal_axes(x, 6, pool);
  ASSERT_TRUE(axes.ok());
  for (size_t k = 0; k <= 6; ++k) {
    double left = 0.0;
    for (size_t j = k; j < 6; ++j) left += axes->variances[j];
    EXPECT_NEAR(mean_squared_error(x, pca_reconstruction(*axes, k, x)), left / 6, 1e-4) << k;
  }
}

}  // namespace
}  // namespace latentscape
