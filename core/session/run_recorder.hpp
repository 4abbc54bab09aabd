// RunRecorder: what a run leaves on disk; a disk that says no is reported and never stops the training.
#pragma once

#include <optional>
#include <string>

#include "core/io/run_directory.hpp"
#include "core/session/session_state.hpp"

namespace latentscape {

class RunRecorder {
 public:
  /// Without a directory everything is a silent success. `resumed_at`: the step whose checkpoint and held-out numbers are there already.
  RunRecorder(std::optional<RunDirectory> directory, double best_heldout_loss, std::optional<uint64_t> resumed_at, SessionState& state);

  bool active() const { return directory_.has_value(); }
  void metrics(const MetricsLine& line);
  void setting(const EventLine& line);
  /// True where the checkpoint is on disk. The heldout loss of this state is NaN where unknown.
  bool save(const Trainer& trainer, TrainerState state, double heldout_loss);
  void went_back() { saved_step_.reset(); }
  bool saved(uint64_t step) const { return saved_step_ == step; }

 private:
  void report(const Status& status);

  std::optional<RunDirectory> directory_;
  double best_;
  std::optional<uint64_t> resumed_at_;
  std::optional<uint64_t> saved_step_;
  bool lines_fail_ = false;  // said once, until a line gets through again
  SessionState& state_;
};

}  // namespace latentscape
