#include "core/io/figure_sweep.hpp"

#include <gmock/gmock.h>

#include "core/formats/image.hpp"
#include "core/io/figure_compare.hpp"
#include "tests/io/io_fixtures.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

/// Where the pixels of a colour lie.
struct Found {
  size_t count = 0;
  double x = 0, y = 0;  // their middle
};

Found find(const std::string& path, Rgba colour, int near = 12) {
  const Image image = decode_image(read_file(path).value(), path, 3).value();
  Found found;
  for (size_t i = 0; i < image.width * image.height; ++i) {
    const uint8_t* p = image.pixels.data() + 3 * i;
    if (std::abs(p[0] - colour.r) > near || std::abs(p[1] - colour.g) > near || std::abs(p[2] - colour.b) > near) continue;
    ++found.count;
    found.x += static_cast<double>(i % image.width);
    found.y += static_cast<double>(i / image.width);
  }
  if (found.count) {
    found.x /= static_cast<double>(found.count);
    found.y /= static_cast<double>(found.count);
  }
  return found;
}

LinesFigure lines() {
  LinesFigure f;
  f.title = "strokes: held-out ELBO by latent";
  f.x = {2, 8, 32};
  f.x_names = {"2", "8", "32"};
  f.lines = {{"", {{-150, 3, {-153, -147}}, {-110, 2, {-112, -108}}, {}}}};
  f.best = std::pair<size_t, size_t>(0, 1);
  return f;
}

HeatFigure heat() {
  HeatFigure f;
  f.x = {"2", "8"};
  f.y = {"0.5", "1"};
  f.cells = {{-150}, {-140}, {-130}, {}};
  f.best = 2;
  return f;
}

TEST(SweepFigure, TheSameFigureIsTheSameBytesInEachFormat) {
  const TemporaryFolder folder;
  const RowsFigure rows = {"t", "ELBO", "", {{"model mlp", {-100, 2, {-102, -98}}}, {"model ae", {}}}};
  for (const char* extension : {".png", ".svg", ".pdf"}) {
    const std::string a = folder / ("a" + std::string(extension)), b = folder / ("b" + std::string(extension));
    const auto same = [&](const auto& figure) {
      EXPECT_TRUE(write_figure(a, figure, {900, 600, true, 10}).ok());
      EXPECT_TRUE(write_figure(b, figure, {900, 600, true, 10}).ok());
      return read_file(a).value() == read_file(b).value() && read_file(a)->size() > 500;
    };
    EXPECT_TRUE(same(lines())) << extension;
    EXPECT_TRUE(same(heat())) << extension;
    EXPECT_TRUE(same(rows)) << extension;
  }
}

TEST(SweepFigure, TheBestCellIsYellowWhicheverWayIsBetter) {
  const TemporaryFolder folder;
  const std::string path = folder / "heat.png";
  HeatFigure f = heat();
  ASSERT_TRUE(write_figure(path, f, {900, 600, false, 10}).ok());
  const Found best = find(path, viridis(1)), worst = find(path, viridis(0));
  EXPECT_GT(best.count, 20'000u);
  EXPECT_LT(best.y, worst.y) << "y grows upwards, and row 1 of it holds the best";
  EXPECT_NEAR(best.x, worst.x, 30.0);
  f.higher_is_better = false;
  ASSERT_TRUE(write_figure(path, f, {900, 600, false, 10}).ok());
  EXPECT_GT(find(path, viridis(1)).y, find(path, viridis(0)).y);
}

TEST(SweepFigure, TheRingIsAroundTheBestPointAndWhatFailedIsAGap) {
  const TemporaryFolder folder;
  const std::string path = folder / "lines.png";
  const Rgba accent = {0x0B, 0x7A, 0x80, 255};
  LinesFigure f = lines();
  ASSERT_TRUE(write_figure(path, f, {1200, 750, false, 10}).ok());
  const Found ring = find(path, accent);
  EXPECT_NEAR(ring.x, 620, 90) << "8 is half way between 2 and 32, logarithmically";
  EXPECT_LT(ring.y, 375);
  const size_t blue = find(path, categorical_colour(0, false)).count;
  f.lines[0].values[2] = {-120, 2, {}};
  ASSERT_TRUE(write_figure(path, f, {1200, 750, false, 10}).ok());
  EXPECT_GT(find(path, categorical_colour(0, false)).count, blue + 200);
}

TEST(SweepFigure, WhatDoesNotFitIsSaidOrRefused) {
  const TemporaryFolder folder;
  RowsFigure rows;
  for (size_t i = 0; i < 1000; ++i) rows.rows.emplace_back("beta " + std::to_string(i), Measured{-100.0 - static_cast<double>(i)});
  EXPECT_TRUE(write_figure(folder / "rows.png", rows, {1200, 750, false, 10}).ok());
  const auto error_of = [](const Status& status) { return status.ok() ? "fine" : status.error().message; };
  EXPECT_THAT(error_of(write_figure(folder / "a.png", lines(), {60, 40, false, 10})), HasSubstr("too small"));
  EXPECT_THAT(error_of(write_figure(folder / "a.png", heat(), {60, 40, false, 10})), HasSubstr("too small"));
  HeatFigure holed = heat();
  holed.cells.pop_back();
  EXPECT_THAT(error_of(write_figure(folder / "a.png", holed, {})), HasSubstr("3 cells for 2 x 2"));
  LinesFigure short_line = lines();
  short_line.lines[0].values.pop_back();
  EXPECT_FALSE(write_figure(folder / "a.png", short_line, {}).ok());
  EXPECT_THAT(error_of(write_figure(folder / "a.jpg", heat(), {})), HasSubstr(".png, .svg or .pdf"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.png"));
}

CompareColumn column(float grey) {
  CompareColumn c;
  c.name = "run";
  c.numbers = {{"test ELBO, nats", "−100.00", true}, {"KL", "20.00", false}};
  c.map.positions = FloatArray(2, 2);
  c.map.positions.values = {0, 0, 1, 1};
  c.map.colours = {{255, 0, 0, 255}, {0, 0, 255, 255}};
  c.reconstruction_images = {FloatArray(4, 6, grey), 3, 2, 1, 2};
  c.sample_images = {FloatArray(4, 6, grey), 3, 2, 1, 4};
  return c;
}

TEST(CompareFigure, HasAColumnARunAndAHeightThatFits) {
  const TemporaryFolder folder;
  CompareFigure f;
  f.columns = {column(0.25f), column(0.75f)};
  ASSERT_TRUE(write_figure(folder / "c.png", f, {900, 1, false, 10}).ok());
  const Found left = find(folder / "c.png", {64, 64, 64, 255}, 2), right = find(folder / "c.png", {191, 191, 191, 255}, 2);
  EXPECT_GT(left.count, 10'000u);
  EXPECT_LT(left.x, 450);
  EXPECT_GT(right.x, 450);
  EXPECT_NEAR(left.y, right.y, 30) << "the same row";
  const Image image = decode_image(read_file(folder / "c.png").value(), "c.png", 3).value();
  f.columns.push_back(column(0.5f));
  ASSERT_TRUE(write_figure(folder / "d.png", f, {900, 1, false, 10}).ok());
  EXPECT_LT(decode_image(read_file(folder / "d.png").value(), "d.png", 3)->height, image.height) << "narrower columns of the same page";
  EXPECT_TRUE(write_figure(folder / "c.pdf", f, {900, 1, false, 1}).ok());
}

TEST(CompareFigure, RefusesWhatDoesNotAgree) {
  const TemporaryFolder folder;
  CompareFigure f;
  EXPECT_FALSE(write_figure(folder / "c.png", f, {}).ok());
  f.columns = {column(0.5f)};
  f.columns[0].map.colours.pop_back();
  EXPECT_FALSE(write_figure(folder / "c.png", f, {}).ok());
  f.columns = {column(0.5f)};
  f.columns[0].sample_images.width = 3;
  EXPECT_FALSE(write_figure(folder / "c.png", f, {}).ok());
}

}  // namespace
}  // namespace latentscape
