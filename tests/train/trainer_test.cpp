#include "core/train/trainer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

#include "tests/train/tiny_data.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

// With this learning rate three hidden layers a side overflow within a few steps, and a few smaller ones make them stay finite.
constexpr double kTooLarge = 30;

RunConfig small_config() {
  RunConfig c;
  c.model.encoder = {24};
  c.model.decoder = {24};
  c.model.latent = 3;
  c.batch = 32;
  c.batch_given = true;
  return c;
}

std::unique_ptr<Trainer> make_trainer(const RunConfig& config, std::shared_ptr<const Dataset> data, size_t threads = 1) {
  auto trainer = Trainer::create(config, std::move(data), std::make_shared<ComputePool>(threads));
  if (!trainer.ok()) {
    ADD_FAILURE() << trainer.error().message;
    return nullptr;
  }
  return std::move(trainer).value();
}

StepReport step(Trainer& trainer) {
  auto report = trainer.step();
  if (!report.ok()) {
    ADD_FAILURE() << report.error().message;
    return {};
  }
  return *report;
}

std::vector<double> losses(Trainer& trainer, size_t steps) {
  std::vector<double> all;
  for (size_t i = 0; i < steps; ++i) all.push_back(step(trainer).terms.objective);
  return all;
}

// From ten_steps_reference.py, an implementation in plain Python and double precision.
TEST(Trainer, TenStepsAgreeWithAnIndependentImplementation) {
  constexpr double expected[10][2] = {{8.281870235, 0.006846970}, {8.357789775, 0.004389085}, {8.351256478, 0.002897040},
                                      {8.381230464, 0.002690564}, {8.407333764, 0.002087479}, {8.272897382, 0.002521204},
                                      {8.248155956, 0.003331712}, {8.300289779, 0.002975396}, {8.352109945, 0.002839621},
                                      {8.273811057, 0.003046099}};
  RunConfig config;
  config.model.encoder = {8};
  config.model.decoder = {8};
  config.batch = 8;
  config.learning_rate = 1e-2;
  const auto trainer = make_trainer(config, reference_data());
  for (const auto& terms : expected) {
    const StepReport report = step(*trainer);
    EXPECT_NEAR(report.terms.reconstruction, terms[0], 1e-4 * terms[0]) << "step " << report.step;
    EXPECT_NEAR(report.terms.kl, terms[1], 1e-4 * terms[1]) << "step " << report.step;
  }
}

TEST(Trainer, AnEpochUsesEachTrainRowOnceAndKeepsTheLastSmallerBatch) {
  const auto data = bars(100, 6);  // 80 train rows: 32 + 32 + 16
  const auto trainer = make_trainer(small_config(), data);
  for (uint64_t epoch = 0; epoch < 2; ++epoch) {
    std::multiset<uint32_t> seen;
    for (size_t expected : {32, 32, 16}) {
      const StepReport report = step(*trainer);
      EXPECT_EQ(report.samples, expected);
      EXPECT_EQ(report.epoch_done, expected == 16);
      EXPECT_EQ(trainer->last_rows().size(), expected);
      EXPECT_EQ(trainer->last_means().rows, expected);
      EXPECT_EQ(trainer->last_losses().size(), expected);
      seen.insert(trainer->last_rows().begin(), trainer->last_rows().end());
    }
    const auto train = data->ids_of(Split::train);
    EXPECT_EQ(seen, std::multiset<uint32_t>(train.begin(), train.end()));
    EXPECT_EQ(trainer->epoch(), epoch + 1);
  }
  EXPECT_EQ(trainer->step_count(), 6u);
  EXPECT_EQ(trainer->epoch_progress(), 2.0);
}

TEST(Trainer, TrainingLowersTheHeldOutLoss) {
  RunConfig config = small_config();
  config.learning_rate = 5e-3;
  const auto trainer = make_trainer(config, bars(400, 8));
  const auto before = trainer->evaluate(Split::heldout);
  losses(*trainer, 200);
  const auto after = trainer->evaluate(Split::heldout);
  ASSERT_TRUE(before.ok() && after.ok());
  EXPECT_LT(after->terms.loss(), 0.7 * before->terms.loss());
  EXPECT_EQ(after->n, 40u);
  EXPECT_GE(after->active_units, 1u);
  double kl = 0.0;
  for (double k : after->kl_per_dimension) kl += k;
  EXPECT_NEAR(kl, after->terms.kl, 1e-4);
}

TEST(Trainer, LossesHaveTheSameBitsAtAnyThreadCountAndWhenItChanges) {
  const auto data = bars(300, 20);
  RunConfig config = small_config();
  config.model.encoder = {230};
  config.model.decoder = {230};
  config.binarise = Binarise::dynamic;
  config.jitter = {2, 15.0, 0.1};
  const auto one = make_trainer(config, data, 1);
  const auto expected = losses(*one, 12);
  const auto evaluation = one->evaluate(Split::test);
  for (size_t threads : {2, 3}) {
    const auto many = make_trainer(config, data, threads);
    EXPECT_EQ(losses(*many, 12), expected) << threads;
    EXPECT_EQ(many->state(), one->state()) << threads;
    EXPECT_EQ(many->evaluate(Split::test)->terms.loss(), evaluation->terms.loss()) << threads;
  }
  const auto changing = make_trainer(config, data, 2);
  std::vector<double> all;
  for (size_t i = 0; i < 12; ++i) {
    changing->pool()->set_threads(1 + i % 3);
    all.push_back(step(*changing).terms.objective);
  }
  EXPECT_EQ(all, expected);
}

// Jitter is of the training's minibatches alone: all else sees the images as they are.
TEST(Trainer, JitterIsSeenByTrainingOnlyAndRefusedForTables) {
  const auto data = bars(200, 8);
  RunConfig config = small_config();
  const auto plain = make_trainer(config, data);
  config.jitter = {2, 15.0, 0.1};
  const auto jittered = make_trainer(config, data);
  EXPECT_EQ(jittered->evaluate(Split::train)->terms.loss(), plain->evaluate(Split::train)->terms.loss());
  std::vector<uint32_t> rows = {2, 3};
  FloatArray as_it_is(2, 3), means(2, 3);
  ASSERT_TRUE(plain->encode_rows(rows, MutableFloatView(as_it_is), {}).ok());
  ASSERT_TRUE(jittered->encode_rows(rows, MutableFloatView(means), {}).ok());
  EXPECT_EQ(means.values, as_it_is.values);
  EXPECT_NE(step(*jittered).terms.loss(), step(*plain).terms.loss());
  EXPECT_TRUE(jittered->last_rows().empty()) << "nobody may take these means for those of the images";
  EXPECT_TRUE(jittered->last_losses().empty());
  const auto refused = Trainer::create(config, points(100), std::make_shared<ComputePool>(1));
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("jitter is for images"));
}

TEST(Trainer, JitterGoesOnAfterRestoreAsIfNothingHadHappened) {
  const auto data = bars(200, 8);
  RunConfig config = small_config();
  config.jitter = {2, 15.0, 0.1};
  const auto whole = make_trainer(config, data), first = make_trainer(config, data), second = make_trainer(config, data);
  const auto expected = losses(*whole, 12);
  losses(*first, 7);
  ASSERT_TRUE(second->restore(first->state()).ok());
  const auto rest = losses(*second, 5);
  EXPECT_TRUE(std::equal(rest.begin(), rest.end(), expected.begin() + 7));
}

// Evaluation, refresh and encoding between two minibatches must not change what training does.
TEST(Trainer, LookingDoesNotChangeTraining) {
  const auto data = bars(200, 8);
  const auto quiet = make_trainer(small_config(), data), watched = make_trainer(small_config(), data);
  const std::vector<uint32_t> rows = {5, 199, 0};
  FloatArray means(3, 3);
  std::vector<float> row_losses(3);
  for (size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(step(*quiet).terms.objective, step(*watched).terms.objective);
    ASSERT_TRUE(watched->evaluate(Split::heldout).ok());
    ASSERT_TRUE(watched->encode_rows(rows, means, row_losses).ok());
  }
  EXPECT_EQ(quiet->state(), watched->state());
}

TEST(Trainer, ResumeContinuesBitForBitThroughLiveChanges) {
  const auto data = bars(200, 8);
  RunConfig config = small_config();
  config.binarise = Binarise::dynamic;
  config.learning_rate_decoder = 3e-3;
  config.clip_norm = 20.0;
  const auto whole = make_trainer(config, data);
  losses(*whole, 7);
  ASSERT_TRUE(whole->set_learning_rate(4e-3).ok());
  ASSERT_TRUE(whole->set_beta(0.25).ok());
  ASSERT_TRUE(whole->set_batch(50).ok());
  losses(*whole, 2);
  const TrainerState saved = whole->state();
  const auto rest = losses(*whole, 9);

  const auto resumed = make_trainer(config, data);
  losses(*resumed, 3);
  ASSERT_TRUE(resumed->restore(saved).ok());
  EXPECT_EQ(resumed->learning_rate(), 4e-3);
  EXPECT_EQ(resumed->beta(), 0.25);
  EXPECT_EQ(resumed->batch(), 50u);
  EXPECT_EQ(losses(*resumed, 9), rest);
  EXPECT_EQ(resumed->state(), whole->state());
}

TEST(Trainer, RestoreRefusesAStateOfAnotherModelOrPlace) {
  const auto trainer = make_trainer(small_config(), bars(100, 6));
  const TrainerState good = trainer->state();
  const auto refused = [&](auto change, const char* expected) {
    TrainerState state = good;
    change(state);
    const Status status = trainer->restore(state);
    ASSERT_FALSE(status.ok()) << expected;
    EXPECT_THAT(status.error().message, HasSubstr(expected));
    EXPECT_EQ(trainer->state(), good);
  };
  refused([](TrainerState& s) { s.parameters.pop_back(); }, "parameters");
  refused([](TrainerState& s) { s.second_moments.clear(); }, "second moments");
  refused([](TrainerState& s) { s.batch = 81; }, "81");
  refused([](TrainerState& s) { s.position = 80; }, "example 80");
  refused([](TrainerState& s) { s.learning_rate = -1; }, "lr");
  refused([](TrainerState& s) { s.learning_rate_scale = 0; }, "scale");
  refused([](TrainerState& s) { s.target_epochs = 0; }, "target");
  refused([](TrainerState& s) { s.plateau.scale = 2; }, "plateau");
  refused([](TrainerState& s) { s.good.emplace(); }, "go back to");
}

TEST(Trainer, LiveChangesSayWhatTheyExpected) {
  const auto trainer = make_trainer(small_config(), bars(100, 6));
  const TrainerState before = trainer->state();
  EXPECT_THAT(trainer->set_learning_rate(-1.0).error().message, HasSubstr("lr is '-1', expected"));
  EXPECT_THAT(trainer->set_learning_rate(std::nan("")).error().message, HasSubstr("lr"));
  EXPECT_THAT(trainer->set_beta(-1.0).error().message, HasSubstr("beta is '-1', expected"));
  EXPECT_THAT(trainer->set_batch(0).error().message, HasSubstr("expected 1 to 80"));
  EXPECT_THAT(trainer->set_batch(81).error().message, HasSubstr("expected 1 to 80"));
  EXPECT_EQ(trainer->state(), before);
}

class EachOptimiser : public testing::TestWithParam<OptimiserKind> {};
INSTANTIATE_TEST_SUITE_P(Trainer, EachOptimiser,
                         testing::Values(OptimiserKind::adam, OptimiserKind::adamw, OptimiserKind::sgd, OptimiserKind::rmsprop),
                         [](const auto& param) { return std::string(kOptimiserNames[static_cast<size_t>(param.param)]); });

TEST_P(EachOptimiser, LowersTheLossAndResumesBitForBit) {
  RunConfig config = small_config();
  config.optimiser = GetParam();
  config.weight_decay = config.optimiser == OptimiserKind::adam ? 0.0 : 1e-3;
  const auto whole = make_trainer(config, bars(200, 8));
  const auto before = losses(*whole, 20);
  const TrainerState saved = whole->state();
  const auto rest = losses(*whole, 60);
  EXPECT_LT(rest.back(), 0.95 * before.front());
  const auto resumed = make_trainer(config, bars(200, 8), 2);
  ASSERT_TRUE(resumed->restore(saved).ok());
  EXPECT_EQ(losses(*resumed, 60), rest);
  EXPECT_EQ(resumed->state(), whole->state());
}

TEST(Trainer, WeightDecayIsOfWeightsAndNotOfBiases) {
  RunConfig config = small_config();
  const auto plain = make_trainer(config, bars(200, 8));
  config.optimiser = OptimiserKind::adamw;
  config.weight_decay = 0.5;
  const auto decayed = make_trainer(config, bars(200, 8));
  const std::vector<float> start(plain->parameters().begin(), plain->parameters().end());
  step(*plain), step(*decayed);
  for (const ParameterBlock& block : plain->model()->blocks()) {
    const float decay = block.shape.size() > 1 ? 0.5e-3f : 0.0f;
    for (size_t i = block.offset; i < block.offset + block.size; ++i)
      ASSERT_NEAR(decayed->parameters()[i], plain->parameters()[i] - decay * start[i], 1e-7f) << block.name;
  }
}

// The other part learns just as it would have, at the first step.
TEST(Trainer, WhatIsFrozenStaysBitForBit) {
  for (const Freeze freeze : {Freeze::encoder, Freeze::decoder}) {
    RunConfig config = small_config();
    config.optimiser = OptimiserKind::adamw;
    const auto plain = make_trainer(config, bars(200, 8));
    config.freeze = freeze;
    const auto frozen = make_trainer(config, bars(200, 8));
    const std::vector<float> start(plain->parameters().begin(), plain->parameters().end());
    step(*plain), step(*frozen);
    const auto check = [&](bool first_step) {
      for (const ParameterBlock& block : plain->model()->blocks()) {
        const bool kept = block.of_encoder == (freeze == Freeze::encoder);
        for (size_t i = block.offset; i < block.offset + block.size; ++i) {
          if (!kept && !first_step) continue;
          ASSERT_EQ(frozen->parameters()[i], kept ? start[i] : plain->parameters()[i]) << block.name;
        }
      }
    };
    check(true);
    const auto some = losses(*frozen, 40);
    check(false);
    EXPECT_LT(some.back(), some.front());
  }
}

TEST_P(EachOptimiser, ANonFiniteLossGoesBackWithEverSmallerStepsAndEndsWithoutLoss) {
  auto data = points(64);
  std::get<std::vector<float>>(data->values)[20] = std::numeric_limits<float>::infinity();
  RunConfig config = small_config();
  config.optimiser = GetParam();
  const auto trainer = make_trainer(config, data);  // two minibatches an epoch, one of them broken
  const TrainerState start = trainer->state();
  size_t recoveries = 0;
  double scale = 1.0;
  Result<StepReport> report = trainer->step();
  while (report.ok() && trainer->state().recoveries < 20) {
    if (report->recovered) {
      scale /= recoveries++ == 0 ? 2 : 4;
      EXPECT_THAT(report->message, HasSubstr("went back to step 0"));
      EXPECT_EQ(trainer->step_count(), 0u);
      EXPECT_EQ(trainer->state().parameters, start.parameters);
      EXPECT_EQ(trainer->effective_learning_rate(), 1e-3 * scale);
      EXPECT_EQ(trainer->learning_rate(), 1e-3);
    }
    report = trainer->step();
  }
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::non_finite);
  EXPECT_EQ(recoveries, Trainer::kMaxRecoveries);
  EXPECT_EQ(trainer->state().parameters, start.parameters);  // nothing is lost
  for (float p : trainer->parameters()) ASSERT_TRUE(std::isfinite(p));
  ASSERT_TRUE(trainer->set_learning_rate(2e-3).ok());
  EXPECT_EQ(trainer->effective_learning_rate(), 2e-3) << "what people ask for is what they get";
  while (!step(*trainer).recovered) {
  }
  EXPECT_EQ(trainer->effective_learning_rate(), 1e-3);
  ASSERT_TRUE(trainer->set_learning_rate(2e-3).ok());
  EXPECT_EQ(trainer->effective_learning_rate(), 2e-3) << "asked for once more after a recovery";
  EXPECT_EQ(trainer->state().attempts, 0u);
}

RunConfig deep_config() {
  RunConfig config = small_config();
  config.model.encoder = {24, 24, 24};
  config.model.decoder = {24, 24, 24};
  return config;
}

// A learning rate that blows the weights up after a while: training recovers by itself and goes on.
TEST(Trainer, RecoversFromAStepThatIsTooLarge) {
  const auto trainer = make_trainer(deep_config(), points(200));  // seven minibatches an epoch
  losses(*trainer, 150);
  ASSERT_TRUE(trainer->set_learning_rate(kTooLarge).ok());
  size_t recoveries = 0;
  for (size_t i = 0; i < 400; ++i) {
    const StepReport report = step(*trainer);
    if (!report.recovered) continue;
    ++recoveries;
    EXPECT_TRUE(report.step % 100 == 0 || report.step % 7 == 0) << report.message;
    EXPECT_GE(report.step, 147u) << "an epoch's end is kept: " << report.message;
    EXPECT_EQ(trainer->learning_rate(), kTooLarge);
  }
  EXPECT_GE(recoveries, 1u);
  EXPECT_LT(trainer->state().learning_rate_scale, 1.0);
  EXPECT_GT(trainer->step_count(), 300u);
}

// Saved and restored before, at and after each recovery, training goes the same way: the count of attempts, the smaller steps and the
// state to go back to are part of the state.
TEST(Trainer, ResumeContinuesBitForBitThroughRecoveries) {
  const auto data = points(200);
  const auto whole = make_trainer(deep_config(), data);
  losses(*whole, 150);
  ASSERT_TRUE(whole->set_learning_rate(kTooLarge).ok());
  std::vector<TrainerState> states;
  std::vector<uint64_t> recoveries;
  for (size_t i = 0; i < 40; ++i) {
    states.push_back(whole->state());
    recoveries.push_back(states.back().recoveries);
    step(*whole);
  }
  ASSERT_GE(whole->state().recoveries, 1u);
  const TrainerState end = whole->state();
  for (size_t from = 0; from < states.size(); from += 3) {
    const auto resumed = make_trainer(deep_config(), data);
    losses(*resumed, 2);
    ASSERT_TRUE(resumed->restore(states[from]).ok());
    EXPECT_EQ(resumed->state(), states[from]);
    for (size_t i = from; i < states.size(); ++i) step(*resumed);
    EXPECT_EQ(resumed->state(), end) << "from " << from << ", with " << recoveries[from] << " recoveries before";
  }
}

TEST(Trainer, AnEpochsEndIsItsOwnStateToGoBackTo) {
  const auto trainer = make_trainer(small_config(), bars(100, 6));
  losses(*trainer, 2);
  ASSERT_TRUE(trainer->state().good.has_value());
  EXPECT_EQ(trainer->state().good->step, 0u);
  losses(*trainer, 1);
  EXPECT_FALSE(trainer->state().good.has_value()) << "a checkpoint an epoch holds the weights once";
}

// Finite, but beyond what Adam can square or any data can explain: the same as not finite.
TEST(Trainer, AHugeLearningRateEndsInOneErrorAndAFiniteState) {
  RunConfig config = small_config();
  config.learning_rate = 1e6;
  const auto trainer = make_trainer(config, bars(400, 8));
  size_t recoveries = 0;
  Result<StepReport> report = trainer->step();
  for (size_t i = 0; i < 200 && report.ok(); ++i) {
    recoveries += report->recovered ? 1 : 0;
    report = trainer->step();
  }
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, ErrorCode::non_finite);
  EXPECT_THAT(report.error().message, HasSubstr("smaller learning rate"));
  EXPECT_EQ(recoveries, Trainer::kMaxRecoveries);
  const TrainerState state = trainer->state();
  for (const auto* numbers : {&state.parameters, &state.first_moments, &state.second_moments})
    for (float v : *numbers) ASSERT_TRUE(std::isfinite(v));
}

TEST(Trainer, EvaluationIsRepeatableAndStops) {
  const auto trainer = make_trainer(small_config(), bars(3000, 6));
  const auto first = trainer->evaluate(Split::train), again = trainer->evaluate(Split::train);
  EXPECT_EQ(first->n, 2400u);
  EXPECT_EQ(first->terms.loss(), again->terms.loss());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(trainer->evaluate(Split::train, stop.get_token()).error().code, ErrorCode::cancelled);
  FloatArray means(2400, 3);
  EXPECT_EQ(trainer->encode_rows(trainer->data().ids_of(Split::train), means, {}, stop.get_token()).error().code, ErrorCode::cancelled);
}

TEST(Trainer, EvaluateRowsAndEncodeDatasetNeedNoTrainer) {
  const auto data = bars(700, 6);
  const auto trainer = make_trainer(small_config(), data);
  losses(*trainer, 5);
  ComputePool pool(2);
  const auto rows = data->ids_of(Split::test);
  const auto expected = trainer->evaluate(Split::test);
  const auto got =
      evaluate_rows(*trainer->model(), trainer->parameters(), *data, rows, Split::test, trainer->config().seed, Binarise::none, pool);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->terms.loss(), expected->terms.loss());
  FloatArray mean, log_variance, refreshed(rows.size(), 3);
  std::vector<float> row_losses(rows.size());
  ASSERT_TRUE(encode_dataset(*trainer->model(), trainer->parameters(), *data, rows, 1, Binarise::none, mean, &log_variance, pool).ok());
  ASSERT_TRUE(trainer->encode_rows(rows, refreshed, row_losses).ok());
  EXPECT_EQ(mean, refreshed);
  double total = 0.0;
  for (float loss : row_losses) total += static_cast<double>(loss);
  EXPECT_NEAR(total / static_cast<double>(rows.size()), expected->terms.loss(), 1e-4);
  const std::vector<uint32_t> outside = {700};
  EXPECT_THAT(
      encode_dataset(*trainer->model(), trainer->parameters(), *data, outside, 1, Binarise::none, mean, nullptr, pool).error().message,
      HasSubstr("row 700"));
}

// A binarised run encodes what it was trained on, with and without losses, with and without a trainer.
TEST(Trainer, BinarisedRunsEncodeBinarisedExamples) {
  const auto data = bars(100, 6);
  RunConfig config = small_config();
  ComputePool pool(1);
  const auto rows = data->ids_of(Split::test);
  for (Binarise binarise : {Binarise::fixed, Binarise::dynamic}) {
    config.binarise = binarise;
    const auto trainer = make_trainer(config, data);
    losses(*trainer, 5);
    FloatArray with(rows.size(), 3), without(rows.size(), 3), bare, real;
    std::vector<float> row_losses(rows.size());
    ASSERT_TRUE(trainer->encode_rows(rows, with, row_losses).ok());
    ASSERT_TRUE(trainer->encode_rows(rows, without, {}).ok());
    ASSERT_TRUE(encode_dataset(*trainer->model(), trainer->parameters(), *data, rows, config.seed, binarise, bare, nullptr, pool).ok());
    ASSERT_TRUE(
        encode_dataset(*trainer->model(), trainer->parameters(), *data, rows, config.seed, Binarise::none, real, nullptr, pool).ok());
    EXPECT_EQ(with, without);
    EXPECT_EQ(with, bare);
    EXPECT_NE(with, real);
  }
}

// Fixed binarisation draws each pixel once; dynamic draws it anew each epoch; the mean over epochs is the pixel.
TEST(Trainer, BinarisationIsKeyedAsDocumented) {
  const auto data = bars(100, 6);
  RunConfig config = small_config();
  config.learning_rate = 1e-6;
  std::vector<double> real, fixed;
  for (Binarise binarise : {Binarise::none, Binarise::fixed}) {
    config.binarise = binarise;
    const auto trainer = make_trainer(config, data);
    (binarise == Binarise::none ? real : fixed) = losses(*trainer, 2);
  }
  config.binarise = Binarise::dynamic;
  const auto dynamic = losses(*make_trainer(config, data), 2);
  EXPECT_NE(real, fixed);
  EXPECT_NE(fixed, dynamic);
}

}  // namespace
}  // namespace latentscape
