#include "core/train/history.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

StepReport report(uint64_t step, size_t samples, double reconstruction, double kl) {
  StepReport r;
  r.step = step;
  r.samples = samples;
  r.terms = {reconstruction, kl, reconstruction + 2 * kl};
  r.gradient_norm = static_cast<double>(step);
  return r;
}

TEST(ReportWindow, WeighsStepsByTheirSamplesAndStartsAnew) {
  ReportWindow window;
  EXPECT_TRUE(window.empty());
  window.add(report(1, 30, 10.0, 1.0));
  window.add(report(2, 10, 20.0, 5.0));
  const MetricsPoint point = window.take();
  EXPECT_EQ(point.step, 2u);
  EXPECT_EQ(point.samples, 40u);
  EXPECT_DOUBLE_EQ(point.train.reconstruction, 12.5);
  EXPECT_DOUBLE_EQ(point.train.kl, 2.0);
  EXPECT_DOUBLE_EQ(point.train.objective, 16.5);
  EXPECT_DOUBLE_EQ(point.gradient_norm, 1.5);
  EXPECT_TRUE(window.empty());
  window.add(report(3, 5, 7.0, 0.0));
  EXPECT_DOUBLE_EQ(window.take().train.reconstruction, 7.0);
}

TEST(ReportWindow, LeavesRecoveriesOut) {
  ReportWindow window;
  StepReport broken = report(0, 5, 1e300, 0.0);
  broken.recovered = true;
  window.add(broken);
  EXPECT_TRUE(window.empty());
  EXPECT_EQ(window.take().train.reconstruction, 0.0);
}

}  // namespace
}  // namespace latentscape
