#include "core/projection/map_change.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

/// Two groups, even and odd points, 40 apart.
FloatArray two_groups(size_t n, uint64_t seed) {
  FloatArray map(n, 2);
  Rng(seed, RngStream::general).fill_normal(map.values);
  for (size_t i = 1; i < n; i += 2) map(i, 0) += 40.0f;
  return map;
}

TEST(MapChange, ATurnedMirroredAndScaledMapHasNotMoved) {
  ComputePool one(1), two(2);
  const FloatArray before = two_groups(300, 1);
  FloatArray after = before;
  for (size_t i = 0; i < 300; ++i) {
    after(i, 0) = 3.0f * before(i, 1) + 8.0f;
    after(i, 1) = 3.0f * before(i, 0) - 5.0f;
  }
  const auto change = map_change(before, after, 10, one);
  ASSERT_TRUE(change.ok()) << change.error().message;
  EXPECT_EQ(change->moved, std::vector<float>(300, 0.0f));
  EXPECT_GT(change->kept, 0.999);  // but for rounding at the edge of a neighbourhood
  EXPECT_LT(change->displacement, 1e-6);
}

TEST(MapChange, OnlyThePointThatLeftItsGroupMoved) {
  ComputePool one(1), two(2);
  const FloatArray before = two_groups(300, 2);
  FloatArray after = before;
  for (size_t i = 1; i < 300; i += 2) {  // a whole group travels: none of it moved among its own
    after(i, 0) -= 80.0f;
    after(i, 1) += 25.0f;
  }
  after(8, 0) = after(9, 0) + 0.1f;  // but 8 joins the others
  after(8, 1) = after(9, 1);
  const auto change = map_change(before, after, 10, one);
  ASSERT_TRUE(change.ok());
  EXPECT_GT(change->moved[8], 0.95f);
  for (size_t i = 0; i < 300; ++i) EXPECT_LT(change->moved[i], i == 8 ? 1.0f : 0.05f) << i;
  EXPECT_GT(change->displacement, 0.01);  // of the map as a whole there is much
  const auto again = map_change(before, after, 10, two);
  EXPECT_EQ(again->moved, change->moved);
  EXPECT_EQ(again->kept, change->kept);
  EXPECT_EQ(again->displacement, change->displacement);
}

TEST(MapChange, NumbersAreAsDefined) {
  ComputePool pool(1);
  // Places on a line: 0 1 2 3 10 11 12; then 2 goes to 20.
  FloatArray before(7, 2), after(7, 2);
  const std::vector<float> then = {0, 1, 2, 3, 10, 11, 12}, now = {0, 1, 20, 3, 10, 11, 12};
  for (size_t i = 0; i < 7; ++i) {
    before(i, 0) = then[i];
    after(i, 0) = now[i];
  }
  const auto change = map_change(before, after, 2, pool);
  ASSERT_TRUE(change.ok());
  // Neighbours of then, their distances now (the upper median of two is the larger) and the second nearest now.
  // 0: {1, 2} -> 20, now 3. 1: {0, 2} -> 19, 2. 2: {1, 3} -> 19, 9. 3: {2, 1} -> 17, 3. 4: {5, 6} -> 2, 2. 5: {4, 6} -> 1, 1.
  // 6: {5, 4} -> 2, 2.
  const std::vector<float> moved = {1 - 3.0f / 20, 1 - 2.0f / 19, 1 - 9.0f / 19, 1 - 3.0f / 17, 0, 0, 0};
  for (size_t i = 0; i < 7; ++i) EXPECT_NEAR(change->moved[i], moved[i], 1e-6) << i;
  EXPECT_NEAR(change->kept, (1 + 1 + 0 + 1 + 2 + 2 + 2) / 14.0, 1e-12);
}

TEST(MapChange, CollapsedMapsAndWrongInput) {
  ComputePool pool(1);
  const FloatArray map = two_groups(40, 3), heap(40, 2, 1.0f);
  const auto still = map_change(heap, heap, 5, pool);
  ASSERT_TRUE(still.ok());
  EXPECT_EQ(still->moved, std::vector<float>(40, 0.0f));
  EXPECT_EQ(still->kept, 1.0);
  EXPECT_EQ(still->displacement, 0.0);
  for (const auto& change : {map_change(map, heap, 5, pool), map_change(heap, map, 5, pool)}) {
    ASSERT_TRUE(change.ok());
    for (const float m : change->moved) EXPECT_TRUE(m >= 0.0f && m <= 1.0f);
  }
  EXPECT_FALSE(map_change(map, two_groups(39, 3), 5, pool).ok());
  EXPECT_FALSE(map_change(map, map, 40, pool).ok());
  EXPECT_FALSE(map_change(map, map, 0, pool).ok());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = map_change(map, map, 5, pool, stop.get_token());
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
