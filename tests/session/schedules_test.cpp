// Schedules and starting points through a session: the same numbers however the run is made, and what run.json keeps of it.
#include "core/data/source.hpp"
#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

/// The weights after the config's epochs, by the trainer alone.
std::vector<float> trained_alone(const RunConfig& config) {
  DataRequest data;
  data.spec = config.data;
  data.count = config.data_count;
  auto trainer = Trainer::create(config, load_dataset(data).value(), std::make_shared<ComputePool>(1));
  EXPECT_TRUE(trainer.ok()) << trainer.error().message;
  if (!trainer.ok()) return {};
  while ((*trainer)->epoch() < config.epochs)
    if (!(*trainer)->step().ok()) return {};
  return {(*trainer)->parameters().begin(), (*trainer)->parameters().end()};
}

/// Trains through a session to the target, after `steps` single minibatches at a pause.
std::vector<float> trained(const OpenRequest& request, size_t steps) {
  Session session;
  Listener listener(session);
  session.open(request);
  EXPECT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  for (size_t i = 0; i < steps; ++i) session.post(command::Step{});
  EXPECT_TRUE(eventually([&] { return session.snapshot()->step >= steps; }));
  session.post(command::Run{});
  return at_the_end(session, listener);
}

class Schedules : public testing::TestWithParam<std::pair<RateSchedule, BetaSchedule>> {};

// Single steps go past an epoch's end before it is evaluated; a closed session resumes in the middle of an epoch.
TEST_P(Schedules, RunSteppedOrResumedTheWeightsAreThoseOfTheTrainerAlone) {
  const TemporaryFolder folder("schedules");
  OpenRequest request = tiny_request(false);
  request.config.epochs = 6;
  request.config.learning_rate = 0.03;  // some epochs get worse
  request.config.lr_schedule = GetParam().first;
  request.config.patience = 1;
  request.config.warmup = 0.7;
  request.config.schedule = GetParam().second;
  request.config.schedule_epochs = 3.0;
  const std::vector<float> expected = trained_alone(request.config);
  EXPECT_EQ(trained(request, 0), expected);
  request.out = folder / "run";
  EXPECT_EQ(trained(request, 25), expected);
  request.force = true;
  {
    Session session;
    Listener listener(session);
    session.open(request);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    for (size_t i = 0; i < 22; ++i) session.post(command::Step{});
    ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 22; }));
  }
  OpenRequest again;
  again.resume = request.out;
  again.start = false;
  again.evaluate_test_at_end = false;
  EXPECT_EQ(trained(again, 0), expected);
}

INSTANTIATE_TEST_SUITE_P(All, Schedules,
                         testing::Values(std::pair(RateSchedule::plateau, BetaSchedule::linear),
                                         std::pair(RateSchedule::cosine, BetaSchedule::cyclical)),
                         [](const auto& param) { return std::string(param.index == 0 ? "plateau_linear" : "cosine_cyclical"); });

TEST(ScheduledSession, TheBetaInUseIsInTheSnapshotAndTheLines) {
  const TemporaryFolder folder("beta");
  OpenRequest request = tiny_request(false);
  request.config.beta = 2.0;
  request.config.schedule = BetaSchedule::linear;
  request.config.schedule_epochs = 1000.0;
  request.config.epochs = 1;
  request.out = folder / "run";
  Session session;
  Listener listener(session);
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  EXPECT_EQ(session.snapshot()->metrics.beta_in_use, 0.0);
  session.post(command::Run{});
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  EXPECT_EQ(session.snapshot()->metrics.beta, 2.0);
  EXPECT_EQ(session.snapshot()->metrics.beta_in_use, 0.002);
  const auto lines = RunDirectory::open(request.out)->metrics();
  ASSERT_TRUE(lines.ok());
  for (const MetricsLine& line : *lines) {
    EXPECT_EQ(line.beta == 0.002, line.evaluation.has_value());
    if (line.train) {
      EXPECT_LT(line.beta, 0.002);
      EXPECT_NEAR(line.train->objective, line.train->reconstruction + line.beta * line.train->kl, 1e-6 * line.train->objective);
    }
  }
}

// More epochs, asked for live, stretch the cosine; a resumed run knows of them.
TEST(ScheduledSession, AHigherTargetStretchesTheCosine) {
  const TemporaryFolder folder("target");
  OpenRequest request = tiny_request(false);
  request.config.epochs = 1;
  request.config.lr_schedule = RateSchedule::cosine;
  request.out = folder / "run";
  {
    Session session;
    Listener listener(session);
    session.open(request);
    ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
    session.post(command::Run{});
    ASSERT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
    EXPECT_EQ(session.snapshot()->metrics.learning_rate, 0.0);
    EXPECT_EQ(session.snapshot()->metrics.learning_rate_asked, 1e-3);
    session.post(command::SetTarget{2});
    ASSERT_TRUE(eventually([&] { return session.snapshot()->metrics.learning_rate > 4e-4; }));
  }
  Session session;
  Listener listener(session);
  OpenRequest again;
  again.resume = request.out;
  again.start = false;
  session.open(again);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  EXPECT_NEAR(session.snapshot()->metrics.learning_rate, 5e-4, 1e-4);
}

class StartingFrom : public testing::Test {
 protected:
  void SetUp() override {
    OpenRequest first = tiny_request();
    first.out = run();
    first.config.epochs = 1;
    ASSERT_FALSE(trained_to_the_end(first).empty());
  }
  std::string run() const { return folder_ / "first"; }
  std::string error_of(const OpenRequest& request) {
    Session session;
    Listener listener(session);
    session.open(request);
    EXPECT_TRUE(listener.wait<event::Failed>());
    return listener.failures();
  }
  TemporaryFolder folder_{"init"};
};

TEST_F(StartingFrom, TheFrozenPartIsThatRunsBitForBitAlsoAfterAResume) {
  OpenRequest request = tiny_request();
  request.config.init = run();
  request.config.freeze = Freeze::encoder;
  request.config.data_count = 200;
  request.config.epochs = 2;
  request.config.only = "label=3,4,5";
  request.out = folder_ / "second";
  ASSERT_FALSE(trained_to_the_end(request).empty());
  OpenRequest again;
  again.resume = request.out;
  again.overrides = {{"epochs", "3"}};
  again.evaluate_test_at_end = false;
  Session session;
  Listener listener(session);
  session.open(again);
  ASSERT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  EXPECT_EQ(session.run()->config.init, run());
  EXPECT_EQ(session.run()->config.freeze, Freeze::encoder);
  EXPECT_LT(session.run()->data->rows, 200u) << "three classes of ten";
  const std::vector<float>& now = session.snapshot()->weights->parameters;
  const std::vector<float> before = load_run(run())->checkpoint.state.parameters;
  for (const ParameterBlock& block : session.run()->model->blocks()) {
    const auto begin = static_cast<std::ptrdiff_t>(block.offset), end = begin + static_cast<std::ptrdiff_t>(block.size);
    const bool same = std::equal(now.begin() + begin, now.begin() + end, before.begin() + begin);
    EXPECT_EQ(same, block.of_encoder) << block.name;
  }
}

TEST_F(StartingFrom, OtherNetworksAndOtherShapesAreNamed) {
  OpenRequest request = tiny_request();
  request.config.init = run();
  request.config.model.latent = 7;
  EXPECT_NE(error_of(request).find("its number of latent dimensions is 2, not 7"), std::string::npos) << error_of(request);
  request = tiny_request();
  request.config.init = run();
  request.config.data = "shapes";
  request.config.data_count = 100;
  EXPECT_NE(error_of(request).find("encoder.0.weight is 16 x 784, expected 16 x 4096"), std::string::npos) << error_of(request);
  request = tiny_request();
  request.config.init = folder_ / "nothing";
  EXPECT_NE(error_of(request).find("no such run"), std::string::npos) << error_of(request);
}

}  // namespace
}  // namespace latentscape
