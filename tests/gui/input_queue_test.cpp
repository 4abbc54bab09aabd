#include "app/gui/input_queue.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(InputQueue, AQuickClickIsSpreadOverTwoFrames) {
  InputQueue queue;
  queue.push({input::Move{10, 20}});
  queue.push({input::Button{0, true}});
  queue.push({input::Button{0, false}});
  const auto first = queue.take_frame();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_TRUE(std::get<input::Button>(first[1].what).down);
  const auto second = queue.take_frame();
  ASSERT_EQ(second.size(), 1u);
  EXPECT_FALSE(std::get<input::Button>(second[0].what).down);
  EXPECT_TRUE(queue.empty());
}

TEST(InputQueue, APressActsWhereThePointerWas) {
  InputQueue queue;
  queue.push({input::Button{0, true}});
  queue.push({input::Move{50, 60}});
  EXPECT_EQ(queue.take_frame().size(), 1u);
  EXPECT_EQ(queue.take_frame().size(), 1u);
}

TEST(InputQueue, MovesBetweenTransitionsShareAFrame) {
  InputQueue queue;
  for (int i = 0; i < 100; ++i) queue.push({input::Move{static_cast<float>(i), 0}});
  EXPECT_EQ(queue.take_frame().size(), 100u);
}

TEST(InputQueue, TheSameKeyTwiceTakesTwoFramesAndDifferentKeysShareOne) {
  InputQueue queue;
  queue.push({input::Key{GLFW_KEY_A, true, 0}});
  queue.push({input::Text{'a'}});
  queue.push({input::Key{GLFW_KEY_B, true, 0}});
  queue.push({input::Text{'b'}});
  queue.push({input::Key{GLFW_KEY_A, false, 0}});
  EXPECT_EQ(queue.take_frame().size(), 4u);
  EXPECT_EQ(queue.take_frame().size(), 1u);
}

TEST(InputQueue, KeysWaitForTheFrameAfterAPress) {
  InputQueue queue;
  queue.push({input::Key{GLFW_KEY_LEFT_SHIFT, true, 0}});
  queue.push({input::Button{0, true}});
  queue.push({input::Key{GLFW_KEY_LEFT_CONTROL, true, GLFW_MOD_CONTROL}});
  queue.push({input::Key{GLFW_KEY_A, true, GLFW_MOD_CONTROL}});
  EXPECT_EQ(queue.take_frame().size(), 2u) << "a modifier that was down before belongs to the press";
  EXPECT_EQ(queue.take_frame().size(), 2u);
  queue.push({input::Button{0, false}});
  queue.push({input::Text{'x'}});
  EXPECT_EQ(queue.take_frame().size(), 1u);
  EXPECT_EQ(queue.take_frame().size(), 1u);
}

TEST(Shortcut, IsReadWithItsModifiersInAnyCase) {
  int key = 0, mods = 0;
  ASSERT_TRUE(parse_shortcut("Ctrl+Shift+z", key, mods));
  EXPECT_EQ(key, GLFW_KEY_Z);
  EXPECT_EQ(mods, GLFW_MOD_CONTROL | GLFW_MOD_SHIFT);
  ASSERT_TRUE(parse_shortcut("F11", key, mods));
  EXPECT_EQ(key, GLFW_KEY_F11);
  ASSERT_TRUE(parse_shortcut("Ctrl++", key, mods));
  EXPECT_EQ(key, GLFW_KEY_EQUAL);
  EXPECT_FALSE(parse_shortcut("Hyper+K", key, mods));
  EXPECT_FALSE(parse_shortcut("", key, mods));
}

TEST(Shortcut, KeyNamesReadBack) {
  for (const int code : {GLFW_KEY_K, GLFW_KEY_7, GLFW_KEY_F1, GLFW_KEY_SPACE, GLFW_KEY_ESCAPE, GLFW_KEY_EQUAL, GLFW_KEY_LEFT}) {
    int key = 0, mods = 0;
    ASSERT_TRUE(parse_shortcut(key_name(code), key, mods)) << code;
    EXPECT_EQ(key, code);
  }
}

}  // namespace
}  // namespace latentscape
