// What the training worker owes after a minibatch: evaluations, checkpoints, the end.
#include <limits>
#include <new>

#include "core/base/clock.hpp"
#include "core/session/training_worker.hpp"

namespace latentscape {

void TrainingWorker::run_front_job() {
  Job& job = jobs_.front();  // stays in place until it is done: commands only append
  const Job::Purpose purpose = job.purpose;
  try {
    if (purpose != Job::Purpose::target || test_at_end_) {
      if (!job.evaluated && !evaluate(job)) return;
      job.evaluated = true;
    }
    if (purpose == Job::Purpose::target && !reach_target(job)) return;
    if (purpose == Job::Purpose::epoch_end) end_epoch(job);
  } catch (const std::bad_alloc&) {
    jobs_.pop_front();  // it would not fit the next time either
    throw;
  }
  jobs_.pop_front();
  if (purpose != Job::Purpose::target) publish(full_now());
}

/// At the end: epochs that single steps went past before they were evaluated. Their weights exist nowhere else, so a resumed run could not.
void TrainingWorker::settle_passed_epochs() {
  if (!recorder_.active()) return;
  for (Job& job : jobs_) {
    if (job.purpose != Job::Purpose::epoch_end || !job.frozen) continue;
    interrupt_.clear();  // what asked for the stop has been heard
    if (job.evaluated || evaluate(job)) end_epoch(job);
  }
}

bool TrainingWorker::evaluate(Job& job) {
  const auto rows = trainer_->data().ids_of(job.split);
  if (rows.empty()) return true;
  const Stopwatch watch;
  const auto parameters = job.frozen ? std::span<const float>(job.frozen->parameters) : trainer_->parameters();
  auto done = evaluate_rows(*trainer_->model(), parameters, trainer_->data(), rows, job.split, trainer_->config().seed,
                            trainer_->config().binarise, *trainer_->pool(), interrupt_.begin(), &trainer_->labels());
  if (phase_ == RunPhase::running) {
    overhead_seconds_ += watch.seconds();
    budget_.refreshed(watch.seconds());
  }
  if (!done.ok()) {
    if (done.error().code == ErrorCode::cancelled) return false;
    failed(std::move(done).error().context("evaluating"));
    return true;
  }
  if (job.split == Split::heldout) {
    metrics_.heldout = *done;
    metrics_.kl_per_dimension = done->kl_per_dimension;
    heldout_step_ = job.step;
    if (!job.frozen && job.step == trainer_->step_count()) trainer_->heldout_evaluated(done->terms.loss());
  }
  if (job.split == Split::test) {
    metrics_.test = *done;
    test_step_ = job.step;
  }
  MetricsLine line;
  line.step = job.step;
  line.epoch = job.epoch;
  line.evaluation = *done;
  line.learning_rate = job.frozen ? trainer_->effective_learning_rate(*job.frozen) : trainer_->effective_learning_rate();
  line.beta = job.frozen ? trainer_->beta_in_use(*job.frozen) : trainer_->beta_in_use();
  line.seconds = speed_.training_seconds();
  recorder_.metrics(line);
  state_.events.push(event::Evaluated{job.step, job.epoch, std::move(*done)});
  return true;
}

void TrainingWorker::end_epoch(const Job& job) {
  const SaveMoment moment = !job.frozen && trainer_->epoch() >= target_ ? SaveMoment::end : SaveMoment::along;
  recorder_.save(*trainer_, job.frozen ? *job.frozen : trainer_->state(), heldout_loss_at(job.step), moment);
  // At the target and at a pause a refresh with losses follows; while training goes on, the means are enough and cost a
  // fraction; held-out rows have no minibatch that would bring their losses, nor has any row where images are jittered.
  if (!window_ || phase_ != RunPhase::running || trainer_->epoch() >= target_ || trainer_->step_count() != job.step) return;
  refresh(trainer_->config().jitter.any() ? LatentStore::Losses::all : LatentStore::Losses::heldout);
}

bool TrainingWorker::reach_target(const Job& job) {
  const uint64_t step = trainer_->step_count();
  if (step == job.step) {
    if (!refresh(LatentStore::Losses::all)) return false;
    exact_wanted_ = false;
    if (!recorder_.saved(step)) recorder_.save(*trainer_, trainer_->state(), heldout_loss_at(step), SaveMoment::end);
    phase_ = RunPhase::finished;
  }
  publish(full_now());
  state_.events.push(event::TargetReached{target_});
  if (step == job.step) state_.events.push(event::PhaseChanged{phase_});
  return true;
}

}  // namespace latentscape
