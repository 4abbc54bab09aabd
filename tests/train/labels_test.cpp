// Labels as training sees them: budgets, rows that joined, the vote of neighbours where nothing classifies, and data of categories.
#include <gmock/gmock.h>

#include <cmath>

#include "core/data/source.hpp"
#include "core/metrics/knn.hpp"
#include "core/train/trainer.hpp"
#include "tests/train/tiny_data.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

RunConfig config_with(std::optional<LabelBudget> labels) {
  RunConfig config;
  config.model.encoder = config.model.decoder = {24};
  config.model.latent = 4;
  config.batch = 32;
  config.labels = labels;
  return config;
}

std::unique_ptr<Trainer> trained(const RunConfig& config, std::shared_ptr<const Dataset> data, size_t steps = 60) {
  auto made = Trainer::create(config, std::move(data), std::make_shared<ComputePool>(1));
  EXPECT_TRUE(made.ok()) << made.error().message;
  for (size_t i = 0; i < steps; ++i) EXPECT_TRUE((*made)->step().ok());
  return std::move(made).value();
}

/// The vote as it is defined, from the metric itself.
double vote_of(Trainer& trainer, const std::vector<uint32_t>& asked, size_t k) {
  const std::span<const uint32_t> known = trainer.labels().own_rows();
  std::vector<int> votes, wanted;
  for (const uint32_t row : known) votes.push_back(trainer.labels().label(row));
  for (const uint32_t row : asked) wanted.push_back(trainer.data().label(row));
  FloatArray voters(known.size(), trainer.model()->latent()), means(asked.size(), trainer.model()->latent());
  EXPECT_TRUE(trainer.encode_rows(known, voters, {}).ok() && trainer.encode_rows(asked, means, {}).ok());
  return knn_accuracy(voters, votes, means, wanted, k, *trainer.pool())->value;
}

TEST(NeighboursAccuracy, IsTheVoteOfTheLabelledMeansWhereNothingClassifies) {
  const auto data = labelled_bars(600);
  const auto trainer = trained(config_with(LabelBudget{20}), data);
  const auto heldout = trainer->evaluate(Split::heldout);
  ASSERT_TRUE(heldout.ok() && heldout->accuracy.has_value());
  EXPECT_EQ(*heldout->accuracy, vote_of(*trainer, data->ids_of(Split::heldout), 5));
  EXPECT_GT(*heldout->accuracy, 0.5);
  // Of train, those that do not vote are judged.
  std::vector<uint32_t> others;
  for (const uint32_t row : data->ids_of(Split::train))
    if (trainer->labels().label(row) < 0) others.push_back(row);
  EXPECT_EQ(*trainer->evaluate(Split::train)->accuracy, vote_of(*trainer, others, 5));
  // A label that a person adds votes at once.
  for (size_t i = 0; i < 100; ++i) ASSERT_TRUE(trainer->set_label(others[i], static_cast<size_t>(data->label(others[i]))).ok());
  EXPECT_EQ(*trainer->evaluate(Split::heldout)->accuracy, vote_of(*trainer, data->ids_of(Split::heldout), 5));
  EXPECT_EQ(trainer->labels().own_rows().size(), 120u);
}

TEST(NeighboursAccuracy, FewerLabelsThanNeighboursAllVoteAndWithoutABudgetNobodyDoes) {
  const auto data = labelled_bars(200);
  const auto few = trained(config_with(LabelBudget{3}), data, 5);
  EXPECT_EQ(*few->evaluate(Split::test)->accuracy, vote_of(*few, data->ids_of(Split::test), 3));
  EXPECT_FALSE(trained(config_with({}), data, 1)->evaluate(Split::test)->accuracy.has_value());
  RunConfig told = config_with(LabelBudget{20});
  told.model.conditional = true;
  EXPECT_FALSE(trained(told, data, 1)->evaluate(Split::test)->accuracy.has_value()) << "its means know the answer";
}

TEST(KnownLabels, TheBudgetIsOfTheOwnRowsAndThoseThatJoinedKeepTheirs) {
  const auto data = labelled_bars(300, 40);
  const auto known = KnownLabels::of(*data, LabelBudget{10}, 1);
  ASSERT_TRUE(known.ok()) << known.error().message;
  EXPECT_EQ(known->own_rows().size(), 10u);
  EXPECT_LT(known->own_rows().back(), 260u);
  EXPECT_EQ(known->rows().size(), 50u);
  for (uint32_t row = 260; row < 300; ++row) EXPECT_EQ(known->label(row), data->label(row));
  EXPECT_THAT(KnownLabels::of(*data, LabelBudget{295}, 1).error().message, HasSubstr("labelled train rows"));
}

/// Nats of a test row where each answer is as likely as it is in train, whatever the others are.
double independent_loss(const Dataset& data) {
  const FloatArray train = data.gather(data.ids_of(Split::train)), test = data.gather(data.ids_of(Split::test));
  double loss = 0.0;
  for (size_t j = 0; j < data.width(); ++j) {
    double share = 0.0, given = 0.0;
    for (size_t i = 0; i < train.rows; ++i) share += train(i, j) / static_cast<double>(train.rows);
    for (size_t i = 0; i < test.rows; ++i) given += test(i, j) / static_cast<double>(test.rows);
    loss -= given * std::log(share);
  }
  return loss;
}

TEST(Categories, AVaeOnTheSurveyComesNearTheEntropyOfItsAnswers) {
  DataRequest request;
  request.spec = "survey";
  const auto data = load_dataset(request);
  ASSERT_TRUE(data.ok());
  RunConfig config = config_with({});
  config.learning_rate = 3e-3;
  const auto trainer = trained(config, *data, 30 * 119);
  EXPECT_EQ(trainer->config().model.likelihood, LikelihoodKind::categorical) << "by itself";
  EXPECT_EQ(trainer->config().model.categories, (*data)->categories);
  const auto test = (*data)->ids_of(Split::test);
  double cross_entropy = 0.0;
  for (const uint32_t row : test) cross_entropy -= (*data)->columns.back().values[row] / static_cast<double>(test.size());
  const double loss = trainer->evaluate(Split::test)->terms.loss();
  EXPECT_GT(loss, cross_entropy) << "nothing is more likely than by the model that made it";
  EXPECT_LT(loss - cross_entropy, 0.3 * (independent_loss(**data) - cross_entropy)) << "of what the answers tell of each other";
}

}  // namespace
}  // namespace latentscape
