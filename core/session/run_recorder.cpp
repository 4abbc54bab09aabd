#include "core/session/run_recorder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {

RunRecorder::RunRecorder(std::optional<RunDirectory> directory, double best_heldout_loss, std::optional<uint64_t> resumed_at,
                         SessionState& state)
    : directory_(std::move(directory)), best_(best_heldout_loss), resumed_at_(resumed_at), saved_step_(resumed_at), state_(state) {}

void RunRecorder::report(const Status& status) {
  if (status.ok() || lines_fail_) return;
  Error error = status.error();
  state_.events.push(event::Failed{std::move(error).context("training goes on, but its record has a gap")});
  lines_fail_ = true;
}

/// A resumed run may be evaluated once more where it was before.
bool RunRecorder::has_evaluation(const MetricsLine& line) const {
  const auto lines = directory_->metrics();
  if (!lines.ok()) return false;
  return std::any_of(lines->begin(), lines->end(), [&](const MetricsLine& l) {
    return l.step == line.step && l.evaluation && l.evaluation->split == line.evaluation->split;
  });
}

void RunRecorder::metrics(const MetricsLine& line) {
  if (!directory_) return;
  if (line.evaluation && resumed_at_ && line.step <= *resumed_at_ && has_evaluation(line)) return;
  report(directory_->append(line));
}

void RunRecorder::setting(const EventLine& line) {
  saved_step_.reset();  // a checkpoint of this step has the value before
  if (directory_) report(directory_->append(line));
}

Checkpoint RunRecorder::checkpoint_of(const Trainer& trainer, TrainerState state, double heldout_loss) const {
  Checkpoint checkpoint;
  checkpoint.config = trainer.config();
  checkpoint.state = std::move(state);
  checkpoint.shape = trainer.data().shape;
  if (const Column* labels = trainer.data().labels()) checkpoint.classes = labels->categories;
  checkpoint.unmet = trainer.labels().unmet(trainer.data());
  checkpoint.preprocessing = trainer.data().preprocessing;
  checkpoint.data_fingerprint = trainer.data().fingerprint;
  checkpoint.heldout_loss = heldout_loss;
  return checkpoint;
}

void RunRecorder::save_failed(Error error, uint64_t step, SaveMoment moment) {
  const bool said = moment == SaveMoment::along ? saves_fail_ : lost_step_ == step;
  if (said && moment != SaveMoment::asked) return;
  saves_fail_ = true;
  if (moment != SaveMoment::along) lost_step_ = step;
  const std::string what = moment != SaveMoment::along
                               ? fmt::format("the weights of step {} are not kept", step)
                               : fmt::format("the weights of step {} are not kept, training goes on and will try again", step);
  state_.events.push(event::Failed{std::move(error).context(what)});
}

bool RunRecorder::save(const Trainer& trainer, TrainerState state, double heldout_loss, SaveMoment moment) {
  if (!directory_) return true;
  const uint64_t step = state.step;
  auto path = directory_->save(checkpoint_of(trainer, std::move(state), heldout_loss), *trainer.model());
  if (!path.ok()) {
    save_failed(std::move(path).error(), step, moment);
    return false;
  }
  saves_fail_ = false;
  const bool best = std::isfinite(heldout_loss) && !(best_ <= heldout_loss);
  if (best) best_ = heldout_loss;
  saved_step_ = step;
  state_.events.push(event::CheckpointSaved{step, *path, best, moment == SaveMoment::asked});
  return true;
}

void RunRecorder::went_back(const Trainer& trainer, const std::string& message) {
  saved_step_.reset();
  if (!directory_) return;
  const uint64_t step = trainer.step_count();
  if (resumed_at_) resumed_at_ = std::min(*resumed_at_, step);
  const EventLine line = {step, kRecoveryKey, trainer.effective_learning_rate(), message};
  auto path =
      directory_->go_back(line, checkpoint_of(trainer, trainer.state(), std::numeric_limits<double>::quiet_NaN()), *trainer.model());
  if (!path.ok()) return save_failed(std::move(path).error(), step, SaveMoment::along);
  const auto best = directory_->best();
  best_ = best.ok() ? best->heldout_loss : std::numeric_limits<double>::quiet_NaN();
  saved_step_ = step;
  state_.events.push(event::CheckpointSaved{step, *path, false});
}

}  // namespace latentscape
