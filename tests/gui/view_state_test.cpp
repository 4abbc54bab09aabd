#include "app/gui/view_state.hpp"

#include <gtest/gtest.h>

#include "app/gui/settings.hpp"

namespace latentscape {
namespace {

TEST(ViewState, ReadsBackWhatItWrote) {
  ViewState view;
  view.map.projection.method = "tsne";
  view.map.projection.perplexity = 12.5;
  view.map.projection.late_exaggeration = 1.5;
  view.map.projection.neighbours = 40;
  view.map.projection.min_dist = 0.25;
  view.map.projection.epochs = 350;
  view.map.camera = {1.25, -3.5, 0.002};
  view.map.fitted = false;
  view.map.tool = Tool::click;
  view.map.colour_by = ColourBy::age;
  view.map.underlay = Underlay::prior;
  view.map.points = 5000;
  view.map.hidden_classes = {1, 7};
  view.probe.z = {0.5f, -1.25f};
  view.probe.selected_row = 42;
  view.probe.label = 3;
  view.curves.kind = CurveKind::accuracy;
  view.curves.range = {1.5, 9.0};
  view.samples.kind = SamplesKind::styles;
  view.samples.label = 4;
  view.samples.temperature = 0.5f;
  view.outliers = {Split::test, true};
  view.data_space = {3, 2, false};
  view.layout.left_tab = "view";
  view.layout.bottom_open = false;
  view.look = {"paper", "zh", 1.5f, true};
  view.log_filter = "error";
  EXPECT_EQ(view_from_json(json_from_view(view)), view);
}

TEST(ViewState, AnOldOrBrokenFileNeverStandsInTheWay) {
  EXPECT_EQ(view_from_json(""), ViewState{});
  EXPECT_EQ(view_from_json("[1, 2]"), ViewState{});
  EXPECT_EQ(view_from_json(R"({"map": 3, "look": {"theme": 5, "colour": "x"}, "new": {}})"), ViewState{});
  const ViewState view =
      view_from_json(R"({"look": {"scale": 90, "theme": "neon"}, "map": {"point_size": -4, "tool": "axe"}, "curves": {"range": [1]}})");
  EXPECT_EQ(view.look.scale, 3.0f);
  EXPECT_EQ(view.look.theme, "ink");
  EXPECT_EQ(view.map.point_size, 1.0f);
  EXPECT_EQ(view.map.tool, Tool::probe);
}

TEST(Settings, RememberTheNewestEightOnce) {
  Settings settings;
  for (int i = 0; i < 12; ++i) settings.remember("data" + std::to_string(i));
  settings.remember("data9");
  ASSERT_EQ(settings.recent.size(), 8u);
  EXPECT_EQ(settings.recent[0], "data9");
  EXPECT_EQ(settings.recent[1], "data11");
  settings.look.theme = "paper";
  settings.last_run = "/runs/a";
  settings.hints_dismissed = true;
  EXPECT_EQ(settings_from_json(json_from_settings(settings)), settings);
}

}  // namespace
}  // namespace latentscape
