// Questions to the newest weights: answers carry their revision, the newest question wins, maps follow the latents.
#include <algorithm>
#include <cmath>

#include "core/session/manifold_rule.hpp"
#include "tests/session/session_fixture.hpp"

namespace latentscape {
namespace {

class SessionExplore : public SessionWithMaps {
 protected:
  void SetUp() override {
    session_.open(tiny_request(false));
    ASSERT_TRUE(listener_.wait<event::Opened>()) << listener_.failures();
    for (size_t i = 0; i < 12; ++i) session_.post(command::Step{});
    ASSERT_TRUE(listener_.wait<event::LossPoint>(12));
    ASSERT_TRUE(eventually([&] { return session_.snapshot()->step == 12; }));
    ASSERT_TRUE(wait_exact(session_));
  }
};

TEST_F(SessionExplore, TheNewestProbeIsAnswered) {
  const auto snapshot = session_.snapshot();
  const FloatArray& means = snapshot->latents->means;
  for (uint64_t tag = 1; tag <= 200; ++tag) session_.request_probe({{means(7, 0), means(7, 1)}, tag});
  ASSERT_TRUE(eventually([&] { return session_.probe() && session_.probe()->tag == 200; }));
  const auto answer = session_.probe();
  EXPECT_EQ(answer->revision, snapshot->weights->revision);
  EXPECT_EQ(answer->x.size(), session_.run()->data->width());
  EXPECT_EQ(answer->nearest_distance, 0.0);
  EXPECT_TRUE(answer->on_manifold);
  EXPECT_GT(answer->manifold_radius, 0.0);
  double shares = 0.0;
  for (float s : answer->class_shares) shares += static_cast<double>(s);
  EXPECT_NEAR(shares, 1.0, 1e-5);
  session_.request_probe({{1000.0f, 1000.0f}, 201});
  ASSERT_TRUE(eventually([&] { return session_.probe()->tag == 201; }));
  EXPECT_FALSE(session_.probe()->on_manifold);
}

TEST_F(SessionExplore, AProbeOfTheWrongWidthGetsNoAnswerAndHarmsNothing) {
  session_.request_probe({{1.0f, 2.0f, 3.0f}, 1});
  session_.request_probe({{0.0f, 0.0f}, 2});
  ASSERT_TRUE(eventually([&] { return session_.probe() && session_.probe()->tag == 2; }));
}

TEST_F(SessionExplore, GridsAreDecodedLikeProbes) {
  FloatArray z(300, 2);
  for (size_t i = 0; i < z.values.size(); ++i) z.values[i] = 0.01f * static_cast<float>(i % 100);
  session_.request_underlay({z, 4});
  session_.request_samples({z, 5});
  session_.request_probe({{z(257, 0), z(257, 1)}, 6});
  ASSERT_TRUE(eventually([&] { return session_.underlay() && session_.samples() && session_.probe(); }));
  EXPECT_EQ(session_.underlay()->tag, 4u);
  EXPECT_EQ(session_.underlay()->x, session_.samples()->x);
  for (size_t j = 0; j < session_.probe()->x.size(); ++j) EXPECT_NEAR(session_.underlay()->x(257, j), session_.probe()->x[j], 1e-5f);
}

TEST_F(SessionExplore, InspectingARowGivesItsPosteriorAndNeighbours) {
  const auto frame = session_.snapshot()->latents;
  const uint32_t row = frame->points->ids[5];
  session_.request_inspect({row, 6, 9});
  ASSERT_TRUE(eventually([&] { return session_.inspection() != nullptr; }));
  const auto about = session_.inspection();
  EXPECT_EQ(about->tag, 9u);
  for (size_t j = 0; j < 2; ++j) {
    EXPECT_NEAR(about->mean[j], frame->means(5, j), 1e-5f);
    EXPECT_GT(about->deviation[j], 0.0f);
  }
  EXPECT_GT(about->reconstruction, 0.0);
  EXPECT_GE(about->kl, 0.0);
  ASSERT_EQ(about->latent_neighbours.size(), 6u);
  ASSERT_EQ(about->input_neighbours.size(), 6u);
  for (uint32_t n : about->latent_neighbours) EXPECT_NE(n, row);
  // Nearest first, by the definition.
  const auto distance = [&](uint32_t other) {
    std::vector<float> a(session_.run()->data->width()), b(a.size());
    session_.run()->data->copy_row(row, a.data());
    session_.run()->data->copy_row(other, b.data());
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i) sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2.0);
    return sum;
  };
  double best = 1e30;
  for (uint32_t other : frame->points->ids)
    if (other != row) best = std::min(best, distance(other));
  EXPECT_NEAR(distance(about->input_neighbours[0]), best, 1e-3);
}

// The model reads what it was trained on, as for the map; what is shown stays the row itself.
TEST(SessionInspect, ABinarisedRunReadsItsFixedDraw) {
  Session session({.window = true});
  Listener listener(session);
  OpenRequest request = tiny_request(false);
  request.config.binarise = Binarise::dynamic;
  session.open(request);
  ASSERT_TRUE(listener.wait<event::Opened>()) << listener.failures();
  for (size_t i = 0; i < 12; ++i) session.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session.snapshot()->step == 12; }));
  ASSERT_TRUE(wait_exact(session));
  const auto frame = session.snapshot()->latents;
  const uint32_t row = frame->points->ids[5];
  session.request_inspect({row, 6, 1});
  ASSERT_TRUE(eventually([&] { return session.inspection() != nullptr; }));
  const auto about = session.inspection();
  for (size_t j = 0; j < 2; ++j) EXPECT_NEAR(about->mean[j], frame->means(5, j), 1e-5f);
  std::vector<float> pixels(about->original.size());
  session.run()->data->copy_row(row, pixels.data());
  EXPECT_EQ(about->original, pixels);
  EXPECT_TRUE(std::any_of(pixels.begin(), pixels.end(), [](float v) { return v > 0.0f && v < 1.0f; })) << "else nothing is told apart";
}

TEST_F(SessionExplore, MapsArriveAndCarryTheRevisionOfTheirLatents) {
  const auto latents = session_.snapshot()->latents;
  for (const char* method : {"raw", "pca"}) {
    ProjectionRequest request;
    request.config.method = method;
    session_.request_projection(request);
    const auto frame = wait_frame([&](const ProjectionFrame& f) { return f.config.method == method && f.error.empty(); });
    EXPECT_EQ(frame->revision, latents->revision);
    EXPECT_EQ(frame->positions.rows, latents->means.rows);
    EXPECT_EQ(frame->shown.size(), latents->means.rows);
    EXPECT_EQ(frame->limit, 0u);
    ASSERT_TRUE(frame->linear.has_value());
    const auto at = frame->linear->map_from_latent(latents->means.row(3));
    EXPECT_NEAR(frame->positions(3, 0), at[0], 1e-5f);
  }
  session_.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session_.snapshot()->step == 13; }));
  ASSERT_TRUE(wait_exact(session_));
  wait_frame([&](const ProjectionFrame& f) { return f.revision == session_.snapshot()->latents->revision; });
  EXPECT_TRUE(eventually([&] { return !session_.projection_busy(); }));
}

TEST_F(SessionExplore, TsneRunsOnASeededSubsetAndFollows) {
  ProjectionRequest request;
  request.config.method = "tsne";
  request.config.perplexity = 10;
  request.config.iterations = 300;
  request.max_points = 120;
  session_.request_projection(request);
  auto frame = wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.iteration >= 300; });
  EXPECT_EQ(frame->limit, 120u);
  EXPECT_EQ(frame->shown, subset_of(session_.snapshot()->latents->means.rows, 120, request.config.seed));
  EXPECT_EQ(frame->positions.rows, 120u);
  EXPECT_GT(frame->kl, 0.0);
  EXPECT_EQ(frame->revision, session_.snapshot()->latents->revision);
  session_.post(command::Step{});
  ASSERT_TRUE(eventually([&] { return session_.snapshot()->step == 13; }));
  ASSERT_TRUE(wait_exact(session_));
  const auto newest = session_.snapshot()->latents->revision;
  frame = wait_frame([&](const ProjectionFrame& f) { return f.revision == newest; });
  EXPECT_GT(frame->iteration, 300u) << "a warm start goes on";
  // Held still, it stays as it is; going on costs none of the iterations so far.
  request.running = false;
  session_.request_projection(request);
  ASSERT_TRUE(eventually([&] { return !session_.projection_busy(); }));
  EXPECT_GE(session_.projection()->iteration, frame->iteration);
}

TEST_F(SessionExplore, TheLatestMapWinsAndAnImpossibleOneSaysWhy) {
  ProjectionRequest slow;
  slow.config.method = "tsne";
  slow.config.perplexity = 10;
  slow.config.iterations = 100000000;
  session_.request_projection(slow);
  wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne"; });
  ProjectionRequest raw;
  session_.request_projection(raw);
  wait_frame([](const ProjectionFrame& f) { return f.config.method == "raw"; });
  ProjectionRequest wrong;
  wrong.config.axis_y = 7;
  session_.request_projection(wrong);
  const auto frame = wait_frame([](const ProjectionFrame& f) { return !f.error.empty(); });
  EXPECT_EQ(frame->config.axis_y, 7u);
  session_.request_projection(raw);
  wait_frame([](const ProjectionFrame& f) { return f.error.empty() && f.positions.rows > 0; });
}

// A change of mind while points are taken up: the map that was asked for last arrives, whatever was interrupted on the way.
TEST_F(SessionExplore, QuickChangesOfMapLeaveTheLastOne) {
  ProjectionRequest tsne, raw;
  tsne.config.method = "tsne";
  tsne.config.perplexity = 10;
  tsne.config.iterations = 100000000;
  for (int round = 0; round < 30; ++round) {
    session_.request_projection(tsne);
    if (round % 3 == 0) std::this_thread::yield();
    session_.request_projection(raw);
    if (round % 2 == 0) std::this_thread::yield();
    session_.request_projection(tsne);
  }
  wait_frame([](const ProjectionFrame& f) { return f.config.method == "tsne" && f.iteration > 0; });
}

TEST_F(SessionExplore, ExportsRunInOrderAndAnswer) {
  std::vector<int> order;
  session_.run_export("first figure", [&order](std::stop_token) -> Status {
    order.push_back(1);
    return {};
  });
  session_.run_export("second figure", [&order](std::stop_token) -> Status {
    order.push_back(2);
    return fail(ErrorCode::io, "disk full");
  });
  ASSERT_TRUE(listener_.wait<event::Failed>());
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  ASSERT_EQ(listener_.of<event::Logged>().size(), 1u);
  EXPECT_EQ(listener_.of<event::Logged>()[0].line.text, "first figure");
  EXPECT_EQ(listener_.of<event::Failed>()[0].error.message, "second figure: disk full");
}

TEST(ManifoldRule, IsThePercentileOfNearestNeighbourDistances) {
  // 199 points one apart and one far away: 99 % of the nearest distances are 1.
  LatentFrame frame;
  frame.means = FloatArray(200, 1);
  for (size_t i = 0; i < 199; ++i) frame.means(i, 0) = static_cast<float>(i);
  frame.means(199, 0) = 5000.0f;
  ComputePool pool(1);
  EXPECT_DOUBLE_EQ(manifold_radius(frame, pool, {}), 1.0);
  LatentFrame lonely;
  lonely.means = FloatArray(1, 1);
  EXPECT_EQ(manifold_radius(lonely, pool, {}), 0.0);
}

}  // namespace
}  // namespace latentscape
