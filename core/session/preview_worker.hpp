// PreviewWorker: reads data as a person asks for it, before anything is trained, on a thread of its own; can be cancelled and tells how far
// it is.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>

#include "core/session/data_preview.hpp"
#include "core/session/session.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {

/// A request that is cancelled gets no answer.
class PreviewWorker {
 public:
  PreviewWorker();

  void request(PreviewRequest request);  // a newer one cancels the one in progress
  void cancel();
  void forget();  // the same, and lets go of the data of the newest answer
  std::shared_ptr<const DataPreview> latest() const { return worker_.latest(); }
  LoadingState progress() const;

 private:
  struct Job {
    PreviewRequest request;
    std::stop_source cancel;
  };
  std::shared_ptr<const DataPreview> answer(const Job& job, const std::stop_token& stop);

  mutable std::mutex mutex_;  // the two below
  std::stop_source cancel_;   // of the newest job
  LoadingState progress_;
  LatestWorker<Job, DataPreview> worker_;  // last: its thread uses the others
};

}  // namespace latentscape
