#include "app/gui/undo.hpp"

namespace latentscape {

UndoPoint undo_point_of(const ViewState& view, const TrainSettings& train) {
  UndoPoint point{view, train};
  if (point.view.map.fitted) point.view.map.camera = {};
  point.view.hints_dismissed = false;
  point.view.log_filter.clear();
  return point;
}

void UndoStack::observe(const UndoPoint& now, bool busy) {
  if (!settled_) settled_ = now;
  if (busy || now == *settled_) return;
  past_.push_back(std::move(*settled_));
  if (past_.size() > kMost) past_.erase(past_.begin());
  settled_ = now;
  future_.clear();
}

std::optional<UndoPoint> UndoStack::undo(const UndoPoint& now) {
  observe(now, false);
  if (past_.empty()) return std::nullopt;
  future_.push_back(now);
  settled_ = std::move(past_.back());
  past_.pop_back();
  return settled_;
}

std::optional<UndoPoint> UndoStack::redo(const UndoPoint& now) {
  observe(now, false);
  if (future_.empty()) return std::nullopt;
  past_.push_back(now);
  settled_ = std::move(future_.back());
  future_.pop_back();
  return settled_;
}

void UndoStack::clear() {
  settled_.reset();
  past_.clear();
  future_.clear();
}

}  // namespace latentscape
