// Where a table's examples stand in their own plane, and what the panels beside it draw of them.
#include <gtest/gtest.h>

#include <cmath>

#include "app/panels/data_space/plane.hpp"
#include "app/panels/outliers/histogram.hpp"
#include "app/panels/table/table_look.hpp"

namespace latentscape {
namespace {

/// Three numbers an example: (i, -i, 7).
Dataset table_of(size_t rows) {
  Dataset data;
  data.kind = DataKind::table;
  data.shape = {3};
  data.rows = rows;
  std::vector<float> values;
  for (size_t i = 0; i < rows; ++i) values.insert(values.end(), {static_cast<float>(i), -static_cast<float>(i), 7.0f});
  data.values = std::move(values);
  data.split.assign(rows, Split::train);
  return data;
}

PointSet points_of(const Dataset& data) {
  PointSet set;
  for (uint32_t i = 0; i < data.rows; ++i) {
    if (data.split[i] == Split::test) continue;
    set.ids.push_back(i);
    set.labels.push_back(static_cast<int>(i % 2));
    set.splits.push_back(data.split[i]);
  }
  return set;
}

TEST(Plane, PutsEachPointWhereItsNumbersAre) {
  Dataset data = table_of(11);
  data.split[0] = Split::test;  // the map has no such point
  data.split[4] = Split::heldout;
  const Plane plane = make_plane(data, points_of(data), 1, 0, 1000, {}, true);
  ASSERT_EQ(plane.points.size(), 10u);
  EXPECT_EQ(plane.there, 10u);
  EXPECT_EQ(plane.rows.front(), 1u);
  for (size_t i = 0; i < plane.points.size(); ++i) {
    std::vector<float> x(3);
    data.copy_row(plane.rows[i], x.data());
    const auto at = plane.axes.place(x);
    EXPECT_FLOAT_EQ(plane.points[i].x, at[0]);
    EXPECT_FLOAT_EQ(plane.points[i].y, at[1]);
    EXPECT_NEAR(at[0] + at[1], 1.0f, 1e-5f) << "one axis is the other one turned round";
    EXPECT_EQ(plane.points[i].shape, plane.rows[i] == 4 ? PointShape::ring : PointShape::disc);
  }
  // All of them are inside, with a margin.
  EXPECT_GT(plane.points.back().x, 0.0f);
  EXPECT_LT(plane.points.front().x, 1.0f);
  EXPECT_EQ(plane.rows[static_cast<size_t>(plane.grid.nearest(plane.points, plane.points[3].x, plane.points[3].y, 0.01f))], plane.rows[3]);
}

TEST(Plane, TakesASubsetOfManyAndLeavesOutHiddenClasses) {
  const Dataset data = table_of(500);
  const Plane some = make_plane(data, points_of(data), 0, 1, 50, {}, true);
  EXPECT_EQ(some.points.size(), 50u);
  EXPECT_EQ(some.there, 500u);
  const Plane one = make_plane(data, points_of(data), 0, 1, 500, {1}, true);
  for (size_t i = 0; i < one.points.size(); ++i) EXPECT_EQ(one.points[i].colour[3] == 0, one.rows[i] % 2 == 1);
}

TEST(Plane, NumbersThatAreAllEqualOrMissingHarmNothing) {
  const Dataset data = table_of(5);
  const Plane flat = make_plane(data, points_of(data), 0, 2, 100, {}, true);
  for (const MapPoint& p : flat.points) EXPECT_FLOAT_EQ(p.y, 0.5f);
  EXPECT_TRUE(make_plane(data, points_of(data), 0, 9, 100, {}, true).points.empty());
}

// The answers to one question say nothing of each other: two of them would be two places, whatever the data is.
TEST(Plane, AxesAreOfTwoColumns) {
  DataSummary summary;
  const auto add = [&](size_t first, std::vector<std::string> categories) {
    ColumnSummary column;
    column.role = ColumnRole::input;
    column.first = first;
    column.categories = std::move(categories);
    summary.columns.push_back(column);
  };
  add(0, {"red", "green", "blue"});
  EXPECT_EQ(other_axis(summary, 0, 1), 1u) << "there is no other column";
  add(3, {"small", "large"});
  add(5, {});
  EXPECT_EQ(other_axis(summary, 0, 1), 3u);
  EXPECT_EQ(other_axis(summary, 3, 4), 0u);
  EXPECT_EQ(other_axis(summary, 0, 5), 5u) << "as it is asked for";
}

TEST(TableLook, RangesAreThoseOfTheData) {
  Dataset data = table_of(6);
  std::get<std::vector<float>>(data.values)[3] = NAN;
  const TableRanges ranges = ranges_of(summarise(data), data.width());
  ASSERT_EQ(ranges.size(), 3u);
  EXPECT_EQ(ranges[0], (std::array<float, 2>{0.0f, 5.0f}));
  EXPECT_EQ(ranges[1], (std::array<float, 2>{-5.0f, 0.0f}));
  EXPECT_EQ(ranges[2], (std::array<float, 2>{6.5f, 7.5f})) << "equal values stand in the middle";
  EXPECT_FLOAT_EQ(share_in(ranges[0], 2.5f), 0.5f);
  EXPECT_EQ(share_in(ranges[0], 99.0f), 1.0f);
  EXPECT_EQ(share_in(ranges[0], NAN), 0.0f);
}

TEST(TableLook, NumbersGoByTheNamesAndUnitsOfTheirColumns) {
  DataSummary summary;
  summary.columns.resize(3);
  ColumnSummary &label = summary.columns[0], &height = summary.columns[1], &sex = summary.columns[2];
  label.role = ColumnRole::label;
  height.role = sex.role = ColumnRole::input;
  height.name = "height";
  height.centre = 170.0;
  height.unit = 10.0;
  height.least = 150.0;
  height.most = 200.0;
  sex.name = "sex";
  sex.categories = {"f", "m"};
  sex.first = 1;
  const auto numbers = numbers_of(summary, 3);
  EXPECT_EQ(numbers[0].name, "height");
  EXPECT_EQ(numbers[0].centre, 170.0);
  EXPECT_EQ(numbers[2].name, "sex = m");
  EXPECT_EQ(numbers[2].unit, 1.0);
  const TableRanges ranges = ranges_of(summary, 3);
  EXPECT_EQ(ranges[0], (std::array<float, 2>{-2.0f, 3.0f})) << "in the units of the model";
  EXPECT_EQ(ranges[1], (std::array<float, 2>{0.0f, 1.0f}));
}

TEST(TableLook, SharesOfADecodedGroupAddUpToOne) {
  EXPECT_EQ(shares_of(std::vector<float>{3.0f, 1.0f}), (std::vector<float>{0.75f, 0.25f}));
  EXPECT_EQ(shares_of(std::vector<float>{-0.5f, 0.5f, NAN}), (std::vector<float>{0.0f, 1.0f, 0.0f}));
  EXPECT_EQ(shares_of(std::vector<float>{-1.0f, -2.0f}), (std::vector<float>{0.5f, 0.5f}));
}

TEST(Histogram, CountsEachValueOnce) {
  const Histogram h = histogram_of(std::vector<double>{0.0, 1.0, 1.0, 9.0, 10.0, NAN}, 10);
  EXPECT_EQ(h.low, 0.0);
  EXPECT_EQ(h.high, 10.0);
  EXPECT_EQ(h.counts, (std::vector<size_t>{1, 2, 0, 0, 0, 0, 0, 0, 0, 2})) << "the greatest value is in the last bin";
  const Histogram equal = histogram_of(std::vector<double>{3.0, 3.0}, 4);
  EXPECT_EQ(equal.counts[0], 2u);
  EXPECT_EQ(histogram_of({}, 4).counts, std::vector<size_t>(4, 0));
}

}  // namespace
}  // namespace latentscape
