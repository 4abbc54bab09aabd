// Opening, resuming, resetting, closing: what was open stays until the new run is there, and nothing is lost on disk.
#include <cmath>
#include <fstream>

#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

TEST(SessionOpening, PublishesTheRunAndGrowingRevisions) {
  Session session({.window = true});
  EXPECT_EQ(session.snapshot()->phase, RunPhase::empty);
  EXPECT_EQ(session.run(), nullptr);
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.config.epochs = 1000000;
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  const auto run = listener.of<event::Opened>()[0].run;
  EXPECT_EQ(run->id, 1u);
  EXPECT_EQ(run->config.batch, 32u);
  uint64_t revision = 0;
  size_t grown = 0;
  ASSERT_TRUE(eventually([&] {
    const auto s = session.snapshot();
    EXPECT_GE(s->revision, revision);
    EXPECT_EQ(s->run_id, 1u);
    EXPECT_GE(s->revision, run->first_revision);
    if (s->revision > revision && s->latents) {
      EXPECT_EQ(s->latents->means.rows, s->latents->points->ids.size());
      ++grown;
    }
    revision = s->revision;
    return grown >= 5;
  }));
}

TEST(SessionOpening, AFailureNamesItselfAndChangesNothing) {
  Session session;
  Listener listener(session);
  session.open(tiny_request(false));
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  ASSERT_TRUE(wait_exact(session));
  const auto run = session.run();
  const auto snapshot = session.snapshot();

  OpenRequest unknown = tiny_request();
  unknown.config.data = "/no/such/folder";
  session.open(unknown);
  ASSERT_TRUE(listener.wait<event::Failed>(1));
  EXPECT_NE(listener.failures().find("/no/such/folder"), std::string::npos);
  OpenRequest wrong = tiny_request();
  wrong.config.model.latent = 0;
  session.open(wrong);
  ASSERT_TRUE(listener.wait<event::Failed>(2));
  EXPECT_EQ(session.run(), run);
  EXPECT_EQ(session.snapshot(), snapshot);
  session.post(command::Step{});
  EXPECT_TRUE(eventually([&] { return session.snapshot()->step == 1; })) << "the old run still answers";
}

TEST(SessionOpening, AFirstFailureLeavesTheSessionEmpty) {
  Session session;
  Listener listener(session);
  OpenRequest unknown = tiny_request();
  unknown.config.data = "/no/such/folder";
  session.open(unknown);
  ASSERT_TRUE(listener.wait<event::Failed>());
  EXPECT_TRUE(eventually([&] { return !session.loading().active; }));
  EXPECT_EQ(session.snapshot()->phase, RunPhase::empty);
  session.post(command::Run{});
  EXPECT_TRUE(listener.wait<event::Failed>(2)) << "a command without a run is refused";
}

TEST(SessionOpening, CancellingIsAFailureThatSaysSo) {
  Session session;
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.config.data_count = 20000;
  session.open(request);
  session.cancel_open();
  ASSERT_TRUE(listener.wait<event::Failed>());
  EXPECT_EQ(listener.of<event::Failed>()[0].error.code, ErrorCode::cancelled) << listener.failures();
  EXPECT_EQ(session.run(), nullptr);
}

TEST(SessionOpening, ANewerRunReplacesTheOldOne) {
  const TemporaryFolder folder("replace");
  Session session({.window = true});
  Listener listener(session);
  OpenRequest first = tiny_request();
  first.config.epochs = 1000000;
  first.out = folder / "first";
  session.open(first);
  ASSERT_TRUE(listener.wait<event::LossPoint>(5)) << listener.failures();
  OpenRequest again = tiny_request();
  again.out = folder / "first";
  again.force = true;
  session.open(again);
  ASSERT_TRUE(listener.wait<event::Failed>()) << "the directory of the open run is taken";
  OpenRequest second = tiny_request();
  second.config.model.latent = 3;
  session.open(second);
  ASSERT_TRUE(listener.wait<event::Opened>(2)) << listener.failures();
  EXPECT_EQ(session.run()->id, 2u);
  ASSERT_TRUE(listener.wait<event::TargetReached>());
  EXPECT_EQ(session.snapshot()->latents->means.cols, 3u);
  EXPECT_TRUE(RunDirectory::open(first.out)->newest().ok()) << "the old run left its checkpoint";
}

TEST(SessionOpening, QuittingWhileLoadingOrEvaluatingIsSafe) {
  for (size_t round = 0; round < 4; ++round) {
    Session session({.window = round % 2 == 1});
    Listener listener(session);
    OpenRequest request = tiny_request();
    request.config.data_count = round < 2 ? 20000 : 300;
    session.open(request);
    if (round < 2) continue;
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    session.post(command::Evaluate{Split::test});
  }
}

TEST(SessionOpening, ResumingEqualsGoingOnBitForBit) {
  const TemporaryFolder folder("resume");
  OpenRequest in_one_go = tiny_request();
  in_one_go.config.epochs = 4;
  const std::vector<float> whole = trained_to_the_end(in_one_go);
  ASSERT_FALSE(whole.empty());
  OpenRequest half = tiny_request(false);
  half.config.epochs = 4;
  half.out = folder / "half";
  uint64_t stopped_at = 0;
  {
    Session session;
    Listener listener(session);
    session.open(half);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    for (size_t i = 0; i < 21; ++i) session.post(command::Step{});  // in the middle of an epoch
    ASSERT_TRUE(listener.wait<event::LossPoint>(21));
    session.post(command::SetBeta{0.9});
    session.post(command::SetBeta{1.0});
    ASSERT_TRUE(listener.wait<event::SettingChanged>(2));
    stopped_at = session.snapshot()->step;
  }  // the closing session saves
  Session session;
  Listener listener(session);
  OpenRequest request;
  request.resume = half.out;
  request.evaluate_test_at_end = false;
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  EXPECT_TRUE(listener.of<event::Opened>()[0].resumed);
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  EXPECT_EQ(listener.of<event::LossPoint>().front().step, stopped_at + 1);
  EXPECT_EQ(session.snapshot()->weights->parameters, whole);
  const auto metrics = RunDirectory::open(half.out)->metrics();
  ASSERT_TRUE(metrics.ok());
  size_t epochs = 0;
  for (const MetricsLine& line : *metrics) epochs += line.evaluation && line.evaluation->split == Split::heldout;
  EXPECT_EQ(epochs, 4u) << "one held-out line an epoch, over both halves";
}

/// Trains a run and asks to look at it; `resume` is empty where it did not come to its end.
OpenRequest look_at_trained(const std::string& run) {
  OpenRequest request = tiny_request(), again;
  request.out = run;
  if (!trained_to_the_end(request).empty()) again.resume = run;
  again.start = false;
  return again;
}

TEST(SessionOpening, ARunThatHadComeToItsTargetIsFinishedWhenItIsLookedAt) {
  const TemporaryFolder folder("finished");
  const OpenRequest again = look_at_trained(folder / "run");
  ASSERT_FALSE(again.resume.empty());
  Session session;
  Listener listener(session);
  session.open(again);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  EXPECT_EQ(session.snapshot()->phase, RunPhase::finished);
  session.post(command::Reset{});
  ASSERT_TRUE(listener.wait<event::Opened>(2)) << listener.failures();
  EXPECT_EQ(session.snapshot()->phase, RunPhase::paused) << "nobody has had it train";
}

// What the command line says again of a run is no change.
TEST(SessionOpening, AResumeMayNameWhatTheRunHas) {
  const TemporaryFolder folder("named");
  OpenRequest again = look_at_trained(folder / "run");
  ASSERT_FALSE(again.resume.empty());
  again.overrides = {{"encoder", to_string(tiny_request().config.model.encoder)}, {"k", "1"}};
  Session session;
  Listener listener(session);
  session.open(again);
  EXPECT_TRUE(listener.wait<event::Opened>()) << listener.failures();
}

// The step of the checkpoint is saved once more, since its settings are others; its evaluation is as good as before.
TEST(SessionOpening, AChangeAfterTheEndKeepsTheHeldoutLossAndItsOneLine) {
  const TemporaryFolder folder("change");
  OpenRequest request = tiny_request();
  request.config.epochs = 1;
  request.out = folder / "run";
  ASSERT_FALSE(trained_to_the_end(request).empty());
  const double loss = RunDirectory::open(request.out)->newest()->heldout_loss;
  ASSERT_TRUE(std::isfinite(loss));
  for (const double lr : {0.002, 0.003}) {
    Session session;
    Listener listener(session);
    OpenRequest again;
    again.resume = request.out;
    again.start = false;
    session.open(again);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    session.post(command::SetLearningRate{lr});
    ASSERT_TRUE(listener.wait<event::SettingChanged>());
    ASSERT_TRUE(wait_exact(session));
  }
  const auto directory = RunDirectory::open(request.out);
  EXPECT_EQ(directory->newest()->state.learning_rate, 0.003);
  EXPECT_EQ(directory->newest()->heldout_loss, loss);
  const auto metrics = directory->metrics();
  ASSERT_TRUE(metrics.ok());
  size_t lines = 0;
  for (const MetricsLine& line : *metrics) lines += line.evaluation.has_value();
  EXPECT_EQ(lines, 1u);
}

TEST(SessionOpening, AResumeWithOtherDataOrModelIsRefused) {
  const TemporaryFolder folder("refuse");
  OpenRequest request = tiny_request();
  request.config.epochs = 1;
  request.out = folder / "run";
  ASSERT_FALSE(trained_to_the_end(request).empty());
  Session session;
  Listener listener(session);
  OpenRequest other;
  other.resume = request.out;
  other.overrides = {{"latent", "5"}};
  session.open(other);
  ASSERT_TRUE(listener.wait<event::Failed>(1));
  other.overrides = {{"count", "310"}};
  session.open(other);
  ASSERT_TRUE(listener.wait<event::Failed>(2));
  EXPECT_EQ(session.run(), nullptr);
  other.overrides = {{"epochs", "2"}, {"lr", "0.002"}};
  session.open(other);
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  EXPECT_EQ(session.snapshot()->epoch, 2u);
  EXPECT_EQ(session.snapshot()->metrics.learning_rate, 0.002);
}

TEST(SessionOpening, ResetStartsAnewBesideAndKeepsTheOldRun) {
  const TemporaryFolder folder("reset");
  Session session({.window = true});
  Listener listener(session);
  OpenRequest request = tiny_request(false);
  request.out = folder / "run";
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  const auto first = session.run();
  for (size_t i = 0; i < 3; ++i) session.post(command::Step{});
  ASSERT_TRUE(listener.wait<event::LossPoint>(3));
  session.post(command::Reset{});
  ASSERT_TRUE(listener.wait<event::Opened>(2)) << listener.failures();
  ASSERT_TRUE(wait_exact(session));
  EXPECT_EQ(session.snapshot()->step, 0u);
  EXPECT_EQ(session.snapshot()->phase, RunPhase::paused);
  EXPECT_EQ(session.run()->directory, folder / "run-2");
  EXPECT_EQ(session.run()->config.seed, first->config.seed);
  EXPECT_EQ(session.run()->data, first->data);
  const auto kept = RunDirectory::open(request.out)->newest();
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->state.step, 3u);
  session.post(command::Step{});
  ASSERT_TRUE(listener.wait<event::LossPoint>(4));
  EXPECT_EQ(listener.of<event::LossPoint>()[3].train.objective, listener.of<event::LossPoint>()[0].train.objective)
      << "the same seed begins alike";
  session.post(command::Reset{true});
  ASSERT_TRUE(listener.wait<event::Opened>(3)) << listener.failures();
  EXPECT_EQ(session.run()->config.seed, first->config.seed + 1);
  EXPECT_EQ(session.run()->directory, folder / "run-3");
}

TEST(SessionOpening, ADiskThatSaysNoIsReportedAndTrainingGoesOn) {
  const TemporaryFolder folder("disk");
  Session session;
  Listener listener(session);
  OpenRequest request = tiny_request(false);
  request.out = folder / "run";
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  // A file where the checkpoints' folder was: no permission is needed to refuse, so this holds for root too.
  std::filesystem::remove_all(folder / "run/checkpoints");
  std::ofstream(folder / "run/checkpoints") << "in the way";
  session.post(command::Run{});
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished));
  ASSERT_FALSE(listener.of<event::Failed>().empty());
  EXPECT_NE(listener.failures().find("checkpoints"), std::string::npos);
  EXPECT_EQ(session.snapshot()->epoch, 3u);
}

TEST(RunsFolder, KeepsTheNewestRunsAndNothingElseIsTouched) {
  const TemporaryFolder folder("prune");
  const auto now = std::filesystem::file_time_type::clock::now();
  for (int i = 0; i < 4; ++i) {
    const std::filesystem::path run = folder / ("run" + std::to_string(i));
    std::filesystem::create_directories(run);
    std::ofstream(run / "run.json") << "{}";
    std::filesystem::last_write_time(run / "run.json", now - std::chrono::hours(i));
  }
  std::filesystem::create_directories(folder / "notes");
  ASSERT_TRUE(prune_runs(folder.path(), 2).ok());
  EXPECT_TRUE(std::filesystem::exists(folder / "run0"));
  EXPECT_TRUE(std::filesystem::exists(folder / "run1"));
  EXPECT_FALSE(std::filesystem::exists(folder / "run2"));
  EXPECT_FALSE(std::filesystem::exists(folder / "run3"));
  EXPECT_TRUE(std::filesystem::exists(folder / "notes"));
  EXPECT_FALSE(prune_runs(folder / "nowhere", 2).ok());
}

}  // namespace
}  // namespace latentscape
