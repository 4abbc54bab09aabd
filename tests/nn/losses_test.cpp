#include "core/nn/losses.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/nn/gaussian_posterior.hpp"
#include "core/nn/gradient_check.hpp"
#include "tests/support/doubles.hpp"

namespace latentscape {
namespace {

// By hand: -log(1/2) = log 2; for logit 2 and x 1, log(1 + e^-2); for logit -3 and x 0.25, log(1 + e^-3) + 0.75.
TEST(Bernoulli, KnownValues) {
  const double logits[] = {0.0, 2.0, -3.0}, x[] = {0.5, 1.0, 0.25};
  double gradient[3];
  EXPECT_NEAR(bernoulli_loss<double>(logits, x, 1, 1.0, nullptr), 0.69314718055994531, 1e-15);
  EXPECT_NEAR(bernoulli_loss<double>(logits + 1, x + 1, 1, 1.0, nullptr), 0.12692801104297249, 1e-15);
  EXPECT_NEAR(bernoulli_loss<double>(logits + 2, x + 2, 1, 1.0, nullptr), 0.048587351573741957 + 0.75, 1e-15);
  EXPECT_NEAR(bernoulli_loss<double>(logits, x, 3, 2.0, gradient), 0.69314718055994531 + 0.12692801104297249 + 0.79858735157374196, 1e-14);
  EXPECT_NEAR(gradient[1], 2.0 * (0.88079707797788244 - 1.0), 1e-15);
}

TEST(Bernoulli, ExtremeLogitsStayFinite) {
  const float logits[] = {1000.0f, -1000.0f, 1e30f}, x[] = {0.0f, 1.0f, 1.0f};
  float gradient[3];
  EXPECT_NEAR(bernoulli_loss<float>(logits, x, 3, 1.0f, gradient), 2000.0, 1e-3);
  EXPECT_EQ(gradient[0], 1.0f);
  EXPECT_EQ(gradient[1], -1.0f);
  EXPECT_EQ(gradient[2], 0.0f);
}

TEST(Bernoulli, FloatAgreesWithTheFormulaInDouble) {
  const size_t n = 784;
  const Doubles l = random_numbers(n, 1, -12.0, 12.0), x = random_numbers(n, 2, 0.0, 1.0);
  std::vector<float> lf(l.begin(), l.end()), xf(x.begin(), x.end());
  double expected = 0.0;
  for (size_t i = 0; i < n; ++i) {
    const double a = static_cast<double>(lf[i]);
    expected += std::max(a, 0.0) - a * static_cast<double>(xf[i]) + std::log1p(std::exp(-std::abs(a)));
  }
  EXPECT_NEAR(bernoulli_loss<float>(lf.data(), xf.data(), n, 1.0f, nullptr) / expected, 1.0, 1e-6);
}

/// Word counts: more numbers than fit into whole chunks, the gradient in the logits' place.
TEST(Categorical, CountsAgreeWithTheFormulaInDouble) {
  const size_t n = 2007;
  const Doubles l = random_numbers(n, 1, -200.0, 30.0), u = random_numbers(n, 2, 0.0, 1.0);
  std::vector<float> logits(l.begin(), l.end()), counts(n);
  double largest = -1e9, sum = 0.0, words = 0.0, product = 0.0;
  for (size_t i = 0; i < n; ++i) {
    counts[i] = u[i] > 0.9 ? static_cast<float>(std::floor(10.0 * u[i])) - 8.0f : 0.0f;
    largest = std::max(largest, static_cast<double>(logits[i]));
  }
  for (size_t i = 0; i < n; ++i) {
    sum += std::exp(static_cast<double>(logits[i]) - largest);
    words += static_cast<double>(counts[i]);
    product += static_cast<double>(counts[i]) * static_cast<double>(logits[i]);
  }
  const double log_sum = largest + std::log(sum), expected = words * log_sum - product;
  std::vector<float> gradient = logits;
  EXPECT_NEAR(categorical_loss<float>(gradient.data(), counts.data(), n, 0.5f, gradient.data()) / expected, 1.0, 1e-6);
  for (size_t i = 0; i < n; ++i) {
    const double p = std::exp(static_cast<double>(logits[i]) - log_sum);
    ASSERT_NEAR(static_cast<double>(gradient[i]), 0.5 * (words * p - static_cast<double>(counts[i])), 1e-5 * words) << i;
  }
}

TEST(Losses, WhatIsNotANumberShows) {
  const float x = 0.5f;
  for (float bad : {NAN, INFINITY}) {
    EXPECT_FALSE(std::isfinite(bernoulli_loss<float>(&bad, &x, 1, 1.0f, nullptr)));
    EXPECT_FALSE(std::isfinite(gaussian_loss<float>(&bad, &x, 1, 1.0, false, 1.0f, nullptr)));
    EXPECT_FALSE(std::isfinite(categorical_loss<float>(&bad, &x, 1, 1.0f, nullptr)));
  }
}

TEST(Losses, GradientsAgreeWithCentralDifferences) {
  const size_t n = 41;
  Doubles outputs = random_numbers(n, 3, -4.0, 4.0), gradient(n);
  const Doubles x = random_numbers(n, 4, 0.0, 1.0);
  bernoulli_loss<double>(outputs.data(), x.data(), n, 1.0, gradient.data());
  const auto bernoulli = [&](std::span<const double> p) { return bernoulli_loss<double>(p.data(), x.data(), n, 1.0, nullptr); };
  EXPECT_LT(check_gradient(bernoulli, outputs, gradient).relative_error, 1e-6);
  for (bool squash : {false, true}) {
    gaussian_loss<double>(outputs.data(), x.data(), n, 0.7, squash, 1.0, gradient.data());
    const auto gaussian = [&](std::span<const double> p) {
      return gaussian_loss<double>(p.data(), x.data(), n, 0.7, squash, 1.0, nullptr);
    };
    EXPECT_LT(check_gradient(gaussian, outputs, gradient).relative_error, 1e-6) << squash;
  }
}

// -log N(1; 0, 1) = 1/2 + log(2 pi)/2 = 1.4189385332046727; -log N(2; 0.5, 0.5^2) = 4.5 + log 0.5 + log(2 pi)/2 = 4.7257913526447274.
TEST(Gaussian, KnownValues) {
  const double zero = 0.0, half = 0.5, one = 1.0, two = 2.0;
  EXPECT_NEAR(gaussian_loss<double>(&zero, &one, 1, 1.0, false, 1.0, nullptr), 1.4189385332046727, 1e-14);
  EXPECT_NEAR(gaussian_loss<double>(&half, &two, 1, 0.5, false, 1.0, nullptr), 4.7257913526447274, 1e-14);
  EXPECT_NEAR(gaussian_loss<double>(&zero, &two, 1, 0.5, true, 1.0, nullptr), 4.7257913526447274, 1e-14);  // sigmoid(0) = 0.5
}

// KL(N(1, e^0) || N(0, 1)) = 1/2; KL(N(0, 4) || N(0, 1)) = (4 - log 4 - 1) / 2 = 0.80685281944005469.
TEST(Posterior, KnownValues) {
  const double mean[] = {1.0, 0.0}, noise[] = {0.5, -1.5};
  double lv[] = {0.0, std::log(4.0)}, z[2], deviation[2], clamped[2], kl[2];
  EXPECT_NEAR(sample_posterior<double>(mean, lv, noise, 2, z, deviation, clamped, kl), 0.5 + 0.80685281944005469, 1e-14);
  EXPECT_NEAR(kl[1], 0.80685281944005469, 1e-14);
  EXPECT_NEAR(z[0], 1.5, 1e-15);
  EXPECT_NEAR(z[1], -3.0, 1e-14);  // the standard deviation 2, not the variance 4
}

TEST(Posterior, ClampsTheLogVarianceAndItsGradient) {
  const double mean[] = {0.0, 0.0, 0.0}, noise[] = {1.0, 1.0, 1.0}, dz[] = {1.0, 1.0, 1.0}, weight[] = {1.0, 1.0, 1.0};
  double lv[] = {-25.0, 12.0, 0.5}, z[3], deviation[3], clamped[3], kl[3], dm[3] = {}, dlv[3] = {};
  sample_posterior<double>(mean, lv, noise, 3, z, deviation, clamped, kl);
  EXPECT_EQ(lv[0], -20.0);
  EXPECT_EQ(lv[1], 10.0);
  add_posterior_gradient<double>(mean, noise, deviation, clamped, dz, weight, 3, dm, dlv);
  EXPECT_EQ(dlv[0], 0.0);
  EXPECT_EQ(dlv[1], 0.0);
  EXPECT_NE(dlv[2], 0.0);
}

TEST(Posterior, GradientsAgreeWithCentralDifferences) {
  const size_t d = 37;
  Doubles point = random_numbers(2 * d, 6, -2.0, 2.0);  // means, then log-variances
  const Doubles noise = random_numbers(d, 7, -2.0, 2.0), dz = random_numbers(d, 8, -1.0, 1.0);
  Doubles z(d), deviation(d), clamped(d), kl(d), gradient(2 * d);
  const auto value = [&](std::span<const double> p) {
    Doubles lv(p.begin() + static_cast<long>(d), p.end());
    double total =
        0.7 * sample_posterior<double>(p.data(), lv.data(), noise.data(), d, z.data(), deviation.data(), clamped.data(), kl.data());
    for (size_t j = 0; j < d; ++j) total += dz[j] * z[j];
    return total;
  };
  value(point);
  const Doubles weight(d, 0.7);
  add_posterior_gradient<double>(point.data(), noise.data(), deviation.data(), clamped.data(), dz.data(), weight.data(), d, gradient.data(),
                                 gradient.data() + d);
  const Doubles analytic = gradient;
  EXPECT_LT(check_gradient(value, point, analytic).relative_error, 1e-6);
}

}  // namespace
}  // namespace latentscape
