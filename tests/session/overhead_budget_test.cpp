// The budget with a clock that the test winds: shares and rates hold whatever things cost.
#include "core/session/overhead_budget.hpp"

#include <gtest/gtest.h>

#include "core/session/loss_window.hpp"

namespace latentscape {
namespace {

struct Spent {
  double training = 0.0, snapshots = 0.0, refresh = 0.0;
  size_t published = 0;
};

Spent simulate(OverheadBudget budget, double minibatch, double snapshot_cost, double refresh_cost, size_t minibatches) {
  Spent spent;
  double now = 100.0;
  for (size_t i = 0; i < minibatches; ++i) {
    now += minibatch;
    spent.training += minibatch;
    budget.trained(minibatch);
    if (budget.snapshot_due(now)) {
      now += snapshot_cost;
      spent.snapshots += snapshot_cost;
      ++spent.published;
      budget.published(now, snapshot_cost);
    }
    if (budget.refresh_allowance() > 0.0) {
      now += refresh_cost;
      spent.refresh += refresh_cost;
      budget.refreshed(refresh_cost);
    }
  }
  return spent;
}

TEST(OverheadBudget, CheapSnapshotsComeAtMostAtTheRate) {
  const Spent spent = simulate({0.2, 20.0}, 0.001, 1e-5, 1e-4, 10000);
  EXPECT_LE(spent.published, 20 * (spent.training + spent.snapshots + spent.refresh) + 1);
  EXPECT_GE(spent.published, 150u);
}

TEST(OverheadBudget, DearOnesComeAsOftenAsTheShareAllows) {
  for (const double cost : {0.002, 0.02, 0.5}) {
    const Spent spent = simulate({0.2, 20.0}, 0.005, cost, cost / 2, 20000);
    // One of each may be paid ahead.
    EXPECT_LE(spent.snapshots + spent.refresh, 0.2 * spent.training + 2 * cost) << cost;
    EXPECT_GE(spent.published, 1u);
  }
}

TEST(OverheadBudget, WhatHadToBeDoneIsPaidBackByOptionalRefreshes) {
  OverheadBudget budget(0.2, 20.0);
  budget.trained(1.0);
  budget.refreshed(1.0);  // an epoch's end
  EXPECT_LE(budget.refresh_allowance(), 0.0);
  EXPECT_TRUE(budget.snapshot_due(0.0)) << "the map moves on all the same";
  budget.trained(7.0);
  EXPECT_GT(budget.refresh_allowance(), 0.0);
}

TEST(SpeedMeter, CountsAllThatWentThrough) {
  SpeedMeter meter;
  for (size_t i = 0; i < 50; ++i) meter.add(32, 0.1);
  EXPECT_EQ(meter.samples(), 1600u);
  EXPECT_NEAR(meter.training_seconds(), 5.0, 1e-9);
  EXPECT_NEAR(meter.samples_per_s(), 320.0, 1e-6);
}

TEST(LossWindow, IsTheMeanOverExamples) {
  LossWindow window;
  window.add({10.0, 2.0, 12.0}, 1.0, 30);
  window.add({20.0, 4.0, 24.0}, 3.0, 10);
  EXPECT_DOUBLE_EQ(window.mean().reconstruction, 12.5);
  EXPECT_DOUBLE_EQ(window.mean().kl, 2.5);
  EXPECT_DOUBLE_EQ(window.mean().objective, 15.0);
  EXPECT_DOUBLE_EQ(window.gradient_norm(), 2.0);
  EXPECT_EQ(window.minibatches(), 2u);
}

}  // namespace
}  // namespace latentscape
