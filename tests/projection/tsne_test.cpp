#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "core/projection/affinities.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/tsne_forces.hpp"
#include "tests/projection/made.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

constexpr float kApart = 20.0f;  // of clusters

Affinities affinities_of(const FloatArray& points, double perplexity, ComputePool& pool) {
  auto graph = neighbour_graph(points, {*tsne_neighbours(points.rows, perplexity)}, pool);
  auto p = tsne_affinities(std::move(*graph), perplexity, pool);
  EXPECT_TRUE(p.ok());
  return std::move(*p);
}

double mean_of(const FloatArray& positions, size_t axis) {
  double sum = 0.0;
  for (size_t i = 0; i < positions.rows; ++i) sum += static_cast<double>(positions(i, axis));
  return sum / static_cast<double>(positions.rows);
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
    for (size_t e = p.start[i]; e < p.start[i + 1]; ++e) {
      const double value = static_cast<double>(p.values[e]);
      if (value > 0.0) sum += value * std::log(value / (weight(i, p.columns[e]) / all));
    }
  return sum;
}

TEST(TsneAffinities, AreSymmetricSumToOneAndHaveThePerplexity) {
  ComputePool pool(2);
  const FloatArray points = clusters(120, 5, 3, 1, kApart);
  const Affinities p = affinities_of(points, 10.0, pool);
  double sum = 0.0;
  Array2<double> dense(120, 120, 0.0);
  for (size_t i = 0; i < 120; ++i)
    for (size_t e = p.start[i]; e < p.start[i + 1]; ++e) {
      dense(i, p.columns[e]) += static_cast<double>(p.values[e]);
      sum += static_cast<double>(p.values[e]);
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
  const Affinities p = affinities_of(ring, 8.0, pool);
  for (size_t i = 0; i < 90; ++i) {
    double entropy = 0.0;
    for (size_t e = p.start[i]; e < p.start[i + 1]; ++e) {
      const double q = static_cast<double>(p.values[e]) * 90.0;
      entropy -= q * std::log(q);
    }
    EXPECT_NEAR(std::exp(entropy), 8.0, 0.05);
  }
}

TEST(TsneForces, GradientAgreesWithFiniteDifferencesOfTheExactDivergence) {
  ComputePool pool(2);
  const Affinities p = affinities_of(clusters(30, 4, 3, 2, kApart), 5.0, pool);
  FloatArray positions(30, 2);
  Rng(3, RngStream::general).fill_normal(positions.values);
  TsneForces forces;
  FloatArray gradient;
  const TsneAttraction all{&p};
  ASSERT_TRUE(forces.gradient({&all, 1}, positions, {true}, pool, {}, gradient));
  std::vector<double> y(positions.values.begin(), positions.values.end());
  EXPECT_NEAR(*tsne_divergence(p, positions, pool), divergence_by_definition(p, y), 1e-6);
  EXPECT_NEAR(tsne_divergence(p, positions, forces.weights(), pool), divergence_by_definition(p, y), 1e-6);
  for (size_t c = 0; c < y.size(); ++c) {
    const double at = y[c], step = 1e-5;
    y[c] = at + step;
    const double above = divergence_by_definition(p, y);
    y[c] = at - step;
    const double below = divergence_by_definition(p, y);
    y[c] = at;
    EXPECT_NEAR(4.0 * static_cast<double>(gradient.values[c]), (above - below) / (2.0 * step), 2e-6) << c;
  }
}

TEST(TsneAffinities, RenumberedRowsKeepTheirPartners) {
  ComputePool pool(2);
  const Affinities p = affinities_of(clusters(50, 3, 2, 4, kApart), 6.0, pool);
  std::vector<uint32_t> order(50);
  for (uint32_t r = 0; r < 50; ++r) order[r] = (r * 7 + 3) % 50;
  const Affinities q = renumbered(p, order, pool);
  const auto dense = [](const Affinities& a) {
    Array2<float> out(a.n, a.n, 0.0f);
    for (size_t i = 0; i < a.n; ++i)
      for (size_t e = a.start[i]; e < a.start[i + 1]; ++e) out(i, a.columns[e]) = a.values[e];
    return out;
  };
  const Array2<float> before = dense(p), after = dense(q);
  for (size_t i = 0; i < 50; ++i)
    for (size_t j = 0; j < 50; ++j) EXPECT_EQ(after(i, j), before(order[i], order[j]));
}

TEST(TsneAffinities, EqualPointsShareEqually) {
  ComputePool pool(1);
  const Affinities p = affinities_of(FloatArray(40, 3, 2.0f), 5.0, pool);
  double sum = 0.0;
  for (const float v : p.values) sum += static_cast<double>(v);
  EXPECT_NEAR(sum, 1.0, 1e-5);
}

TEST(TsneAffinities, RefuseAPerplexityBeyondAThirdOfTheOthers) {
  EXPECT_EQ(*tsne_neighbours(91, 30.0), 90u);
  EXPECT_EQ(tsne_neighbours(90, 30.0).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(tsne_neighbours(90, 0.5).error().code, ErrorCode::invalid_argument);
  for (const size_t n : {0u, 1u, 2u, 3u}) {
    const auto refused = make_projection({.method = "tsne", .perplexity = 1}, n, 2);
    ASSERT_FALSE(refused.ok()) << n;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_TRUE(make_projection({.method = "tsne", .perplexity = 1}, 4, 2).ok());
}

TEST(Tsne, SeparatesClustersWhileTheDivergenceFalls) {
  ComputePool pool(2);
  const FloatArray points = clusters(300, 6, 4, 5, kApart);
  auto tsne = made({.method = "tsne", .perplexity = 20, .iterations = 500}, points, pool);
  const double start = *tsne->exact_kl(pool, {});
  size_t calls = 0;
  for (bool more = true; more; ++calls) {
    const auto result = tsne->advance(pool, {});
    ASSERT_TRUE(result.ok());
    more = *result;
  }
  EXPECT_EQ(calls, 500u);
  EXPECT_EQ(tsne->iteration(), 500u);
  EXPECT_LT(*tsne->exact_kl(pool, {}), 0.5 * start);
  EXPECT_NEAR(tsne->kl(), *tsne->exact_kl(pool, {}), 1e-3);
  const FloatArray& y = tsne->positions();
  size_t same = 0;
  for (size_t i = 0; i < 300; ++i) {
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
  EXPECT_NEAR(mean_of(y, 0), 0.0, 1e-3);
  EXPECT_NEAR(mean_of(y, 1), 0.0, 1e-3);
}

TEST(Tsne, SameBitsAtAnyThreadCountAndOtherBitsForAnotherSeed) {
  const FloatArray points = clusters(333, 5, 3, 7, kApart);
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

TEST(Tsne, ManyPointsAreTheSameBitsAtAnyThreadCountToo) {
  const FloatArray points = clusters(1500, 4, 3, 7, kApart);  // beyond exact pairs
  const auto run = [&](size_t threads) {
    ComputePool pool(threads);
    auto tsne = made({.method = "tsne", .perplexity = 5, .iterations = 275}, points, pool);
    while (*tsne->advance(pool, {})) {
    }
    EXPECT_LT(*tsne->exact_kl(pool, {}), 3.5);
    EXPECT_NEAR(tsne->kl(), *tsne->exact_kl(pool, {}), 0.05);  // one iteration older
    EXPECT_NEAR(mean_of(tsne->positions(), 0), 0.0, 1e-3);
    return tsne->positions();
  };
  EXPECT_EQ(run(1), run(2));
}

class TsneSizes : public ::testing::TestWithParam<size_t> {};
INSTANTIATE_TEST_SUITE_P(PairsAndField, TsneSizes, ::testing::Values(200, 1500));

TEST_P(TsneSizes, AStopLeavesTheIterationUndone) {
  ComputePool pool(2);
  const FloatArray points = clusters(GetParam(), 5, 3, 7);
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
  FloatArray points = clusters(300, 5, 3, 8, kApart);
  auto tsne = made({.method = "tsne", .perplexity = 20, .iterations = 400}, points, pool);
  while (*tsne->advance(pool, {})) {
  }
  const FloatArray before = tsne->positions();
  const double settled = *tsne->exact_kl(pool, {});
  for (float& v : points.values) v *= 1.01f;
  ASSERT_TRUE(tsne->set_points(points, pool, {}).ok());
  EXPECT_EQ(tsne->positions(), before);
  EXPECT_EQ(tsne->iterations(), 500u);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(*tsne->advance(pool, {}));
  while (*tsne->advance(pool, {})) {
  }
  EXPECT_EQ(tsne->iteration(), 500u);
  EXPECT_LE(*tsne->exact_kl(pool, {}), settled * 1.01);
  ASSERT_TRUE(tsne->set_points(clusters(200, 5, 3, 8, kApart), pool, {}).ok());  // another count starts anew
  EXPECT_EQ(tsne->iteration(), 0u);
  EXPECT_EQ(tsne->iterations(), 400u);
}

// From noise to groups: by small steps alone each group stays in pieces.
TEST(Tsne, AfterPointsThatMovedFarTheMapUnfoldsOnceMore) {
  ComputePool pool(2);
  const FloatArray noise = normal_points(600, 5, 3), points = clusters(600, 5, 3, 8, kApart);
  const auto finished = [&](Projection& tsne) {
    while (*tsne.advance(pool, {})) {
    }
    return *tsne.exact_kl(pool, {});
  };
  const ProjectionConfig config{.method = "tsne", .perplexity = 20, .iterations = 500};
  const double cold = finished(*made(config, points, pool));
  auto tsne = made(config, noise, pool);
  finished(*tsne);
  ASSERT_TRUE(tsne->set_points(points, pool, {}).ok());
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(*tsne->advance(pool, {}));
  EXPECT_GT(*tsne->exact_kl(pool, {}), 1.2 * cold) << "what following alone comes to";
  EXPECT_LT(finished(*tsne), 1.02 * cold);
  EXPECT_FALSE(*tsne->advance(pool, {})) << "once";
}

TEST(Tsne, ManyPointsAreFollowedFromTheOldGraph) {
  ComputePool pool(2);
  FloatArray points = clusters(5200, 5, 3, 8, kApart);
  const auto run = [&](Projection& tsne) {
    while (*tsne.advance(pool, {})) {
    }
    return *tsne.exact_kl(pool, {});
  };
  auto tsne = made({.method = "tsne", .perplexity = 4, .iterations = 270, .follow_iterations = 40}, points, pool);
  run(*tsne);
  const FloatArray before = tsne->positions();
  FloatArray noise(5200, 5);
  Rng(9, RngStream::general).fill_normal(noise.values);
  for (size_t i = 0; i < points.values.size(); ++i) points.values[i] += 0.02f * noise.values[i];
  ASSERT_TRUE(tsne->set_points(points, pool, {}).ok());
  EXPECT_EQ(tsne->positions(), before);
  const double stale = *tsne->exact_kl(pool, {});
  EXPECT_LT(run(*tsne), stale);
  EXPECT_EQ(tsne->iteration(), 310u);
  // All fall into one place, then part again.
  ASSERT_TRUE(tsne->set_points(FloatArray(5200, 5, 0.25f), pool, {}).ok());
  run(*tsne);
  for (const float v : tsne->positions().values) ASSERT_TRUE(std::isfinite(v));
  ASSERT_TRUE(tsne->set_points(points, pool, {}).ok());
  EXPECT_TRUE(std::isfinite(run(*tsne)));
}

TEST(Tsne, ManyDuplicatesAreFine) {
  ComputePool pool(2);
  FloatArray points = clusters(2000, 3, 3, 8, kApart);
  for (size_t i = 0; i < 1500; ++i) std::copy_n(points.row_data(i % 7), 3, points.row_data(i));
  auto tsne = made({.method = "tsne", .perplexity = 10, .iterations = 300}, points, pool);
  while (*tsne->advance(pool, {})) {
  }
  for (const float v : tsne->positions().values) ASSERT_TRUE(std::isfinite(v));
}

TEST(Tsne, ManyEqualPointsDoNotFlyApart) {
  // A few of them must not be everybody's neighbours: pulled at those, the map would swing ever wider.
  ComputePool pool(2);
  auto tsne = made({.method = "tsne", .perplexity = 10, .iterations = 300}, FloatArray(1500, 4, 1.0f), pool);
  ASSERT_TRUE(*tsne->advance(pool, {}));
  const double first = tsne->kl();
  for (bool more = true; more;) more = *tsne->advance(pool, {});
  EXPECT_LT(*tsne->exact_kl(pool, {}), 1.01 * first);
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
