#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "core/projection/affinities.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/tsne_forces.hpp"

namespace latentscape {
namespace {

/// `groups` well separated clusters in d dimensions, point i in group i % groups.
FloatArray clusters(size_t n, size_t d, size_t groups, uint64_t seed) {
  FloatArray points(n, d);
  Rng(seed, RngStream::general).fill_normal(points.values);
  for (size_t i = 0; i < n; ++i) points(i, (i % groups) % d) += 20.0f;
  return points;
}

std::unique_ptr<Projection> made(const ProjectionConfig& config, const FloatArray& points, ComputePool& pool) {
  auto projection = make_projection(config, points.rows, points.cols);
  EXPECT_TRUE(projection.ok()) << projection.error().message;
  EXPECT_TRUE((*projection)->set_points(points, pool, {}).ok());
  return std::move(*projection);
}

/// The divergence again, from its definition, in double precision on double positions.
double divergence_by_definition(const Affinities& p, const std::vector<double>& y) {
  const auto weight = [&](size_t i, size_t j) {
    const double dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1];
    return 1.0 / (1.0 + dx * dx + dy * dy);
  };
  double all = 0.0, sum = 0.0;
  for (size_t i = 0; i < p.n; ++i)
    for (size_t j = 0; j < p.n; ++j) all += i == j ? 0.0 : weight(i, j);
  for (size_t i = 0; i < p.n; ++i)
    for (uint32_t e = p.start[i]; e < p.start[i + 1]; ++e) {
      const double value = static_cast<double>(p.values[e]);
      if (value > 0.0) sum += value * std::log(value / (weight(i, p.columns[e]) / all));
    }
  return sum;
}

TEST(TsneAffinities, AreSymmetricSumToOneAndHaveThePerplexity) {
  ComputePool pool(2);
  const FloatArray points = clusters(120, 5, 3, 1);
  const auto p = tsne_affinities(points, 10.0, pool);
  ASSERT_TRUE(p.ok());
  double sum = 0.0;
  Array2<double> dense(120, 120, 0.0);
  for (size_t i = 0; i < 120; ++i)
    for (uint32_t e = p->start[i]; e < p->start[i + 1]; ++e) {
      dense(i, p->columns[e]) += static_cast<double>(p->values[e]);
      sum += static_cast<double>(p->values[e]);
    }
  EXPECT_NEAR(sum, 1.0, 1e-5);
  for (size_t i = 0; i < 120; ++i) {
    EXPECT_EQ(dense(i, i), 0.0);
    for (size_t j = 0; j < i; ++j) EXPECT_EQ(dense(i, j), dense(j, i));
  }
}

TEST(TsneAffinities, RowsOfARegularRingAreCalibrated) {
  // On a ring every row is alike, so P is its own symmetrisation and each row's entropy must be log(perplexity).
  FloatArray ring(90, 2);
  for (size_t i = 0; i < 90; ++i) {
    const double angle = 2.0 * 3.14159265358979 * static_cast<double>(i) / 90.0;
    ring(i, 0) = static_cast<float>(std::cos(angle));
    ring(i, 1) = static_cast<float>(std::sin(angle));
  }
  ComputePool pool(1);
  const auto p = tsne_affinities(ring, 8.0, pool);
  ASSERT_TRUE(p.ok());
  for (size_t i = 0; i < 90; ++i) {
    double entropy = 0.0;
    for (uint32_t e = p->start[i]; e < p->start[i + 1]; ++e) {
      const double q = static_cast<double>(p->values[e]) * 90.0;
      entropy -= q * std::log(q);
    }
    EXPECT_NEAR(std::exp(entropy), 8.0, 0.05);
  }
}

TEST(TsneForces, GradientAgreesWithFiniteDifferencesOfTheExactDivergence) {
  ComputePool pool(2);
  const auto p = tsne_affinities(clusters(30, 4, 3, 2), 5.0, pool);
  ASSERT_TRUE(p.ok());
  FloatArray positions(30, 2);
  Rng(3, RngStream::general).fill_normal(positions.values);
  TsneForces forces;
  FloatArray gradient;
  ASSERT_TRUE(forces.gradient(*p, positions, 1.0, pool, {}, gradient));
  std::vector<double> y(positions.values.begin(), positions.values.end());
  EXPECT_NEAR(tsne_divergence(*p, positions), divergence_by_definition(*p, y), 1e-6);
  for (size_t c = 0; c < y.size(); ++c) {
    const double at = y[c], step = 1e-5;
    y[c] = at + step;
    const double above = divergence_by_definition(*p, y);
    y[c] = at - step;
    const double below = divergence_by_definition(*p, y);
    y[c] = at;
    EXPECT_NEAR(4.0 * static_cast<double>(gradient.values[c]), (above - below) / (2.0 * step), 2e-6) << c;
  }
}

TEST(Tsne, SeparatesClustersWhileTheDivergenceFalls) {
  ComputePool pool(2);
  const FloatArray points = clusters(300, 6, 4, 5);
  auto tsne = made({.method = "tsne", .perplexity = 20, .iterations = 500}, points, pool);
  const double start = tsne->kl();
  size_t calls = 0;
  for (bool more = true; more; ++calls) {
    const auto result = tsne->advance(pool, {});
    ASSERT_TRUE(result.ok());
    more = *result;
  }
  EXPECT_EQ(calls, 500u);
  EXPECT_EQ(tsne->iteration(), 500u);
  EXPECT_LT(tsne->kl(), 0.5 * start);
  const FloatArray& y = tsne->positions();
  double sum_x = 0.0, sum_y = 0.0;
  size_t same = 0;
  for (size_t i = 0; i < 300; ++i) {
    sum_x += static_cast<double>(y(i, 0));
    sum_y += static_cast<double>(y(i, 1));
    size_t nearest = i;
    float best = std::numeric_limits<float>::infinity();
    for (size_t j = 0; j < 300; ++j) {
      const float dx = y(i, 0) - y(j, 0), dy = y(i, 1) - y(j, 1), d = dx * dx + dy * dy;
      if (j != i && d < best) {
        best = d;
        nearest = j;
      }
    }
    same += nearest % 4 == i % 4;
  }
  EXPECT_EQ(same, 300u);
  EXPECT_NEAR(sum_x / 300.0, 0.0, 1e-3);
  EXPECT_NEAR(sum_y / 300.0, 0.0, 1e-3);
}

TEST(Tsne, SameBitsAtAnyThreadCountAndOtherBitsForAnotherSeed) {
  const FloatArray points = clusters(333, 5, 3, 7);
  const auto run = [&](size_t threads, uint64_t seed) {
    ComputePool pool(threads);
    auto tsne = made({.method = "tsne", .perplexity = 15, .seed = seed}, points, pool);
    for (int i = 0; i < 60; ++i) EXPECT_TRUE(tsne->advance(pool, {}).ok());
    return tsne->positions();
  };
  const FloatArray one = run(1, 1);
  EXPECT_EQ(one, run(2, 1));
  EXPECT_EQ(one, run(3, 1));
  EXPECT_NE(one, run(1, 2));
}

TEST(Tsne, AStopLeavesTheIterationUndone) {
  ComputePool pool(2);
  const FloatArray points = clusters(200, 5, 3, 7);
  auto tsne = made({.method = "tsne", .perplexity = 15}, points, pool);
  ASSERT_TRUE(tsne->advance(pool, {}).ok());
  const FloatArray before = tsne->positions();
  std::stop_source source;
  source.request_stop();
  const auto stopped = tsne->advance(pool, source.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(tsne->iteration(), 1u);
  EXPECT_EQ(tsne->positions(), before);
  EXPECT_EQ(tsne->set_points(points, pool, source.get_token()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(tsne->positions(), before);
  EXPECT_TRUE(tsne->advance(pool, {}).ok());
}

TEST(Tsne, AWarmStartKeepsTheMapAndDoesNotExaggerateAgain) {
  ComputePool pool(2);
  FloatArray points = clusters(300, 5, 3, 8);
  auto tsne = made({.method = "tsne", .perplexity = 20, .iterations = 400}, points, pool);
  while (*tsne->advance(pool, {})) {
  }
  const FloatArray before = tsne->positions();
  const double settled = tsne->kl();
  for (float& v : points.values) v *= 1.01f;
  ASSERT_TRUE(tsne->set_points(points, pool, {}).ok());
  EXPECT_EQ(tsne->positions(), before);
  EXPECT_EQ(tsne->iterations(), 500u);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(*tsne->advance(pool, {}));
  while (*tsne->advance(pool, {})) {
  }
  EXPECT_EQ(tsne->iteration(), 500u);
  EXPECT_LE(tsne->kl(), settled * 1.01);
  ASSERT_TRUE(tsne->set_points(clusters(200, 5, 3, 8), pool, {}).ok());  // another count starts anew
  EXPECT_EQ(tsne->iteration(), 0u);
  EXPECT_EQ(tsne->iterations(), 400u);
}

TEST(Tsne, EqualPointsPart) {
  ComputePool pool(1);
  auto tsne = made({.method = "tsne", .perplexity = 5, .iterations = 300}, FloatArray(40, 3, 2.0f), pool);
  while (*tsne->advance(pool, {})) {
  }
  for (const float v : tsne->positions().values) ASSERT_TRUE(std::isfinite(v));
  EXPECT_NE(tsne->positions()(0, 0), tsne->positions()(1, 0));
}

}  // namespace
}  // namespace latentscape
