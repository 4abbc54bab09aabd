// What a run reports over time: points of the training curve, averaged over the steps since the last report.
#pragma once

#include <optional>

#include "core/train/trainer.hpp"

namespace latentscape {

/// A line of metrics.jsonl, a point of the curves.
struct MetricsPoint {
  uint64_t step = 0;           // after which it was taken
  uint64_t epoch = 0;          // whole passes done
  size_t samples = 0;          // training examples that `train` averages over
  LossTerms train;             // nats an example, as they were before each update
  double gradient_norm = 0.0;  // mean over the steps, before clipping
  std::optional<Evaluation> heldout;
};

/// Averages reports, weighted by their samples, until taken. Reports of recoveries are left out.
class ReportWindow {
 public:
  void add(const StepReport& report);
  bool empty() const { return steps_ == 0; }
  /// The averages since the last call; the window is empty afterwards.
  MetricsPoint take();

 private:
  MetricsPoint sums_;
  size_t steps_ = 0;
};

}  // namespace latentscape
