#include "core/session/run_recorder.hpp"

#include <cmath>

namespace latentscape {

RunRecorder::RunRecorder(std::optional<RunDirectory> directory, double best_heldout_loss, std::optional<uint64_t> resumed_at,
                         SessionState& state)
    : directory_(std::move(directory)), best_(best_heldout_loss), resumed_at_(resumed_at), saved_step_(resumed_at), state_(state) {}

void RunRecorder::report(const Status& status) {
  if (!status.ok() && !lines_fail_) {
    Error error = status.error();
    state_.events.push(event::Failed{std::move(error).context("training goes on, but its record has a gap")});
  }
  lines_fail_ = !status.ok();
}

void RunRecorder::metrics(const MetricsLine& line) {
  if (!directory_) return;
  const bool there = line.evaluation && line.evaluation->split == Split::heldout && resumed_at_ && line.step <= *resumed_at_;
  if (there) return;
  report(directory_->append(line));
}

void RunRecorder::setting(const EventLine& line) {
  saved_step_.reset();  // a checkpoint of this step has the value before
  if (directory_) report(directory_->append(line));
}

bool RunRecorder::save(const Trainer& trainer, TrainerState state, double heldout_loss) {
  if (!directory_) return true;
  Checkpoint checkpoint;
  checkpoint.config = trainer.config();
  checkpoint.state = std::move(state);
  checkpoint.shape = trainer.data().shape;
  if (const Column* labels = trainer.data().labels()) checkpoint.classes = labels->categories;
  checkpoint.data_fingerprint = trainer.data().fingerprint;
  checkpoint.heldout_loss = heldout_loss;
  auto path = directory_->save(checkpoint, *trainer.model());
  if (!path.ok()) {
    state_.events.push(event::Failed{std::move(path).error().context("the checkpoint was not saved, training goes on")});
    return false;
  }
  const bool best = std::isfinite(heldout_loss) && !(best_ <= heldout_loss);
  if (best) best_ = heldout_loss;
  saved_step_ = checkpoint.state.step;
  state_.events.push(event::CheckpointSaved{checkpoint.state.step, *path, best});
  return true;
}

}  // namespace latentscape
