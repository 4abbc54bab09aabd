#include "app/gui/undo.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(UndoStack, OneDragIsOneStep) {
  UndoStack stack;
  ViewState view;
  TrainSettings train{1e-3, 1.0, 128, 30};
  stack.observe(undo_point_of(view, train), false);
  for (int i = 0; i < 20; ++i) {  // a slider is held
    view.map.point_size = 3.0f + static_cast<float>(i);
    stack.observe(undo_point_of(view, train), true);
  }
  stack.observe(undo_point_of(view, train), false);
  EXPECT_EQ(stack.undo_count(), 1u);
  const auto back = stack.undo(undo_point_of(view, train));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->view.map.point_size, 3.0f);
  const auto forth = stack.redo(*back);
  ASSERT_TRUE(forth);
  EXPECT_EQ(forth->view.map.point_size, 22.0f);
  EXPECT_FALSE(stack.redo(*forth));
}

TEST(UndoStack, LiveTrainingSettingsAreUndone) {
  UndoStack stack;
  const ViewState view;
  stack.observe(undo_point_of(view, {1e-3, 1.0, 128, 30}), false);
  stack.observe(undo_point_of(view, {5e-4, 1.0, 128, 30}), false);
  const auto back = stack.undo(undo_point_of(view, {5e-4, 1.0, 128, 30}));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->train.learning_rate, 1e-3);
}

TEST(UndoStack, ACameraThatFollowsThePointsIsNobodysDoing) {
  ViewState view;
  const TrainSettings train;
  view.map.fitted = true;
  const UndoPoint before = undo_point_of(view, train);
  view.map.camera.x = 7.0;
  EXPECT_EQ(undo_point_of(view, train), before);
  view.map.fitted = false;
  EXPECT_FALSE(undo_point_of(view, train) == before);
}

TEST(UndoStack, ANewChangeForgetsWhatWasUndone) {
  UndoStack stack;
  ViewState view;
  const TrainSettings train;
  stack.observe(undo_point_of(view, train), false);
  view.map.tool = Tool::pan;
  stack.observe(undo_point_of(view, train), false);
  const auto back = stack.undo(undo_point_of(view, train));
  ASSERT_TRUE(back);
  view = back->view;
  view.map.tool = Tool::click;
  stack.observe(undo_point_of(view, train), false);
  EXPECT_EQ(stack.redo_count(), 0u);
  EXPECT_EQ(stack.undo_count(), 1u);
}

}  // namespace
}  // namespace latentscape
