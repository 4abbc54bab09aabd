// Recorder: writes what a person does in the window as a script (see script.hpp); pointer moves are thinned to those that matter.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "app/gui/input_queue.hpp"
#include "core/base/result.hpp"

namespace latentscape {

class Recorder {
 public:
  static Result<Recorder> open(const std::string& path);
  /// `dragging`: a button is down, so every move counts.
  void add(const InputEvent& event, bool dragging);
  Status close();

  /// The lines of one event, for tests; empty: nothing to write yet.
  std::string lines_of(const InputEvent& event, bool dragging);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string pending_pauses(Clock::time_point now);
  std::unique_ptr<std::FILE, Closer> file_;
  std::string path_, typed_;
  input::Move pointer_{};
  bool moved_ = false;
  bool failed_ = false;
  Clock::time_point last_{};
};

}  // namespace latentscape
