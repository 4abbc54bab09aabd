// A loss that goes wrong: the run goes back, says so, and leaves one history on disk that resumes and repeats bit for bit.
#include <cmath>

#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

// From this step on the learning rate is far too large, yet a few smaller ones train.
constexpr size_t kStepsBefore = 14;  // in the second epoch
constexpr double kTooLarge = 50.0;

OpenRequest request_to(const std::string& out, bool start) {
  OpenRequest request = tiny_request(start);
  request.config.epochs = 5;
  request.out = out;
  return request;
}

void step(Session& session, size_t count) {
  for (size_t i = 0; i < count; ++i) session.post(command::Step{});
}

/// Trains up to the change, makes it, and takes so many steps more.
void into_trouble(Session& session, Listener& listener, size_t more) {
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  step(session, kStepsBefore);
  ASSERT_TRUE(listener.wait<event::LossPoint>(kStepsBefore)) << listener.failures();
  session.post(command::SetLearningRate{kTooLarge});
  ASSERT_TRUE(listener.wait<event::SettingChanged>());
  step(session, more);
  ASSERT_TRUE(eventually([&] {
    listener.listen();
    return listener.of<event::LossPoint>().size() + listener.of<event::Recovered>().size() >= kStepsBefore + more;
  }));
}

size_t recoveries_in(const std::string& run) {
  size_t count = 0;
  const auto events = RunDirectory::open(run)->events();
  for (const EventLine& line : *events) count += line.key == kRecoveryKey;
  return count;
}

/// One line a step, growing; one held-out line an epoch.
void expect_one_history(const std::string& run, size_t epochs) {
  const auto directory = RunDirectory::open(run);
  ASSERT_TRUE(directory.ok());
  const auto metrics = directory->metrics();
  ASSERT_TRUE(metrics.ok());
  uint64_t last_train = 0;
  size_t heldout = 0;
  for (const MetricsLine& line : *metrics) {
    if (line.train) {
      EXPECT_EQ(line.step, last_train + 1);
      last_train = line.step;
    }
    heldout += line.evaluation && line.evaluation->split == Split::heldout;
  }
  EXPECT_EQ(heldout, epochs);
  const auto newest = directory->newest();
  ASSERT_TRUE(newest.ok());
  EXPECT_EQ(newest->state.step, last_train);
  EXPECT_EQ(newest->state.recoveries, recoveries_in(run));
}

TEST(SessionRecovery, LeavesOneHistoryThatResumesAndRepeatsBitForBit) {
  const TemporaryFolder folder("recovery");
  std::vector<float> whole;
  {
    Session session;
    Listener listener(session);
    session.open(request_to(folder / "whole", false));
    into_trouble(session, listener, 0);
    session.post(command::Run{});
    whole = at_the_end(session, listener);
    ASSERT_GE(listener.of<event::Recovered>().size(), 1u);
    EXPECT_EQ(listener.of<event::Recovered>().size(), recoveries_in(folder / "whole"));
    EXPECT_EQ(listener.of<event::Recovered>()[0].step, 9u) << "back to the first epoch's end";
  }
  expect_one_history(folder / "whole", 5);

  // Stopped right before the fault, right after it, and well after it.
  for (const size_t more : {1, 2, 4, 12}) {
    const std::string run = folder / ("part" + std::to_string(more));
    {
      Session session;
      Listener listener(session);
      session.open(request_to(run, false));
      into_trouble(session, listener, more);
    }
    Session session;
    Listener listener(session);
    OpenRequest request;
    request.resume = run;
    request.evaluate_test_at_end = false;
    session.open(request);
    EXPECT_EQ(at_the_end(session, listener), whole) << more;
    EXPECT_EQ(listener.failures(), "");
    expect_one_history(run, 5);
    EXPECT_EQ(recoveries_in(run), recoveries_in(folder / "whole")) << more;
  }

  Session session({.window = true});
  Listener listener(session);
  OpenRequest again = request_to("", true);
  again.replay = *RunDirectory::open(folder / "whole")->events();
  session.open(again);
  EXPECT_EQ(at_the_end(session, listener), whole) << "the live changes, made again";
  EXPECT_EQ(listener.failures(), "");
}

// The state of an epoch's end that waits to be evaluated is older than the recovery: it may not be kept in its place.
TEST(SessionRecovery, StaysOnDiskWhereTheEpochItWentBackToIsEvaluatedLate) {
  const TemporaryFolder folder("late");
  OpenRequest request = request_to(folder / "run", false);
  request.replay = {{kStepsBefore, "lr", kTooLarge}};
  {
    Session session;
    Listener listener(session);
    session.open(request);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    step(session, kStepsBefore + 2);  // past an epoch's end, into the fault and back, in one go
    ASSERT_TRUE(listener.wait<event::Recovered>()) << listener.failures();
  }
  EXPECT_EQ(recoveries_in(folder / "run"), 1u);
  const auto newest = RunDirectory::open(folder / "run")->newest();
  ASSERT_TRUE(newest.ok());
  EXPECT_EQ(newest->state.step, 9u);
  EXPECT_EQ(newest->state.recoveries, 1u);
  EXPECT_EQ(newest->state.learning_rate, kTooLarge) << "as asked for";
}

TEST(SessionRecovery, ChangesAfterARecoveryAreRepeatedAfterIt) {
  const TemporaryFolder folder("after");
  std::vector<float> whole;
  {
    Session session;
    Listener listener(session);
    session.open(request_to(folder / "run", false));
    into_trouble(session, listener, 2);
    ASSERT_EQ(listener.of<event::Recovered>().size(), 1u);
    ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 9; }));
    session.post(command::SetBeta{0.25});  // at a step that the first history had passed already
    session.post(command::Run{});
    whole = at_the_end(session, listener);
  }
  const auto events = RunDirectory::open(folder / "run")->events();
  ASSERT_TRUE(events.ok());
  EXPECT_EQ(events->front().key, "lr");
  Session session;
  Listener listener(session);
  OpenRequest again = request_to("", true);
  again.replay = *events;
  session.open(again);
  EXPECT_EQ(at_the_end(session, listener), whole);
}

TEST(SessionRecovery, NoWayOutEndsInOneSentenceWithAGoodCheckpoint) {
  const TemporaryFolder folder("end");
  Session session;
  Listener listener(session);
  OpenRequest request = request_to(folder / "run", true);
  request.config.learning_rate = 1e6;
  session.open(request);
  ASSERT_TRUE(listener.wait_phase(RunPhase::failed)) << listener.failures();
  EXPECT_EQ(listener.of<event::Recovered>().size(), Trainer::kMaxRecoveries);
  ASSERT_EQ(listener.of<event::Failed>().size(), 1u) << listener.failures();
  EXPECT_EQ(listener.of<event::Failed>()[0].error.code, ErrorCode::non_finite);
  EXPECT_EQ(listener.of<event::Failed>()[0].went_back_to, 0u);
  EXPECT_LT(session.snapshot()->metrics.learning_rate, 1e6 / 512) << "lower than that of the last try";
  const auto directory = RunDirectory::open(folder / "run");
  const auto kept = directory->newest();
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->state.step, 0u);
  EXPECT_TRUE(directory->metrics()->empty());
  EXPECT_EQ(recoveries_in(folder / "run"), Trainer::kMaxRecoveries + 1);
  // A smaller learning rate goes on from there.
  session.post(command::SetLearningRate{1e-3});
  session.post(command::Run{});
  EXPECT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  EXPECT_EQ(session.snapshot()->epoch, 5u);
}

TEST(SessionRecovery, TheSameLearningRateAskedForAgainIsAChangeThatIsRecorded) {
  const TemporaryFolder folder("again");
  Session session;
  Listener listener(session);
  session.open(request_to(folder / "run", false));
  into_trouble(session, listener, 2);
  ASSERT_EQ(listener.of<event::Recovered>().size(), 1u) << listener.failures();
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 9; }));
  EXPECT_EQ(session.snapshot()->metrics.learning_rate, kTooLarge / 2) << "that of the steps that are taken";
  for (size_t i = 0; i < 2; ++i) session.post(command::SetLearningRate{kTooLarge});  // the second time it is no change
  session.post(command::SetBeta{0.5});
  ASSERT_TRUE(listener.wait<event::SettingChanged>(3));
  const auto changes = listener.of<event::SettingChanged>();
  EXPECT_EQ(changes[1].before, kTooLarge / 2);
  EXPECT_EQ(changes[1].after, kTooLarge);
  EXPECT_EQ(changes[2].key, "beta");
  EXPECT_EQ(session.snapshot()->metrics.learning_rate, kTooLarge);
  const auto events = RunDirectory::open(folder / "run")->events();
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 4u);
  EXPECT_EQ((*events)[2].key, "lr");
}

TEST(SessionRecovery, StepsThatWereTakenBackCountAsWork) {
  Session session;
  Listener listener(session);
  session.open(request_to("", false));
  into_trouble(session, listener, 2);
  ASSERT_EQ(listener.of<event::Recovered>().size(), 1u) << listener.failures();
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 9; }));
  const auto snapshot = session.snapshot();
  const size_t rows = session.run()->data->ids_of(Split::train).size();
  EXPECT_EQ(snapshot->metrics.samples, rows + (kStepsBefore + 2 - 9) * 32);
}

TEST(SessionRecovery, NumbersOfTheStateThatIsGoneAreForgotten) {
  Session session;
  Listener listener(session);
  session.open(request_to("", false));
  into_trouble(session, listener, 1);
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == kStepsBefore + 1; }));
  session.post(command::Evaluate{Split::heldout});
  session.post(command::Evaluate{Split::train});
  ASSERT_TRUE(eventually([&] {
    listener.listen();
    const auto evaluated = listener.of<event::Evaluated>();
    return !evaluated.empty() && evaluated.back().evaluation.split == Split::train;
  }));
  EXPECT_TRUE(session.snapshot()->metrics.heldout.has_value());
  step(session, 1);
  ASSERT_TRUE(listener.wait<event::Recovered>()) << listener.failures();
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 9; }));
  EXPECT_FALSE(session.snapshot()->metrics.heldout.has_value());
}

}  // namespace
}  // namespace latentscape
