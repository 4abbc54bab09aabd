// The parts of the map that need no window: camera, picking, colours of the point layer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/panels/map/camera.hpp"
#include "app/panels/map/legend.hpp"
#include "app/panels/map/overlays.hpp"
#include "app/panels/map/pick_grid.hpp"
#include "app/panels/map/point_layer.hpp"
#include "core/base/rng.hpp"
#include "core/io/figure.hpp"

namespace latentscape {
namespace {

MapFrame frame_at(double x, double y, double units, float scale = 1.0f) {
  MapFrame f;
  f.camera = {x, y, units};
  f.origin = {100.0f, 50.0f};
  f.size = {800.0f, 600.0f};
  f.scale = scale;
  return f;
}

TEST(MapCamera, ScreenAndMapAreInverse) {
  for (const float scale : {1.0f, 2.0f}) {
    const MapFrame f = frame_at(1.5, -0.5, 0.02, scale);
    const ImVec2 p = f.screen_from_map(2.0, 0.25);
    const auto back = f.map_from_screen(p);
    EXPECT_NEAR(back[0], 2.0f, 1e-3f);
    EXPECT_NEAR(back[1], 0.25f, 1e-3f);
    EXPECT_LT(f.screen_from_map(0, 1).y, f.screen_from_map(0, 0).y) << "y grows upwards";
  }
}

TEST(MapCamera, ZoomKeepsWhatIsUnderThePointer) {
  const MapFrame before = frame_at(1.0, 2.0, 0.01);
  const ImVec2 pointer{300.0f, 500.0f};
  const auto fixed = before.map_from_screen(pointer);
  MapFrame after = before;
  after.camera = zoomed_at(before, pointer, 0.5);
  const auto still = after.map_from_screen(pointer);
  EXPECT_DOUBLE_EQ(after.camera.units_per_pixel, 0.005);
  EXPECT_NEAR(still[0], fixed[0], 1e-4f);
  EXPECT_NEAR(still[1], fixed[1], 1e-4f);
}

TEST(MapCamera, FitIsClearOfOverlaysWhereThatCostsLittle) {
  MapFrame f = frame_at(0, 0, 1, 2.0f);
  MapCover cover;
  cover.top = 60.0f, cover.left = 40.0f, cover.foot = 30.0f;
  cover.legend_width = 500.0f, cover.legend_height = 70.0f;
  const std::array<float, 4> wide{-4.0f, 0.0f, 4.0f, 3.0f}, square{0.0f, 0.0f, 3.0f, 3.0f};
  for (const auto& bounds : {wide, square}) {
    f.camera = camera_for(bounds, f.size, f.scale, cover);
    const ImVec2 low = f.screen_from_map(bounds[0], bounds[1]), high = f.screen_from_map(bounds[2], bounds[3]);
    EXPECT_GT(low.x, f.origin.x + cover.left);
    EXPECT_LT(high.x, f.origin.x + f.size.x);
    EXPECT_GT(high.y, f.origin.y + cover.top);
    EXPECT_LT(low.y, f.origin.y + f.size.y - cover.legend_height);
  }
  f.size.y = 150.0f;
  EXPECT_EQ(camera_for(square, f.size, f.scale, cover), camera_for(square, f.size, f.scale)) << "the strip would be a thread";
}

TEST(MapCamera, FitGoesBesideATallLegend) {
  MapFrame f = frame_at(0, 0, 1);
  MapCover cover;
  cover.legend_width = 150.0f, cover.legend_height = 450.0f;
  const std::array<float, 4> square{0.0f, 0.0f, 3.0f, 3.0f};
  f.camera = camera_for(square, f.size, f.scale, cover);
  EXPECT_LT(f.screen_from_map(3.0, 0.0).x, f.origin.x + f.size.x - cover.legend_width);
  EXPECT_LT(f.screen_from_map(0.0, 0.0).y - f.screen_from_map(0.0, 3.0).y, f.size.y);
}

TEST(MapCamera, FitShowsAllOfTheBoundsWithAMargin) {
  MapFrame f = frame_at(0, 0, 1);
  const std::array<float, 4> bounds{-4.0f, 1.0f, 2.0f, 9.0f};
  f.camera = camera_for(bounds, f.size, f.scale);
  const ImVec2 low = f.screen_from_map(bounds[0], bounds[1]), high = f.screen_from_map(bounds[2], bounds[3]);
  EXPECT_GT(low.x, f.origin.x);
  EXPECT_LT(high.x, f.origin.x + f.size.x);
  EXPECT_GT(high.y, f.origin.y);
  EXPECT_LT(low.y, f.origin.y + f.size.y);
}

TEST(MapCamera, PictureHoldsWhatIsNearAndLeavesOutWhatFlewOff) {
  std::vector<MapPoint> points;
  for (int i = 0; i < 1000; ++i)
    points.push_back({static_cast<float>(i % 100) / 99.0f, static_cast<float>(i / 100) / 9.0f, {1, 1, 1, 255}});
  points.push_back({1.2f, 0.5f, {1, 1, 1, 255}});    // a little beyond the others
  points.push_back({0.5f, 900.0f, {1, 1, 1, 255}});  // far away
  points.push_back({std::numeric_limits<float>::quiet_NaN(), 0.0f, {1, 1, 1, 255}});
  const auto bounds = picture_bounds(points);
  EXPECT_LE(bounds[0], 0.0f);
  EXPECT_GE(bounds[2], 1.2f);
  EXPECT_LE(bounds[1], 0.0f);
  EXPECT_GE(bounds[3], 1.0f);
  EXPECT_LT(bounds[3], 2.0f) << "the others would be a dot";
}

TEST(MapLegend, SaysHowManyClassesItHasNoRoomFor) {
  using map_overlay::plan_legend;
  const ImVec2 large{1000.0f, 660.0f}, small{300.0f, 300.0f};
  const auto ten = plan_legend(10, 10.0f, large, false, 1.0f, false);
  EXPECT_EQ(ten.shown, 10u);
  EXPECT_EQ(ten.columns, 5u);
  for (const ImVec2 map : {large, small})
    for (const size_t entries : {size_t{3}, size_t{49}, size_t{1000}})
      for (const float widest : {8.0f, 60.0f, 600.0f})
        for (const bool whole : {false, true}) {
          const auto plan = plan_legend(entries, widest, map, false, 1.0f, whole);
          EXPECT_LE(plan.shown + (plan.shown < entries ? 1 : 0), plan.columns * plan.rows);
          EXPECT_LE(plan.cell.x * static_cast<float>(plan.columns), 0.7f * map.x) << entries << " of " << widest;
          EXPECT_LE(plan.cell.y * static_cast<float>(plan.rows), (whole ? 0.76f : 0.4f) * map.y);
        }
  EXPECT_EQ(plan_legend(49, 60.0f, large, false, 1.0f, true).shown, 49u) << "as a click asks";
  EXPECT_LT(plan_legend(49, 60.0f, small, false, 1.0f, false).shown, 49u);
  const auto low = plan_legend(30, 60.0f, {400.0f, 200.0f}, true, 1.0f, false);
  EXPECT_EQ(low.rows, 1u);
  EXPECT_FALSE(low.named);
}

TEST(MapCamera, EasingArrives) {
  Camera now{0, 0, 0.01};
  const Camera goal{5, -3, 0.1};
  int steps = 0;
  while (!(now == goal) && steps < 500) now = eased(now, goal, 1.0 / 60.0, 0.07), ++steps;
  EXPECT_EQ(now, goal);
  EXPECT_GT(steps, 5);
}

TEST(MapCamera, APictureIsNotBlownUpToOneDot) {
  const PointCamera drawn{0.0, 0.0, 0.02};
  EXPECT_TRUE(stands_for(drawn, frame_at(0, 0, 0.005)));  // zoomed in, until a new picture is there
  EXPECT_TRUE(stands_for(drawn, frame_at(0, 0, 2.0)));
  EXPECT_FALSE(stands_for(drawn, frame_at(0, 0, 1e-6)));  // where a layout begins
}

TEST(PickGrid, FindsWhatBruteForceFinds) {
  std::vector<MapPoint> points;
  Rng rng(5, RngStream::general);
  for (int i = 0; i < 3000; ++i)
    points.push_back({rng.normal() * 2.0f, rng.normal(), {1, 2, 3, static_cast<uint8_t>(i % 7 == 0 ? 0 : 255)}, PointShape::disc});
  points.push_back({std::numeric_limits<float>::quiet_NaN(), 0.0f, {1, 2, 3, 255}, PointShape::disc});
  PickGrid grid;
  grid.build(points);
  size_t found = 0;
  for (int q = 0; q < 500; ++q) {
    const float x = rng.normal() * 2.0f, y = rng.normal() * 1.5f, radius = 0.15f;
    float best = radius * radius;
    int64_t expected = -1;
    for (size_t i = 0; i < points.size(); ++i) {
      if (points[i].colour[3] == 0 || !std::isfinite(points[i].x)) continue;
      const float d = (points[i].x - x) * (points[i].x - x) + (points[i].y - y) * (points[i].y - y);
      if (d < best) best = d, expected = static_cast<int64_t>(i);
    }
    EXPECT_EQ(grid.nearest(points, x, y, radius), expected);
    found += expected >= 0;
  }
  EXPECT_GT(found, 100u);
}

TEST(PickGrid, NothingToPickGivesNothing) {
  PickGrid grid;
  grid.build({});
  EXPECT_EQ(grid.nearest({}, 0, 0, 10), -1);
  const std::vector<MapPoint> same(5, MapPoint{1.0f, 1.0f, {0, 0, 0, 255}, PointShape::disc});
  grid.build(same);
  EXPECT_GE(grid.nearest(same, 1.0f, 1.0f, 0.1f), 0);
}

LayerJob job_of(size_t n) {
  auto points = std::make_shared<PointSet>();
  auto frame = std::make_shared<ProjectionFrame>();
  frame->positions.resize(n, 2);
  for (size_t i = 0; i < n; ++i) {
    points->ids.push_back(static_cast<uint32_t>(10 + 2 * i));
    points->labels.push_back(static_cast<int>(i % 3));
    points->splits.push_back(i % 5 == 0 ? Split::heldout : Split::train);
    frame->shown.push_back(static_cast<uint32_t>(i));
    frame->positions(i, 0) = static_cast<float>(i);
    frame->positions(i, 1) = 0.0f;
  }
  frame->points = points;
  LayerJob job;
  job.frame = frame;
  job.splat = false;
  return job;
}

TEST(PointLayer, ColoursByLabelMarksHeldOutAndHidesClasses) {
  LayerJob job = job_of(30);
  job.hidden_classes = {1};
  const auto answer = make_layer(job);
  ASSERT_EQ(answer->points.size(), 30u);
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(answer->rows[i], 10 + 2 * i);
    EXPECT_EQ(answer->points[i].shape, i % 5 == 0 ? PointShape::ring : PointShape::disc);
    if (i % 3 == 1)
      EXPECT_EQ(answer->points[i].colour[3], 0);
    else
      EXPECT_EQ(answer->points[i].colour[0], categorical_colour(i % 3, true).r);
  }
}

TEST(PointLayer, PointsWithoutALabelAreGreyAndCounted) {
  LayerJob job = job_of(30);
  auto points = std::make_shared<PointSet>(*job.frame->points);
  points->labels[4] = points->labels[7] = -1;
  auto frame = std::make_shared<ProjectionFrame>(*job.frame);
  frame->points = points;
  job.frame = frame;
  auto answer = make_layer(job);
  EXPECT_EQ(answer->unknown, 2u);
  EXPECT_EQ(answer->points[4].colour, kContextColour);
  points->labels.assign(30, -1);  // data without labels has one colour, and nothing is amiss
  answer = make_layer(job);
  EXPECT_EQ(answer->unknown, 0u);
  EXPECT_NE(answer->points[4].colour, kContextColour);
}

// On colours the points have an outline of the ground's colour; it lies below all of them.
TEST(PointLayer, OutlinesAreDrawnWhereTheyAreAskedFor) {
  LayerJob job = job_of(9);
  job.hidden_classes = {1};
  EXPECT_TRUE(make_layer(job)->halos.empty());
  job.halo = 0xFF102030;
  job.splat = true;
  job.width = job.height = 64;
  job.camera = {4.0, 0.0, 0.2};
  job.diameter = 6.0f;
  const auto answer = make_layer(job);
  ASSERT_EQ(answer->halos.size(), 6u) << "those that are drawn";
  const auto pixel = [&](size_t x, size_t y) { return answer->rgba[(y * job.width + x) * 4]; };
  bool outlined = false;
  for (size_t y = 0; y < 64; ++y) outlined |= pixel(12, y) == 0x30;
  EXPECT_TRUE(outlined);
}

TEST(PointLayer, ALimitDrawsExactlyThatManyAndAlwaysTheSame) {
  LayerJob job = job_of(1000);
  job.limit = 100;
  const auto a = make_layer(job), b = make_layer(job);
  EXPECT_EQ(a->points.size(), 100u);
  EXPECT_EQ(a->rows, b->rows);
}

TEST(PointLayer, LossColoursFollowTheLosses) {
  LayerJob job = job_of(50);
  auto latents = std::make_shared<LatentFrame>();
  latents->points = job.frame->points;
  latents->losses.resize(50);
  latents->ages.assign(50, 0);
  for (size_t i = 0; i < 50; ++i) latents->losses[i] = static_cast<float>(i);
  job.latents = latents;
  job.colour_by = ColourBy::loss;
  const auto answer = make_layer(job);
  const Rgba low = viridis(0.0), high = viridis(1.0);
  EXPECT_EQ(answer->points.front().colour[0], low.r);
  EXPECT_EQ(answer->points.back().colour[1], high.g);
  EXPECT_LT(answer->low, answer->high);
}

// What was not scored is grey and lies below what was.
TEST(PointLayer, ScoreColoursWhatWasScoredOverGreyContext) {
  LayerJob job = job_of(50);
  auto scored = std::make_shared<OutlierAnswer>();
  for (const size_t i : {0u, 20u, 40u}) {
    scored->rows.push_back(job.frame->points->ids[i]);
    scored->scores.score.push_back(static_cast<double>(i));
  }
  job.outliers = scored;
  job.colour_by = ColourBy::score;
  const auto answer = make_layer(job);
  ASSERT_EQ(answer->points.size(), 50u);
  for (size_t i = 0; i < 47; ++i) {
    EXPECT_EQ(answer->points[i].colour[0], answer->points[i].colour[1]);
    EXPECT_EQ(std::count(scored->rows.begin(), scored->rows.end(), answer->rows[i]), 0);
  }
  EXPECT_EQ(answer->rows[47], scored->rows[0]);
  EXPECT_EQ(answer->points[47].colour[2], viridis(0.0).b);
  EXPECT_EQ(answer->rows[49], scored->rows[2]);
  EXPECT_EQ(answer->points[49].colour[2], viridis(1.0).b);
}

// Any column of the data: numbers along a scale, kinds as classes, what is missing grey.
TEST(PointLayer, ColumnsColourByNumbersOrKinds) {
  LayerJob job = job_of(50);
  auto data = std::make_shared<Dataset>();
  data->rows = *std::max_element(job.frame->points->ids.begin(), job.frame->points->ids.end()) + 1;
  data->columns = {{"size", {}, {}}, {"kind", {"a", "b", "c"}, {}}};
  for (size_t row = 0; row < data->rows; ++row) {
    data->columns[0].values.push_back(static_cast<float>(row));
    data->columns[1].values.push_back(static_cast<float>(row % 3));
  }
  const uint32_t first = job.frame->points->ids[0], second = job.frame->points->ids[1];
  data->columns[0].values[first] = data->columns[1].values[first] = std::nanf("");
  job.data = data;
  job.colour_by = ColourBy::column;
  const auto colour_of = [](const LayerAnswer& answer, uint32_t row) {
    const auto at = static_cast<size_t>(std::find(answer.rows.begin(), answer.rows.end(), row) - answer.rows.begin());
    return answer.points[at].colour;
  };
  job.colour_column = "size";
  const auto sizes = make_layer(job);
  EXPECT_EQ(colour_of(*sizes, first)[0], 128);
  EXPECT_EQ(colour_of(*sizes, job.frame->points->ids[49])[1], viridis(1.0).g);
  job.colour_column = "kind";
  const auto kinds = make_layer(job);
  EXPECT_EQ(colour_of(*kinds, first)[0], 128);
  EXPECT_EQ(colour_of(*kinds, second)[0], categorical_colour(second % 3, job.dark).r);
}

// Shares mean the same on every map: their colours do not stretch to what is there.
TEST(PointLayer, TrustAndWhatMovedHaveOneScaleAndUnknownPointsAreGrey) {
  LayerJob job = job_of(50);
  auto judged = std::make_shared<MapJudgement>();
  auto few = std::make_shared<ProjectionFrame>(*job.frame);
  few->shown.resize(40);  // the last ten were not on the map that was judged
  judged->frame = few;
  judged->trust.assign(40, 0.4f);
  judged->change.moved.assign(40, 0.6f);
  job.judgement = judged;
  for (const ColourBy by : {ColourBy::trust, ColourBy::moved}) {
    job.colour_by = by;
    const auto answer = make_layer(job);
    ASSERT_EQ(answer->points.size(), 50u);
    EXPECT_EQ(answer->low, 0.0f);
    EXPECT_EQ(answer->high, 1.0f);
    EXPECT_EQ(answer->points.front().colour[0], answer->points.front().colour[1]) << "grey lies below";
    EXPECT_EQ(answer->points.back().colour[1], viridis(static_cast<double>(by == ColourBy::trust ? 0.4f : 0.6f)).g);
  }
}

TEST(MapAxes, StepsAreOneTwoOrFiveTimesAPowerOfTen) {
  for (const double span : {0.003, 0.7, 1.0, 6.3, 48.0, 12345.0}) {
    const double step = map_overlay::nice_step(span, 6), lead = step / std::pow(10.0, std::floor(std::log10(step) + 1e-9));
    EXPECT_TRUE(std::abs(lead - 1) < 1e-6 || std::abs(lead - 2) < 1e-6 || std::abs(lead - 5) < 1e-6) << span << " gave " << step;
    EXPECT_GT(span / step, 2.0);
    EXPECT_LT(span / step, 15.0);
  }
}

/// Rows of job_of's points and between them, a third of a class each, all of them train rows.
Dataset labelled_rows(size_t rows) {
  Dataset data;
  data.name = "labelled";
  data.shape = {1};
  data.rows = rows;
  data.values = std::vector<uint8_t>(rows);
  data.split.assign(rows, Split::train);
  data.columns = {{"class", {"a", "b", "c"}, {}}};
  for (size_t i = 0; i < rows; ++i) data.columns[0].values.push_back(static_cast<float>(i % 3));
  data.label_column = 0;
  return data;
}

TEST(PointLayer, MarksThePointsWhoseLabelTrainingKnows) {
  LayerJob job = job_of(30);
  const Dataset data = labelled_rows(80);
  auto known = KnownLabels::of(data, LabelBudget{9, 0.0}, 1);
  ASSERT_TRUE(known.ok()) << known.error().message;
  ASSERT_TRUE(known->set(data, 10, 2).ok());  // the first point
  EXPECT_TRUE(make_layer(job)->marks.empty());
  job.known = std::make_shared<const KnownLabels>(*known);
  const auto answer = make_layer(job);
  size_t expected = 0;
  for (const uint32_t row : answer->rows) expected += known->label(row) >= 0;
  EXPECT_GE(expected, 1u);
  EXPECT_EQ(answer->marks.size(), expected);
  EXPECT_EQ(answer->known, expected);
  EXPECT_EQ(answer->marks[0].x, answer->points[0].x);
  EXPECT_EQ(answer->marks[0].shape, PointShape::mark);
  job.hidden_classes = {0, 1, 2};
  EXPECT_TRUE(make_layer(job)->marks.empty()) << "a hidden point keeps no ring";
}

TEST(PointLayer, MarksStayFew) {
  LayerJob job = job_of(6000);
  const Dataset data = labelled_rows(12020);
  auto known = KnownLabels::of(data, std::nullopt, 1);
  ASSERT_TRUE(known.ok());
  job.known = std::make_shared<const KnownLabels>(*known);
  const auto answer = make_layer(job);
  EXPECT_EQ(answer->known, 6000u);
  EXPECT_EQ(answer->marks.size(), kMostMarks);
  EXPECT_GT(answer->marks.back().x, answer->points[5900].x) << "chosen from all of them";
}

}  // namespace
}  // namespace latentscape
