#include "app/panels/curves/plot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {
namespace {

using Points = std::vector<std::array<double, 2>>;

TEST(Smooth, KeepsAConstantAndHasNoStartUpBias) {
  Points p;
  for (int i = 0; i < 10; ++i) p.push_back({static_cast<double>(i), 7.0});
  smooth(p, 0.9);
  for (const auto& v : p) EXPECT_NEAR(v[1], 7.0, 1e-12);
}

TEST(Smooth, IsTheBiasCorrectedExponentialMean) {
  Points p{{0, 1.0}, {1, 3.0}};
  smooth(p, 0.5);
  EXPECT_DOUBLE_EQ(p[0][1], 1.0);
  EXPECT_NEAR(p[1][1], (0.25 * 1.0 + 0.5 * 3.0) / 0.75, 1e-12);
}

TEST(Smooth, StepsOverWhatIsNotANumber) {
  Points p{{0, 1.0}, {1, std::numeric_limits<double>::quiet_NaN()}, {2, 1.0}};
  smooth(p, 0.9);
  EXPECT_TRUE(std::isnan(p[1][1]));
  EXPECT_NEAR(p[2][1], 1.0, 1e-12);
}

TEST(PlotTicks, AreRoundAndHaveShortLabelsEvenWhereTheLossExploded) {
  const PlotTicks plain = ticks_between(171.0, 262.0, 120.0f, 30.0f, false);
  ASSERT_GE(plain.at.size(), 2u);
  EXPECT_EQ(plain.labels.size(), plain.at.size());
  EXPECT_EQ(plain.labels.front().find('.'), std::string::npos) << "no decimals where steps are whole";
  const PlotTicks huge = ticks_between(0.0, 6.0e14, 120.0f, 30.0f, false);
  ASSERT_GE(huge.at.size(), 2u);
  for (const std::string& label : huge.labels) EXPECT_LE(label.size(), 7u) << label;
  EXPECT_TRUE(ticks_between(1.0, 1.0, 100.0f, 30.0f, false).at.empty());
  EXPECT_TRUE(ticks_between(0.0, std::numeric_limits<double>::infinity(), 100.0f, 30.0f, false).at.empty());
}

TEST(Smooth, IsOnByDefault) { EXPECT_GT(CurvesView{}.smoothing, 0.0f); }

TEST(Thinned, KeepsSpikesAndOrder) {
  Points p;
  for (int i = 0; i < 100000; ++i) p.push_back({static_cast<double>(i), i == 54321 ? 99.0 : std::sin(i * 0.001)});
  const Points out = thinned(p, 600);
  EXPECT_LE(out.size(), 600u);
  EXPECT_TRUE(std::is_sorted(out.begin(), out.end(), [](const auto& a, const auto& b) { return a[0] < b[0]; }));
  EXPECT_TRUE(std::any_of(out.begin(), out.end(), [](const auto& v) { return v[1] == 99.0; }));
}

}  // namespace
}  // namespace latentscape
