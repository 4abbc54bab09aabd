// LatestSlot: one immutable value between threads; the newest wins.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace latentscape {

/// The mutex is held for a pointer swap only, so no reader ever waits for a writer's work.
template <class T>
class LatestSlot {
 public:
  using Pointer = std::shared_ptr<const T>;

  void publish(Pointer value) {
    {
      std::lock_guard lock(mutex_);
      value_.swap(value);
    }
    // The old value dies here, outside the lock.
  }
  Pointer latest() const {
    std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  Pointer value_;
};

}  // namespace latentscape
