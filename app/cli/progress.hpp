// Progress on stderr: a bar with the time left on a terminal, a line now and then elsewhere.
#pragma once

#include <string>

#include "core/base/clock.hpp"

namespace latentscape {

/// "0:41", "12:05", "1:02:07".
std::string text_from_seconds(double seconds);

class ProgressBar {
 public:
  ProgressBar();
  /// Takes the bar off the screen.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  bool terminal() const { return terminal_; }
  /// Redraws at most ten times a second; elsewhere than on a terminal it does nothing. eta_seconds < 0: unknown.
  void show(double fraction, const std::string& what, double eta_seconds = -1.0);
  /// A whole line that stays, above the bar.
  void line(const std::string& text);

 private:
  void clear();
  bool terminal_ = false;
  bool drawn_ = false;
  Stopwatch since_drawn_;
  Stopwatch since_start_;
};

}  // namespace latentscape
