// Built-in `mixture` and its variants: what is said to be known of the points is true of them.
#include "core/data/mixture.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/data/source.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<PointCloud> cloud(const std::string& variant, uint64_t seed = 1) {
  auto made = make_point_cloud(variant, seed);
  EXPECT_TRUE(made.ok()) << made.error().message;
  return std::move(made).value();
}

Result<std::shared_ptr<const Dataset>> load(const std::string& spec, size_t count = 0, uint64_t seed = 1) {
  DataRequest request;
  request.spec = spec;
  request.count = count;
  request.seed = seed;
  return load_dataset(request);
}

const Column& column(const Dataset& data, const std::string& name) {
  return *std::find_if(data.columns.begin(), data.columns.end(), [&](const Column& c) { return c.name == name; });
}

/// Share of the mass in each quadrant by the midpoint rule, and of all of it.
std::array<double, 5> masses(const PointCloud& points) {
  constexpr int kSteps = 1200;
  constexpr double kReach = 9.0, kStep = 2 * kReach / kSteps;
  std::array<double, 5> mass{};
  for (int i = 0; i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j) {
      const std::array<double, 2> at = {-kReach + (i + 0.5) * kStep, -kReach + (j + 0.5) * kStep};
      const double m = std::exp(*points.log_density(at)) * kStep * kStep;
      mass[(at[0] > 0 ? 1 : 0) + (at[1] > 0 ? 2 : 0)] += m;
      mass[4] += m;
    }
  return mass;
}

TEST(Mixture, ThePlanesDensityIntegratesToOneAndIsThatOfTheDraws) {
  for (const char* variant : {"", "rings"}) {
    const auto points = cloud(variant, 3);
    const std::array<double, 5> mass = masses(*points);
    EXPECT_NEAR(mass[4], 1.0, 2e-4) << variant;
    constexpr size_t kDraws = 20'000;
    std::array<double, 4> share{};
    Rng rng(5, RngStream::general);
    std::array<double, 2> at;
    std::array<double, 1> factor;
    for (size_t i = 0; i < kDraws; ++i) {
      points->draw(rng, at, factor);
      share[(at[0] > 0 ? 1 : 0) + (at[1] > 0 ? 2 : 0)] += 1.0 / kDraws;
    }
    for (size_t q = 0; q < 4; ++q) EXPECT_NEAR(share[q], mass[q], 0.015) << variant << " quadrant " << q;
  }
}

// A Gaussian in one dimension can be integrated; in more, the mean of -log p is between the entropy of one cluster and log 6 above it.
TEST(Mixture, GaussiansInAnyNumberOfDimensions) {
  const auto line = cloud("1d", 2);
  double mass = 0;
  for (double x = -20; x < 20; x += 1e-3) mass += std::exp(*line->log_density(std::array<double, 1>{x})) * 1e-3;
  EXPECT_NEAR(mass, 1.0, 1e-6);
  const auto points = cloud("8d");
  Rng rng(5, RngStream::general);
  std::array<double, 8> at;
  constexpr size_t kDraws = 5000;
  std::vector<std::array<double, 8>> of_class[6];
  double surprise = 0;
  for (size_t i = 0; i < kDraws; ++i) {
    of_class[points->draw(rng, at, {})].push_back(at);
    surprise -= *points->log_density(at) / kDraws;
  }
  double entropy = 0;  // of the cluster a point is from, by the sample's own variances
  for (const auto& members : of_class) {
    ASSERT_GT(members.size(), 500u);
    for (size_t j = 0; j < 8; ++j) {
      double sum = 0, squares = 0;
      for (const auto& p : members) sum += p[j], squares += p[j] * p[j];
      const double n = static_cast<double>(members.size()), variance = squares / n - sum * sum / n / n;
      entropy += n / kDraws * 0.5 * (std::log(2 * 3.14159265358979 * variance) + 1);
    }
  }
  EXPECT_NEAR(surprise, entropy + std::log(6.0), 0.1) << "clusters so far apart hardly overlap";
}

// E[1 / p(x); x in a box] is the area of the box: true only of the density of the standardised points, its scale included.
TEST(Mixture, TheColumnIsTheDensityOfTheStandardisedPoints) {
  const auto result = load("mixture", 40'000);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  const std::vector<float>& log_density = column(data, "log_density").values;
  const std::vector<float>&x = column(data, "x").values, &y = column(data, "y").values;
  const size_t centre = static_cast<size_t>(std::max_element(log_density.begin(), log_density.end()) - log_density.begin());
  constexpr float kHalf = 0.05f;
  double area = 0;
  for (size_t i = 0; i < data.rows; ++i)
    if (std::abs(x[i] - x[centre]) < kHalf && std::abs(y[i] - y[centre]) < kHalf)
      area += std::exp(-static_cast<double>(log_density[i])) / static_cast<double>(data.rows);
  EXPECT_NEAR(area / (4 * kHalf * kHalf), 1.0, 0.1);
}

TEST(Mixture, RingsKeepTheirAngleAndClass) {
  const auto result = load("mixture:rings", 2000);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  EXPECT_EQ(data.name, "mixture:rings");
  EXPECT_EQ(data.labels()->categories, (std::vector<std::string>{"inner", "middle", "outer"}));
  EXPECT_EQ(data.ids_of(Split::test).size(), 400u);
  std::array<double, 3> radius{}, count{};
  const auto& x = column(data, "x").values;
  const auto& y = column(data, "y").values;
  for (size_t i = 0; i < data.rows; ++i) {
    const auto k = static_cast<size_t>(data.label(i));
    radius[k] += std::hypot(x[i], y[i]);
    ++count[k];
    const double turned = std::atan2(y[i], x[i]) * 180 / 3.14159265358979 - static_cast<double>(column(data, "angle").values[i]);
    ASSERT_LT(std::abs(std::remainder(turned, 360.0)), 12.0) << "row " << i << ", up to the centring of the inner ring";
  }
  EXPECT_NEAR((radius[1] / count[1]) / (radius[0] / count[0]), 2.0, 0.3);
  EXPECT_GT(radius[2] / count[2], radius[1] / count[1]);
}

TEST(Mixture, TheSwissRollUnrollsToItsTwoCoordinates) {
  const auto result = load("mixture:swiss-roll", 3000);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  EXPECT_EQ(data.shape, std::vector<size_t>{3});
  const auto& turn = column(data, "turn").values;
  const auto& height = column(data, "height").values;
  // By least squares on (1, t cos t), the roll's own form: what is left is the noise of 0.1 beside a spread of about 6.5.
  const auto unexplained = [&](const char* name, const auto& form) {
    const auto& v = column(data, name).values;
    double s = 0, ss = 0, sv = 0, vv = 0, v1 = 0;
    for (size_t i = 0; i < data.rows; ++i) {
      const double f = form(i), value = v[i];
      s += f, ss += f * f, sv += f * value, vv += value * value, v1 += value;
    }
    const double n = static_cast<double>(data.rows), cov = sv / n - s / n * v1 / n;
    return 1 - cov * cov / ((ss / n - s / n * s / n) * (vv / n - v1 / n * v1 / n));
  };
  EXPECT_LT(unexplained("x", [&](size_t i) { return static_cast<double>(turn[i]) * std::cos(static_cast<double>(turn[i])); }), 1e-3);
  EXPECT_LT(unexplained("z", [&](size_t i) { return static_cast<double>(turn[i]) * std::sin(static_cast<double>(turn[i])); }), 1e-3);
  EXPECT_LT(unexplained("y", [&](size_t i) { return static_cast<double>(height[i]); }), 1e-3);
  EXPECT_EQ(data.classes(), 6u);
}

TEST(Mixture, RowsAndSeedsOfEveryVariant) {
  for (const char* spec : {"mixture", "mixture:8d", "mixture:rings", "mixture:swiss-roll"}) {
    EXPECT_EQ((*load(spec, 300))->fingerprint, (*load(spec, 300))->fingerprint) << spec;
    EXPECT_NE((*load(spec, 300))->fingerprint, (*load(spec, 300, 2))->fingerprint) << spec;
  }
  EXPECT_EQ((*load("mixture:8d"))->shape, std::vector<size_t>{8});
  EXPECT_EQ((*load("mixture:8d"))->origin, "mixture:8d");
}

TEST(Mixture, AnotherVariantIsOneSentence) {
  EXPECT_THAT(load("mixture:ring").error().message, HasSubstr("did you mean 'rings'"));
  EXPECT_THAT(load("mixture:0d").error().message, "mixture:0d: expected mixture:1d to mixture:1000d");
  EXPECT_THAT(load("mixture:9999d").error().message, HasSubstr("expected mixture:1d to mixture:1000d"));
  EXPECT_THAT(load("mixture:99999999999999999999999d").error().message, HasSubstr("unknown mixture"));
  EXPECT_THAT(load("strokes:thick").error().message, HasSubstr("strokes has no variants"));
  EXPECT_THAT(load("mixtur:rings").error().message, HasSubstr("unknown data"));
  EXPECT_THAT(load("mixture:1000d", 1'000'000).error().message, HasSubstr("expected 2 to 100000"));
}

}  // namespace
}  // namespace latentscape
