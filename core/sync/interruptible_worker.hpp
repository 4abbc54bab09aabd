// InterruptibleWorker: a LatestWorker whose work under way can be given up, when nobody waits for its answer any more.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>

#include "core/sync/latest_worker.hpp"

namespace latentscape {

template <class Request, class Answer>
class InterruptibleWorker {
 public:
  using Function = typename LatestWorker<Request, Answer>::Function;

  explicit InterruptibleWorker(Function function, int behind = 0)
      : worker_([work = std::move(function)](const Job& job, std::stop_token stop) { return answer(work, job, std::move(stop)); }, behind) {
  }

  void request(Request request) {
    std::lock_guard lock(mutex_);
    worker_.request({std::move(request), cancel_});
  }
  /// What was asked for until now is not answered; the function's stop token tells it.
  void interrupt() {
    std::lock_guard lock(mutex_);
    cancel_.request_stop();
    cancel_ = std::stop_source();
  }
  std::shared_ptr<const Answer> latest() const { return worker_.latest(); }

 private:
  struct Job {
    Request request;
    std::stop_source cancel;
  };

  static std::shared_ptr<const Answer> answer(const Function& work, const Job& job, std::stop_token stop) {
    std::stop_source cancel = job.cancel;
    const std::stop_callback close(stop, [&cancel] { cancel.request_stop(); });
    if (cancel.stop_requested()) return nullptr;
    auto made = work(job.request, cancel.get_token());
    return cancel.stop_requested() ? nullptr : made;
  }

  std::mutex mutex_;
  std::stop_source cancel_;
  LatestWorker<Job, Answer> worker_;
};

}  // namespace latentscape
