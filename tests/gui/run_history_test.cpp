#include "app/gui/run_history.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "app/gui/latent_lookup.hpp"

namespace latentscape {
namespace {

MetricsLine trained(uint64_t step, double epoch, double loss) {
  MetricsLine line;
  line.step = step;
  line.epoch = epoch;
  line.train = LossTerms{loss - 1.0, 1.0, loss};
  return line;
}

MetricsLine evaluated(uint64_t step, double epoch, std::vector<double> kl) {
  MetricsLine line;
  line.step = step;
  line.epoch = epoch;
  line.evaluation = Evaluation{Split::heldout, 10, {5.0, 1.0, 6.0}, std::move(kl), 1, {}};
  return line;
}

const RunInfo kUsualRun;
const std::vector<MetricsLine> kMetrics = {trained(10, 1.0, 9.0), evaluated(10, 1.0, {0.75, 0.25}), trained(20, 2.0, 8.0),
                                           trained(30, 3.0, 7.0)};

TEST(RunHistory, TellsLossesEvaluationsAndChangesUpToTheStepThatIsOpened) {
  RunConfig config;
  config.learning_rate = 1e-3;
  const SessionHistory h = history_from(kMetrics, {{15, "lr", 0.01}, {18, "lr", 0.02}, {25, "beta", 4.0}}, config, 20);
  ASSERT_EQ(h.losses.size(), 2u);
  EXPECT_EQ(h.losses[1].step, 20u);
  EXPECT_DOUBLE_EQ(h.losses[1].train.loss(), 8.0);
  ASSERT_EQ(h.evaluations.size(), 1u);
  ASSERT_EQ(h.changes.size(), 2u) << "the change of step 25 is not of this state";
  EXPECT_DOUBLE_EQ(h.changes[0].epoch, 1.5);
  EXPECT_DOUBLE_EQ(h.changes[0].before, 1e-3);
  EXPECT_DOUBLE_EQ(h.changes[1].before, 0.01);
  EXPECT_DOUBLE_EQ(h.changes[1].after, 0.02);
}

TEST(RunHistory, LeavesOutWhatARecoveryWentBackBehind) {
  const SessionHistory h =
      history_from(kMetrics, {{5, "beta", 2.0}, {25, "lr", 9.0}, {20, kRecoveryKey, 0.5, "went back"}}, kUsualRun.config, 30);
  ASSERT_EQ(h.changes.size(), 1u);
  EXPECT_EQ(h.changes[0].key, "beta");
}

TEST(RunHistory, IsReadFromTheDirectoryAndWhatFollowsIsNotTwiceInIt) {
  const auto folder = std::filesystem::temp_directory_path() / ("latentscape-history-" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  {
    auto run = RunDirectory::create(folder.string(), kUsualRun, false);
    ASSERT_TRUE(run.ok()) << run.error().message;
    for (const MetricsLine& line : kMetrics) ASSERT_TRUE(run->append(line).ok());
    ASSERT_TRUE(run->append(EventLine{12, "batch", 64.0}).ok());
  }
  SessionHistory h;
  h.log.push_back({LogLevel::info, "log.opened", {}, {}, 0.0});
  const Status loaded = load_history(folder.string(), 30, h);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(h.losses.size(), 3u);
  EXPECT_EQ(h.changes.size(), 1u);
  EXPECT_EQ(h.log.size(), 1u);
  add(h, event::LossPoint{30, 3.0, {}, 0.0, 0});
  EXPECT_EQ(h.losses.size(), 3u);
  add(h, event::LossPoint{31, 3.1, {}, 0.0, 0});
  EXPECT_EQ(h.losses.size(), 4u);
  add(h, event::Evaluated{10, 1.0, *kMetrics[1].evaluation});
  EXPECT_EQ(h.evaluations.size(), 1u);
  EXPECT_FALSE(load_history((folder / "nothing").string(), 30, h).ok());
  EXPECT_EQ(h.losses.size(), 4u) << "an error changes nothing";
  std::filesystem::remove_all(folder);
}

TEST(RunHistory, GivesTheNumbersOfARunThatWasOnlyOpened) {
  const SessionHistory h = history_from(kMetrics, {}, kUsualRun.config, 30);
  SessionView view;
  view.history = &h;
  EXPECT_TRUE(kl_shown(view).per_dimension.empty()) << "nothing is open";
  auto snapshot = std::make_shared<TrainingSnapshot>();
  snapshot->step = 30;
  view.snapshot = snapshot;
  EXPECT_EQ(kl_shown(view).per_dimension, (std::vector<double>{0.75, 0.25}));
  EXPECT_EQ(kl_shown(view).active, 1u);
  ASSERT_TRUE(train_shown(view));
  EXPECT_DOUBLE_EQ(train_shown(view)->loss(), 7.0);
  EXPECT_FALSE(evaluation_shown(view, Split::test));
  snapshot->metrics.train = {3.0, 1.0, 4.0};
  EXPECT_DOUBLE_EQ(train_shown(view)->loss(), 4.0);
  const SessionHistory none;
  view.history = &none;
  EXPECT_TRUE(kl_shown(view).per_dimension.empty()) << "no false zeros";
}

}  // namespace
}  // namespace latentscape
