#include "core/train/prepare_run.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "core/data/source.hpp"
#include "tests/train/tiny_data.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RunConfig small_config() {
  RunConfig c;
  c.model.encoder = c.model.decoder = {24};
  c.model.latent = 3;
  c.batch = 32;
  c.batch_given = true;
  return c;
}

std::string error_of(const RunConfig& config, const Dataset& data) {
  const auto prepared = prepare_run(config, data);
  return prepared.ok() ? "no error" : prepared.error().message;
}

TEST(PrepareRun, ChecksTheConfigAgainstTheData) {
  const auto data = bars(100, 6);
  RunConfig config = small_config();
  config.batch = 81;
  EXPECT_THAT(error_of(config, *data), HasSubstr("batch is 81, larger than the 80 train rows"));
  config.batch_given = false;
  EXPECT_EQ(prepare_run(config, *data)->config.batch, 80u);
  config = small_config();
  config.model.latent = 0;
  EXPECT_THAT(error_of(config, *data), HasSubstr("latent"));
  config = small_config();
  config.likelihood_given = true;
  EXPECT_THAT(error_of(config, *points(100)), HasSubstr("numbers from 0 to 1"));
  data->split.assign(100, Split::test);
  EXPECT_THAT(error_of(small_config(), *data), HasSubstr("no train rows"));
}

TEST(PrepareRun, TheLikelihoodFollowsTheDataWhereNotGiven) {
  EXPECT_EQ(prepare_run(small_config(), *bars(100, 6))->config.model.likelihood, LikelihoodKind::bernoulli);
  EXPECT_EQ(prepare_run(small_config(), *points(100))->config.model.likelihood, LikelihoodKind::gaussian);
}

TEST(PrepareRun, WhatNeedsNumbersFromZeroToOneIsNamedWithItsWayOut) {
  const auto error = [](const char* key, const char* value) {
    RunConfig config = small_config();
    EXPECT_TRUE(set_value(config, key, value).ok());
    return error_of(config, *points(100));
  };
  EXPECT_THAT(error("binarise", "dynamic"), HasSubstr("leave binarise at none"));
  EXPECT_THAT(error("likelihood", "bernoulli"), HasSubstr("use likelihood=gaussian"));
}

TEST(PrepareRun, FewRowsGetMoreEpochsWhereNoneAreGiven) {
  const auto epochs = [](size_t rows, size_t batch, std::optional<size_t> given = {}) {
    RunConfig config = small_config();
    config.batch = batch;
    config.epochs = given;
    return *prepare_run(config, *bars(rows, 6))->config.epochs;
  };
  EXPECT_EQ(epochs(1000, 4), 30u);
  EXPECT_EQ(epochs(100, 8), 350u) << "3500 minibatches, ten an epoch";
  EXPECT_EQ(epochs(100, 80), 1000u);
  EXPECT_EQ(epochs(100, 8, 7), 7u);
}

TEST(PrepareRun, TheVarianceOfATableIsLearnedWhereNotGiven) {
  const auto variance = [](const RunConfig& config) {
    const auto prepared = prepare_run(config, *points(100));
    return prepared.ok() ? prepared->config.model.gaussian_variance : GaussianVariance::pixel;
  };
  EXPECT_EQ(variance(small_config()), GaussianVariance::shared);
  for (const auto& [key, value] : {std::pair("variance", "fixed"), std::pair("sigma", "0.5")}) {
    RunConfig config = small_config();
    ASSERT_TRUE(set_value(config, key, value).ok());
    EXPECT_EQ(variance(config), GaussianVariance::fixed) << key;
  }
}

TEST(PrepareRun, CategoriesAreOfTheCategoricalLikelihoodAndNothingElseIs) {
  DataRequest request;
  request.spec = "survey";
  request.count = 200;
  const auto survey = load_dataset(request);
  ASSERT_TRUE(survey.ok());
  RunConfig config = small_config();
  config.likelihood_given = true;
  for (const LikelihoodKind kind : {LikelihoodKind::bernoulli, LikelihoodKind::gaussian}) {
    config.model.likelihood = kind;
    EXPECT_THAT(error_of(config, **survey),
                HasSubstr("but the columns of survey are categories (q1, q2, q3, ...), expected likelihood=categorical"));
  }
  config.model.likelihood = LikelihoodKind::categorical;
  for (const auto& other : {bars(60, 6), points(60)})
    EXPECT_THAT(error_of(config, *other), HasSubstr(other->name + ": likelihood is 'categorical', expected data of category columns"));
}

TEST(PrepareRun, WordCountsAreMultinomialAndNothingElseIs) {
  DataRequest request;
  request.spec = "reviews";
  request.count = 200;
  const auto reviews = load_dataset(request);
  ASSERT_TRUE(reviews.ok()) << reviews.error().message;
  RunConfig config = small_config();
  EXPECT_EQ(prepare_run(config, **reviews)->config.model.likelihood, LikelihoodKind::multinomial);
  config.likelihood_given = true;
  config.model.likelihood = LikelihoodKind::bernoulli;
  EXPECT_THAT(error_of(config, **reviews), HasSubstr("reviews: holds word counts above 1"));
  config.model.likelihood = LikelihoodKind::multinomial;
  EXPECT_THAT(error_of(config, *points(60)), HasSubstr("expected word counts (texts or svmlight)"));
}

TEST(PrepareRun, TheLikelihoodsOfDataAreThoseThatARunCanHave) {
  using enum LikelihoodKind;
  const auto built_in = [](const char* name) {
    DataRequest request;
    request.spec = name;
    request.count = 200;
    return *load_dataset(request);
  };
  EXPECT_THAT(likelihoods_for(*bars(60, 6)), ElementsAre(bernoulli, gaussian));
  EXPECT_THAT(likelihoods_for(*points(60)), ElementsAre(gaussian));
  EXPECT_THAT(likelihoods_for(*built_in("survey")), ElementsAre(categorical));
  EXPECT_THAT(likelihoods_for(*built_in("reviews")), ElementsAre(gaussian, multinomial));
  const std::vector<std::shared_ptr<const Dataset>> all{bars(60, 6), points(60), built_in("survey"), built_in("reviews")};
  for (const auto& data : all) {
    const auto kinds = likelihoods_for(*data);
    for (const LikelihoodKind kind : {bernoulli, gaussian, categorical, multinomial}) {
      RunConfig config = small_config();
      config.likelihood_given = true;
      config.model.likelihood = kind;
      EXPECT_EQ(prepare_run(config, *data).ok(), std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) << data->name;
    }
  }
}

TEST(PrepareRun, RowsThatJoinWithoutALabelAreRefusedWhereLabelsAreUsed) {
  auto data = labelled_bars(300, 40);
  data->columns[0].values[299] = std::nanf("");
  EXPECT_EQ(error_of(small_config(), *data), "no error") << "a VAE asks for no label";
  RunConfig conditional = small_config(), budget = small_config();
  conditional.model.conditional = true;
  budget.labels = LabelBudget{10};
  for (const RunConfig& config : {budget, conditional})
    EXPECT_THAT(error_of(config, *data), HasSubstr("row 39 of the extra rows of bars has no label"));
}

}  // namespace
}  // namespace latentscape
