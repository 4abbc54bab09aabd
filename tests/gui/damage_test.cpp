#include "app/gui/damage.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace latentscape {
namespace {

/// Draw data of two windows, made by hand.
class DamageTest : public testing::Test {
 protected:
  void SetUp() override {
    context_ = ImGui::CreateContext();
    unsigned char* pixels = nullptr;
    int w = 0, h = 0;
    ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&pixels, &w, &h);
    ImGui::GetIO().IniFilename = nullptr;
    ImGui::GetIO().DisplaySize = ImVec2(800, 600);
    ImGui::GetIO().DeltaTime = 0.016f;
  }
  void TearDown() override { ImGui::DestroyContext(context_); }

  std::vector<Rect> frame(float left_value, float right_value, bool third = false) {
    ImGui::NewFrame();
    window("left", 0, left_value);
    window("right", 400, right_value);
    if (third) window("third", 100, 0);
    ImGui::Render();
    return damage_.update(*ImGui::GetDrawData());
  }

  Damage damage_;
  ImGuiContext* context_ = nullptr;

 private:
  static void window(const char* name, float x, float value) {
    ImGui::SetNextWindowPos(ImVec2(x, 0));
    ImGui::SetNextWindowSize(ImVec2(300, 500));
    ImGui::Begin(name, nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoSavedSettings);
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(x + 10, 10), ImVec2(x + 20 + value, 30), IM_COL32_WHITE);
    ImGui::End();
  }
};

TEST_F(DamageTest, NothingIsPaintedWhereNothingChanged) {
  frame(0, 0);
  frame(0, 0);  // windows settle in their first frames
  frame(0, 0);
  EXPECT_TRUE(frame(0, 0).empty());
}

TEST_F(DamageTest, OnlyTheWindowThatChangedIsPainted) {
  for (int i = 0; i < 3; ++i) frame(0, 0);
  const auto rects = frame(0, 5);
  ASSERT_EQ(rects.size(), 1u);
  EXPECT_GE(rects[0].x, 396.0f);
  EXPECT_LE(rects[0].right(), 704.0f);
}

TEST_F(DamageTest, AWindowThatComesOrGoesIsPainted) {
  for (int i = 0; i < 3; ++i) frame(0, 0);
  frame(0, 0, true);
  frame(0, 0, true);
  EXPECT_TRUE(frame(0, 0, true).empty());
  const auto gone = frame(0, 0, false);
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_LE(gone[0].x, 100.0f);
  EXPECT_GE(gone[0].right(), 400.0f);
}

TEST_F(DamageTest, InvalidatingPaintsTheWholeWindowOnce) {
  for (int i = 0; i < 3; ++i) frame(0, 0);
  damage_.invalidate();
  const auto rects = frame(0, 0);
  ASSERT_EQ(rects.size(), 1u);
  EXPECT_EQ(rects[0].w, 800.0f);
  EXPECT_TRUE(frame(0, 0).empty());
}

TEST_F(DamageTest, ClippingLeavesTheDrawDataAsItWas) {
  frame(0, 0);
  ImDrawData& data = *ImGui::GetDrawData();
  const auto clips = [&] {
    std::vector<float> all;
    for (int n = 0; n < data.CmdListsCount; ++n)
      for (const ImDrawCmd& command : data.CmdLists[n]->CmdBuffer)
        all.insert(all.end(), {command.ClipRect.x, command.ClipRect.y, command.ClipRect.z, command.ClipRect.w});
    return all;
  };
  const auto before = clips();
  int drawn = 0;
  draw_clipped(
      data, {{10, 10, 50, 50}}, [](void* user, const Rect&) { ++*static_cast<int*>(user); },
      [](ImDrawData* part) {
        for (int n = 0; n < part->CmdListsCount; ++n)
          for (const ImDrawCmd& command : part->CmdLists[n]->CmdBuffer) EXPECT_LE(command.ClipRect.z, 60.0f);
      },
      &drawn);
  EXPECT_EQ(drawn, 1);
  EXPECT_EQ(clips(), before);
}

}  // namespace
}  // namespace latentscape
