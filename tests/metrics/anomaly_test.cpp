#include "core/metrics/anomaly.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

/// One hidden number per example, no layers between: a mean and log-variance of x's first number, pixels as sigmoid(a_j + b_j z).
ModelConfig flat(LikelihoodKind likelihood) {
  ModelConfig config;
  config.latent = 2;
  config.encoder = {};
  config.decoder = {};
  config.likelihood = likelihood;
  return config;
}

struct Small {
  std::shared_ptr<const ModelF> model;
  std::vector<float> parameters;
};
Small small(LikelihoodKind likelihood) {
  const std::vector<size_t> shape = {3, 2};
  Small s{*make_model(flat(likelihood), shape), {}};
  s.parameters.resize(s.model->parameter_count());
  s.model->initialise(s.parameters, 4);
  return s;
}

FloatArray examples(size_t n) {
  FloatArray x(n, 6);
  Rng rng(8, RngStream::general);
  for (float& v : x.values) v = static_cast<float>(rng.uniform());
  std::fill(x.row(0).begin(), x.row(0).end(), 0.0f);  // certain pixels have no entropy
  return x;
}

std::vector<uint32_t> ids_from(uint32_t first, size_t n) {
  std::vector<uint32_t> ids;
  for (size_t i = 0; i < n; ++i) ids.push_back(first + static_cast<uint32_t>(i));
  return ids;
}

// By the definition, one number at a time, from encode and decode alone.
TEST(Anomaly, IsTheNegativeElboMinusTheEntropyOfThePixels) {
  const Small s = small(LikelihoodKind::bernoulli);
  const FloatArray x = examples(5);
  ComputePool pool(1);
  Workspace<float> work;
  const size_t samples = 4;
  const auto scores = anomaly_scores(*s.model, s.parameters, x, ids_from(0, 5), samples, 9, pool);
  ASSERT_TRUE(scores.ok()) << scores.error().message;
  FloatArray mean(5, 2), log_variance(5, 2), z(1, 2), p(1, 6);
  s.model->encode(pool, work, s.parameters, x, mean, log_variance);
  for (size_t i = 0; i < 5; ++i) {
    double kl = 0, reconstruction = 0, entropy = 0;
    for (size_t j = 0; j < 2; ++j) kl += 0.5 * (std::pow(mean(i, j), 2) + std::exp(log_variance(i, j)) - log_variance(i, j) - 1);
    for (size_t k = 0; k < samples; ++k) {
      std::vector<float> noise(2);
      Rng(9, RngStream::evaluate, k, static_cast<uint32_t>(i)).fill_normal(noise);
      for (size_t j = 0; j < 2; ++j) z(0, j) = mean(i, j) + std::exp(0.5f * log_variance(i, j)) * noise[j];
      s.model->decode(pool, work, s.parameters, z, p);
      for (size_t c = 0; c < 6; ++c)
        reconstruction -= (x(i, c) * std::log(p(0, c)) + (1 - x(i, c)) * std::log(1 - p(0, c))) / static_cast<double>(samples);
    }
    for (size_t c = 0; c < 6 && i > 0; ++c) entropy -= x(i, c) * std::log(x(i, c)) + (1 - x(i, c)) * std::log(1 - x(i, c));
    EXPECT_NEAR(scores->kl[i], kl, 1e-5);
    EXPECT_NEAR(scores->reconstruction[i], reconstruction, 1e-4);
    EXPECT_NEAR(scores->entropy[i], entropy, 1e-5);
    EXPECT_NEAR(scores->score[i], reconstruction + kl - entropy, 1e-4);
    EXPECT_GE(scores->score[i], 0.0) << "a divergence from the pixels plus one from the prior";
  }
}

TEST(Anomaly, ARowsScoreDependsOnNoOtherRow) {
  const Small s = small(LikelihoodKind::gaussian);
  const FloatArray x = examples(600);  // more than one chunk
  ComputePool pool(2);
  const auto all = anomaly_scores(*s.model, s.parameters, x, ids_from(0, 600), kAnomalySamples, 1, pool);
  ASSERT_TRUE(all.ok());
  const FloatView tail = FloatView(x).rows_between(500, 600);
  pool.set_threads(1);
  const auto part = anomaly_scores(*s.model, s.parameters, tail, ids_from(500, 100), kAnomalySamples, 1, pool);
  for (size_t i = 0; i < 100; ++i) EXPECT_EQ(part->score[i], all->score[500 + i]);
  EXPECT_EQ(all->entropy[3], 0.0) << "a density has no such floor";
}

TEST(Anomaly, RefusesAndStops) {
  const Small s = small(LikelihoodKind::bernoulli);
  const FloatArray x = examples(4);
  ComputePool pool(1);
  EXPECT_FALSE(anomaly_scores(*s.model, s.parameters, x, ids_from(0, 4), 0, 1, pool).ok());
  EXPECT_FALSE(anomaly_scores(*s.model, s.parameters, x, ids_from(0, 3), 1, 1, pool).ok());
  EXPECT_FALSE(anomaly_scores(*s.model, s.parameters, FloatArray(4, 5), ids_from(0, 4), 1, 1, pool).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(anomaly_scores(*s.model, s.parameters, x, ids_from(0, 4), 1, 1, pool, source.get_token()).error().code, ErrorCode::cancelled);
  FloatArray bad = x;
  bad(2, 1) = NAN;
  EXPECT_EQ(anomaly_scores(*s.model, s.parameters, bad, ids_from(0, 4), 1, 1, pool).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
