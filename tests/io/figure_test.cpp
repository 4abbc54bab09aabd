#include "core/io/figure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "core/formats/image.hpp"
#include "core/io/ticks.hpp"
#include "tests/io/io_fixtures.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ScatterFigure scatter(size_t n) {
  ScatterFigure f;
  f.title = "strokes, posterior means";
  f.x_label = "z1";
  f.y_label = "z2";
  f.positions = FloatArray(n, 2);
  Rng rng(1, RngStream::general);
  for (size_t i = 0; i < n; ++i) {
    const double angle = static_cast<double>(i % 10) * 0.63;
    f.positions(i, 0) = static_cast<float>(2.2 * std::cos(angle) + 0.5 * rng.normal());
    f.positions(i, 1) = static_cast<float>(1.8 * std::sin(angle) + 0.4 * rng.normal());
    f.colours.push_back(categorical_colour(i % 10, false));
    f.heldout.push_back(i % 20 < 1);
  }
  for (size_t i = 0; i < 10; ++i) f.legend.emplace_back(std::to_string(i), categorical_colour(i, false));
  f.note = "10,000 of 60,000 points";
  return f;
}

CurvesFigure curves() {
  CurvesFigure f;
  f.title = "Loss";
  f.x_label = "epoch";
  f.y_label = "nats";
  f.curves = {{"train", {{0, 200}, {1, 150}, {2, 140}}, categorical_colour(0, false)},
              {"held-out", {{1, 152}, {2, std::nan("")}, {3, 141}}, categorical_colour(1, false)}};
  f.marks = {{1.5, "lr 3e-4"}, {1.6, "beta 0.5"}};
  return f;
}

Image decoded(const std::string& path) { return decode_image(read_file(path).value(), path, 3).value(); }

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// A letter that no font has is a box, and two of them are alike.
TEST(Figure, ChineseLettersAreNotBoxes) {
  if (std::system("fc-list :lang=zh 2>/dev/null | grep -qE 'Noto Sans CJK SC|WenQuanYi|Droid Sans Fallback'") != 0)
    GTEST_SKIP() << "no font with Chinese letters is installed";
  const TemporaryFolder folder("chinese");
  ScatterFigure figure = scatter(10);
  FigureStyle style;
  for (const auto& [name, title] : {std::pair("north.png", "北"), std::pair("coast.png", "海")}) {
    figure.title = title;
    ASSERT_TRUE(write_figure(folder / name, figure, style).ok());
  }
  EXPECT_NE(decoded(folder / "north.png").pixels, decoded(folder / "coast.png").pixels);
}

TEST(Ticks, AreRoundNumbersInsideTheRange) {
  for (const double low : {-3.7, 0.0, 1e-7, 12345.0}) {
    for (const double span : {1e-6, 0.03, 1.0, 7.0, 99.0, 1e6}) {
      const std::vector<Tick> ticks = linear_ticks(low, low + span, 6);
      ASSERT_GE(ticks.size(), 3u) << low << " " << span;
      ASSERT_LE(ticks.size(), 13u);
      for (const Tick& t : ticks) {
        EXPECT_GE(t.value, low - 1e-9 * span);
        EXPECT_LE(t.value, low + span + 1e-9 * span);
      }
      const double step = ticks[1].value - ticks[0].value;
      const double digit = step / std::pow(10.0, std::floor(std::log10(step * 1.0001)));
      EXPECT_TRUE(std::abs(digit - 1) < 1e-3 || std::abs(digit - 2) < 1e-3 || std::abs(digit - 5) < 1e-3) << step;
    }
  }
}

TEST(Ticks, LabelsAreForPeople) {
  EXPECT_EQ(tick_label(-1.5, 0.5), "−1.5");
  EXPECT_EQ(tick_label(1e-18, 0.5), "0");
  EXPECT_EQ(tick_label(1234500, 500), "1,234,500");
  EXPECT_EQ(tick_label(0.25, 0.05), "0.25");
  EXPECT_EQ(tick_label(2e7, 1e7), "2×10⁷");
  EXPECT_EQ(value_label(3.14159), "3.14");
  EXPECT_EQ(value_label(std::nan("")), "–");
  std::vector<std::string> labels;
  for (const Tick& t : log_ticks(1, 100, 6)) labels.push_back(t.label);
  EXPECT_THAT(labels, ElementsAre("1", "2", "5", "10", "20", "50", "100"));
}

TEST(Figure, EachFormatHasItsSignatureAndIsDeterministic) {
  const TemporaryFolder folder;
  const FigureStyle style{600, 450, false, 50};
  for (const size_t n : {size_t{40}, size_t{400}}) {  // as shapes, and as an image
    for (const auto& [extension, signature] : {std::pair<std::string, std::string>{"png", "\x89PNG"}, {"svg", "<?xml"}, {"pdf", "%PDF"}}) {
      const std::string a = folder / ("a." + extension), b = folder / ("b." + extension);
      ASSERT_TRUE(write_figure(a, scatter(n), style).ok());
      ASSERT_TRUE(write_figure(b, scatter(n), style).ok());
      EXPECT_EQ(text_of(a).substr(0, signature.size()), signature);
      EXPECT_EQ(text_of(a), text_of(b)) << extension << " " << n;
      ASSERT_TRUE(write_figure(a, curves(), style).ok());
      ASSERT_TRUE(write_figure(a, BarsFigure{"KL", "nats", {{"z1", 3.4}, {"z2", 0}}, {0, 0, 255, 255}}, style).ok());
      EXPECT_GT(text_of(a).size(), 500u);
    }
  }
}

TEST(Figure, ManyPointsAreOneImageInsideSvg) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_figure(folder / "shapes.svg", scatter(60), {800, 600, false, 60}).ok());
  ASSERT_TRUE(write_figure(folder / "image.svg", scatter(61), {800, 600, false, 60}).ok());
  EXPECT_EQ(count(text_of(folder / "shapes.svg"), "<image"), 0u);
  EXPECT_EQ(count(text_of(folder / "image.svg"), "<image"), 1u);
  EXPECT_GT(count(text_of(folder / "shapes.svg"), "<path"), 60u);
}

TEST(Figure, PointsLandWhereTheAxesSay) {
  const TemporaryFolder folder;
  ScatterFigure f;
  f.positions = FloatArray(3, 2);
  f.positions.values = {0, 0, 1, 1, NAN, 0};
  f.colours = {{255, 0, 0, 255}, {0, 0, 255, 255}, {0, 255, 0, 255}};
  f.point_radius = 6;
  ASSERT_TRUE(write_figure(folder / "p.png", f, {400, 300, true, 10}).ok());
  const Image image = decoded(folder / "p.png");
  double red_x = 0, red_y = 0, blue_x = 0, blue_y = 0;
  size_t reds = 0, blues = 0, greens = 0;
  for (size_t y = 0; y < image.height; ++y) {
    for (size_t x = 0; x < image.width; ++x) {
      const uint8_t* p = image.pixels.data() + (y * image.width + x) * 3;
      if (p[0] > 200 && p[1] < 40 && p[2] < 40) ++reds, red_x += static_cast<double>(x), red_y += static_cast<double>(y);
      if (p[2] > 200 && p[0] < 40 && p[1] < 40) ++blues, blue_x += static_cast<double>(x), blue_y += static_cast<double>(y);
      greens += p[1] > 200 && p[0] < 40 ? 1 : 0;
    }
  }
  ASSERT_GT(reds, 4u);
  ASSERT_GT(blues, 4u);
  EXPECT_EQ(greens, 0u);  // NaN is not drawn
  const double dx = blue_x / static_cast<double>(blues) - red_x / static_cast<double>(reds);
  const double dy = red_y / static_cast<double>(reds) - blue_y / static_cast<double>(blues);
  EXPECT_GT(dx, 50);         // right
  EXPECT_NEAR(dx, dy, 1.5);  // and up by as much: one scale for both axes
}

TEST(Figure, ViewAndUnderlayAndOddInput) {
  const TemporaryFolder folder;
  ScatterFigure f = scatter(30);
  f.view = std::array<float, 4>{-3, -3, 3, 3};
  f.underlay.push_back({{-1, -1, 1, 1}, 2, 2, 1, {0, 255, 255, 0}});
  ASSERT_TRUE(write_figure(folder / "u.svg", f, {600, 450, true, 100}).ok());
  EXPECT_EQ(count(text_of(folder / "u.svg"), "<image"), 1u);
  f.underlay[0].pixels.pop_back();
  EXPECT_EQ(write_figure(folder / "bad.png", f, {}).error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(std::filesystem::exists(folder / "bad.png"));
  ScatterFigure colourless = scatter(3);
  colourless.colours.pop_back();
  EXPECT_FALSE(write_figure(folder / "bad.png", colourless, {}).ok());
  EXPECT_TRUE(write_figure(folder / "empty.png", ScatterFigure{}, {}).ok());
  EXPECT_TRUE(write_figure(folder / "empty.svg", CurvesFigure{}, {}).ok());
  EXPECT_TRUE(write_figure(folder / "empty.pdf", BarsFigure{}, {}).ok());
  ScatterFigure same;
  same.positions = FloatArray(2, 2, 5.0f);
  same.colours = {Rgba{}, Rgba{}};
  EXPECT_TRUE(write_figure(folder / "same.png", same, {}).ok());
  CurvesFigure log = curves();
  log.log_y = true;
  log.curves[0].points.push_back({3, -1});  // has no place on a logarithmic axis
  EXPECT_TRUE(write_figure(folder / "log.png", log, {}).ok());
}

TEST(Figure, ErrorsNameThePath) {
  const TemporaryFolder folder;
  const Status wrong = write_figure(folder / "a.jpg", curves(), {});
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, ::testing::AllOf(HasSubstr("a.jpg"), HasSubstr(".png, .svg or .pdf")));
  EXPECT_FALSE(write_figure(folder / "a.png", curves(), {0, 10, false, 1}).ok());
  EXPECT_FALSE(write_figure(folder / "a.png", curves(), {20, 20, false, 1}).ok());
  EXPECT_FALSE(write_figure(folder / "a.png", curves(), {1e9, 10, false, 1}).ok());
  const Status nowhere = write_figure(folder / "no/such/a.svg", curves(), {});
  ASSERT_FALSE(nowhere.ok());
  EXPECT_THAT(nowhere.error().message, HasSubstr("no/such/a.svg"));
}

TEST(Figure, ImagesComeBackPixelByPixel) {
  const TemporaryFolder folder;
  const std::vector<uint8_t> pixels = {0, 50, 100, 150, 200, 250};
  ASSERT_TRUE(write_image_figure(folder / "i.png", pixels, 3, 2, 1).ok());
  const Image image = decode_image(read_file(folder / "i.png").value(), "i.png").value();
  EXPECT_EQ(image.width, 3u);
  EXPECT_EQ(image.channels, 1u);
  EXPECT_EQ(image.pixels, pixels);
  ASSERT_TRUE(write_image_figure(folder / "i.svg", pixels, 3, 2, 1).ok());
  EXPECT_EQ(count(text_of(folder / "i.svg"), "<image"), 1u);
  EXPECT_FALSE(write_image_figure(folder / "j.png", pixels, 3, 3, 1).ok());
}

}  // namespace
}  // namespace latentscape
