// What the models make small, each against central differences, and the values that closed forms give.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/models/model.hpp"
#include "core/nn/gradient_check.hpp"
#include "tests/support/doubles.hpp"

namespace latentscape {
namespace {

struct Case {
  std::string name;
  ModelConfig config;
};

/// One change of a small Bernoulli VAE.
template <class Change>
Case changed(std::string name, Change change) {
  ModelConfig c;
  c.latent = 3;
  c.encoder = {7, 6};
  c.decoder = {5};
  c.classes = 3;
  c.activation = Activation::tanh;  // no kinks: central differences are exact
  change(c);
  return {std::move(name), c};
}

std::vector<Case> cases() {
  using C = ModelConfig;
  std::vector<Case> all = {
      changed("free_bits", [](C& c) { c.free_bits = 0.03; }),
      changed("tcvae", [](C& c) { c.objective = Objective::tcvae; }),
      changed("iwae", [](C& c) { c.objective = Objective::iwae, c.samples = 3; }),
      changed("several_samples", [](C& c) { c.samples = 3; }),
      changed("autoencoder", [](C& c) { c.objective = Objective::autoencoder; }),
      changed("shared_variance", [](C& c) { c.likelihood = LikelihoodKind::gaussian, c.gaussian_variance = GaussianVariance::shared; }),
      changed("pixel_variance", [](C& c) { c.likelihood = LikelihoodKind::gaussian, c.gaussian_variance = GaussianVariance::pixel; }),
      changed("pixel_variance_sigmoid",
              [](C& c) {
                c.likelihood = LikelihoodKind::gaussian, c.gaussian_variance = GaussianVariance::pixel,
                c.gaussian_mean = GaussianMean::sigmoid;
              }),
      changed("categorical",
              [](C& c) {
                c.likelihood = LikelihoodKind::categorical, c.categories = {2, 4, 3};
              }),
      changed("multinomial", [](C& c) { c.likelihood = LikelihoodKind::multinomial; }),
      changed("multinomial_iwae", [](C& c) { c.likelihood = LikelihoodKind::multinomial, c.objective = Objective::iwae, c.samples = 3; }),
      changed("multinomial_classifier", [](C& c) { c.likelihood = LikelihoodKind::multinomial, c.classify = 2.5; }),
      changed("conditional", [](C& c) { c.conditional = true; }),
      changed("conditional_iwae", [](C& c) { c.conditional = true, c.objective = Objective::iwae, c.samples = 2; }),
      changed("shared_variance_iwae",
              [](C& c) {
                c.likelihood = LikelihoodKind::gaussian, c.gaussian_variance = GaussianVariance::shared;
                c.objective = Objective::iwae, c.samples = 3;
              }),
      changed("classifier", [](C& c) { c.classify = 2.5; }),
      changed("autoencoder_classifier", [](C& c) { c.classify = 2.5, c.objective = Objective::autoencoder; }),
      changed("m2", [](C& c) { c.name = "m2", c.classify = 2.5, c.classifier = {6}; }),
      changed("m2_multinomial",
              [](C& c) { c.name = "m2", c.classify = 2.5, c.classifier = {6}, c.likelihood = LikelihoodKind::multinomial; }),
  };
  return all;
}

class EveryObjective : public testing::TestWithParam<Case> {
 protected:
  static constexpr size_t n = 6, width = 9;
  std::shared_ptr<const Model<double>> model() const {
    const ModelFamily* family = model_families().find(GetParam().config.name);
    return family->make_double(GetParam().config, std::vector<size_t>{width}).value();
  }
  /// Numbers in [0, 1]; counts or one-hot groups where the likelihood wants them.
  Doubles data() const {
    Doubles x = random_numbers(n * width, 1, 0.0, 1.0);
    if (GetParam().config.likelihood == LikelihoodKind::multinomial)
      for (double& v : x) v = std::floor(std::max(0.0, 6.0 * v - 2.0));
    if (GetParam().config.likelihood != LikelihoodKind::categorical) return x;
    std::fill(x.begin(), x.end(), 0.0);
    for (size_t i = 0; i < n; ++i) {
      size_t first = i * width;
      for (const size_t count : GetParam().config.categories) {
        x[first + i % count] = 1.0;
        first += count;
      }
    }
    return x;
  }
};

TEST_P(EveryObjective, GradientOfEveryParameterAgreesWithCentralDifferences) {
  const auto owned = model();
  const Model<double>& m = *owned;
  ComputePool pool(2);
  Workspace<double> work;
  Doubles parameters(m.parameter_count()), gradients(parameters.size(), 99.0);
  m.initialise(parameters, 4);
  const Doubles shift = random_numbers(parameters.size(), 5, -0.3, 0.3);
  for (size_t i = 0; i < parameters.size(); ++i) parameters[i] += shift[i];
  const Doubles x = data(), noise = random_numbers(n * m.samples() * 3, 2, -2.0, 2.0);
  const std::vector<int32_t> labels = {0, 2, -1, 1, -1, -1};
  Pass<double> io;
  io.x = View2<const double>(x.data(), n, width);
  io.noise = View2<const double>(noise.data(), n * m.samples(), 3);
  io.rows.labels = labels;
  io.beta = 2.4;
  io.population = 50;
  m.pass(pool, work, parameters, io, gradients);
  const auto objective = [&](std::span<const double> p) { return m.pass(pool, work, p, io, {}).objective; };
  const GradientCheck check = check_gradient(objective, parameters, gradients);
  EXPECT_LT(check.relative_error, 1e-6) << "parameter " << check.index << ": " << check.analytic << " against " << check.numeric;
}

INSTANTIATE_TEST_SUITE_P(Models, EveryObjective, testing::ValuesIn(cases()), [](const auto& param) { return param.param.name; });

/// A pass over n copies of one example through a model of one latent without hidden layers.
struct Tiny {
  explicit Tiny(ModelConfig c, Doubles own) : parameters(std::move(own)) {
    c.latent = 1;
    c.encoder = {};
    c.decoder = {};
    model = model_families().find(c.name)->make_double(c, std::vector<size_t>{1}).value();
  }
  LossTerms pass(const Doubles& x, const Doubles& noise, std::span<const int32_t> labels = {}, double beta = 1.0) {
    EXPECT_EQ(model->parameter_count(), parameters.size());
    Pass<double> io;
    io.x = View2<const double>(x.data(), x.size(), 1);
    io.noise = View2<const double>(noise.data(), noise.size(), 1);
    io.rows.labels = labels;
    io.beta = beta;
    ComputePool pool(1);
    return model->pass(pool, work, parameters, io, {});
  }
  Doubles parameters;
  std::shared_ptr<const Model<double>> model;
  Workspace<double> work;
};

double normal(double x, double mean, double deviation) {
  return std::exp(-0.5 * (x - mean) * (x - mean) / (deviation * deviation)) / (deviation * std::sqrt(2.0 * std::numbers::pi));
}

// mean = 0.5 x + 0.1, lv = -0.2 x + 0.3, output = 2 z - 1 with standard deviation 0.6.
TEST(Iwae, TheBoundIsTheLogOfTheMeanWeight) {
  ModelConfig c;
  c.likelihood = LikelihoodKind::gaussian;
  c.gaussian_sigma = 0.6;
  c.objective = Objective::iwae;
  c.samples = 2;
  Tiny tiny(c, {0.5, -0.2, 0.1, 0.3, 2.0, -1.0});
  const double x = 0.8, mean = 0.5, deviation = std::exp(0.5 * (-0.2 * x + 0.3));
  double weight = 0.0;
  for (const double eps : {0.25, -1.1}) {
    const double z = mean + deviation * eps;
    weight += 0.5 * normal(x, 2.0 * z - 1.0, 0.6) * normal(z, 0.0, 1.0) / normal(z, mean, deviation);
  }
  const LossTerms terms = tiny.pass({x}, {0.25, -1.1});
  EXPECT_NEAR(terms.objective, -std::log(weight), 1e-12);
  EXPECT_LT(terms.objective, terms.loss() + 1.0);  // the ELBO beside it is another number
}

// One example: q(z) is its own posterior in every dimension, so nothing is correlated.
TEST(TotalCorrelation, IsNothingForIndependentDimensionsOfOneExample) {
  ModelConfig c;
  c.latent = 3;
  c.encoder = {4};
  c.decoder = {};
  c.objective = Objective::tcvae;
  const auto model = model_families().find("mlp")->make_double(c, std::vector<size_t>{2}).value();
  Doubles parameters(model->parameter_count());
  model->initialise(parameters, 3);
  const Doubles x = {0.2, 0.7}, noise = {0.3, -0.4, 1.0};
  Pass<double> io;
  io.x = View2<const double>(x.data(), 1, 2);
  io.noise = View2<const double>(noise.data(), 1, 3);
  io.beta = 5.0;
  ComputePool pool(1);
  Workspace<double> work;
  const LossTerms terms = model->pass(pool, work, parameters, io, {});
  EXPECT_NEAR(terms.objective, terms.loss(), 1e-12);
}

TEST(FreeBits, ADimensionBelowThemCostsThemAndPullsNothing) {
  ModelConfig c;
  c.free_bits = 2.0;
  Tiny tiny(c, {0.5, -0.2, 0.1, 0.3, 2.0, -1.0});
  const LossTerms terms = tiny.pass({0.8}, {0.0});
  EXPECT_LT(terms.kl, 2.0);
  EXPECT_NEAR(terms.objective, terms.reconstruction + 2.0, 1e-12);
}

TEST(Autoencoder, HasNeitherNoiseNorKl) {
  ModelConfig c;
  c.objective = Objective::autoencoder;
  Tiny tiny(c, {0.5, 0.1, 2.0, -1.0});
  const LossTerms quiet = tiny.pass({0.8}, {0.0}), loud = tiny.pass({0.8}, {3.0});
  EXPECT_EQ(quiet.kl, 0.0);
  EXPECT_EQ(quiet.objective, loud.objective);
  EXPECT_EQ(quiet.objective, quiet.reconstruction);
}

// The classifier has no weights: q(y|x) is even. Unlabelled: the mean of the labelled losses, less log 2 of entropy.
TEST(M2, TheUnlabelledBoundIsTheMarginalOfTheLabelledOnes) {
  ModelConfig c;
  c.name = "m2";
  c.classes = 2;
  c.classify = 3.0;
  //            mean, lv; biases;  classes of each (2 x 2);  decoder weight, bias, classes (2 x 1); classifier (2 x 1), bias
  Tiny tiny(c, {0.5, -0.2, 0.1, 0.3, 0.4, 0.1, -0.3, 0.2, 2.0, -1.0, 0.7, -0.6, 0.0, 0.0, 0.0, 0.0});
  const std::vector<int32_t> zero = {0}, one = {1}, unknown = {-1};
  const LossTerms a = tiny.pass({0.8}, {0.4}, zero), b = tiny.pass({0.8}, {0.4}, one), u = tiny.pass({0.8}, {0.4}, unknown);
  EXPECT_NE(a.loss(), b.loss());
  EXPECT_NEAR(u.loss(), 0.5 * (a.loss() + b.loss()) - std::numbers::ln2, 1e-12);
  EXPECT_NEAR(a.classification, std::numbers::ln2, 1e-12);
  EXPECT_NEAR(a.objective, a.loss() + 3.0 * std::numbers::ln2, 1e-12);
  EXPECT_EQ(u.classification, 0.0);
}

// The loss and the VAE's own gradient stay; those of the classifier (its last four numbers) shrink.
TEST(M2, MarginalIsTheShareOfTheUnlabelledGradientThatReachesTheClassifier) {
  ModelConfig c;
  c.name = "m2";
  c.classes = 2;
  Tiny tiny(c, {0.5, -0.2, 0.1, 0.3, 0.4, 0.1, -0.3, 0.2, 2.0, -1.0, 0.7, -0.6, 0.2, -0.1, 0.3, 0.0});
  const Doubles x = {0.8}, noise = {0.4};
  const std::vector<int32_t> unknown = {-1};
  const auto gradient_at = [&](double marginal) {
    Pass<double> io;
    io.x = View2<const double>(x.data(), 1, 1);
    io.noise = View2<const double>(noise.data(), 1, 1);
    io.rows.labels = unknown;
    io.marginal = marginal;
    ComputePool pool(1);
    Doubles gradients(tiny.parameters.size());
    tiny.model->pass(pool, tiny.work, tiny.parameters, io, gradients);
    return gradients;
  };
  const Doubles whole = gradient_at(1.0), quarter = gradient_at(0.25);
  for (size_t i = 0; i < whole.size(); ++i) EXPECT_NEAR(quarter[i], whole[i] * (i < 12 ? 1.0 : 0.25), 1e-15) << i;
  EXPECT_GT(std::abs(whole[12]), 1e-3);
}

}  // namespace
}  // namespace latentscape
