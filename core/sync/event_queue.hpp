// EventQueue: an unbounded queue between threads; nothing is lost.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace latentscape {

template <class T>
class EventQueue {
 public:
  void push(T event) {
    {
      std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
    }
    arrived_.notify_one();
  }

  /// Everything pushed since the last call, oldest first; never waits for a worker.
  std::vector<T> drain() {
    std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

  bool empty() const {
    std::lock_guard lock(mutex_);
    return events_.empty();
  }

  /// Waits until something is there, the time is up or a stop is requested; true if something is there.
  bool wait_for(std::chrono::milliseconds time, std::stop_token stop = {}) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, stop, time, [&] { return !events_.empty(); });
  }

  /// Waits until something is there or a stop is requested; true if something is there.
  bool wait(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    return arrived_.wait(lock, stop, [&] { return !events_.empty(); });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::vector<T> events_;
};

/// The same channel, named for its direction: from a front end to a worker.
template <class T>
using CommandQueue = EventQueue<T>;

}  // namespace latentscape
