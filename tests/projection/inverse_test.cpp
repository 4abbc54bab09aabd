#include "core/projection/inverse.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

/// Four dimensions that follow from the place: a bent sheet.
std::vector<float> on_sheet(float x, float y) { return {x, y, 0.5f * x * y, std::sin(x)}; }

FloatArray sheet_over(const FloatArray& map) {
  FloatArray points(map.rows, 4);
  for (size_t i = 0; i < map.rows; ++i) {
    const std::vector<float> z = on_sheet(map(i, 0), map(i, 1));
    std::copy(z.begin(), z.end(), points.row_data(i));
  }
  return points;
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0.0;
  for (size_t j = 0; j < a.size(); ++j) sum += std::pow(double(a[j]) - double(b[j]), 2);
  return std::sqrt(sum);
}

TEST(MapInverse, FollowsASheetAndIsExactOnItsPoints) {
  ComputePool pool(2);
  const FloatArray map = normal_points(3000, 2, 1), points = sheet_over(map);
  const auto inverse = MapInverse::make(points, map, pool);
  ASSERT_TRUE(inverse.ok()) << inverse.error().message;
  for (const std::array<float, 2> at : {std::array<float, 2>{0.1f, 0.2f}, {-1.0f, 0.5f}, {0.7f, -0.9f}}) {
    const auto answer = inverse->latent_at(at);
    EXPECT_LT(distance(answer.latent, on_sheet(at[0], at[1])), 0.1);
    EXPECT_GT(answer.trust, 0.95);
    EXPECT_EQ(answer.neighbours.size(), MapInverse::kNeighbours);
  }
  for (const uint32_t i : {0u, 17u, 2999u}) {
    const auto answer = inverse->latent_at({map(i, 0), map(i, 1)});
    EXPECT_EQ(answer.neighbours[0], i);
    EXPECT_LT(distance(answer.latent, on_sheet(map(i, 0), map(i, 1))), 1e-3);
  }
}

TEST(MapInverse, WeightsAreShepards) {
  // On a line: points at 0 1 3 7, k = 2, asked at 0.5: reach is the third's 2.5, weights 1 / 0.5 - 1 / 2.5 each.
  ComputePool pool(1);
  FloatArray map(4, 2), points(4, 1);
  for (size_t i = 0; i < 4; ++i) {
    map(i, 0) = std::vector<float>{0, 1, 3, 7}[i];
    points(i, 0) = std::vector<float>{10, 20, 40, 90}[i];
  }
  const auto inverse = MapInverse::make(points, map, pool, {}, 2);
  ASSERT_TRUE(inverse.ok());
  EXPECT_NEAR(inverse->latent_at({0.5f, 0.0f}).latent[0], 15.0, 1e-4);
  // At 0.25: 1 / 0.25 - 1 / 2.75 and 1 / 0.75 - 1 / 2.75.
  const double a = 4.0 - 4.0 / 11.0, b = 4.0 / 3.0 - 4.0 / 11.0, share = b / (a + b);
  const auto answer = inverse->latent_at({0.25f, 0.0f});
  EXPECT_NEAR(answer.latent[0], 10.0 + 10.0 * share, 1e-4);
  // The variance around that mean, of that of 10 20 40 90, which is 950; the nearest is within the spacing.
  EXPECT_NEAR(answer.trust, 1.0 - 100.0 * share * (1.0 - share) / 950.0, 1e-6);
  // At 27, 20 beyond the last: reach 26, points 20 and 24 away; their second neighbours are 6 and 3 away.
  const double c = 1.0 / 20 - 1.0 / 26, d = 1.0 / 24 - 1.0 / 26, w = c / (c + d), spacing = w * 6 + (1 - w) * 3;
  EXPECT_NEAR(inverse->latent_at({27.0f, 0.0f}).trust, (1.0 - w * (1 - w) * 2500.0 / 950.0) * std::pow(spacing / 20, 2), 1e-6);
}

TEST(MapInverse, MovesWithoutJumps) {
  ComputePool pool(1);
  const FloatArray map = normal_points(60, 2, 2), points = normal_points(60, 3, 3);
  const auto inverse = MapInverse::make(points, map, pool, {}, 4);
  ASSERT_TRUE(inverse.ok());
  auto last = inverse->latent_at({-2.0f, 0.013f}).latent;
  double largest = 0.0;
  for (int step = 1; step <= 40000; ++step) {
    auto next = inverse->latent_at({-2.0f + 1e-4f * float(step), 0.013f}).latent;
    largest = std::max(largest, distance(last, next));
    last = std::move(next);
  }
  EXPECT_GT(largest, 0.0);
  EXPECT_LT(largest, 0.03);
}

TEST(MapInverse, TrustFallsAwayFromThePointsAndWhereNeighboursDisagree) {
  ComputePool pool(2);
  FloatArray map(2000, 2);
  Rng rng(4, RngStream::general);
  for (float& v : map.values) v = static_cast<float>(rng.uniform(-1.0, 1.0));
  const FloatArray points = sheet_over(map);
  const auto inverse = MapInverse::make(points, map, pool);
  ASSERT_TRUE(inverse.ok());
  double last = 1.1;
  for (const float x : {0.0f, 1.3f, 2.0f, 8.0f, 1000.0f}) {
    const double trust = inverse->latent_at({x, 0.0f}).trust;
    EXPECT_LT(trust, last);
    EXPECT_GE(trust, 0.0);
    last = trust;
  }
  EXPECT_LT(last, 1e-4);
  // The same map of latents that have nothing to do with it.
  const auto guess = MapInverse::make(normal_points(2000, 4, 5), map, pool);
  ASSERT_TRUE(guess.ok());
  double sum = 0.0;
  for (int i = 0; i < 100; ++i) sum += guess->latent_at({0.013f * float(i) - 0.6f, 0.2f}).trust;
  EXPECT_LT(sum / 100.0, 0.4);
}

TEST(MapInverse, FewPointsHeapsAndCollapsedMaps) {
  ComputePool pool(1);
  const FloatArray points = normal_points(40, 3, 6);
  for (const size_t n : {1u, 2u, 3u}) {
    FloatArray few(n, 3);
    std::copy_n(points.values.begin(), n * 3, few.values.begin());
    const FloatArray map = normal_points(n, 2, 7);
    const auto inverse = MapInverse::make(few, map, pool);
    ASSERT_TRUE(inverse.ok()) << inverse.error().message;
    const auto answer = inverse->latent_at({map(0, 0), map(0, 1)});
    EXPECT_EQ(answer.neighbours.size(), n);
    EXPECT_LT(distance(answer.latent, {few(0, 0), few(0, 1), few(0, 2)}), 1e-4);
  }
  // All in one place: the mean of some, of which nothing is certain, there and anywhere.
  const auto heap = MapInverse::make(points, FloatArray(40, 2, 2.0f), pool);
  ASSERT_TRUE(heap.ok());
  for (const float x : {2.0f, 3.0f, 3e38f}) {
    const auto answer = heap->latent_at({x, 2.0f});
    EXPECT_LT(answer.trust, 0.4);
    for (const float v : answer.latent) EXPECT_TRUE(std::isfinite(v));
  }
  EXPECT_EQ(heap->latent_at({3.0f, 2.0f}).trust, 0.0);
}

TEST(MapInverse, WrongInputIsNamed) {
  ComputePool pool(1);
  const FloatArray map = normal_points(20, 2, 8);
  EXPECT_FALSE(MapInverse::make(normal_points(19, 3, 8), map, pool).ok());
  EXPECT_FALSE(MapInverse::make(FloatArray(0, 3), FloatArray(0, 2), pool).ok());
  EXPECT_FALSE(MapInverse::make(normal_points(20, 3, 8), map, pool, {}, 0).ok());
  FloatArray broken = normal_points(20, 3, 8);
  broken(5, 2) = std::numeric_limits<float>::quiet_NaN();
  const auto refused = MapInverse::make(broken, map, pool);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("row 5"), std::string::npos);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = MapInverse::make(normal_points(20, 3, 8), map, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
