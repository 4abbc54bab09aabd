#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/rng.hpp"
#include "core/projection/projection.hpp"
#include "core/projection/umap_curve.hpp"
#include "core/projection/umap_layout.hpp"
#include "tests/projection/made.hpp"
#include "tests/support/points.hpp"

namespace latentscape {
namespace {

constexpr size_t kGroups = 5;

void finish(Projection& projection, ComputePool& pool) {
  for (bool more = true; more;) {
    const auto advanced = projection.advance(pool, {});
    ASSERT_TRUE(advanced.ok()) << advanced.error().message;
    more = *advanced;
  }
}

bool finite(const FloatArray& positions) {
  return std::all_of(positions.values.begin(), positions.values.end(), [](float v) { return std::isfinite(v); });
}

struct Nearest {
  size_t id = 0;
  float distance = std::numeric_limits<float>::infinity();
};

Nearest nearest_on_map(const FloatArray& y, size_t i) {
  Nearest nearest;
  for (size_t j = 0; j < y.rows; ++j) {
    const float distance = std::hypot(y(i, 0) - y(j, 0), y(i, 1) - y(j, 1));
    if (j != i && distance < nearest.distance) nearest = {j, distance};
  }
  return nearest;
}

size_t group_of(size_t i) { return i % kGroups; }
/// Where points of every second row of five belong to the group after theirs.
size_t other_group_of(size_t i) { return (i + i / kGroups % 2) % kGroups; }

/// Share of the points whose nearest on the map is of their group.
double group_accuracy(const FloatArray& y, size_t (*group)(size_t) = group_of) {
  size_t same = 0;
  for (size_t i = 0; i < y.rows; ++i) same += group(nearest_on_map(y, i).id) == group(i) ? 1 : 0;
  return double(same) / double(y.rows);
}

float span_of(const FloatArray& y) {
  const auto [low, high] = std::minmax_element(y.values.begin(), y.values.end());
  return *high - *low;
}

float median_move(const FloatArray& a, const FloatArray& b) {
  std::vector<float> moves(a.rows);
  for (size_t i = 0; i < a.rows; ++i) moves[i] = std::hypot(a(i, 0) - b(i, 0), a(i, 1) - b(i, 1));
  std::nth_element(moves.begin(), moves.begin() + static_cast<std::ptrdiff_t>(moves.size() / 2), moves.end());
  return moves[moves.size() / 2];
}

TEST(UmapCurve, IsTheLeastSquaresFit) {
  // What scipy's curve_fit finds.
  const struct {
    double min_dist, spread, a, b;
  } known[] = {{0.1, 1.0, 1.57694, 0.89506},
               {0.5, 1.0, 0.58303, 1.33417},
               {0.0, 1.0, 1.93281, 0.79050},
               {1.0, 1.0, 0.11498, 1.92924},
               {0.1, 2.0, 0.54466, 0.84206}};
  for (const auto& k : known) {
    const UmapCurve curve = umap_curve(k.min_dist, k.spread);
    EXPECT_NEAR(curve.a, k.a, 1e-3 * k.a) << k.min_dist;
    EXPECT_NEAR(curve.b, k.b, 1e-3) << k.min_dist;
  }
}

TEST(UmapLayout, AnEdgePullsAndStrangersPush) {
  ComputePool pool(1);
  SparseGraph pair;
  pair.n = 2;
  pair.start = {0, 1, 2};
  pair.columns = {1, 0};
  pair.values = {1.0f, 1.0f};
  UmapLayout layout;
  layout.set_graph(pair);
  const auto gap_after = [&](float gap, float rate) {
    FloatArray y(2, 2, 0.0f);
    y(1, 0) = gap;
    EXPECT_TRUE(layout.run({1, rate, 1}, umap_curve(0.1), y, pool, {}));
    EXPECT_EQ(y(0, 1), 0.0f);
    EXPECT_EQ(y(1, 1), 0.0f);
    return y(1, 0) - y(0, 0);
  };
  EXPECT_LT(gap_after(5.0f, 0.1f), 5.0f);
  EXPECT_GT(gap_after(5.0f, 0.1f), 4.0f);
  EXPECT_GT(gap_after(0.05f, 0.01f), 0.05f);  // the other is among the random ones too, and near it pushes harder
  EXPECT_EQ(gap_after(1.0f, 0.0f), 1.0f);
}

TEST(Umap, KeepsGroupsTogetherAndApart) {
  ComputePool pool(2);
  const auto umap = made({.method = "umap"}, clusters(400, 6, kGroups, 1), pool);
  EXPECT_EQ(umap->iterations(), 200u);
  finish(*umap, pool);
  EXPECT_EQ(umap->iteration(), 200u);
  EXPECT_GE(group_accuracy(umap->positions()), 0.99);
  EXPECT_EQ(umap->kl(), 0.0);
}

TEST(Umap, CosineSeesDirectionsWhateverTheLengths) {
  ComputePool pool(2);
  FloatArray points = clusters(60, 6, kGroups, 2);
  Rng rng(3, RngStream::general);
  for (size_t i = 0; i < 60; ++i) {
    const float length = static_cast<float>(std::exp(rng.uniform(-7.0, 7.0)));
    for (float& v : points.row(i)) v *= length;
  }
  const auto accuracy = [&](Metric metric) {
    const auto umap = made({.method = "umap", .neighbours = 8, .metric = metric}, points, pool);
    finish(*umap, pool);
    return group_accuracy(umap->positions());
  };
  EXPECT_GE(accuracy(Metric::cosine), 0.97);
  EXPECT_LT(accuracy(Metric::euclidean), 0.9);
}

TEST(Umap, MinDistSpreadsThePointsOut) {
  ComputePool pool(2);
  const FloatArray points = clusters(300, 4, kGroups, 3);
  const auto gap = [&](double min_dist) {
    const auto umap = made({.method = "umap", .min_dist = min_dist}, points, pool);
    finish(*umap, pool);
    double sum = 0.0;
    for (size_t i = 0; i < 300; ++i) sum += double(nearest_on_map(umap->positions(), i).distance);
    return sum / 300.0;
  };
  EXPECT_GT(gap(0.9), 1.5 * gap(0.0));
}

TEST(Umap, SameBitsAtAnyThreadCountAndOtherBitsForAnotherSeed) {
  // More points than a task takes in each turn, and past the renumbering.
  const FloatArray points = clusters(4500, 5, kGroups, 7);
  const auto run = [&](size_t threads, uint64_t seed) {
    ComputePool pool(threads);
    auto umap = made({.method = "umap", .seed = seed}, points, pool);
    for (int i = 0; i < 25; ++i) EXPECT_TRUE(umap->advance(pool, {}).ok());
    return umap->positions();
  };
  const FloatArray one = run(1, 1);
  EXPECT_EQ(one, run(2, 1));
  EXPECT_EQ(one, run(3, 1));
  EXPECT_NE(one, run(1, 2));
}

TEST(Umap, AStopLeavesTheEpochUndone) {
  ComputePool pool(2);
  const FloatArray points = clusters(200, 5, kGroups, 7);
  auto umap = made({.method = "umap"}, points, pool);
  ASSERT_TRUE(umap->advance(pool, {}).ok());
  const FloatArray before = umap->positions();
  std::stop_source source;
  source.request_stop();
  const auto stopped = umap->advance(pool, source.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(umap->iteration(), 1u);
  EXPECT_EQ(umap->positions(), before);
  EXPECT_EQ(umap->set_points(points, pool, source.get_token()).error().code, ErrorCode::cancelled);
  EXPECT_EQ(umap->positions(), before);
  // What was undone leaves no trace.
  auto straight = made({.method = "umap"}, points, pool);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(straight->advance(pool, {}).ok());
  ASSERT_TRUE(umap->advance(pool, {}).ok());
  EXPECT_EQ(umap->positions(), straight->positions());
}

TEST(Umap, AWarmStartFollowsWithoutAJump) {
  ComputePool pool(2);
  FloatArray points = clusters(600, 5, kGroups, 8);
  auto umap = made({.method = "umap"}, points, pool);
  finish(*umap, pool);
  const FloatArray before = umap->positions();
  FloatArray noise(600, 5);
  Rng(9, RngStream::general).fill_normal(noise.values);
  for (size_t i = 0; i < points.values.size(); ++i) points.values[i] += 0.02f * noise.values[i];
  ASSERT_TRUE(umap->set_points(points, pool, {}).ok());
  EXPECT_EQ(umap->positions(), before);
  EXPECT_EQ(umap->iterations(), 300u);
  FloatArray last = before;
  for (bool more = true; more; last = umap->positions()) {
    const auto advanced = umap->advance(pool, {});
    ASSERT_TRUE(advanced.ok());
    more = *advanced;
    EXPECT_LT(median_move(umap->positions(), last), 0.02f * span_of(before));
  }
  EXPECT_EQ(umap->iteration(), 300u);
  EXPECT_GE(group_accuracy(last), 0.99);
  // Half of each group goes over to the next one, and the map follows.
  FloatArray mixed = points;
  for (size_t i = 0; i < 600; ++i) std::copy_n(points.row_data(i / kGroups * kGroups + other_group_of(i)), 5, mixed.row_data(i));
  ASSERT_TRUE(umap->set_points(mixed, pool, {}).ok());
  EXPECT_LT(group_accuracy(umap->positions(), other_group_of), 0.7);
  finish(*umap, pool);
  EXPECT_GE(group_accuracy(umap->positions(), other_group_of), 0.95);
  ASSERT_TRUE(umap->set_points(clusters(200, 5, kGroups, 8), pool, {}).ok());  // another count starts anew
  EXPECT_EQ(umap->iteration(), 0u);
  EXPECT_EQ(umap->iterations(), 200u);
}

TEST(Umap, RangesAreCheckedInWords) {
  const auto refused = [](const ProjectionConfig& config, size_t n) {
    const auto projection = make_projection(config, n, 3);
    return projection.ok() ? std::string("accepted") : projection.error().message;
  };
  EXPECT_NE(refused({.method = "umap"}, 0).find("0 points"), std::string::npos);
  for (const size_t n : {1, 2}) EXPECT_EQ(refused({.method = "umap"}, n), "umap: " + std::to_string(n) + " points, expected at least 3");
  EXPECT_EQ(refused({.method = "umap", .neighbours = 2}, 3), "accepted");
  EXPECT_EQ(refused({.method = "umap"}, 15), "umap: neighbours is 15, expected 2 to 14, of 15 points");
  EXPECT_EQ(refused({.method = "umap"}, 16), "accepted");
  EXPECT_EQ(refused({.method = "umap", .neighbours = 1}, 16), "umap: neighbours is 1, expected 2 to 15, of 16 points");
  for (const double bad : {-0.1, 1.1, std::nan("")})
    EXPECT_NE(refused({.method = "umap", .min_dist = bad}, 100).find("min_dist is"), std::string::npos);
  EXPECT_NE(refused({.method = "umap", .epochs = 0}, 100).find("epochs is 0"), std::string::npos);
}

TEST(Umap, BadPointsChangeNothing) {
  ComputePool pool(1);
  const FloatArray points = clusters(100, 3, kGroups, 4);
  auto umap = made({.method = "umap"}, points, pool);
  const FloatArray before = umap->positions();
  FloatArray bad = points;
  bad(17, 2) = std::numeric_limits<float>::quiet_NaN();
  const Status status = umap->set_points(bad, pool, {});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::non_finite);
  EXPECT_NE(status.error().message.find("row 17"), std::string::npos) << status.error().message;
  EXPECT_FALSE(umap->set_points(clusters(10, 3, kGroups, 4), pool, {}).ok()) << "fewer points than neighbours";
  EXPECT_EQ(umap->positions(), before);
}

TEST(Umap, FewEqualAndRepeatedPointsHaveAMap) {
  ComputePool pool(2);
  const auto map_of = [&](const FloatArray& points, size_t neighbours) {
    const auto umap = made({.method = "umap", .neighbours = neighbours}, points, pool);
    finish(*umap, pool);
    EXPECT_TRUE(finite(umap->positions()));
    return umap->positions();
  };
  map_of(clusters(3, 4, kGroups, 1), 2);
  map_of(clusters(40, 1, kGroups, 1), 5);
  const FloatArray equal = map_of(FloatArray(60, 3, 2.0f), 15);
  EXPECT_NE(equal(0, 0), equal(1, 0)) << "equal points part";
  FloatArray repeated = clusters(300, 4, kGroups, 5);
  for (size_t i = 0; i < 300; ++i) std::copy_n(repeated.row_data(i % 10), 4, repeated.row_data(i));
  EXPECT_GE(group_accuracy(map_of(repeated, 15)), 0.99);
}

}  // namespace
}  // namespace latentscape
