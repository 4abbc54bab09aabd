#include "core/nn/total_correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

double log_normal(double x, double mean, double log_variance) {
  return -0.5 * ((x - mean) * (x - mean) * std::exp(-log_variance) + log_variance + std::log(2.0 * std::numbers::pi));
}

// The definition with three loops, for more examples than a chunk holds.
TEST(TotalCorrelation, AgreesWithItsDefinition) {
  const size_t n = 37, d = 3, population = 500;
  std::vector<double> z(n * d), mean(n * d), log_variance(n * d);
  Rng rng(4, RngStream::general);
  for (double& v : mean) v = rng.uniform(-2.0, 2.0);
  for (double& v : log_variance) v = rng.uniform(-2.0, 0.5);
  for (size_t i = 0; i < n * d; ++i) z[i] = mean[i] + std::exp(0.5 * log_variance[i]) * rng.uniform(-2.0, 2.0);
  double expected = 0.0;
  const double counts = std::log(static_cast<double>(n) * static_cast<double>(population));
  for (size_t i = 0; i < n; ++i) {
    double joint = 0.0;
    std::vector<double> one(d, 0.0);
    for (size_t j = 0; j < n; ++j) {
      double sum = 0.0;
      for (size_t k = 0; k < d; ++k) {
        const double l = log_normal(z[i * d + k], mean[j * d + k], log_variance[j * d + k]);
        one[k] += std::exp(l);
        sum += l;
      }
      joint += std::exp(sum);
    }
    expected += std::log(joint) - counts;
    for (const double density : one) expected -= std::log(density) - counts;
  }
  std::vector<double> scratch(total_correlation_scratch(n, d));
  ComputePool pool(2);
  const PosteriorBatch<double> batch = {View2<const double>(z.data(), n, d), View2<const double>(mean.data(), n, d),
                                        View2<const double>(log_variance.data(), n, d), population};
  EXPECT_NEAR(total_correlation<double>(pool, batch, scratch, {}), expected / static_cast<double>(n), 1e-10);
}

}  // namespace
}  // namespace latentscape
