// Layouts that go on with other settings and other points: nothing begins again, nothing jumps.
#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"
#include "core/projection/map_change.hpp"
#include "core/projection/projection.hpp"
#include "tests/projection/made.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

/// The same points after a small step of training: each moved by a hundredth of a group's width.
FloatArray moved_a_little(const FloatArray& points, uint64_t seed) {
  FloatArray step(points.rows, points.cols), moved = points;
  Rng(seed, RngStream::general).fill_normal(step.values);
  for (size_t c = 0; c < moved.values.size(); ++c) moved.values[c] += 0.01f * step.values[c];
  return moved;
}

ProjectionConfig config_of(const char* method) {
  ProjectionConfig config;
  config.method = method;
  config.perplexity = 15.0;
  config.iterations = 400;
  config.epochs = 100;
  return config;
}

class Layouts : public ::testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<Projection> made(const FloatArray& points, size_t iterations) {
    auto projection = latentscape::made(config_of(GetParam()), points, pool_);
    run(*projection, iterations);
    return projection;
  }
  void run(Projection& projection, size_t iterations) {
    for (size_t i = 0; i < iterations; ++i) {
      auto more = projection.advance(pool_, {});
      ASSERT_TRUE(more.ok()) << more.error().message;
      if (!*more) return;
    }
  }
  ProjectionConfig other_neighbours() const {
    ProjectionConfig config = config_of(GetParam());
    config.perplexity = 30.0;
    config.neighbours = 30;
    return config;
  }

  ComputePool pool_{2};
};

TEST_P(Layouts, ShowWhereTheyBeginBeforeNeighboursAreKnown) {
  const FloatArray points = clusters(300, 5, 3, 1);
  auto projection = make_projection(config_of(GetParam()), points.rows, points.cols);
  ASSERT_TRUE(projection.ok());
  auto start = (*projection)->start_of(points, pool_, {});
  ASSERT_TRUE(start.ok());
  ASSERT_TRUE((*projection)->set_points(points, pool_, {}).ok());
  EXPECT_EQ(start->values, (*projection)->positions().values);
}

TEST_P(Layouts, DirectionsBeginWhereTheirLengthsDoNotTell) {
  ProjectionConfig config = config_of(GetParam());
  config.metric = Metric::cosine;
  FloatArray points = normal_points(200, 5, 21);
  for (float& v : points.row(3)) v = 0.0f;
  const auto start = [&](const FloatArray& rows) { return *(*make_projection(config, rows.rows, rows.cols))->start_of(rows, pool_, {}); };
  const FloatArray before = start(points);
  for (size_t i = 0; i < points.rows; ++i)
    for (float& v : points.row(i)) v *= std::ldexp(1.0f, static_cast<int>(i % 9) - 4);
  EXPECT_EQ(start(points), before);
  config.metric = Metric::euclidean;
  EXPECT_NE(start(points), before);
}

TEST_P(Layouts, OtherNeighboursAreTakenUpWithoutAJump) {
  const FloatArray points = clusters(300, 5, 3, 1);
  auto projection = made(points, 100000);
  const FloatArray before = projection->positions();
  const size_t iteration = projection->iteration();
  ASSERT_TRUE(projection->configure(other_neighbours(), points, pool_, {}).ok());
  EXPECT_EQ(projection->positions().values, before.values);
  EXPECT_EQ(projection->iteration(), iteration);
  EXPECT_GT(projection->iterations(), iteration) << "a finished map goes on";
  run(*projection, 100000);
  EXPECT_NE(projection->positions().values, before.values);
  auto change = map_change(before, projection->positions(), 15, pool_);
  ASSERT_TRUE(change.ok());
  EXPECT_LT(change->displacement, 0.2) << "groups stay about where they were";
}

TEST_P(Layouts, AStoppedChangeLeavesAllAsItWas) {
  const FloatArray points = clusters(300, 5, 3, 1);
  auto changed = made(points, 40), untouched = made(points, 40);
  std::stop_source stop;
  stop.request_stop();
  const Status status = changed->configure(other_neighbours(), points, pool_, stop.get_token());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::cancelled);
  run(*changed, 100000);
  run(*untouched, 100000);
  EXPECT_EQ(changed->positions().values, untouched->positions().values);
}

TEST_P(Layouts, AnotherLengthCountsFromTheBeginning) {
  const FloatArray points = clusters(300, 5, 3, 1);
  auto projection = made(points, 60);
  ProjectionConfig config = config_of(GetParam());
  config.iterations = config.epochs = 20;
  ASSERT_TRUE(projection->configure(config, points, pool_, {}).ok());
  EXPECT_EQ(projection->iterations(), 60u) << "it is past that: done";
  config.iterations = config.epochs = 70;
  ASSERT_TRUE(projection->configure(config, points, pool_, {}).ok());
  run(*projection, 100000);
  EXPECT_EQ(projection->iteration(), 70u);
}

// The promise of a live map: while latents move little, a follow step moves the middle point by less than 2 % of the map's span.
TEST_P(Layouts, AFollowStepMovesTheMapLittle) {
  FloatArray points = clusters(600, 5, 3, 1);
  auto projection = made(points, 100000);
  for (uint64_t step = 0; step < 5; ++step) {
    const FloatArray before = projection->positions();
    points = moved_a_little(points, 10 + step);
    ASSERT_TRUE(projection->set_points(points, pool_, {}).ok());
    EXPECT_EQ(projection->positions().values, before.values);
    run(*projection, 50);
    auto change = map_change(before, projection->positions(), 15, pool_);
    ASSERT_TRUE(change.ok());
    EXPECT_LT(change->displacement, 0.02) << "step " << step;
    EXPECT_GT(change->displacement, 0.0) << "it follows";
  }
}

TEST_P(Layouts, LatentsThatCollapseToAPointAndComeBackAreFollowed) {
  const FloatArray points = clusters(300, 5, 3, 1), collapsed(300, 5, 0.25f);
  auto projection = made(points, 60);
  for (const FloatArray* next : {&collapsed, &points}) {
    const Status taken = projection->set_points(*next, pool_, {});
    ASSERT_TRUE(taken.ok()) << taken.error().message;
    run(*projection, 100);
    for (const float v : projection->positions().values) ASSERT_TRUE(std::isfinite(v));
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, Layouts, ::testing::Values("tsne", "umap"));

TEST(Configure, LeastDistanceSpreadsAFinishedUmap) {
  ComputePool pool(2);
  const FloatArray points = clusters(300, 5, 3, 1);
  ProjectionConfig config = config_of("umap");
  config.min_dist = 0.0;
  config.follow_iterations = 200;
  auto projection = make_projection(config, points.rows, points.cols);
  ASSERT_TRUE(projection.ok());
  ASSERT_TRUE((*projection)->set_points(points, pool, {}).ok());
  const auto finish = [&] {
    for (bool more = true; more;) {
      auto advanced = (*projection)->advance(pool, {});
      ASSERT_TRUE(advanced.ok());
      more = *advanced;
    }
  };
  const auto nearest = [&] {
    auto lists = exact_neighbours_within((*projection)->positions(), 1, pool);
    EXPECT_TRUE(lists.ok());
    double sum = 0.0;
    for (size_t i = 0; i < points.rows; ++i) sum += std::sqrt(static_cast<double>(lists->squared_distances(i, 0)));
    return sum / static_cast<double>(points.rows);
  };
  finish();
  const double tight = nearest();
  config.min_dist = 0.9;
  ASSERT_TRUE((*projection)->configure(config, points, pool, {}).ok());
  finish();
  EXPECT_GT(nearest(), 1.5 * tight);
}

TEST(Configure, DirectMethodsAreMadeAnewInstead) {
  ComputePool pool(1);
  const FloatArray points = clusters(30, 3, 3, 1);
  auto projection = make_projection({.method = "pca"}, points.rows, points.cols);
  ASSERT_TRUE(projection.ok());
  EXPECT_FALSE((*projection)->configure({.method = "pca", .axis_y = 2}, points, pool, {}).ok());
}

}  // namespace
}  // namespace latentscape
