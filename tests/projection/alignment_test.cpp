#include "core/projection/alignment.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

FloatArray normal_map(size_t n, uint64_t seed) {
  FloatArray map(n, 2);
  Rng(seed, RngStream::general).fill_normal(map.values);
  return map;
}

double squared_misfit(const FloatArray& a, const FloatArray& b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.values.size(); ++i) sum += std::pow(double(a.values[i]) - double(b.values[i]), 2);
  return sum;
}

FloatArray turned(const FloatArray& map, double angle, double scale, bool mirrored, double x, double y) {
  FloatArray out(map.rows, 2);
  for (size_t i = 0; i < map.rows; ++i) {
    const double a = double(map(i, 0)), b = mirrored ? -double(map(i, 1)) : double(map(i, 1));
    out(i, 0) = float(scale * (std::cos(angle) * a - std::sin(angle) * b) + x);
    out(i, 1) = float(scale * (std::sin(angle) * a + std::cos(angle) * b) + y);
  }
  return out;
}

TEST(Alignment, UndoesAnyTurnMirrorScaleAndShift) {
  const FloatArray map = normal_map(50, 1);
  for (const double angle : {0.0, 0.7, 3.0, -2.0})
    for (const bool mirrored : {false, true}) {
      const FloatArray other = turned(map, angle, 2.5, mirrored, 7.0, -3.0);
      const auto found = align_map(map, other);
      ASSERT_TRUE(found.ok());
      EXPECT_EQ(found->mirrored, mirrored);
      EXPECT_NEAR(found->scale, 2.5, 1e-5);
      EXPECT_LT(squared_misfit(found->apply(map), other), 1e-9);
    }
}

TEST(Alignment, IsTheBestOfAllForUnrelatedMaps) {
  const FloatArray a = turned(normal_map(40, 2), 0.0, 1.0, false, 0.0, 0.0), b = normal_map(40, 3);
  const auto all = align_map(a, b), rigid = align_map(a, b, {false, true}), straight = align_map(a, b, {true, false});
  ASSERT_TRUE(all.ok() && rigid.ok() && straight.ok());
  EXPECT_EQ(rigid->scale, 1.0);
  EXPECT_FALSE(straight->mirrored);
  const double best = squared_misfit(all->apply(a), b), best_rigid = squared_misfit(rigid->apply(a), b),
               best_straight = squared_misfit(straight->apply(a), b);
  EXPECT_LE(best, best_rigid);
  EXPECT_LE(best, best_straight);
  // Both means at 0, so that only turn, mirror and scale are left to try.
  const auto centred = [](FloatArray map) {
    for (size_t axis = 0; axis < 2; ++axis) {
      double sum = 0.0;
      for (size_t i = 0; i < map.rows; ++i) sum += double(map(i, axis));
      for (size_t i = 0; i < map.rows; ++i) map(i, axis) -= float(sum / double(map.rows));
    }
    return map;
  };
  const FloatArray ca = centred(a), cb = centred(b);
  for (int turn = 0; turn < 90; ++turn)
    for (const bool mirrored : {false, true})
      for (const double scale : {0.05, 0.1, 0.2, 0.5, 1.0}) {
        const double misfit = squared_misfit(turned(ca, turn * 0.0698, scale, mirrored, 0.0, 0.0), cb);
        EXPECT_GE(misfit, (scale == 1.0 ? best_rigid : best) - 1e-4);
        EXPECT_GE(misfit, (mirrored ? best : best_straight) - 1e-4);
      }
}

TEST(Alignment, OnlyShiftsWhereNothingTellsMore) {
  const FloatArray spread = normal_map(20, 4), heap(20, 2, 3.0f);
  for (const auto& [from, onto] : {std::pair{&heap, &spread}, std::pair{&spread, &heap}}) {
    const auto found = align_map(*from, *onto);
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->scale, 1.0);
    EXPECT_EQ(found->matrix, (MapAlignment{}.matrix));
  }
  const auto one = align_map(FloatArray(1, 2, 1.0f), FloatArray(1, 2, 5.0f));
  ASSERT_TRUE(one.ok());
  EXPECT_EQ(one->apply({1.0f, 1.0f}), (std::array<float, 2>{5.0f, 5.0f}));
}

TEST(Alignment, WrongInputIsNamed) {
  FloatArray map = normal_map(20, 5);
  EXPECT_FALSE(align_map(map, normal_map(19, 5)).ok());
  EXPECT_FALSE(align_map(FloatArray(0, 2), FloatArray(0, 2)).ok());
  EXPECT_FALSE(align_map(FloatArray(4, 3), FloatArray(4, 3)).ok());
  map(3, 0) = std::numeric_limits<float>::infinity();
  const auto refused = align_map(map, normal_map(20, 5));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("row 3"), std::string::npos);
}

}  // namespace
}  // namespace latentscape
