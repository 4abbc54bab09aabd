// Interrupt: gives long work a stop token that a waiting command can trigger, so that the work is dropped and done again later.
#pragma once

#include <mutex>
#include <stop_token>

namespace latentscape {

class Interrupt {
 public:
  /// From any thread: what runs now should give way, and so should what starts before clear().
  void trigger() {
    std::lock_guard lock(mutex_);
    wanted_ = true;
    current_.request_stop();
  }

  /// From the worker, before it looks at what waits.
  void clear() {
    std::lock_guard lock(mutex_);
    wanted_ = false;
  }

  /// From the worker: a token for the next long piece of work.
  std::stop_token begin() {
    std::lock_guard lock(mutex_);
    current_ = std::stop_source();
    if (wanted_) current_.request_stop();
    return current_.get_token();
  }

 private:
  std::mutex mutex_;
  std::stop_source current_;
  bool wanted_ = false;
};

}  // namespace latentscape
