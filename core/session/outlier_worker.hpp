// OutlierWorker: scores the rows of a split with the newest weights on a thread of its own, when asked; can be cancelled and tells how far
// it is.
#pragma once

#include <atomic>
#include <mutex>
#include <stop_token>

#include "core/session/explore_requests.hpp"
#include "core/session/session_state.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {

/// A request before there are weights, one that is cancelled and one whose run is closed meanwhile get no answer.
class OutlierWorker {
 public:
  explicit OutlierWorker(SessionState& state);

  void request(OutlierRequest request);  // a newer one cancels the one in progress
  void cancel();
  std::shared_ptr<const OutlierAnswer> latest() const { return worker_.latest(); }
  OutlierProgress progress() const;

 private:
  struct Job {
    OutlierRequest request;
    std::stop_source cancel;
  };
  std::shared_ptr<const OutlierAnswer> answer(const Job& job, const std::stop_token& stop);

  SessionState& state_;
  ComputePool pool_{1};
  mutable std::mutex mutex_;
  std::stop_source cancel_;  // of the newest job
  std::atomic<double> share_{0.0};
  LatestWorker<Job, OutlierAnswer> worker_;  // last: its thread uses the others
};

}  // namespace latentscape
