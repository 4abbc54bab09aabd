#include "core/models/vae.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "core/base/rng.hpp"
#include "core/nn/gradient_check.hpp"
#include "tests/support/doubles.hpp"

namespace latentscape {
namespace {

ModelConfig small_config(LikelihoodKind likelihood, GaussianMean mean = GaussianMean::linear) {
  ModelConfig c;
  c.latent = 3;
  c.encoder = {7, 6};
  c.decoder = {5};
  c.likelihood = likelihood;
  c.gaussian_mean = mean;
  c.gaussian_sigma = 0.6;
  return c;
}

// The whole model: every parameter's gradient against central differences in double, for each likelihood, with beta away from 1.
TEST(Vae, GradientOfEveryParameterAgreesWithCentralDifferences) {
  for (const ModelConfig& config : {small_config(LikelihoodKind::bernoulli), small_config(LikelihoodKind::gaussian),
                                    small_config(LikelihoodKind::gaussian, GaussianMean::sigmoid)}) {
    const size_t n = 5, width = 9;
    const auto owned = make_vae<double>(config, std::vector<size_t>{width}).value();
    const Model<double>& model = *owned;
    ComputePool pool(1);
    Workspace<double> work;
    Doubles parameters(model.parameter_count()), gradients(parameters.size());
    model.initialise(parameters, 4);
    const Doubles x = random_numbers(n * width, 1, 0.0, 1.0), noise = random_numbers(n * 3, 2, -2.0, 2.0);
    Pass<double> io;
    io.x = View2<const double>(x.data(), n, width);
    io.noise = View2<const double>(noise.data(), n, 3);
    io.beta = 0.4;
    model.pass(pool, work, parameters, io, gradients);
    const auto objective = [&](std::span<const double> p) { return model.pass(pool, work, p, io, {}).objective; };
    const GradientCheck check = check_gradient(objective, parameters, gradients);
    EXPECT_LT(check.relative_error, 1e-6) << "parameter " << check.index << ": " << check.analytic << " against " << check.numeric;
  }
}

// One number in, one latent, no hidden layers: everything by hand.
// mean = 0.5 x + 0.1, lv = -0.2 x + 0.3, z = mean + e^(lv/2) eps, output = 2 z - 1, for x = 0.8 and eps = 0.25.
TEST(Vae, TermsAgreeWithTheClosedForm) {
  const double x = 0.8, eps = 0.25, mean = 0.5 * x + 0.1, lv = -0.2 * x + 0.3, z = mean + std::exp(lv / 2) * eps, out = 2 * z - 1;
  const double kl = 0.5 * (mean * mean + std::exp(lv) - lv - 1);
  const double bernoulli = -(x * std::log(1 / (1 + std::exp(-out))) + (1 - x) * std::log(1 - 1 / (1 + std::exp(-out))));
  const double gaussian = 0.5 * (x - out) * (x - out) / 0.36 + std::log(0.6) + 0.5 * std::log(2 * std::numbers::pi);
  for (LikelihoodKind likelihood : {LikelihoodKind::bernoulli, LikelihoodKind::gaussian}) {
    ModelConfig config = small_config(likelihood);
    config.latent = 1;
    config.encoder = {};
    config.decoder = {};
    const auto owned = make_vae<double>(config, std::vector<size_t>{1}).value();
    const Model<double>& model = *owned;
    const Doubles parameters = {0.5, -0.2, 0.1, 0.3, 2.0, -1.0};
    ASSERT_EQ(model.parameter_count(), parameters.size());
    ComputePool pool(1);
    Workspace<double> work;
    double got_mean = 0, got_lv = 0, row = 0, row_kl = 0, dimension = 0;
    Pass<double> io;
    io.x = View2<const double>(&x, 1, 1);
    io.noise = View2<const double>(&eps, 1, 1);
    io.beta = 3.0;
    io.mean = View2<double>(&got_mean, 1, 1);
    io.log_variance = View2<double>(&got_lv, 1, 1);
    io.reconstruction = {&row, 1};
    io.kl = {&row_kl, 1};
    io.kl_per_dimension = {&dimension, 1};
    const LossTerms terms = model.pass(pool, work, parameters, io, {});
    const double expected = likelihood == LikelihoodKind::bernoulli ? bernoulli : gaussian;
    EXPECT_NEAR(terms.reconstruction, expected, 1e-14);
    EXPECT_NEAR(terms.kl, kl, 1e-14);
    EXPECT_NEAR(terms.objective, expected + 3.0 * kl, 1e-14);
    EXPECT_NEAR(terms.elbo(), -(expected + kl), 1e-14);
    EXPECT_NEAR(got_mean, mean, 1e-15);
    EXPECT_NEAR(got_lv, lv, 1e-15);
    EXPECT_NEAR(row, expected, 1e-14);
    EXPECT_NEAR(row_kl, kl, 1e-14);
    EXPECT_NEAR(dimension, kl, 1e-14);
  }
}

TEST(Vae, NamesAndShapesAreThoseOfPyTorch) {
  const auto owned = make_vae<float>(small_config(LikelihoodKind::bernoulli), std::vector<size_t>{9}).value();
  const Model<float>& model = *owned;
  std::vector<std::string> names;
  size_t offset = 0;
  for (const ParameterBlock& b : model.blocks()) {
    names.push_back(b.name);
    size_t size = 1;
    for (size_t s : b.shape) size *= s;
    EXPECT_EQ(b.size, size) << b.name;
    EXPECT_EQ(b.offset, offset) << b.name;
    EXPECT_EQ(b.of_encoder, b.name.find("decoder") == std::string::npos) << b.name;
    offset += size;
  }
  EXPECT_EQ(offset, model.parameter_count());
  EXPECT_EQ(names, (std::vector<std::string>{"encoder.0.weight", "encoder.0.bias", "encoder.2.weight", "encoder.2.bias", "mean.weight",
                                             "log_variance.weight", "mean.bias", "log_variance.bias", "decoder.0.weight", "decoder.0.bias",
                                             "decoder.2.weight", "decoder.2.bias"}));
  EXPECT_EQ(model.blocks()[0].shape, (std::vector<size_t>{7, 9}));
  EXPECT_EQ(model.blocks()[10].shape, (std::vector<size_t>{9, 5}));
}

// The convolution, its activation, the flattening and the head by PyTorch's own index order, from the numbers in PyTorch's order.
TEST(Vae, NumbersInTorchOrderAreThoseOfPyTorchsConvolution) {
  ModelConfig config;
  config.latent = 2;
  config.encoder = {{LayerSpec::Kind::conv, 3, 3, 1}};
  config.decoder = mirrored(config.encoder);
  const std::vector<size_t> shape = {4, 5, 2};
  const auto model = make_vae<float>(config, shape).value();
  std::vector<float> parameters(model->parameter_count()), x(40), mean(2);
  model->initialise(parameters, 3);
  Rng rng(4, RngStream::general);
  for (float& v : x) v = static_cast<float>(rng.uniform());
  std::map<std::string, std::vector<float>> torch;
  for (const ParameterBlock& b : model->blocks()) {
    const std::span<float> own = std::span(parameters).subspan(b.offset, b.size);
    torch[b.name] = torch_order(b, own);
    std::vector<float> back(b.size);
    take_torch_order(b, torch[b.name], back);
    EXPECT_EQ(back, std::vector<float>(own.begin(), own.end())) << b.name;
  }
  EXPECT_EQ(model->blocks()[0].shape, (std::vector<size_t>{3, 2, 3, 3}));
  const auto& w = torch["encoder.0.weight"];
  std::vector<double> maps;  // 3 x 4 x 5
  for (int f = 0; f < 3; ++f)
    for (int y = 0; y < 4; ++y)
      for (int xx = 0; xx < 5; ++xx) {
        double sum = static_cast<double>(torch["encoder.0.bias"][static_cast<size_t>(f)]);
        for (int c = 0; c < 2; ++c)
          for (int ky = 0; ky < 3; ++ky)
            for (int kx = 0; kx < 3; ++kx) {
              const int iy = y + ky - 1, ix = xx + kx - 1;
              if (iy < 0 || ix < 0 || iy >= 4 || ix >= 5) continue;
              sum += static_cast<double>(w[static_cast<size_t>(((f * 2 + c) * 3 + ky) * 3 + kx)]) *
                     static_cast<double>(x[static_cast<size_t>((iy * 5 + ix) * 2 + c)]);
            }
        maps.push_back(std::max(sum, 0.0));
      }
  ComputePool pool(1);
  Workspace<float> work;
  model->encode(pool, work, parameters, View2<const float>(x.data(), 1, 40), View2<float>(mean.data(), 1, 2), {});
  for (size_t j = 0; j < 2; ++j) {
    double expected = static_cast<double>(torch["mean.bias"][j]);
    for (size_t i = 0; i < maps.size(); ++i) expected += static_cast<double>(torch["mean.weight"][j * maps.size() + i]) * maps[i];
    EXPECT_NEAR(static_cast<double>(mean[j]), expected, 1e-5);
  }
}

// encode and decode are what pass does inside: the same means, and the likelihood of x under the decoded means is the reconstruction.
TEST(Vae, EncodeAndDecodeAgreeWithThePass) {
  const size_t n = 70, width = 300;
  const auto owned = make_vae<float>(small_config(LikelihoodKind::bernoulli), std::vector<size_t>{width}).value();
  const Model<float>& model = *owned;
  ComputePool pool(2);
  Workspace<float> work;
  std::vector<float> parameters(model.parameter_count());
  model.initialise(parameters, 2);
  const Doubles values = random_numbers(n * width, 3, 0.0, 1.0);
  FloatArray x(n, width), noise(n, 3), mean(n, 3), lv(n, 3), encoded(n, 3), encoded_lv(n, 3), decoded(n, width);
  std::copy(values.begin(), values.end(), x.values.begin());
  std::vector<float> rows(n);
  Pass<float> io;
  io.x = x;
  io.noise = noise;  // zeros: z is the mean
  io.mean = mean;
  io.log_variance = lv;
  io.reconstruction = rows;
  model.pass(pool, work, parameters, io, {});
  model.encode(pool, work, parameters, x, encoded, encoded_lv);
  EXPECT_EQ(encoded, mean);
  EXPECT_EQ(encoded_lv, lv);
  std::vector<float> again(n);
  model.reconstruction(pool, work, parameters, x, mean, again);
  EXPECT_EQ(again, rows);
  model.decode(pool, work, parameters, mean, decoded);
  for (size_t i = 0; i < n; ++i) {
    double loss = 0.0;
    for (size_t j = 0; j < width; ++j) {
      const double p = static_cast<double>(decoded(i, j)), t = static_cast<double>(x(i, j));
      loss -= t * std::log(p) + (1 - t) * std::log(1 - p);
    }
    EXPECT_NEAR(loss, static_cast<double>(rows[i]), 1e-3);
  }
}

TEST(Vae, PassHasTheSameBitsAtAnyThreadCount) {
  const size_t n = 100, width = 500;
  ModelConfig config = small_config(LikelihoodKind::bernoulli);
  config.encoder = {230};
  config.decoder = {230};
  const auto owned = make_vae<float>(config, std::vector<size_t>{width}).value();
  const Model<float>& model = *owned;
  std::vector<float> parameters(model.parameter_count()), first;
  model.initialise(parameters, 2);
  FloatArray x(n, width), noise(n, 3);
  const Doubles values = random_numbers(n * width, 3, 0.0, 1.0);
  std::copy(values.begin(), values.end(), x.values.begin());
  double loss = 0.0;
  for (size_t threads : {1, 2, 3}) {
    ComputePool pool(threads);
    Workspace<float> work;
    std::vector<float> gradients(parameters.size());
    Pass<float> io;
    io.x = x;
    io.noise = noise;
    const LossTerms terms = model.pass(pool, work, parameters, io, gradients);
    if (threads == 1) {
      first = gradients;
      loss = terms.objective;
    }
    EXPECT_EQ(terms.objective, loss) << threads;
    EXPECT_EQ(gradients, first) << threads;
  }
}

}  // namespace
}  // namespace latentscape
