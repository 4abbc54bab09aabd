// UndoStack: earlier values of what a person set: the view (without what only passes by) and the live training settings.
// One interaction is one step: a value is kept when the hand is off the controls.
#pragma once

#include <optional>
#include <vector>

#include "app/gui/view_state.hpp"

namespace latentscape {

/// What can be changed while a run trains, as last asked for.
struct TrainSettings {
  double learning_rate = 0.0;
  double beta = 1.0;
  size_t batch = 0;
  uint64_t target = 0;
  bool operator==(const TrainSettings&) const = default;
};

struct UndoPoint {
  ViewState view;
  TrainSettings train;
  bool operator==(const UndoPoint&) const = default;
};

/// The view without what is not a person's doing: a camera that follows the points, dismissed hints.
UndoPoint undo_point_of(const ViewState& view, const TrainSettings& train);

class UndoStack {
 public:
  /// Call each frame with the values now; `busy`: a button is down or a field is being edited.
  void observe(const UndoPoint& now, bool busy);
  /// What to go back to (or forward), or nothing. The caller applies it.
  std::optional<UndoPoint> undo(const UndoPoint& now);
  std::optional<UndoPoint> redo(const UndoPoint& now);
  void clear();  // another run is open
  size_t undo_count() const { return past_.size(); }
  size_t redo_count() const { return future_.size(); }

 private:
  static constexpr size_t kMost = 200;
  std::optional<UndoPoint> settled_;
  std::vector<UndoPoint> past_, future_;
};

}  // namespace latentscape
