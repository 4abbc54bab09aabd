#include "app/gui/layout.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace latentscape {
namespace {

bool overlap(const Rect& a, const Rect& b) {
  if (a.empty() || b.empty()) return false;
  return a.x < b.right() - 0.01f && b.x < a.right() - 0.01f && a.y < b.bottom() - 0.01f && b.y < a.bottom() - 0.01f;
}

TEST(Layout, RegionsNeverOverlapNorLeaveTheWindow) {
  for (const auto& [w, h] : {std::pair{1100.0f, 700.0f}, {1600.0f, 1000.0f}, {640.0f, 480.0f}, {3840.0f, 2160.0f}})
    for (const float scale : {1.0f, 1.5f, 2.0f, 3.0f})
      for (const float side : {100.0f, 336.0f, 700.0f})
        for (const bool hints : {false, true}) {
          LayoutView view;
          view.left = side;
          view.right = side;
          view.bottom = side;
          const Layout l = compute_layout(w, h, view, scale, hints);
          const std::vector<Rect> all = {l.top, l.hints, l.left, l.centre, l.right, l.bottom, l.status};
          for (size_t i = 0; i < all.size(); ++i) {
            EXPECT_GE(all[i].x, -0.01f);
            EXPECT_GE(all[i].y, -0.01f);
            EXPECT_LE(all[i].right(), w + 0.01f);
            EXPECT_LE(all[i].bottom(), h + 0.01f);
            for (size_t k = i + 1; k < all.size(); ++k)
              EXPECT_FALSE(overlap(all[i], all[k])) << w << "x" << h << " @" << scale << ": " << i << ", " << k;
          }
          EXPECT_GE(l.centre.w, 150.0f);
          EXPECT_GE(l.centre.h, 50.0f);
        }
}

TEST(Layout, TheSmallestWindowShowsEveryRegionAtScaleOne) {
  const Layout l = compute_layout(1100, 700, LayoutView{}, 1.0f, true);
  for (const Rect& rect : {l.top, l.hints, l.left, l.centre, l.right, l.bottom, l.status}) EXPECT_FALSE(rect.empty());
}

TEST(Layout, ClosedRegionsGiveTheirRoomToTheMap) {
  LayoutView view;
  view.left_open = view.right_open = view.bottom_open = false;
  const Layout l = compute_layout(1600, 1000, view, 1.0f, false);
  EXPECT_EQ(l.centre.w, 1600.0f);
  EXPECT_TRUE(l.left.empty());
  view.map_only = true;
  const Layout full = compute_layout(1600, 1000, view, 1.0f, true);
  EXPECT_EQ(full.centre.h, 1000.0f);
  EXPECT_TRUE(full.top.empty());
}

TEST(Layout, WhereOneSideHasRoomTheOneAskedForLastShows) {
  LayoutView view;
  view.favour = Favour::right;
  Layout l = compute_layout(1600, 1000, view, 2.0f, true);
  EXPECT_TRUE(l.left.empty());
  EXPECT_FALSE(l.right.empty());
  view.favour = Favour::left;
  l = compute_layout(1600, 1000, view, 2.0f, true);
  EXPECT_FALSE(l.left.empty());
  EXPECT_TRUE(l.right.empty());
}

TEST(Layout, TheBottomLeavesTheMapItsHeightUnlessAskedFor) {
  LayoutView view;
  const Layout big = compute_layout(1600, 1000, view, 2.0f, true);
  EXPECT_FALSE(big.bottom.empty());
  EXPECT_GE(big.centre.h, 380.0f);
  const Layout tiny = compute_layout(1100, 700, view, 2.0f, true);
  EXPECT_TRUE(tiny.bottom.empty());
  view.favour_bottom = true;
  EXPECT_FALSE(compute_layout(1100, 700, view, 2.0f, true).bottom.empty());
}

}  // namespace
}  // namespace latentscape
