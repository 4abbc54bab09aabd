// Built-in `shapes`: what is drawn is what the factors say.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "core/data/source.hpp"

namespace latentscape {
namespace {

constexpr size_t kSide = 64, kPixels = kSide * kSide;

std::shared_ptr<const Dataset> shapes(size_t count, uint64_t seed = 1) {
  DataRequest request;
  request.spec = "shapes";
  request.count = count;
  request.seed = seed;
  auto result = load_dataset(request);
  EXPECT_TRUE(result.ok()) << result.error().message;
  return *result;
}

const uint8_t* image(const Dataset& data, size_t i) { return std::get<std::vector<uint8_t>>(data.values).data() + i * kPixels; }
double factor(const Dataset& data, size_t column, size_t i) { return static_cast<double>(data.columns[column].values[i]); }
enum { shape, scale, orientation, x, y };

/// Ink (px), its centre, and the mean of (dx + i dy)^2, whose angle is twice that of the long axis.
struct Moments {
  double ink = 0, x = 0, y = 0, along_x = 0, along_y = 0;
};
Moments moments_of(const uint8_t* pixels) {
  Moments m;
  const auto each = [&](const auto& take) {
    for (size_t p = 0; p < kPixels; ++p)
      if (pixels[p]) take(pixels[p] / 255.0, static_cast<double>(p % kSide) + 0.5, static_cast<double>(p / kSide) + 0.5);
  };
  each([&](double v, double px, double py) {
    m.ink += v;
    m.x += v * px;
    m.y += v * py;
  });
  m.x /= m.ink;
  m.y /= m.ink;
  each([&](double v, double px, double py) {
    const double dx = px - m.x, dy = m.y - py;  // y upwards
    m.along_x += v * (dx * dx - dy * dy) / m.ink;
    m.along_y += v * 2 * dx * dy / m.ink;
  });
  return m;
}

double angle_between(double a, double b, double turn) { return std::abs(std::remainder(a - b, turn)); }

TEST(Shapes, DefaultSizeSplitsAndFactors) {
  const auto data = shapes(0);
  EXPECT_EQ(data->rows, 20'000u);
  EXPECT_EQ(data->shape, (std::vector<size_t>{64, 64}));
  EXPECT_LT(data->bytes() / data->rows, kPixels + 64) << "a byte a pixel";
  EXPECT_EQ(data->ids_of(Split::test).size(), 4'000u);
  EXPECT_EQ(data->ids_of(Split::heldout).size(), 800u);
  EXPECT_EQ(data->labels()->name, "shape");
  EXPECT_EQ(data->labels()->categories, (std::vector<std::string>{"square", "ellipse", "heart"}));
  const std::array<size_t, 5> levels = {3, 6, 40, 32, 32};
  for (size_t c = 0; c < levels.size(); ++c) {
    std::map<float, size_t> seen;
    for (const float v : data->columns[c].values) ++seen[v];
    EXPECT_EQ(seen.size(), levels[c]) << data->columns[c].name;
    const double even = 20'000.0 / static_cast<double>(levels[c]);
    for (const auto& [value, count] : seen) EXPECT_NEAR(static_cast<double>(count), even, 6 * std::sqrt(even)) << value;
  }
}

TEST(Shapes, EachCombinationIsThereAtMostOnceAndARowDependsOnSeedAndIndexAlone) {
  const auto few = shapes(100), many = shapes(3000), other = shapes(100, 2);
  std::set<std::array<float, 5>> seen;
  for (size_t i = 0; i < many->rows; ++i) {
    std::array<float, 5> key;
    for (size_t c = 0; c < 5; ++c) key[c] = many->columns[c].values[i];
    EXPECT_TRUE(seen.insert(key).second) << "row " << i;
  }
  EXPECT_TRUE(std::equal(image(*few, 0), image(*few, 99) + kPixels, image(*many, 0)));
  EXPECT_FALSE(std::equal(image(*few, 0), image(*few, 99) + kPixels, image(*other, 0)));
}

TEST(Shapes, PlaceAndScaleAreThoseOfTheFactors) {
  const auto data = shapes(3000);
  for (size_t i = 0; i < data->rows; ++i) {
    const Moments m = moments_of(image(*data, i));
    const double s = factor(*data, scale, i);
    ASSERT_NEAR(m.x, factor(*data, x, i), 0.07) << "row " << i;
    ASSERT_NEAR(m.y, factor(*data, y, i), 0.07) << "row " << i;
    const std::array<double, 3> areas = {18.0 * 18.0, std::numbers::pi * 13.2 * 7.8, 3.662 * 9.5 * 9.5};
    const double area = areas[static_cast<size_t>(factor(*data, shape, i))];
    ASSERT_NEAR(m.ink / (area * s * s), 1.0, 0.05) << "row " << i << " shape " << factor(*data, shape, i);
    for (size_t p = 0; p < kSide; ++p) {
      ASSERT_EQ(image(*data, i)[p] + image(*data, i)[kPixels - 1 - p], 0) << "row " << i << " touches the top or bottom";
      ASSERT_EQ(image(*data, i)[p * kSide] + image(*data, i)[p * kSide + kSide - 1], 0) << "row " << i << " touches a side";
    }
  }
}

TEST(Shapes, OrientationTurnsTheSprite) {
  const auto data = shapes(3000);
  const double degree = std::numbers::pi / 180;
  size_t ellipses = 0, hearts = 0;
  for (size_t i = 0; i < data->rows; ++i) {
    const Moments m = moments_of(image(*data, i));
    const double turned = factor(*data, orientation, i) * degree;
    if (factor(*data, shape, i) == 1) {
      ++ellipses;
      ASSERT_LT(angle_between(std::atan2(m.along_y, m.along_x), 2 * turned, 2 * std::numbers::pi), 4 * degree) << "row " << i;
    } else if (factor(*data, shape, i) == 2) {
      ++hearts;  // upright, its point is below and a notch above
      const auto ink_at = [&](double degrees, double radius) {
        const double r = radius * 9.5 * factor(*data, scale, i), angle = turned + degrees * degree;
        const auto column = static_cast<size_t>(factor(*data, x, i) + r * std::cos(angle));
        return static_cast<int>(image(*data, i)[static_cast<size_t>(factor(*data, y, i) - r * std::sin(angle)) * kSide + column]);
      };
      ASSERT_GT(ink_at(-90, 1.1), ink_at(90, 1.1) + 100) << "row " << i;
      ASSERT_GT(std::min(ink_at(30, 1.0), ink_at(150, 1.0)), 200) << "row " << i;
    }
  }
  EXPECT_GT(ellipses, 500u);
  EXPECT_GT(hearts, 500u);
}

TEST(Shapes, EdgesAreSoftAndTheMiddleIsFull) {
  const auto data = shapes(200);
  for (size_t i = 0; i < data->rows; ++i) {
    const size_t column = static_cast<size_t>(factor(*data, x, i)), row = static_cast<size_t>(factor(*data, y, i));
    ASSERT_EQ(image(*data, i)[row * kSide + column], 255) << "row " << i;
    const bool soft = std::any_of(image(*data, i), image(*data, i) + kPixels, [](uint8_t v) { return v > 0 && v < 255; });
    const bool level = std::remainder(factor(*data, orientation, i), 90) == 0 && factor(*data, shape, i) == 0;
    if (!level) {
      ASSERT_TRUE(soft) << "row " << i;
    }
  }
}

TEST(Shapes, RefusesMoreThanThereAreAndStopsWhenAsked) {
  DataRequest request;
  request.spec = "shapes";
  request.count = 737'281;
  const auto refused = load_dataset(request);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("expected 10 to 737280"), std::string::npos) << refused.error().message;
  request.count = 1000;
  std::stop_source stop;
  stop.request_stop();
  request.stop = stop.get_token();
  EXPECT_EQ(load_dataset(request).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
