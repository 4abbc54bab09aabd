// Where words and labels stand on the map: never under a control.
#include <gtest/gtest.h>

#include <cmath>

#include "app/panels/map/overlays.hpp"

namespace latentscape::map_overlay {
namespace {

MapFrame frame_of(float width, float height, float scale) {
  MapFrame f;
  f.camera = {0.0, 0.0, 0.01};
  f.origin = {10.0f, 100.0f};
  f.size = {width, height};
  f.scale = scale;
  return f;
}

/// The column of tools from `top` down, and a legend.
std::vector<ImVec4> controls(const MapFrame& f, float top) {
  std::vector<ImVec4> covered;
  for (int i = 0; i < 4; ++i) {
    const float x = f.origin.x + 12.0f * f.scale, y = f.origin.y + (top + 34.0f * static_cast<float>(i)) * f.scale;
    covered.push_back({x, y, x + 30.0f * f.scale, y + 30.0f * f.scale});
  }
  const ImVec2 end{f.origin.x + f.size.x - 12.0f * f.scale, f.origin.y + f.size.y - 26.0f * f.scale};
  covered.push_back({end.x - 190.0f * f.scale, end.y - 60.0f * f.scale, end.x, end.y});
  return covered;
}

TEST(Notes, StandLowerLeftWhereThatIsFree) {
  const MapFrame f = frame_of(900, 700, 1.0f);
  const auto place = place_of_notes(controls(f, 52.0f), f, [](float) { return ImVec2(300, 34); });
  ASSERT_TRUE(place);
  EXPECT_FLOAT_EQ(place->x, f.origin.x + 40.0f);
  EXPECT_FLOAT_EQ(place->w, f.origin.y + 672.0f);
}

TEST(Notes, AreNeverUnderTheToolsOrTheLegend) {
  for (const float scale : {1.0f, 1.5f, 2.0f})
    for (const float height : {200.0f, 260.0f, 330.0f, 500.0f})
      for (const float width : {420.0f, 640.0f, 1200.0f}) {
        const MapFrame f = frame_of(width, height, scale);
        const auto covered = controls(f, 52.0f);
        const auto place = place_of_notes(covered, f, [&](float room) {
          return ImVec2(std::min(room, 330.0f * scale), std::ceil(330.0f * scale / room) * 30.0f * scale);
        });
        if (!place) continue;
        EXPECT_TRUE(free_of(covered, *place)) << scale << " " << width << "x" << height;
        EXPECT_GT(place->y, f.origin.y);
      }
  const MapFrame f = frame_of(640, 300, 1.5f);
  const auto place = place_of_notes(controls(f, 40.0f), f, [](float) { return ImVec2(300, 50); });
  ASSERT_TRUE(place) << "beside the tools there is room";
  EXPECT_GT(place->x, f.origin.x + 42.0f * 1.5f);
}

TEST(Axes, LabelsOfTheUpperHalfStandBesideTheTools) {
  const MapFrame f = frame_of(900, 600, 1.0f);
  const auto covered = controls(f, 52.0f);
  const auto labels = y_labels(f, 1.0, {30, 12}, covered);
  // 600 px are 6 units: 2, 1, 0, -1, -2 (3 and -3 are at the very ends).
  ASSERT_EQ(labels.size(), 5u);
  for (size_t i = 0; i < labels.size(); ++i) {
    EXPECT_DOUBLE_EQ(labels[i].value, 2.0 - static_cast<double>(i));
    const ImVec2 at = labels[i].at;
    EXPECT_TRUE(free_of(covered, {at.x, at.y, at.x + 30, at.y + 12})) << labels[i].value;
  }
  EXPECT_GT(labels[0].at.x, f.origin.x + 42.0f) << "beside the tools";
  EXPECT_LT(labels[2].at.x, f.origin.x + 12.0f) << "at the edge where nothing is in the way";
}

}  // namespace
}  // namespace latentscape::map_overlay
