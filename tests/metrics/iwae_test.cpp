#include "core/metrics/iwae.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

constexpr double kLog2Pi = 1.8378770664093453;

/// x = z + N(0, 1), z ~ N(0, 1), one number each: p(x) = N(0, 2) and the true posterior N(x/2, 1/2) are known. `shift` makes q a wrong
/// posterior.
class LineModel final : public ModelF {
 public:
  explicit LineModel(float shift) : shift_(shift) {}
  size_t width() const override { return 1; }
  size_t latent() const override { return 1; }
  std::span<const ParameterBlock> blocks() const override { return {}; }
  size_t parameter_count() const override { return 0; }
  LikelihoodKind likelihood() const override { return LikelihoodKind::gaussian; }
  ModelMacs macs() const override { return {}; }
  void initialise(std::span<float>, uint64_t) const override {}
  LossTerms pass(ComputePool& pool, Workspace<float>& work, std::span<const float> parameters, const Pass<float>& io,
                 std::span<float>) const override {
    encode(pool, work, parameters, io.x, io.mean, io.log_variance);
    for (size_t i = 0; i < io.x.rows; ++i) {
      const double z = double(io.mean(i, 0)) + std::exp(0.5 * double(io.log_variance(i, 0))) * double(io.noise(i, 0));
      const double off = double(io.x(i, 0)) - z;
      io.reconstruction[i] = static_cast<float>(0.5 * (off * off + kLog2Pi));
    }
    return {};
  }
  void reconstruction(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>& rows, View2<const float> z,
                      std::span<float> out) const override {
    const View2<const float> x = rows.values;
    for (size_t i = 0; i < x.rows; ++i) {
      const double off = double(x(i, 0)) - double(z(i, 0));
      out[i] = static_cast<float>(0.5 * (off * off + kLog2Pi));
    }
  }
  void encode(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>& rows, View2<float> mean,
              View2<float> log_variance) const override {
    const View2<const float> x = rows.values;
    encoded += x.rows;
    for (size_t i = 0; i < x.rows; ++i) {
      mean(i, 0) = 0.5f * x(i, 0) + shift_;
      log_variance(i, 0) = std::log(0.5f);
    }
  }
  void decode(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>& z, View2<float> x) const override {
    for (size_t i = 0; i < x.rows; ++i) x(i, 0) = z.values(i, 0);
  }

  mutable size_t encoded = 0;  // rows

 private:
  float shift_;
};

FloatArray examples(size_t n) {
  FloatArray x(n, 1);
  Rng(6, RngStream::general).fill_normal(x.values);
  return x;
}

TEST(Iwae, EncodesEachExampleOnceForAllSamples) {
  const LineModel model(0.3f);
  ComputePool pool(1);
  ASSERT_TRUE(importance_weighted_nll(model, {}, examples(300), 20, 1, pool).ok());
  EXPECT_EQ(model.encoded, 300u);
}

double true_nll(float x) { return 0.5 * (double(x) * double(x) / 2.0 + std::log(2.0) + kLog2Pi); }

TEST(Iwae, IsExactFromOneSampleWhereThePosteriorIsTrue) {
  const FloatArray x = examples(300);  // more than one chunk
  ComputePool pool(1);
  const auto nll = importance_weighted_nll(LineModel(0.0f), {}, x, 1, 1, pool);
  ASSERT_TRUE(nll.ok());
  for (size_t i = 0; i < x.rows; ++i) EXPECT_NEAR(nll->per_row[i], true_nll(x(i, 0)), 2e-6);
}

TEST(Iwae, FallsTowardsTheTruthWhereItIsNot) {
  const FloatArray x = examples(300);
  double truth = 0.0;
  for (const float v : x.values) truth += true_nll(v) / 300.0;
  ComputePool pool(2);
  const double one = importance_weighted_nll(LineModel(0.8f), {}, x, 1, 1, pool)->value;
  const double ten = importance_weighted_nll(LineModel(0.8f), {}, x, 10, 1, pool)->value;
  const double many = importance_weighted_nll(LineModel(0.8f), {}, x, 500, 1, pool)->value;
  EXPECT_NEAR(one, truth + 0.64, 0.15);  // KL(q || true posterior) = shift^2 / (2 * 1/2)
  EXPECT_LT(ten, one);
  EXPECT_LT(many, ten);
  EXPECT_NEAR(many, truth, 0.02);
}

// The real network with nothing between its layers and a Gaussian likelihood is factor analysis: p(x) = N(b, W W' + sigma^2 I). Columns of
// W at right angles make the true posterior one of independent dimensions, which the encoder can be given exactly.
TEST(Iwae, IsExactForALinearGaussianVae) {
  ModelConfig config;
  config.latent = 2;
  config.encoder = {};
  config.decoder = {};
  config.likelihood = LikelihoodKind::gaussian;
  config.gaussian_sigma = 0.5;
  const std::vector<size_t> shape = {3};
  const auto model = make_model(config, shape);
  ASSERT_TRUE(model.ok()) << model.error().message;
  const double w[3][2] = {{1.2, 0.4}, {-0.6, 0.8}, {0.0, 0.7}}, b[3] = {0.3, -1.0, 2.0}, noise = 0.25;  // columns' product: 0
  double squared[2] = {};
  for (const auto& row : w)
    for (size_t j = 0; j < 2; ++j) squared[j] += row[j] * row[j];
  std::vector<float> parameters((*model)->parameter_count(), 0.0f);
  ASSERT_EQ(parameters.size(), (3u * 4 + 4) + (2u * 3 + 3));
  for (size_t j = 0; j < 2; ++j) {  // means first, then log-variances; posterior precision 1 + |w_j|^2 / sigma^2
    double offset = 0;
    for (size_t i = 0; i < 3; ++i) {
      parameters[j * 3 + i] = static_cast<float>(w[i][j] / (squared[j] + noise));
      offset -= w[i][j] * b[i] / (squared[j] + noise);
      parameters[16 + i * 2 + j] = static_cast<float>(w[i][j]);
    }
    parameters[12 + j] = static_cast<float>(offset);
    parameters[12 + 2 + j] = static_cast<float>(-std::log(1 + squared[j] / noise));
  }
  for (size_t i = 0; i < 3; ++i) parameters[22 + i] = static_cast<float>(b[i]);

  FloatArray x(40, 3);
  Rng(2, RngStream::general).fill_normal(x.values);
  ComputePool pool(1);
  const auto one = importance_weighted_nll(**model, parameters, x, 1, 1, pool);
  ASSERT_TRUE(one.ok()) << one.error().message;
  for (size_t r = 0; r < x.rows; ++r) {
    // W W' + sigma^2 I has the axes w_j / |w_j| with variances |w_j|^2 + sigma^2, and sigma^2 across.
    double across = 0, truth = 1.5 * kLog2Pi + 0.5 * std::log(noise);
    for (size_t i = 0; i < 3; ++i) across += std::pow(x(r, i) - b[i], 2);
    for (size_t j = 0; j < 2; ++j) {
      double along = 0;
      for (size_t i = 0; i < 3; ++i) along += w[i][j] * (x(r, i) - b[i]) / std::sqrt(squared[j]);
      truth += 0.5 * (std::log(squared[j] + noise) + along * along / (squared[j] + noise));
      across -= along * along;
    }
    truth += 0.5 * across / noise;
    EXPECT_NEAR(one->per_row[r], truth, 1e-4) << "row " << r;
  }
  const auto many = importance_weighted_nll(**model, parameters, x, 20, 1, pool);
  EXPECT_NEAR(many->value, one->value, 1e-4) << "every weight is p(x) itself";
}

TEST(Iwae, RefusesAndStops) {
  ComputePool pool(1);
  const FloatArray x = examples(3);
  EXPECT_FALSE(importance_weighted_nll(LineModel(0.0f), {}, x, 0, 1, pool).ok());
  EXPECT_FALSE(importance_weighted_nll(LineModel(0.0f), {}, FloatArray(3, 2), 1, 1, pool).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(importance_weighted_nll(LineModel(0.0f), {}, x, 5, 1, pool, source.get_token()).error().code, ErrorCode::cancelled);
  FloatArray bad = x;
  bad(1, 0) = NAN;
  EXPECT_EQ(importance_weighted_nll(LineModel(0.0f), {}, bad, 2, 1, pool).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
