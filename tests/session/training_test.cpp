// Training through a session: the same numbers as the bare trainer, commands that act at once, live changes that replay.
#include <algorithm>
#include <cmath>

#include "core/data/source.hpp"
#include "core/session/loss_window.hpp"
#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

struct Curve {
  std::vector<double> losses;     // of each report
  std::vector<float> parameters;  // at the end
};

Curve bare_curve(const RunConfig& config) {
  DataRequest request;
  request.spec = config.data;
  request.seed = config.seed;
  request.count = config.data_count;
  const auto data = load_dataset(request);
  EXPECT_TRUE(data.ok());
  auto trainer = Trainer::create(config, *data, std::make_shared<ComputePool>(1));
  EXPECT_TRUE(trainer.ok());
  Curve curve;
  while ((*trainer)->epoch() < *config.epochs) {
    const auto report = (*trainer)->step();
    EXPECT_TRUE(report.ok());
    LossWindow window;
    window.add(report->terms, report->gradient_norm, report->samples);
    curve.losses.push_back(window.mean().objective);
  }
  curve.parameters.assign((*trainer)->parameters().begin(), (*trainer)->parameters().end());
  return curve;
}

Curve curve_of(Session& session, Listener& listener) {
  EXPECT_TRUE(listener.wait<event::TargetReached>()) << listener.failures();
  EXPECT_TRUE(listener.wait_phase(RunPhase::finished));
  Curve curve;
  for (const auto& point : listener.of<event::LossPoint>()) curve.losses.push_back(point.train.objective);
  EXPECT_TRUE(session.snapshot()->weights);
  if (session.snapshot()->weights) curve.parameters = session.snapshot()->weights->parameters;
  return curve;
}

TEST(SessionTraining, GivesTheNumbersOfTheBareTrainerWithAnyThreadsAndWindow) {
  const Curve expected = bare_curve(tiny_config());
  ASSERT_FALSE(expected.losses.empty());
  for (const bool window : {false, true}) {
    for (const size_t threads : {1, 2}) {
      Session session({.window = window});
      Listener listener(session);
      OpenRequest request = tiny_request();
      request.config.threads = threads;
      session.open(request);
      const Curve curve = curve_of(session, listener);
      EXPECT_EQ(curve.losses, expected.losses) << "window " << window << ", threads " << threads;
      EXPECT_EQ(curve.parameters, expected.parameters) << "window " << window << ", threads " << threads;
      EXPECT_TRUE(session.snapshot()->latents && session.snapshot()->latents->exact());
    }
  }
}

TEST(SessionTraining, PausingSteppingAndChangingThreadsLeaveTheNumbersAlone) {
  RunConfig config = tiny_config();
  const Curve expected = bare_curve(config);
  Session session({.window = true});
  Listener listener(session);
  session.open(tiny_request(false));
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  // Past the first epoch's end in single steps, so that an evaluation is owed while steps go on.
  const size_t epoch_steps = expected.losses.size() / *config.epochs;
  for (size_t i = 0; i < epoch_steps + 2; ++i) session.post(command::Step{});
  ASSERT_TRUE(listener.wait<event::LossPoint>(epoch_steps + 2));
  session.post(command::SetThreads{2});
  session.post(command::Run{});
  session.post(command::Pause{});
  session.post(command::Evaluate{Split::train});
  session.post(command::Run{});
  const Curve curve = curve_of(session, listener);
  EXPECT_EQ(curve.losses, expected.losses);
  EXPECT_EQ(curve.parameters, expected.parameters);
}

TEST(SessionTraining, PauseActsWithinOneMinibatchAlsoDuringAnEvaluation) {
  Session session({.window = true});
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.config.epochs = 1000000;
  session.open(request);
  for (size_t round = 0; round < 5; ++round) {
    ASSERT_TRUE(listener.wait<event::LossPoint>(20 * (round + 1)));
    if (round % 2) session.post(command::Evaluate{Split::test});
    session.post(command::Pause{});
    ASSERT_TRUE(listener.wait_phase(RunPhase::paused));
    // Nothing trains after the word: what the step count is now, it stays.
    const uint64_t step = session.snapshot()->step;
    ASSERT_TRUE(wait_exact(session));
    EXPECT_EQ(session.snapshot()->step, step);
    session.post(command::Run{});
    ASSERT_TRUE(listener.wait_phase(RunPhase::running));
  }
  EXPECT_TRUE(listener.wait<event::Evaluated>());
  EXPECT_EQ(listener.failures(), "");
}

TEST(SessionTraining, StepIsOneMinibatchThenPause) {
  Session session({.window = true});
  Listener listener(session);
  session.open(tiny_request(false));
  ASSERT_TRUE(wait_exact(session));
  EXPECT_EQ(session.snapshot()->step, 0u);
  session.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 1; }));
  ASSERT_TRUE(wait_exact(session));
  EXPECT_EQ(session.snapshot()->step, 1u);
  EXPECT_EQ(session.snapshot()->phase, RunPhase::paused);
}

TEST(SessionTraining, LatentsAreExactAtAPause) {
  Session session({.window = true});
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.config.epochs = 1000000;
  session.open(request);
  ASSERT_TRUE(listener.wait<event::LossPoint>(13));
  session.post(command::Pause{});
  // At an epoch's end the means may be exact before the losses are.
  ASSERT_TRUE(eventually([&] {
    const auto s = session.snapshot();
    return s->phase == RunPhase::paused && s->latents->exact() &&
           std::none_of(s->latents->losses.begin(), s->latents->losses.end(), [](float l) { return std::isnan(l); });
  }));
  const auto snapshot = session.snapshot();
  const auto run = session.run();
  ComputePool pool(1);
  FloatArray means;
  ASSERT_TRUE(encode_dataset(*run->model, snapshot->weights->parameters, *run->data, snapshot->latents->points->ids, run->config.seed,
                             run->config.binarise, means, nullptr, pool)
                  .ok());
  EXPECT_EQ(snapshot->latents->means, means);
  EXPECT_EQ(snapshot->latents->points->ids, run->data->ids_of({Split::train, Split::heldout}));
  for (float loss : snapshot->latents->losses) EXPECT_GT(loss, 0.0f);
}

TEST(SessionTraining, LiveChangesAreRecordedAndReplayed) {
  const TemporaryFolder folder("replay");
  Curve live, replayed;
  std::vector<EventLine> lines;
  {
    Session session;
    Listener listener(session);
    OpenRequest request = tiny_request(false);
    request.out = folder / "live";
    session.open(request);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    for (size_t i = 0; i < 4; ++i) session.post(command::Step{});
    ASSERT_TRUE(listener.wait<event::LossPoint>(4));
    session.post(command::SetLearningRate{5e-3});
    session.post(command::SetBeta{0.5});
    session.post(command::SetLearningRate{-1.0});
    session.post(command::Step{});
    ASSERT_TRUE(listener.wait<event::LossPoint>(5));
    session.post(command::SetBatch{48});
    session.post(command::SetTarget{4});
    session.post(command::Run{});
    live = curve_of(session, listener);
    EXPECT_EQ(listener.of<event::SettingChanged>().size(), 4u);
    EXPECT_EQ(listener.of<event::Failed>().size(), 1u) << "a negative learning rate is refused";
    EXPECT_EQ(session.snapshot()->metrics.learning_rate, 5e-3);
    EXPECT_EQ(session.snapshot()->target_epochs, 4u);
    lines = *RunDirectory::open(request.out)->events();
  }
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].key, "lr");
  EXPECT_EQ(lines[0].step, 4u);
  EXPECT_EQ(lines[2].step, 5u);
  Session session({.window = true});
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.replay = lines;
  session.open(request);
  replayed = curve_of(session, listener);
  EXPECT_EQ(replayed.losses, live.losses);
  EXPECT_EQ(replayed.parameters, live.parameters);
  RunConfig untouched = tiny_config();
  untouched.epochs = 4;
  EXPECT_NE(bare_curve(untouched).losses, live.losses) << "the changes do change something";
}

TEST(SessionTraining, SnapshotsTellTheLabelsThatTrainingKnows) {
  Session session;
  Listener listener(session);
  OpenRequest request = tiny_request(false);
  use_family(request.config.model, *model_families().find("m2"));
  request.config.model.encoder = request.config.model.decoder = {16};
  request.config.labels = LabelBudget{20, 0.0};
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  const auto before = session.snapshot();
  ASSERT_TRUE(before->labels);
  EXPECT_EQ(before->labels->rows().size(), 20u);
  const auto train = session.run()->data->ids_of(Split::train);
  const uint32_t row = *std::find_if(train.begin(), train.end(), [&](uint32_t r) { return before->labels->label(r) < 0; });
  session.post(command::SetLabel{row, 3});
  ASSERT_TRUE(listener.wait<event::SettingChanged>());
  EXPECT_EQ(session.snapshot()->labels->label(row), 3);
  EXPECT_EQ(before->labels->label(row), -1) << "what was published does not change";
}

TEST(SessionTraining, RunPastTheTargetGoesOnAsFarAgain) {
  Session session;
  Listener listener(session);
  session.open(tiny_request());
  ASSERT_TRUE(listener.wait<event::TargetReached>()) << listener.failures();
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished));
  EXPECT_EQ(session.snapshot()->epoch, 3u);
  session.post(command::Run{});
  ASSERT_TRUE(listener.wait<event::TargetReached>(2));
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished));
  EXPECT_EQ(session.snapshot()->epoch, 6u);
  EXPECT_EQ(session.snapshot()->target_epochs, 6u);
  EXPECT_EQ(listener.of<event::Evaluated>().size(), 6u) << "one held-out evaluation an epoch";
}

TEST(SessionTraining, TestIsEvaluatedAtTheEndWhereAskedFor) {
  Session session;
  Listener listener(session);
  OpenRequest request = tiny_request();
  request.config.epochs = 1;
  request.evaluate_test_at_end = true;
  session.open(request);
  ASSERT_TRUE(listener.wait<event::TargetReached>()) << listener.failures();
  const auto evaluated = listener.of<event::Evaluated>();
  ASSERT_EQ(evaluated.size(), 2u);
  EXPECT_EQ(evaluated[0].evaluation.split, Split::heldout);
  EXPECT_EQ(evaluated[1].evaluation.split, Split::test);
  ASSERT_TRUE(session.snapshot()->metrics.test.has_value());
  EXPECT_EQ(session.snapshot()->metrics.test->n, session.run()->data->ids_of(Split::test).size());
}

}  // namespace
}  // namespace latentscape
