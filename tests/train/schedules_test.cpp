#include "core/train/schedules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/train/trainer.hpp"
#include "tests/train/tiny_data.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

TEST(RateFactor, RisesOverTheWarmUpAndFallsToTheTarget) {
  EXPECT_EQ(rate_factor(RateSchedule::constant, 0.0, 0.0, 10.0), 1.0);
  EXPECT_EQ(rate_factor(RateSchedule::plateau, 2.0, 0.5, 10.0), 0.25);
  EXPECT_EQ(rate_factor(RateSchedule::constant, 2.0, 2.0, 10.0), 1.0);
  EXPECT_DOUBLE_EQ(rate_factor(RateSchedule::cosine, 0.0, 0.0, 8.0), 1.0);
  EXPECT_DOUBLE_EQ(rate_factor(RateSchedule::cosine, 0.0, 4.0, 8.0), 0.5);
  EXPECT_DOUBLE_EQ(rate_factor(RateSchedule::cosine, 0.0, 2.0, 8.0), 0.5 * (1.0 + std::sqrt(0.5)));
  EXPECT_DOUBLE_EQ(rate_factor(RateSchedule::cosine, 4.0, 2.0, 8.0), 0.25 * (1.0 + std::sqrt(0.5)));
  EXPECT_EQ(rate_factor(RateSchedule::cosine, 0.0, 8.0, 8.0), 0.0);
  EXPECT_EQ(rate_factor(RateSchedule::cosine, 0.0, 11.0, 8.0), 0.0) << "it does not rise again";
}

TEST(ScheduledBeta, RampsOnceOrFourTimes) {
  EXPECT_EQ(scheduled_beta(BetaSchedule::constant, 3.0, 10.0, 0.0, 20.0), 3.0);
  EXPECT_EQ(scheduled_beta(BetaSchedule::linear, 4.0, 10.0, 0.0, 20.0), 0.0);
  EXPECT_EQ(scheduled_beta(BetaSchedule::linear, 4.0, 10.0, 2.5, 20.0), 1.0);
  EXPECT_EQ(scheduled_beta(BetaSchedule::linear, 4.0, 10.0, 15.0, 20.0), 4.0);
  // Four cycles of five epochs, the first half of each a ramp.
  for (double start : {0.0, 5.0, 10.0, 15.0}) {
    EXPECT_EQ(scheduled_beta(BetaSchedule::cyclical, 4.0, 10.0, start, 20.0), 0.0) << start;
    EXPECT_NEAR(scheduled_beta(BetaSchedule::cyclical, 4.0, 10.0, start + 1.25, 20.0), 2.0, 1e-12) << start;
    EXPECT_NEAR(scheduled_beta(BetaSchedule::cyclical, 4.0, 10.0, start + 2.5, 20.0), 4.0, 1e-12) << start;
    EXPECT_EQ(scheduled_beta(BetaSchedule::cyclical, 4.0, 10.0, start + 4.9, 20.0), 4.0) << start;
  }
  EXPECT_EQ(scheduled_beta(BetaSchedule::cyclical, 4.0, 10.0, 20.0, 20.0), 4.0) << "past the target";
}

TEST(JudgeEpoch, HalvesAfterAsManyEpochsWithoutABetterLoss) {
  PlateauState state;
  uint64_t epoch = 0;
  for (const double loss : {100.0, 99.0, 99.0, std::nan("")}) judge_epoch(state, ++epoch, loss, 3);
  EXPECT_EQ(state.waited, 2u);
  EXPECT_EQ(state.scale, 1.0);
  judge_epoch(state, ++epoch, 99.5, 3);
  EXPECT_EQ(state.scale, 0.5);
  EXPECT_EQ(state.waited, 0u);
  judge_epoch(state, ++epoch, 98.0, 3);
  for (int i = 0; i < 6; ++i) judge_epoch(state, ++epoch, 98.0, 3);
  EXPECT_EQ(state.scale, 0.125);
  EXPECT_EQ(state.best, 98.0);
  EXPECT_EQ(state.judged, epoch);
}

RunConfig small_config() {
  RunConfig c;
  c.model.encoder = {24};
  c.model.decoder = {24};
  c.model.latent = 3;
  c.batch = 32;
  c.epochs = 4;
  return c;
}

std::unique_ptr<Trainer> make_trainer(const RunConfig& config) {
  auto trainer = Trainer::create(config, bars(100, 6), std::make_shared<ComputePool>(1));  // 80 train rows: three minibatches an epoch
  EXPECT_TRUE(trainer.ok()) << trainer.error().message;
  return trainer.ok() ? std::move(trainer).value() : nullptr;
}

StepReport step(Trainer& trainer) {
  auto report = trainer.step();
  EXPECT_TRUE(report.ok()) << report.error().message;
  return report.ok() ? *report : StepReport();
}

TEST(TrainerSchedules, TheLearningRateInUseFollowsThePlaceAndALiveChangeRescalesIt) {
  RunConfig config = small_config();
  config.learning_rate = 8e-3;
  config.warmup = 1.0;
  const auto warming = make_trainer(config);
  EXPECT_DOUBLE_EQ(warming->effective_learning_rate(), 8e-3 * 16 / 80) << "the middle of the first minibatch";
  step(*warming);
  EXPECT_DOUBLE_EQ(warming->effective_learning_rate(), 8e-3 * 48 / 80);
  ASSERT_TRUE(warming->set_learning_rate(4e-3).ok());
  EXPECT_DOUBLE_EQ(warming->effective_learning_rate(), 4e-3 * 48 / 80);
  step(*warming), step(*warming);
  EXPECT_EQ(warming->effective_learning_rate(), 4e-3);

  config.warmup = 0.0;
  config.lr_schedule = RateSchedule::cosine;
  const auto falling = make_trainer(config);
  double last = 1.0;
  while (falling->epoch() < 4) {
    EXPECT_LT(falling->effective_learning_rate(), last);
    EXPECT_GT(falling->effective_learning_rate(), 0.0) << "the last minibatch still learns";
    last = falling->effective_learning_rate();
    EXPECT_EQ(step(*falling).learning_rate, last);
  }
  EXPECT_EQ(falling->effective_learning_rate(), 0.0);
  ASSERT_TRUE(falling->set_target(8).ok());
  EXPECT_DOUBLE_EQ(falling->effective_learning_rate(), 8e-3 * rate_factor(RateSchedule::cosine, 0.0, 4.2, 8.0))
      << "more epochs stretch the curve";
}

TEST(TrainerSchedules, TheUpdateTakesTheLearningRateInUse) {
  RunConfig config = small_config();
  config.optimiser = OptimiserKind::sgd;
  const auto full = make_trainer(config);
  config.warmup = 1.0;
  const auto warming = make_trainer(config);
  const std::vector<float> start(full->parameters().begin(), full->parameters().end());
  step(*full), step(*warming);
  for (size_t i = 0; i < start.size(); ++i)
    ASSERT_NEAR(warming->parameters()[i] - start[i], 0.2f * (full->parameters()[i] - start[i]), 1e-6f) << i;
}

TEST(LinearRamp, RisesToOneAndStays) {
  EXPECT_EQ(linear_ramp(0.0, 4.0), 0.0);
  EXPECT_EQ(linear_ramp(1.0, 4.0), 0.25);
  EXPECT_EQ(linear_ramp(9.0, 4.0), 1.0);
  EXPECT_EQ(linear_ramp(0.0, 0.0), 1.0);
}

TEST(TrainerSchedules, BetaInUseIsTheOneThatTheObjectiveHas) {
  RunConfig config = small_config();
  config.beta = 4.0;
  config.schedule = BetaSchedule::linear;
  config.schedule_epochs = 2.0;
  const auto trainer = make_trainer(config);
  EXPECT_EQ(trainer->beta(), 4.0);
  for (const double place : {0.0, 32.0 / 80, 64.0 / 80, 1.0, 1.0 + 32.0 / 80, 1.0 + 64.0 / 80, 2.0, 2.0 + 32.0 / 80}) {
    const double expected = std::min(4.0, 2.0 * place);
    EXPECT_DOUBLE_EQ(trainer->beta_in_use(), expected);
    const StepReport report = step(*trainer);
    EXPECT_DOUBLE_EQ(report.beta, expected);
    EXPECT_NEAR(report.terms.objective, report.terms.reconstruction + expected * report.terms.kl, 1e-6 * report.terms.objective);
    EXPECT_EQ(report.terms.elbo(), -(report.terms.reconstruction + report.terms.kl));
  }
}

// Told by somebody who evaluated already or found out by itself, and wherever it is saved and restored: the same numbers.
TEST(TrainerSchedules, APlateauHalvesTheRateAndResumesBitForBit) {
  RunConfig config = small_config();
  config.lr_schedule = RateSchedule::plateau;
  config.patience = 1;
  config.learning_rate = 0.05;  // so that some epochs get worse
  const auto alone = make_trainer(config), told = make_trainer(config);
  std::vector<TrainerState> states;
  for (size_t i = 0; i < 45; ++i) {
    states.push_back(alone->state());
    EXPECT_EQ(step(*alone).terms.objective, step(*told).terms.objective);
    if (told->state().position == 0) told->heldout_evaluated(told->evaluate(Split::heldout)->terms.loss());
    told->heldout_evaluated(1e9);  // not at an epoch's end, or for the second time: nothing new
  }
  told->heldout_evaluated(0.0);
  const TrainerState end = alone->state();
  EXPECT_LT(end.plateau.scale, 1.0);
  EXPECT_DOUBLE_EQ(alone->effective_learning_rate(), 0.05 * end.plateau.scale);
  EXPECT_EQ(end.plateau.judged, 14u) << "the fifteenth epoch is judged when it is gone on from";
  for (size_t from = 0; from < states.size(); from += 2) {
    const auto resumed = make_trainer(config);
    ASSERT_TRUE(resumed->restore(states[from]).ok());
    for (size_t i = from; i < states.size(); ++i) step(*resumed);
    EXPECT_EQ(resumed->state(), end) << from;
  }
  ASSERT_TRUE(alone->set_learning_rate(0.01).ok());
  EXPECT_EQ(alone->effective_learning_rate(), 0.01) << "what people ask for is what they get";
}

// The epoch that is done again is judged again, and by what was the best before it.
TEST(TrainerSchedules, ARecoveryTakesThePlateauBack) {
  RunConfig config = small_config();
  config.lr_schedule = RateSchedule::plateau;
  const auto trainer = make_trainer(config);
  for (size_t i = 0; i < 5; ++i) step(*trainer);
  TrainerState broken = trainer->state();
  ASSERT_TRUE(broken.good.has_value());
  EXPECT_EQ(broken.plateau.judged, 1u);
  EXPECT_EQ(broken.good->plateau.judged, 0u) << "kept at the epoch's end, before it was judged";
  std::fill(broken.parameters.begin(), broken.parameters.end(), std::nanf(""));
  ASSERT_TRUE(trainer->restore(broken).ok());
  EXPECT_TRUE(step(*trainer).recovered);
  EXPECT_EQ(trainer->state().plateau, broken.good->plateau);
  step(*trainer);
  EXPECT_EQ(trainer->state().plateau, broken.plateau);
}

TEST(TrainerSchedules, APlateauNeedsHeldOutRows) {
  RunConfig config = small_config();
  config.lr_schedule = RateSchedule::plateau;
  const auto trainer = Trainer::create(config, points(50), std::make_shared<ComputePool>(1));
  ASSERT_FALSE(trainer.ok());
  EXPECT_THAT(trainer.error().message, HasSubstr("no held-out rows"));
}

}  // namespace
}  // namespace latentscape
