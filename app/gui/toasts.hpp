// Toasts: short messages over the map that go by themselves; errors stay longer and say what to do.
#pragma once

#include <imgui.h>

#include <deque>
#include <string>

#include "app/gui/panel.hpp"

namespace latentscape {

class Toasts {
 public:
  void add(LogLevel level, std::string text, double now);
  /// Draws the newest few, stacked upwards from the lower right corner; those that would pass `top` wait until there is room.
  void draw(PanelContext& c, ImVec2 corner, float top);
  size_t total() const { return total_; }  // shown since the start
  size_t errors() const { return errors_; }
  const std::string& last() const { return last_; }

 private:
  struct Toast {
    LogLevel level;
    std::string text;
    double born;
    size_t id;
  };
  std::deque<Toast> toasts_;
  size_t total_ = 0, errors_ = 0;
  std::string last_;
};

}  // namespace latentscape
