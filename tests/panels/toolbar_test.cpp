#include "app/panels/map/toolbar.hpp"

#include <gtest/gtest.h>

namespace latentscape::map_toolbar {
namespace {

BarWidths widths(float scale) {
  BarWidths w;
  w.views = {66 * scale, 50 * scale, 60 * scale};
  w.views_menu = 76 * scale;
  w.menus = {90 * scale, 90 * scale, 112 * scale, 154 * scale};  // axes, colour, underlay
  w.short_menus = {90 * scale, 90 * scale, 80 * scale, 98 * scale};
  return w;
}

/// Whether the items of each row fit side by side.
bool fits(const BarWidths& w, const BarPlan& plan, float room, float gap) {
  std::vector<float> used(plan.row_count, -gap);
  if (plan.views_as_menu)
    used[0] += w.views_menu + gap;
  else
    for (const float v : w.views) used[0] += v + gap;
  for (size_t i = 0; i < w.menus.size(); ++i) used[plan.rows[i]] += (plan.short_menus ? w.short_menus : w.menus)[i] + gap;
  for (const float row : used)
    if (row > room + 0.01f) return false;
  return true;
}

TEST(Toolbar, StaysInOneRowWithItsLabelsWhereThereIsRoom) {
  const BarPlan plan = plan_bar(widths(1), 990, 6, false);
  EXPECT_EQ(plan.row_count, 1u);
  EXPECT_FALSE(plan.short_menus);
  EXPECT_FALSE(plan.views_as_menu);
}

TEST(Toolbar, NothingOverlapsAtAnyScaleOrWidth) {
  for (const float scale : {1.0f, 1.5f, 1.6f, 2.0f, 3.0f})
    for (float room = 170.0f * scale; room < 1200.0f; room += 7.0f)
      for (const bool low : {false, true}) {
        const BarWidths w = widths(scale);
        const BarPlan plan = plan_bar(w, room, 6.0f * scale, low);
        EXPECT_TRUE(fits(w, plan, room, 6.0f * scale)) << scale << " " << room;
      }
}

TEST(Toolbar, LabelsGoBeforeARowIsAdded) {
  BarWidths w = widths(1);
  w.menus = {112, 154};
  w.short_menus = {80, 98};
  const BarPlan plan = plan_bar(w, 440, 6, false);  // 188 + 272 with labels, 188 + 184 without
  EXPECT_EQ(plan.row_count, 1u);
  EXPECT_TRUE(plan.short_menus);
  EXPECT_FALSE(plan.views_as_menu);
}

TEST(Toolbar, InALowMapTheViewsBecomeAMenuBeforeARowIsAdded) {
  BarWidths w = widths(1);
  w.menus = {112, 154};
  w.short_menus = {80, 98};
  EXPECT_EQ(plan_bar(w, 300, 6, false).row_count, 2u);
  const BarPlan low = plan_bar(w, 300, 6, true);
  EXPECT_TRUE(low.views_as_menu);
  EXPECT_EQ(low.row_count, 1u);
}

}  // namespace
}  // namespace latentscape::map_toolbar
