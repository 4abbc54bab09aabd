#include "core/data/jitter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

namespace latentscape {
namespace {

constexpr uint64_t kSeed = 3;

/// One image of `shape` for each row, its numbers made by number(row, place).
template <class F>
Dataset images(std::vector<size_t> shape, size_t rows, const F& number) {
  Dataset data;
  data.name = "pictures";
  data.shape = std::move(shape);
  data.rows = rows;
  std::vector<float> values;
  for (size_t r = 0; r < rows; ++r)
    for (size_t i = 0; i < data.width(); ++i) values.push_back(number(r, i));
  data.values = std::move(values);
  data.split.assign(rows, Split::train);
  return data;
}

std::vector<float> jittered(const Dataset& data, uint32_t row, const Jitter& jitter, uint64_t step, uint64_t seed = kSeed) {
  std::vector<float> plain(data.width()), out(data.width());
  copy_jittered(data, row, jitter, seed, step, plain, out.data());
  return out;
}

Jitter shift_of(size_t pixels) {
  Jitter jitter;
  jitter.shift = pixels;
  return jitter;
}

// What is only shifted has the very numbers of the image, colours together, and the edges are mirrored.
TEST(Jitter, ShiftsByWholePixelsAndMirrorsAtTheEdges) {
  constexpr int h = 4, w = 5, most = 3;
  const Dataset data = images({h, w, 3}, 1, [](size_t, size_t i) { return static_cast<float>(i) / 60.0f; });
  std::set<std::pair<int, int>> seen;
  for (uint64_t step = 0; step < 400; ++step) {
    const std::vector<float> out = jittered(data, 0, shift_of(most), step);
    for (int down = -most; down <= most; ++down)
      for (int right = -most; right <= most; ++right) {
        const auto fold = [](int i, int n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; };
        std::vector<float> expected;
        for (int i = 0; i < h * w * 3; ++i) {
          const int y = fold(i / (3 * w) - down, h), x = fold(i / 3 % w - right, w);
          expected.push_back(static_cast<float>((y * w + x) * 3 + i % 3) / 60.0f);
        }
        if (out == expected) seen.emplace(down, right);
      }
  }
  EXPECT_EQ(seen.size(), 49u) << "each shift of up to 3 pixels comes, and only those do";
}

// Bilinear interpolation is exact on a plane, so a turned one tells by how much it was turned.
TEST(Jitter, TurnsAboutTheMiddleByNoMoreThanAsked) {
  constexpr size_t side = 21, middle = 10;
  const Dataset data = images({side, side}, 1, [](size_t, size_t i) { return static_cast<float>(i % side) / 20.0f; });
  Jitter jitter;
  jitter.rotate = 30.0;
  double least = 90.0, most = -90.0;
  for (uint64_t step = 0; step < 200; ++step) {
    const std::vector<float> out = jittered(data, 0, jitter, step);
    const auto at = [&](size_t y, size_t x) { return 20.0 * static_cast<double>(out[y * side + x]); };
    const double along_x = at(middle, middle + 5) - at(middle, middle), along_y = at(middle + 5, middle) - at(middle, middle);
    EXPECT_NEAR(at(middle, middle), 10.0, 1e-4);
    EXPECT_NEAR(std::hypot(along_x, along_y), 5.0, 1e-4);
    EXPECT_NEAR(at(middle + 3, middle - 4), 10.0 - 0.8 * along_x + 0.6 * along_y, 1e-4);
    const double angle = std::atan2(along_y, along_x) * 180.0 / std::numbers::pi;
    least = std::min(least, angle);
    most = std::max(most, angle);
  }
  EXPECT_GE(least, -30.001);
  EXPECT_LE(most, 30.001);
  EXPECT_LT(least, -25.0);
  EXPECT_GT(most, 25.0);
}

TEST(Jitter, NoiseHasItsDeviationAndIsClipped) {
  const Dataset grey = images({50, 50}, 1, [](size_t, size_t) { return 0.5f; });
  Jitter jitter;
  jitter.noise = 0.1;
  double sum = 0.0, squares = 0.0;
  for (const float v : jittered(grey, 0, jitter, 0)) sum += v - 0.5, squares += (v - 0.5) * (v - 0.5);
  EXPECT_NEAR(sum / 2500.0, 0.0, 0.01);
  EXPECT_NEAR(std::sqrt(squares / 2500.0), 0.1, 0.006);
  const Dataset white = images({50, 50}, 1, [](size_t, size_t) { return 1.0f; });
  size_t clipped = 0;
  for (const float v : jittered(white, 0, jitter, 0)) {
    EXPECT_LE(v, 1.0f);
    clipped += v == 1.0f;
  }
  EXPECT_NEAR(static_cast<double>(clipped), 1250.0, 150.0);
}

TEST(Jitter, IsKeyedBySeedStepAndRowAndEachKindHasItsOwnDraw) {
  const Dataset data = images({8, 8}, 2, [](size_t, size_t i) { return static_cast<float>(i * 7 % 64) / 63.0f; });
  Jitter all{2, 20.0, 0.05};
  EXPECT_EQ(jittered(data, 1, all, 5), jittered(data, 1, all, 5));
  EXPECT_NE(jittered(data, 1, all, 5), jittered(data, 1, all, 6));
  EXPECT_NE(jittered(data, 1, all, 5), jittered(data, 0, all, 5)) << "the rows hold the same image";
  EXPECT_NE(jittered(data, 1, all, 5), jittered(data, 1, all, 5, kSeed + 1));
  EXPECT_EQ(jittered(data, 0, Jitter(), 5), jittered(data, 1, Jitter(), 9)) << "without jitter an image stays as it is";
  const std::vector<float> moved = jittered(data, 1, {2, 20.0, 0.0}, 5), noisy = jittered(data, 1, all, 5);
  for (size_t i = 0; i < moved.size(); ++i) EXPECT_NEAR(noisy[i], moved[i], 0.25) << "noise moves nothing else";
}

TEST(Jitter, BlackSurroundingsStayBlackAndTheSmallestImagesHold) {
  const Dataset dot = images({9, 9}, 1, [](size_t, size_t i) { return i == 40 ? 1.0f : 0.0f; });
  const std::vector<float> out = jittered(dot, 0, {2, 45.0, 0.0}, 1);
  EXPECT_GE(std::count(out.begin(), out.end(), 0.0f), 81 - 9);
  const Dataset line = images({1, 6}, 1, [](size_t, size_t i) { return static_cast<float>(i) / 5.0f; });
  for (uint64_t step = 0; step < 50; ++step)
    for (const float v : jittered(line, 0, {0, 180.0, 0.0}, step)) EXPECT_TRUE(v >= 0.0f && v <= 1.0f) << v;
}

TEST(Jitter, IsForImagesAndShorterThanASide) {
  const Dataset data = images({8, 6}, 1, [](size_t, size_t) { return 0.0f; });
  EXPECT_TRUE(check_jitter(shift_of(5), data).ok());
  EXPECT_EQ(check_jitter(shift_of(6), data).error().message, "jitter_shift is 6, expected less than the 6 pixels of a side of pictures");
  Dataset table = data;
  table.kind = DataKind::table;
  EXPECT_TRUE(check_jitter(Jitter(), table).ok());
  EXPECT_EQ(check_jitter(shift_of(1), table).error().message,
            "jitter is for images, pictures is a table; leave jitter_shift, jitter_rotate and jitter_noise at 0");
}

}  // namespace
}  // namespace latentscape
