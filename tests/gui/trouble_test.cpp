#include "app/gui/trouble.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(Trouble, AfterARecoveryCurvesNeverRunBackwards) {
  SessionHistory history;
  for (uint64_t step = 1; step <= 6; ++step) {
    event::LossPoint point;
    point.step = step;
    history.losses.push_back(point);
  }
  for (const uint64_t step : {3, 6}) {
    event::Evaluated evaluated;
    evaluated.step = step;
    history.evaluations.push_back(evaluated);
    event::SettingChanged changed;
    changed.step = step;
    history.changes.push_back(changed);
  }
  history.log.emplace_back();
  forget_after(history, 3);
  ASSERT_EQ(history.losses.size(), 3u);
  EXPECT_EQ(history.losses.back().step, 3u);
  ASSERT_EQ(history.evaluations.size(), 1u);
  EXPECT_EQ(history.evaluations.back().step, 3u);
  ASSERT_EQ(history.changes.size(), 1u);
  EXPECT_EQ(history.changes.back().step, 3u);
  EXPECT_EQ(history.log.size(), 1u) << "what was told is not taken back";
  forget_after(history, 0);
  EXPECT_TRUE(history.losses.empty());
}

}  // namespace
}  // namespace latentscape
