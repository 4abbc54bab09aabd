#include "core/projection/placing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "core/neighbours/exact.hpp"
#include "core/projection/affinities.hpp"

namespace latentscape {
namespace {

/// Point i belongs to group i % 4; on the map the groups lie on a ring of radius 30, each with its own first two dimensions spread out.
struct Mapped {
  FloatArray points, map;
};

Mapped four_groups(size_t n, uint64_t seed) {
  Mapped made{FloatArray(n, 6), FloatArray(n, 2)};
  Rng(seed, RngStream::general).fill_normal(made.points.values);
  for (size_t i = 0; i < n; ++i) {
    const double angle = 1.5708 * double(i % 4);
    made.map(i, 0) = float(30.0 * std::cos(angle)) + 3.0f * made.points(i, 0);
    made.map(i, 1) = float(30.0 * std::sin(angle)) + 3.0f * made.points(i, 1);
    for (size_t j = 2; j < 6; ++j) made.points(i, j) = 0.1f * made.points(i, j) + (j - 2 == i % 4 ? 12.0f : 0.0f);
  }
  return made;
}

/// What placing descends, summed over all points at unit 1; the gradient by differences.
double divergence(const std::vector<float>& shares, const std::vector<uint32_t>& ids, const FloatArray& map, double x, double y,
                  double unit) {
  const auto squared = [&](size_t j) { return (std::pow(x - double(map(j, 0)), 2) + std::pow(y - double(map(j, 1)), 2)) / (unit * unit); };
  double sum = 0.0, all = 0.0;
  for (size_t a = 0; a < ids.size(); ++a) sum += double(shares[a]) * std::log1p(squared(ids[a]));
  for (size_t j = 0; j < map.rows; ++j) all += 1.0 / (1.0 + squared(j));
  return sum + std::log(all);
}

TEST(Placing, NewPointsLandInTheirGroupWhereTheyBelong) {
  ComputePool pool(2);
  const Mapped old = four_groups(800, 1), fresh = four_groups(120, 2);
  const auto placed = place_points(old.points, old.map, fresh.points, {.perplexity = 10}, pool);
  ASSERT_TRUE(placed.ok()) << placed.error().message;
  std::vector<double> off;
  for (size_t i = 0; i < 120; ++i)
    off.push_back(std::hypot(placed->operator()(i, 0) - fresh.map(i, 0), placed->operator()(i, 1) - fresh.map(i, 1)));
  std::sort(off.begin(), off.end());
  EXPECT_LT(off[60], 1.0);   // a third of a group's deviation
  EXPECT_LT(off[119], 8.0);  // none in another group
}

TEST(Placing, EachIsAtTheBottomOfItsDivergence) {
  ComputePool pool(1);
  const Mapped old = four_groups(400, 3), fresh = four_groups(20, 4);
  const auto placed = place_points(old.points, old.map, fresh.points, {.perplexity = 10, .iterations = 200}, pool);
  const auto lists = exact_neighbours(old.points, fresh.points, 30, pool);
  ASSERT_TRUE(placed.ok() && lists.ok());
  // The unit is not told: it is the one at which all these gradients vanish.
  double least = std::numeric_limits<double>::infinity();
  for (double unit = 0.05; unit < 40.0; unit *= 1.05) {
    std::vector<double> slopes;
    for (size_t i = 0; i < 20; ++i) {
      std::vector<float> shares(lists->squared_distances.row(i).begin(), lists->squared_distances.row(i).end());
      const std::vector<uint32_t> ids(lists->ids.row(i).begin(), lists->ids.row(i).end());
      calibrate_row(shares, 10.0);
      const double x = double((*placed)(i, 0)), y = double((*placed)(i, 1)), h = 1e-4 * unit;
      const double gx = divergence(shares, ids, old.map, x + h, y, unit) - divergence(shares, ids, old.map, x - h, y, unit);
      const double gy = divergence(shares, ids, old.map, x, y + h, unit) - divergence(shares, ids, old.map, x, y - h, unit);
      slopes.push_back(std::hypot(gx, gy) / 2e-4);
    }
    std::sort(slopes.begin(), slopes.end());
    least = std::min(least, slopes[15]);
  }
  EXPECT_LT(least, 0.02);  // a unit's way changes the divergence by that; unrelated places have about 1
}

TEST(Placing, AMapsScaleAndPlaceDoNotMatter) {
  ComputePool pool(2);
  const Mapped old = four_groups(400, 5), fresh = four_groups(50, 6);
  FloatArray small = old.map;
  for (float& v : small.values) v *= 0.0625f;
  const auto large = place_points(old.points, old.map, fresh.points, {.perplexity = 8}, pool);
  const auto little = place_points(old.points, small, fresh.points, {.perplexity = 8}, pool);
  ASSERT_TRUE(large.ok() && little.ok());
  for (size_t i = 0; i < large->values.size(); ++i) EXPECT_NEAR(large->values[i], 16.0f * little->values[i], 0.05);
}

TEST(Placing, IsTheSameAtAnyThreadCountAndForEachPointAlone) {
  ComputePool one(1), two(2);
  const Mapped old = four_groups(300, 7), fresh = four_groups(40, 8);
  const auto a = place_points(old.points, old.map, fresh.points, {}, one), b = place_points(old.points, old.map, fresh.points, {}, two);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(*a, *b);
  const auto alone = place_points(old.points, old.map, FloatView(fresh.points).rows_between(11, 12), {}, one);
  ASSERT_TRUE(alone.ok());
  EXPECT_EQ((*alone)(0, 0), (*a)(11, 0));
  EXPECT_EQ((*alone)(0, 1), (*a)(11, 1));
}

TEST(Placing, TheSmallestAndCollapsedMaps) {
  ComputePool pool(1);
  const Mapped fresh = four_groups(9, 9);
  for (const size_t n : {1u, 2u, 3u}) {
    const Mapped old = four_groups(n, 10);
    const auto placed = place_points(old.points, old.map, fresh.points, {}, pool);
    ASSERT_TRUE(placed.ok()) << placed.error().message;
    for (const float v : placed->values) EXPECT_TRUE(std::isfinite(v) && std::abs(v) < 1e3f);
  }
  const auto heap = place_points(four_groups(60, 11).points, FloatArray(60, 2, 4.0f), fresh.points, {}, pool);
  ASSERT_TRUE(heap.ok());
  EXPECT_EQ(*heap, FloatArray(9, 2, 4.0f));
  const Mapped some = four_groups(50, 12);
  const auto copies = place_points(FloatArray(50, 6, 1.0f), some.map, fresh.points, {}, pool);
  ASSERT_TRUE(copies.ok());
  for (const float v : copies->values) EXPECT_TRUE(std::isfinite(v));
  const auto none = place_points(some.points, some.map, FloatArray(0, 6), {}, pool);
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->rows, 0u);
}

TEST(Placing, WrongInputIsNamed) {
  ComputePool pool(1);
  const Mapped old = four_groups(60, 13);
  EXPECT_FALSE(place_points(old.points, four_groups(59, 1).map, old.points, {}, pool).ok());
  EXPECT_FALSE(place_points(old.points, old.map, FloatArray(4, 5), {}, pool).ok());
  EXPECT_FALSE(place_points(FloatArray(0, 6), FloatArray(0, 2), old.points, {}, pool).ok());
  EXPECT_FALSE(place_points(old.points, old.map, old.points, {.perplexity = 0.5}, pool).ok());
  FloatArray broken = old.points;
  broken(7, 0) = std::numeric_limits<float>::quiet_NaN();
  const auto refused = place_points(old.points, old.map, broken, {}, pool);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("row 7"), std::string::npos);
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = place_points(old.points, old.map, old.points, {}, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
