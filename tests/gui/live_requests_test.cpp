#include "app/gui/live_requests.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

TEST(UnderlayGrid, CoversTheVisiblePriorWithTilesThatAreNotTooSmall) {
  const Camera camera{0.0, 0.0, 0.01};
  const UnderlayGrid grid = underlay_grid(camera, 1000, 700, 1.0f, 3.2);
  EXPECT_GE(grid.step / camera.units_per_pixel, 32.0 - 1e-6);
  EXPECT_LE(grid.x, -3.0);
  EXPECT_GE(grid.x + grid.step * static_cast<double>(grid.columns - 1), 3.0);
  EXPECT_LE(grid.columns, 28u);
  EXPECT_LE(grid.rows, 28u);
}

TEST(UnderlayGrid, TilesStayInPlaceWhileTheCameraMoves) {
  const UnderlayGrid a = underlay_grid({0.00, 0.0, 0.004}, 1000, 700, 1.0f, 3.2);
  const UnderlayGrid b = underlay_grid({0.07, 0.0, 0.004}, 1000, 700, 1.0f, 3.2);
  EXPECT_EQ(a.step, b.step);
  const double offset = (b.x - a.x) / a.step;
  EXPECT_NEAR(offset, std::round(offset), 1e-6);
}

TEST(UnderlayGrid, IsEmptyFarFromThePrior) {
  const UnderlayGrid grid = underlay_grid({100.0, 0.0, 0.01}, 1000, 700, 1.0f, 3.2);
  EXPECT_EQ(grid.columns * grid.rows, 0u);
}

}  // namespace
}  // namespace latentscape
