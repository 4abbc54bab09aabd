#include "app/render/splat.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace latentscape {
namespace {

MapPoint red_point(float x, float y, uint32_t ring = 0) { return {x, y, {255, 0, 0, 255}, ring}; }

std::array<int, 4> pixel(const std::vector<uint8_t>& rgba, size_t width, size_t x, size_t y) {
  const uint8_t* p = rgba.data() + (y * width + x) * 4;
  return {p[0], p[1], p[2], p[3]};
}

// One unit a pixel, camera at the origin of a 21 x 21 image: map (0, 0) is the middle of pixel (10, 10).
constexpr PointCamera kCamera{0.0, 0.0, 1.0};

TEST(Splat, PutsAPointWhereTheCameraSaysWithYUpwards) {
  std::vector<uint8_t> rgba;
  const std::vector<MapPoint> points{red_point(4.0f, 6.0f)};
  splat_points(points, kCamera, 21, 21, 3.0f, rgba);
  EXPECT_EQ(pixel(rgba, 21, 14, 4), (std::array<int, 4>{255, 0, 0, 255}));
  EXPECT_EQ(pixel(rgba, 21, 14, 16), (std::array<int, 4>{0, 0, 0, 0}));
}

TEST(Splat, CoversTheAreaOfTheDiscWhateverItsSubPixelPlace) {
  for (const float shift : {0.0f, 0.13f, 0.5f, 0.77f}) {
    std::vector<uint8_t> rgba;
    const std::vector<MapPoint> points{red_point(shift, -shift)};
    splat_points(points, kCamera, 31, 31, 8.0f, rgba);
    double area = 0.0;
    for (size_t i = 3; i < rgba.size(); i += 4) area += rgba[i] / 255.0;
    EXPECT_NEAR(area, 3.14159 * 16.0, 2.0) << "at shift " << shift;
  }
}

TEST(Splat, ARingIsOpenInTheMiddle) {
  std::vector<uint8_t> rgba;
  const std::vector<MapPoint> points{red_point(0.0f, 0.0f, 1)};
  splat_points(points, kCamera, 21, 21, 9.0f, rgba);
  EXPECT_LT(pixel(rgba, 21, 10, 10)[3], 30);
  EXPECT_GT(pixel(rgba, 21, 14, 10)[3], 200);
}

TEST(Splat, HiddenAndPlacelessPointsAndThoseOutsideLeaveNothing) {
  std::vector<uint8_t> rgba;
  MapPoint hidden = red_point(0, 0);
  hidden.colour[3] = 0;
  const float nan = std::numeric_limits<float>::quiet_NaN(), far = 1e30f;
  const std::vector<MapPoint> points{hidden, red_point(nan, 0), red_point(0, nan), red_point(far, -far), red_point(500, 500)};
  splat_points(points, kCamera, 21, 21, 3.0f, rgba);
  for (const uint8_t v : rgba) ASSERT_EQ(v, 0);
}

TEST(Splat, PointsAtEveryEdgeStayWithinTheImage) {
  std::vector<uint8_t> rgba;
  std::vector<MapPoint> points;
  for (int i = -14; i <= 14; ++i)
    for (int j = -14; j <= 14; ++j) points.push_back(red_point(static_cast<float>(i), static_cast<float>(j)));
  splat_points(points, kCamera, 21, 21, 32.0f, rgba);
  ASSERT_EQ(rgba.size(), 21u * 21u * 4u);
  EXPECT_EQ(pixel(rgba, 21, 0, 0)[3], 255);
  EXPECT_EQ(pixel(rgba, 21, 20, 20)[3], 255);
}

TEST(Splat, ColourIsPremultiplied) {
  std::vector<uint8_t> rgba;
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
