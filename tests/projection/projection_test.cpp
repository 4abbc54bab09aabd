#include "core/projection/projection.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "core/projection/principal.hpp"
#include "core/projection/quality.hpp"
#include "tests/projection/made.hpp"

namespace latentscape {
namespace {

/// Normal points whose standard deviations fall: 1, 1/2, 1/3, ...
FloatArray stretched_points(size_t n, size_t d, uint64_t seed) {
  FloatArray points(n, d);
  Rng(seed, RngStream::general).fill_normal(points.values);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < d; ++j) points(i, j) = points(i, j) / static_cast<float>(j + 1) + static_cast<float>(j);
  return points;
}

TEST(Projections, TheThreeMethodsAreRegistered) {
  EXPECT_NE(projection_methods().find("raw"), nullptr);
  EXPECT_NE(projection_methods().find("pca"), nullptr);
  ASSERT_NE(projection_methods().find("tsne"), nullptr);
  EXPECT_EQ(projection_methods().find("tsne")->max_points, 0u);
}

TEST(Projections, RangesAreCheckedInWords) {
  const auto refused = [](ProjectionConfig config, size_t n, size_t d) {
    auto made = make_projection(config, n, d);
    return made.ok() ? std::string("accepted") : made.error().message;
  };
  EXPECT_EQ(refused({.method = "raw", .axis_x = 0, .axis_y = 3}, 10, 3), "raw: axis 4 of points with 3 dimensions, expected 1 to 3");
  EXPECT_EQ(refused({.method = "pca", .axis_x = 1, .axis_y = 1}, 10, 3), "pca: both axes are 2, expected two different ones");
  EXPECT_NE(refused({.method = "tsne", .perplexity = 30}, 90, 3).find("a third of the 89 other points"), std::string::npos);
  EXPECT_EQ(refused({.method = "tsne"}, 1000000, 3), "accepted");
  EXPECT_NE(refused({.method = "tsen"}, 100, 3).find("tsne"), std::string::npos);
  EXPECT_NE(refused({.method = "raw"}, 0, 3), "accepted");
  EXPECT_EQ(refused({.method = "raw"}, 10, 1), "accepted");  // a line
}

TEST(Projections, RawShowsTheColumnsAndGoesBackThroughTheAnchor) {
  ComputePool pool(2);
  const FloatArray points = stretched_points(50, 4, 1);
  const auto raw = made({.method = "raw", .axis_x = 2, .axis_y = 0}, points, pool);
  ASSERT_EQ(raw->positions().rows, 50u);
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(raw->positions()(i, 0), points(i, 2));
    EXPECT_EQ(raw->positions()(i, 1), points(i, 0));
  }
  const auto z = raw->linear()->latent_from_map({7.0f, -3.0f}, points.row(9));
  EXPECT_FLOAT_EQ(z[2], 7.0f);
  EXPECT_FLOAT_EQ(z[0], -3.0f);
  EXPECT_EQ(z[1], points(9, 1));
  EXPECT_EQ(z[3], points(9, 3));
  EXPECT_FALSE(*raw->advance(pool, {}));
}

TEST(Projections, OneDimensionIsALine) {
  ComputePool pool(1);
  const FloatArray points = stretched_points(20, 1, 1);
  for (const char* method : {"raw", "pca"}) {
    const auto line = made({.method = method}, points, pool);
    for (size_t i = 0; i < 20; ++i) EXPECT_EQ(line->positions()(i, 1), 0.0f);
    EXPECT_NEAR(line->linear()->latent_from_map(line->linear()->map_from_latent(points.row(3)), points.row(3))[0], points(3, 0), 1e-6);
  }
}

TEST(Projections, PcaFindsAKnownPlaneAndItsShares) {
  // Points on an ellipse in the plane of u and v: variances 9/2 and 1/2, nothing beyond.
  const float u[3] = {0.6f, 0.8f, 0.0f}, v[3] = {0.0f, 0.0f, 1.0f};
  FloatArray points(360, 3);
  for (size_t i = 0; i < 360; ++i)
    for (size_t j = 0; j < 3; ++j) {
      const double angle = static_cast<double>(i) * 3.14159265358979 / 180.0;
      points(i, j) = static_cast<float>(3.0 * std::cos(angle) * double(u[j]) + std::sin(angle) * double(v[j]) + 5.0);
    }
  ComputePool pool(1);
  const auto pca = made({.method = "pca"}, points, pool);
  const LinearMap& map = *pca->linear();
  for (size_t j = 0; j < 3; ++j) {
    EXPECT_NEAR(map.basis(0, j), u[j], 1e-5);
    EXPECT_NEAR(map.basis(1, j), v[j], 1e-5);
    EXPECT_NEAR(map.mean[j], 5.0, 1e-5);
  }
  EXPECT_NEAR(map.explained[0], 0.9, 1e-5);
  EXPECT_NEAR(map.explained[1], 0.1, 1e-5);
  const std::vector<float> off = {1.0f, 2.0f, 3.0f};
  const auto back = map.latent_from_map(map.map_from_latent(off), off);
  for (size_t j = 0; j < 3; ++j) EXPECT_NEAR(back[j], off[j], 1e-5);
}

TEST(Projections, PcaNeverFlipsWhenPointsAreSetAgain) {
  // The largest loading moves from one coordinate to one of the other sign: the plain rule would mirror the map.
  ComputePool pool(1);
  const auto along = [](float a, float b) {
    FloatArray points(41, 2);
    for (int i = 0; i < 41; ++i) {
      points(i, 0) = a * static_cast<float>(i - 20);
      points(i, 1) = b * static_cast<float>(i - 20);
    }
    return points;
  };
  auto pca = made({.method = "pca"}, along(1.0f, -0.9f), pool);
  EXPECT_GT(pca->linear()->basis(0, 0), 0.0f);
  ASSERT_TRUE(pca->set_points(along(0.9f, -1.0f), pool, {}).ok());
  EXPECT_GT(pca->linear()->basis(0, 0), 0.0f);
  EXPECT_LT(pca->linear()->basis(0, 1), 0.0f);
}

TEST(Projections, BadPointsChangeNothing) {
  ComputePool pool(1);
  FloatArray points = stretched_points(100, 3, 4);
  for (const char* method : {"raw", "pca", "tsne"}) {
    auto projection = made({.method = method, .perplexity = 5}, points, pool);
    const FloatArray before = projection->positions();
    FloatArray bad = points;
    bad(17, 2) = std::numeric_limits<float>::quiet_NaN();
    const Status status = projection->set_points(bad, pool, {});
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, ErrorCode::non_finite);
    EXPECT_NE(status.error().message.find("row 17"), std::string::npos) << status.error().message;
    EXPECT_EQ(projection->positions(), before);
  }
}

TEST(Projections, SubsetIsSeededAscendingAndWhole) {
  const auto a = subset_of(1000, 50, 1), b = subset_of(1000, 50, 2);
  EXPECT_EQ(a.size(), 50u);
  EXPECT_TRUE(std::is_sorted(a.begin(), a.end()));
  EXPECT_EQ(std::adjacent_find(a.begin(), a.end()), a.end());
  EXPECT_LT(a.back(), 1000u);
  EXPECT_EQ(a, subset_of(1000, 50, 1));
  EXPECT_NE(a, b);
  EXPECT_EQ(subset_of(3, 50, 1), (std::vector<uint32_t>{0, 1, 2}));
}

/// Axes are right when they are orthonormal and the covariance maps each to itself times its variance.
void expect_principal(const FloatArray& points, size_t count, double tolerance) {
  ComputePool pool(2);
  const auto found = principal_axes(points, count, pool);
  ASSERT_TRUE(found.ok());
  const size_t n = points.rows, d = points.cols;
  for (size_t c = 0; c < count; ++c) {
    std::vector<double> image(d, 0.0);
    for (size_t i = 0; i < n; ++i) {
      double score = 0.0;
      for (size_t j = 0; j < d; ++j) score += (double(points(i, j)) - found->mean[j]) * found->axes(c, j);
      for (size_t j = 0; j < d; ++j) image[j] += (double(points(i, j)) - found->mean[j]) * score / double(n);
    }
    for (size_t j = 0; j < d; ++j) EXPECT_NEAR(image[j], found->variances[c] * found->axes(c, j), tolerance);
    for (size_t other = 0; other <= c; ++other) {
      double dot = 0.0;
      for (size_t j = 0; j < d; ++j) dot += found->axes(c, j) * found->axes(other, j);
      EXPECT_NEAR(dot, c == other ? 1.0 : 0.0, 1e-9);
    }
    EXPECT_GE(found->variances[c == 0 ? 0 : c - 1], found->variances[c]);
  }
}

TEST(PrincipalAxes, AreEigenvectorsByEveryRoad) {
  expect_principal(stretched_points(300, 12, 1), 3, 1e-9);     // covariance
  expect_principal(stretched_points(60, 1100, 2), 3, 1e-9);    // Gram matrix
  expect_principal(stretched_points(1100, 1030, 3), 2, 1e-6);  // random directions
  expect_principal(stretched_points(1100, 700, 4), 2, 1e-6);   // the same, where few of many are asked for
}

TEST(PrincipalAxes, SampledOnesExplainWhatTheExactOnesDo) {
  ComputePool pool(2);
  const FloatArray points = stretched_points(1100, 700, 5);
  const auto sampled = principal_axes(points, 2, pool), exact = principal_axes(points, 20, pool);
  ASSERT_TRUE(sampled.ok() && exact.ok());
  EXPECT_NEAR(sampled->total_variance, exact->total_variance, 1e-9);
  for (size_t c = 0; c < 2; ++c) {
    EXPECT_NEAR(sampled->variances[c], exact->variances[c], 1e-9);
    for (size_t j = 0; j < 700; ++j) EXPECT_NEAR(sampled->axes(c, j), exact->axes(c, j), 1e-5);
  }
  // Three directions with variance among 700: what is sampled beyond them is nothing, and stays orthonormal.
  FloatArray flat(1100, 700, 1.0f);
  for (size_t i = 0; i < 1100; ++i) std::copy_n(points.row_data(i), 3, flat.row_data(i));
  expect_principal(flat, 2, 1e-6);
  expect_principal(FloatArray(1100, 700, 1.0f), 2, 1e-6);
}

TEST(PrincipalAxes, SameBitsAtAnyThreadCount) {
  const FloatArray points = stretched_points(5000, 8, 1);
  ComputePool one(1), three(3);
  const auto a = principal_axes(points, 4, one), b = principal_axes(points, 4, three);
  EXPECT_EQ(a->axes, b->axes);
  EXPECT_EQ(a->variances, b->variances);
  const FloatArray wide = stretched_points(2500, 700, 6);
  EXPECT_EQ(principal_axes(wide, 2, one)->axes, principal_axes(wide, 2, three)->axes);
}

TEST(MapQuality, PerfectForTheSamePointsAndAsDefinedForABadMap) {
  ComputePool pool(2);
  const FloatArray points = stretched_points(60, 2, 1);
  const auto same = map_quality(points, points, {.k = 7}, pool);
  ASSERT_TRUE(same.ok());
  EXPECT_EQ(same->trustworthiness, 1.0);
  EXPECT_EQ(same->continuity, 1.0);
  // Brute force from the definition, on an unrelated map.
  const FloatArray map = stretched_points(60, 2, 2);
  const auto ranks = [](const FloatArray& p, size_t i) {
    std::vector<std::pair<float, size_t>> order;
    for (size_t j = 0; j < p.rows; ++j) {
      const float dx = p(i, 0) - p(j, 0), dy = p(i, 1) - p(j, 1);
      if (j != i) order.emplace_back(dx * dx + dy * dy, j);
    }
    std::sort(order.begin(), order.end());
    std::vector<size_t> rank(p.rows, 0);
    for (size_t r = 0; r < order.size(); ++r) rank[order[r].second] = r + 1;
    return rank;
  };
  double intruders = 0.0, missing = 0.0;
  for (size_t i = 0; i < 60; ++i) {
    const auto in_space = ranks(points, i), on_map = ranks(map, i);
    for (size_t j = 0; j < 60; ++j) {
      if (j != i && on_map[j] <= 7 && in_space[j] > 7) intruders += double(in_space[j] - 7);
      if (j != i && in_space[j] <= 7 && on_map[j] > 7) missing += double(on_map[j] - 7);
    }
  }
  const auto bad = map_quality(points, map, {.k = 7}, pool);
  const double scale = 2.0 / (60.0 * 7.0 * (120.0 - 21.0 - 1.0));
  EXPECT_NEAR(bad->trustworthiness, 1.0 - scale * intruders, 1e-12);
  EXPECT_NEAR(bad->continuity, 1.0 - scale * missing, 1e-12);
  EXPECT_FALSE(map_quality(points, map, {.k = 30}, pool).ok());
}

}  // namespace
}  // namespace latentscape
