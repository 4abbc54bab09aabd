// RunRecorder: what a run leaves on disk; a disk that says no is reported once and never stops the training.
#pragma once

#include <optional>
#include <string>

#include "core/io/run_directory.hpp"
#include "core/session/session_state.hpp"

namespace latentscape {

/// When a checkpoint is saved: along the way, where nothing is trained after it, or because somebody asked.
enum class SaveMoment { along, end, asked };

class RunRecorder {
 public:
  /// Without a directory everything is a silent success. `resumed_at`: the step whose checkpoint and held-out numbers are there already.
  RunRecorder(std::optional<RunDirectory> directory, double best_heldout_loss, std::optional<uint64_t> resumed_at, SessionState& state);

  bool active() const { return directory_.has_value(); }
  void metrics(const MetricsLine& line);
  void setting(const EventLine& line);
  /// True where the checkpoint is on disk. The heldout loss of this state is NaN where unknown.
  bool save(const Trainer& trainer, TrainerState state, double heldout_loss, SaveMoment moment);
  /// A recovery: the state gone back to is saved, what is later on disk is dropped, events.jsonl says so.
  void went_back(const Trainer& trainer, const std::string& message);
  bool saved(uint64_t step) const { return saved_step_ == step; }

 private:
  void report(const Status& status);
  bool has_evaluation(const MetricsLine& line) const;
  Checkpoint checkpoint_of(const Trainer& trainer, TrainerState state, double heldout_loss) const;
  void save_failed(Error error, uint64_t step, SaveMoment moment);

  std::optional<RunDirectory> directory_;
  double best_;
  std::optional<uint64_t> resumed_at_;
  std::optional<uint64_t> saved_step_;
  bool lines_fail_ = false;            // said once
  bool saves_fail_ = false;            // said once, until a checkpoint gets through again, and where the last one fails
  std::optional<uint64_t> lost_step_;  // said to be lost
  SessionState& state_;
};

}  // namespace latentscape
