// Memory that runs out in a worker is an event, never the end of the program; the session answers the next thing that it is asked.
#include <atomic>

#include "tests/session/session_fixture.hpp"

#if !defined(LS_SANITIZED)  // the sanitizers bring allocators of their own

#include "tests/support/operator_new.hpp"

namespace {

std::atomic<size_t> most{SIZE_MAX};  // bytes at once

}  // namespace

void before_new(size_t size) {
  if (size > most.load(std::memory_order_relaxed)) throw std::bad_alloc();
}

namespace latentscape {
namespace {

/// While it lives, nothing larger than `bytes` is given out.
class Little {
 public:
  explicit Little(size_t bytes) { most = bytes; }
  ~Little() { most = SIZE_MAX; }
};

class OutOfMemory : public ::testing::Test {
 protected:
  void open(bool start = false) {
    OpenRequest request = tiny_request(start);
    session_.open(request);
    ASSERT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
    ASSERT_TRUE(wait_exact(session_));
  }
  void expect_one_failure() {
    ASSERT_TRUE(listener_.wait<event::Failed>());
    ASSERT_EQ(listener_.of<event::Failed>().size(), 1u) << listener_.failures();
    EXPECT_EQ(listener_.of<event::Failed>()[0].error.code, ErrorCode::out_of_memory) << listener_.failures();
  }

  Session session_{SessionOptions{.window = true}};
  Listener listener_{session_};
};

TEST_F(OutOfMemory, ARunThatDoesNotFitLeavesTheOpenOne) {
  open();
  const auto run = session_.run();
  {
    const Little little(8 << 20);
    OpenRequest large = tiny_request(false);
    large.config.model.encoder = {4096};
    session_.open(large);
    expect_one_failure();
    EXPECT_EQ(listener_.failures().find("opening strokes: strokes: out of memory"), 0u) << listener_.failures();
    ASSERT_TRUE(eventually([&] { return !session_.loading().active; }));
  }
  EXPECT_EQ(session_.run(), run);
  session_.post(command::Step{});
  EXPECT_TRUE(eventually([&] { return session_.snapshot()->step == 1; }));
}

TEST_F(OutOfMemory, AFirstRunThatDoesNotFitLeavesTheSessionEmpty) {
  {
    const Little little(8 << 20);
    OpenRequest large = tiny_request(false);
    large.config.model.encoder = {4096};
    session_.open(large);
    expect_one_failure();
    ASSERT_TRUE(eventually([&] { return !session_.loading().active; }));
  }
  EXPECT_EQ(session_.snapshot()->phase, RunPhase::empty);
  EXPECT_EQ(session_.run(), nullptr);
  session_.open(tiny_request(false));
  EXPECT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
}

TEST_F(OutOfMemory, TrainingPausesWithItsWeightsAndGoesOn) {
  open();
  const auto before = session_.snapshot();
  {
    const Little little(16 << 10);  // a minibatch of 32 needs more
    session_.post(command::Run{});
    expect_one_failure();
    ASSERT_TRUE(listener_.wait_phase(RunPhase::paused));
  }
  EXPECT_EQ(session_.snapshot()->phase, RunPhase::paused);
  ASSERT_TRUE(session_.snapshot()->weights);
  EXPECT_EQ(session_.snapshot()->weights->parameters, before->weights->parameters);
  EXPECT_EQ(session_.snapshot()->latents, before->latents);
  session_.post(command::Run{});
  ASSERT_TRUE(listener_.wait_phase(RunPhase::finished)) << listener_.failures();
  EXPECT_EQ(session_.snapshot()->epoch, 3u);
}

TEST_F(OutOfMemory, AnEvaluationIsDroppedAndTheNextCommandHeard) {
  open();
  ASSERT_TRUE(listener_.wait_phase(RunPhase::paused));
  const size_t phases = listener_.of<event::PhaseChanged>().size();
  {
    const Little little(16 << 10);
    session_.post(command::Evaluate{Split::heldout});
    expect_one_failure();
  }
  session_.post(command::Evaluate{Split::heldout});
  EXPECT_TRUE(listener_.wait<event::Evaluated>()) << listener_.failures();
  EXPECT_EQ(listener_.of<event::Evaluated>().size(), 1u);
  EXPECT_EQ(listener_.of<event::PhaseChanged>().size(), phases) << "it was paused and stays so";
}

TEST_F(OutOfMemory, QuestionsAreSaidToFailOnceAndAnsweredLater) {
  open();
  GridRequest grid;
  grid.z = FloatArray(500, 2);
  {
    const Little little(16 << 10);
    session_.request_samples(grid);
    expect_one_failure();
    EXPECT_EQ(listener_.failures().find("the samples: out of memory"), 0u) << listener_.failures();
  }
  grid.tag = 2;
  session_.request_samples(grid);
  ASSERT_TRUE(eventually([&] { return session_.samples() && session_.samples()->tag == 2; }));
  EXPECT_EQ(session_.samples()->x.rows, 500u);
}

TEST_F(OutOfMemory, AMapSaysSoAndTheNextOneIsDrawn) {
  open();
  ProjectionRequest request;
  request.config.method = "pca";
  const auto frame_of = [&](const std::function<bool(const ProjectionFrame&)>& wanted) {
    return eventually([&] {
      const auto frame = session_.projection();
      return frame && wanted(*frame);
    });
  };
  {
    const Little little(1 << 10);  // 300 points need more
    session_.request_projection(request);
    EXPECT_TRUE(frame_of([](const ProjectionFrame& f) { return f.error.find("the map: out of memory") == 0; }));
  }
  request.config.method = "raw";
  session_.request_projection(request);
  EXPECT_TRUE(frame_of([](const ProjectionFrame& f) { return f.error.empty() && f.positions.rows > 0; }));
}

TEST_F(OutOfMemory, AnExportSaysSoAndTheNextOneRuns) {
  session_.run_export("a figure", [](std::stop_token) -> Status { throw std::bad_alloc(); });
  session_.run_export("another", [](std::stop_token) { return Status(); });
  ASSERT_TRUE(listener_.wait<event::Logged>());
  expect_one_failure();
  EXPECT_EQ(listener_.of<event::Failed>()[0].error.message.find("a figure: out of memory"), 0u);
}

}  // namespace
}  // namespace latentscape

#endif
