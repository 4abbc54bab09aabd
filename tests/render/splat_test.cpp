#include "app/render/splat.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace latentscape {
namespace {

MapPoint red_point(float x, float y, PointShape shape = PointShape::disc) { return {x, y, {255, 0, 0, 255}, shape}; }

std::array<int, 4> pixel(const std::vector<uint8_t>& rgba, size_t width, size_t x, size_t y) {
  const uint8_t* p = rgba.data() + (y * width + x) * 4;
  return {p[0], p[1], p[2], p[3]};
}

// One unit a pixel, camera at the origin of a 21 x 21 image: map (0, 0) is the middle of pixel (10, 10).
constexpr PointCamera kCamera{0.0, 0.0, 1.0};
constexpr size_t kSide = 21;

TEST(Splat, PutsAPointWhereTheCameraSaysWithYUpwards) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  const std::vector<MapPoint> points{red_point(4.0f, 6.0f)};
  splat_points(points, kCamera, 21, 21, 3.0f, rgba);
  EXPECT_EQ(pixel(rgba, 21, 14, 4), (std::array<int, 4>{255, 0, 0, 255}));
  EXPECT_EQ(pixel(rgba, 21, 14, 16), (std::array<int, 4>{0, 0, 0, 0}));
}

TEST(Splat, CoversTheAreaOfTheDiscWhateverItsSubPixelPlace) {
  for (const float shift : {0.0f, 0.13f, 0.5f, 0.77f}) {
    std::vector<uint8_t> rgba(31 * 31 * 4);
    const std::vector<MapPoint> points{red_point(shift, -shift)};
    splat_points(points, kCamera, 31, 31, 8.0f, rgba);
    double area = 0.0;
    for (size_t i = 3; i < rgba.size(); i += 4) area += rgba[i] / 255.0;
    EXPECT_NEAR(area, 3.14159 * 16.0, 2.0) << "at shift " << shift;
  }
}

TEST(Splat, ARingIsOpenInTheMiddle) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  const std::vector<MapPoint> points{red_point(0.0f, 0.0f, PointShape::ring)};
  splat_points(points, kCamera, 21, 21, 9.0f, rgba);
  EXPECT_LT(pixel(rgba, 21, 10, 10)[3], 30);
  EXPECT_GT(pixel(rgba, 21, 14, 10)[3], 200);
}

TEST(Splat, AMarkLeavesThePointWithinItToBeSeen) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  const std::vector<MapPoint> points{red_point(0.0f, 0.0f, PointShape::mark)};
  splat_points(points, kCamera, 21, 21, 4.0f, rgba);
  for (const size_t inside : {8u, 10u, 12u}) EXPECT_EQ(pixel(rgba, 21, inside, 10)[3], 0) << inside;
  EXPECT_GT(pixel(rgba, 21, 14, 10)[3] + pixel(rgba, 21, 15, 10)[3], 200);
  EXPECT_EQ(pixel(rgba, 21, 17, 10)[3], 0);
}

TEST(Splat, HiddenAndPlacelessPointsAndThoseOutsideLeaveNothing) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  MapPoint hidden = red_point(0, 0);
  hidden.colour[3] = 0;
  const float nan = std::numeric_limits<float>::quiet_NaN(), far = 1e30f;
  const std::vector<MapPoint> points{hidden, red_point(nan, 0), red_point(0, nan), red_point(far, -far), red_point(500, 500)};
  splat_points(points, kCamera, 21, 21, 3.0f, rgba);
  for (const uint8_t v : rgba) ASSERT_EQ(v, 0);
}

TEST(Splat, PointsAtEveryEdgeStayWithinTheImage) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  std::vector<MapPoint> points;
  for (int i = -14; i <= 14; ++i)
    for (int j = -14; j <= 14; ++j) points.push_back(red_point(static_cast<float>(i), static_cast<float>(j)));
  splat_points(points, kCamera, 21, 21, 32.0f, rgba);
  EXPECT_EQ(pixel(rgba, 21, 0, 0)[3], 255);
  EXPECT_EQ(pixel(rgba, 21, 20, 20)[3], 255);
}

// Pixels are blended eight at a time where the image has so many more; at its edge one by one.
TEST(Splat, APointLooksTheSameFarFromTheEdgeAndNearIt) {
  for (const float diameter : {1.0f, 4.0f, 7.5f, 20.0f}) {
    constexpr size_t kWide = 80;
    const auto margin = static_cast<size_t>(diameter) / 2 + 3;  // the point still has all its pixels
    const size_t narrow = 30 + margin;
    std::vector<uint8_t> wide_rgba(kWide * kSide * 4, 90), narrow_rgba(narrow * kSide * 4, 90);
    MapPoint point = red_point(0, 0);
    point.colour = {200, 100, 30, 180};
    const std::vector<MapPoint> points{point};
    splat_points(points, {0.5 * kWide - 30.3, 0.0, 1.0}, kWide, kSide, diameter, wide_rgba);
    splat_points(points, {0.5 * static_cast<double>(narrow) - 30.3, 0.0, 1.0}, narrow, kSide, diameter, narrow_rgba);
    for (size_t y = 0; y < kSide; ++y)
      for (size_t x = 0; x < narrow; ++x)
        ASSERT_EQ(pixel(wide_rgba, kWide, x, y), pixel(narrow_rgba, narrow, x, y)) << diameter << " at " << x << ", " << y;
    EXPECT_NE(pixel(wide_rgba, kWide, 30, 10), (std::array<int, 4>{90, 90, 90, 90}));
  }
}

TEST(Splat, DrawsOverWhatIsThere) {
  std::vector<uint8_t> rgba(kSide * kSide * 4, 100);
  for (size_t i = 3; i < rgba.size(); i += 4) rgba[i] = 255;
  MapPoint half = red_point(0, 0);
  half.colour[3] = 128;
  const std::vector<MapPoint> points{half};
  splat_points(points, kCamera, kSide, kSide, 9.0f, rgba);
  EXPECT_EQ(pixel(rgba, kSide, 0, 0), (std::array<int, 4>{100, 100, 100, 255}));
  const auto p = pixel(rgba, kSide, 10, 10);
  EXPECT_NEAR(p[0], 178, 1);
  EXPECT_NEAR(p[1], 50, 1);
  EXPECT_EQ(p[3], 255);
}

/// Two texels side by side, black and white, over map x -10 to 10, y -2 to 2.
MapImage two_texels(uint8_t alpha) { return {{0, 0, 0, alpha, 255, 255, 255, alpha}, 2, 1, -10.0, 2.0, 10.0, -2.0}; }

TEST(BlendImage, LiesWhereItsMapUnitsSayAndNowhereElse) {
  std::vector<uint8_t> rgba(kSide * kSide * 4, 60);
  blend_image(two_texels(255), kCamera, kSide, kSide, rgba);
  EXPECT_EQ(pixel(rgba, kSide, 1, 10)[0], 0);  // left of the first texel's middle
  EXPECT_EQ(pixel(rgba, kSide, 19, 10)[0], 255);
  EXPECT_NEAR(pixel(rgba, kSide, 10, 10)[0], 127, 2);  // half way between the two
  EXPECT_EQ(pixel(rgba, kSide, 10, 7)[0], 60);         // above
  EXPECT_EQ(pixel(rgba, kSide, 10, 13)[0], 60);        // below
}

TEST(BlendImage, AlphaMixesWithWhatIsBelow) {
  std::vector<uint8_t> rgba(kSide * kSide * 4, 60);
  blend_image(two_texels(0), kCamera, kSide, kSide, rgba);
  for (const uint8_t v : rgba) ASSERT_EQ(v, 60);
  blend_image(two_texels(51), kCamera, kSide, kSide, rgba);
  EXPECT_NEAR(pixel(rgba, kSide, 19, 10)[0], 60 * 4 / 5 + 51, 1);
}

TEST(Splat, ColourIsPremultiplied) {
  std::vector<uint8_t> rgba(kSide * kSide * 4);
  MapPoint half = red_point(0, 0);
  half.colour[3] = 128;
  const std::vector<MapPoint> points{half};
  splat_points(points, kCamera, 21, 21, 9.0f, rgba);
  const auto p = pixel(rgba, 21, 10, 10);
  EXPECT_NEAR(p[0], 128, 1);
  EXPECT_NEAR(p[3], 128, 1);
}

}  // namespace
}  // namespace latentscape
