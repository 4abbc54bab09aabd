// What the training worker does with commands, between two minibatches.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>

#include "core/session/training_worker.hpp"

namespace latentscape {

namespace {

/// Before the row, in the key of a live label.
constexpr std::string_view kLabelKey = "label:";

}  // namespace

void TrainingWorker::take_commands() {
  for (const Command& command : commands_.drain()) {
    try {
      std::visit([this](const auto& c) { handle(c); }, command);
    } catch (const std::bad_alloc&) {
      out_of_memory();  // the other commands are still heard
    }
  }
}

void TrainingWorker::handle(const command::Run&) {
  if (phase_ == RunPhase::running) return;
  looked_at_ = false;
  steps_wanted_ = 0;
  exact_wanted_ = false;
  if (trainer_->epoch() >= target_ && jobs_.empty()) change("epochs", static_cast<double>(trainer_->epoch() + epochs_added_));
  change_phase(RunPhase::running);
}

void TrainingWorker::handle(const command::Pause&) {
  if (phase_ != RunPhase::running) return;
  exact_wanted_ = true;
  change_phase(RunPhase::paused);
}

void TrainingWorker::handle(const command::Step&) {
  ++steps_wanted_;
  exact_wanted_ = true;
  if (phase_ != RunPhase::paused) change_phase(RunPhase::paused);
}

void TrainingWorker::handle(const command::Reset& reset) {
  const uint64_t step = trainer_->step_count();
  if (recorder_.active() && !recorder_.saved(step) &&
      !recorder_.save(*trainer_, trainer_->state(), heldout_loss_at(step), SaveMoment::asked))
    return failed({ErrorCode::io, "not reset: the checkpoint before it could not be saved"});
  ResetRequest request;
  request.config = trainer_->config();
  request.config.learning_rate = trainer_->learning_rate();
  request.config.beta = trainer_->beta();
  request.config.batch = trainer_->batch();
  request.config.epochs = epochs_asked_;
  if (reset.new_seed) ++request.config.seed;
  request.start = phase_ == RunPhase::running || (phase_ == RunPhase::finished && !looked_at_);
  request.evaluate_test_at_end = test_at_end_;
  reset_(std::move(request));
}

void TrainingWorker::handle(const command::SetTarget& set) {
  change("epochs", static_cast<double>(set.epochs));
  if (target_ == set.epochs) epochs_asked_ = set.epochs;
}

void TrainingWorker::handle(const command::SetLabel& set) {
  change(fmt::format("{}{}", kLabelKey, set.row), static_cast<double>(set.label));
}

void TrainingWorker::handle(const command::SetThreads& set) {
  if (set.value > kMostThreads)
    return failed(fail(ErrorCode::invalid_argument, "threads is {}, expected 0 (all cores) to {}", set.value, kMostThreads));
  trainer_->pool()->set_threads(set.value ? set.value : training_threads(0, window_));
}

void TrainingWorker::handle(const command::SaveCheckpoint&) {
  if (!recorder_.active()) return failed({ErrorCode::invalid_argument, "this run has no directory to save a checkpoint in"});
  recorder_.save(*trainer_, trainer_->state(), heldout_loss_at(trainer_->step_count()), SaveMoment::asked);
}

void TrainingWorker::handle(const command::Evaluate& evaluate) {
  if (trainer_->data().ids_of(evaluate.split).empty())
    return failed(fail(ErrorCode::not_found, "{} has no {} rows to evaluate", trainer_->data().name, to_string(evaluate.split)));
  jobs_.push_back({Job::Purpose::request, evaluate.split, trainer_->step_count(), trainer_->epoch_progress(), false, {}});
}

void TrainingWorker::handle(const command::Refresh&) { exact_wanted_ = true; }

Status TrainingWorker::apply_setting(const std::string& key, double value, double& before, bool& same) {
  if (key == "lr") {
    before = trainer_->effective_learning_rate();
    // Asked for again after a recovery, it is a change: steps are as large as asked for once more.
    same = value == before && value == trainer_->learning_rate();
    return trainer_->set_learning_rate(value);
  }
  if (key == "beta") {
    before = trainer_->beta();
    same = value == before;
    return trainer_->set_beta(value);
  }
  if (key == "batch") {
    before = static_cast<double>(trainer_->batch());
    same = value == before;
    if (!(value >= 0.0 && value < 1e15)) return fail(ErrorCode::invalid_argument, "batch is {}, expected a whole number from 1", value);
    return trainer_->set_batch(static_cast<size_t>(value));
  }
  if (key == "epochs") {
    before = static_cast<double>(target_);
    same = value == before;
    if (!(value >= 1.0 && value < 1e15)) return fail(ErrorCode::invalid_argument, "epochs is {}, expected a whole number from 1", value);
    LS_CHECK(trainer_->set_target(static_cast<uint64_t>(value)));
    target_ = static_cast<uint64_t>(value);
    return {};
  }
  if (key.substr(0, kLabelKey.size()) == kLabelKey) {
    size_t row = 0;
    const char* const end = key.data() + key.size();
    if (std::from_chars(key.data() + kLabelKey.size(), end, row).ptr != end || !(value >= 0.0 && value < 1e15))
      return fail(ErrorCode::invalid_argument, "'{}' is {}, expected label: with a row, and a class", key, value);
    before = row < trainer_->data().rows ? trainer_->labels().label(static_cast<uint32_t>(row)) : -1;
    same = value == before;
    LS_CHECK(trainer_->set_label(row, static_cast<size_t>(value)));
    labels_ = nullptr;
    return {};
  }
  return fail(ErrorCode::invalid_argument, "unknown live setting '{}', known: lr, beta, batch, epochs", key);
}

void TrainingWorker::change(const std::string& key, double value) {
  double before = 0.0;
  bool same = false;
  Status done = apply_setting(key, value, before, same);
  if (!done.ok()) return failed(std::move(done).error());
  if (same) return;
  const uint64_t step = trainer_->step_count();
  recorder_.setting({step, key, value});
  const bool higher = key == "epochs" && phase_ == RunPhase::finished && target_ > trainer_->epoch();
  if (higher)
    change_phase(RunPhase::paused);
  else if (phase_ != RunPhase::running)
    publish(true);  // else the next snapshot tells
  state_.events.push(event::SettingChanged{step, trainer_->epoch_progress(), key, before, value});
}

}  // namespace latentscape
