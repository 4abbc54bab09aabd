// LatestWorker: a thread that answers the newest request; a newer one supersedes the one that waits.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "core/base/thread_priority.hpp"
#include "core/sync/latest_slot.hpp"

namespace latentscape {

/// The function sees a stop token that is triggered when the worker is destroyed; it may return nullptr to publish nothing.
template <class Request, class Answer>
class LatestWorker {
 public:
  using Function = std::function<std::shared_ptr<const Answer>(const Request&, std::stop_token)>;

  /// `behind`: how many steps of priority the thread gives way to what a person waits for.
  explicit LatestWorker(Function function, int behind = 0)
      : function_(std::move(function)), thread_([this, behind](std::stop_token stop) {
          lower_thread_priority(behind);
          loop(stop);
        }) {}
  ~LatestWorker() {
    thread_.request_stop();
    wake_.notify_all();
  }
  LatestWorker(const LatestWorker&) = delete;
  LatestWorker& operator=(const LatestWorker&) = delete;

  void request(Request request) {
    {
      std::lock_guard lock(mutex_);
      waiting_ = std::move(request);
    }
    wake_.notify_one();
  }
  std::shared_ptr<const Answer> latest() const { return answers_.latest(); }

  /// True while a request waits or is being answered.
  bool busy() const {
    std::lock_guard lock(mutex_);
    return working_ || waiting_.has_value();
  }

 private:
  void loop(std::stop_token stop) {
    for (;;) {
      std::optional<Request> request;
      {
        std::unique_lock lock(mutex_);
        working_ = false;
        wake_.wait(lock, stop, [&] { return waiting_.has_value(); });
        if (stop.stop_requested()) return;  // also with a request waiting: nothing is started after a stop
        request.swap(waiting_);
        working_ = true;
      }
      if (auto answer = function_(*request, stop)) answers_.publish(std::move(answer));
    }
  }

  Function function_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Request> waiting_;
  bool working_ = false;
  LatestSlot<Answer> answers_;
  std::jthread thread_;  // last: it must not outlive what it uses
};

}  // namespace latentscape
