#include "app/gui/stats.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

TEST(Percentiles, AreNearestRank) {
  std::vector<double> values;
  for (int i = 100; i >= 1; --i) values.push_back(i);
  const Percentiles p = percentiles_of(values);
  EXPECT_EQ(p.p50, 50.0);
  EXPECT_EQ(p.p99, 99.0);
  EXPECT_EQ(p.max, 100.0);
  EXPECT_EQ(percentiles_of({7.0}).p99, 7.0);
  EXPECT_EQ(percentiles_of({}).max, 0.0);
}

TEST(ProbeClock, CountsAnswersAndForgetsWhatWasSuperseded) {
  ProbeClock clock;
  const auto now = Clock::now();
  clock.stamp(now);
  const uint64_t second = clock.stamp(now);
  clock.uploaded(second);
  clock.uploaded(second);  // the same texture again is no new answer
  EXPECT_EQ(clock.milliseconds().size(), 1u);
  clock.uploaded(1);  // superseded
  EXPECT_EQ(clock.milliseconds().size(), 1u);
}

TEST(FrameStats, WritesTheKeysThatScriptsRelyOn) {
  FrameStats stats;
  stats.add_frame(16.0, 3.0);
  stats.add_frame(18.0, 5.0);
  const auto json = nlohmann::json::parse(stats.json(60000, ProbeClock()));
  EXPECT_EQ(json["points"], 60000);
  EXPECT_EQ(json["frames"], 2);
  EXPECT_EQ(json["frame_ms"]["max"], 18.0);
  EXPECT_EQ(json["cpu_ms"]["p50"], 3.0);
  EXPECT_TRUE(json["probe_ms"].contains("p99"));
}

TEST(Numbers, AreWrittenForPeople) {
  EXPECT_EQ(ui::count(60000), "60,000");
  EXPECT_EQ(ui::count(999), "999");
  EXPECT_EQ(ui::count(1234567), "1,234,567");
  EXPECT_EQ(ui::number(-1.3, 2), "\u22121.30");
  EXPECT_EQ(ui::number(-0.001, 2), "0.00");
  EXPECT_EQ(ui::duration(41.2), "0:41");
  EXPECT_EQ(ui::duration(3725), "1:02:05");
  EXPECT_EQ(ui::scientific(1e-3), "1.0e-3");
  EXPECT_EQ(ui::scientific(9.99e-4), "1.0e-3");
  EXPECT_EQ(ui::scientific(2.5e4), "2.5e4");
}

}  // namespace
}  // namespace latentscape
