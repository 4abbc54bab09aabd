#include "core/session/training_worker.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include "core/base/clock.hpp"
#include "core/base/thread_priority.hpp"
#include "core/session/no_memory.hpp"

namespace latentscape {

namespace {

// The window and the threads that draw it go first; training takes all that they leave.
constexpr int kBehindTheWindow = 5;

constexpr size_t kReportsAnEpoch = 50;
constexpr size_t kRefreshRows = 256;  // an optional refresh between two minibatches
constexpr double kKlSeconds = 1.0;
constexpr size_t kKlRows = 256;  // rows behind kl_per_dimension before the first evaluation

double now_s() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

}  // namespace

TrainingWorker::TrainingWorker(OpenedTraining opened, std::shared_ptr<const OpenedRun> run, const SessionOptions& options,
                               SessionState& state, ResetHandler reset)
    : state_(state),
      reset_(std::move(reset)),
      window_(options.window),
      run_(std::move(run)),
      trainer_(std::move(opened.trainer)),
      recorder_(std::move(opened.directory), opened.best_heldout_loss,
                opened.resumed && !opened.epoch_end_open ? std::optional<uint64_t>(trainer_->step_count()) : std::nullopt, state),
      store_(trainer_->data(), trainer_->model()->latent()),
      budget_(options.overhead_share, options.snapshots_per_s),
      resumed_(opened.resumed),
      test_at_end_(opened.evaluate_test_at_end),
      phase_(opened.start                                                  ? RunPhase::running
             : opened.resumed && trainer_->epoch() >= opened.target_epochs ? RunPhase::finished
                                                                           : RunPhase::paused),
      looked_at_(!opened.start),
      target_(opened.target_epochs),
      epochs_added_(std::max<uint64_t>(1, *opened.config.epochs)),
      epochs_asked_(std::max<uint64_t>(1, *opened.config.epochs)),
      replay_(std::move(opened.replay)),
      exact_wanted_(!opened.start) {
  for (const EventLine& line : opened.overrides) recorder_.setting(line);
  if (opened.epoch_end_open)
    jobs_.push_back({Job::Purpose::epoch_end, Split::heldout, trainer_->step_count(), trainer_->epoch_progress(), false, {}});
  begin();
  for (std::string& note : opened.notes) log(LogLevel::warning, std::move(note));
  thread_ = std::jthread([this](std::stop_token stop) { loop(std::move(stop)); });
}

TrainingWorker::~TrainingWorker() = default;  // the thread stops and joins first: it is the last member

void TrainingWorker::post(Command command) {
  const bool gives_way = std::holds_alternative<command::Run>(command) || std::holds_alternative<command::Pause>(command) ||
                         std::holds_alternative<command::Step>(command) || std::holds_alternative<command::Reset>(command);
  commands_.push(std::move(command));
  if (gives_way) interrupt_.trigger();
}

void TrainingWorker::begin() {
  publish(true);
  state_.events.push(event::Opened{run_, resumed_});
  state_.events.push(event::PhaseChanged{phase_});
}

void TrainingWorker::loop(std::stop_token stop) {
  if (window_) lower_thread_priority(kBehindTheWindow);
  const std::stop_callback give_way(stop, [this] { interrupt_.trigger(); });
  for (;;) {
    interrupt_.clear();
    if (stop.stop_requested()) break;
    try {
      turn(stop);
    } catch (const std::bad_alloc&) {
      out_of_memory();
    }
  }
  try {
    close();
  } catch (const std::bad_alloc&) {
    failed(no_memory(fmt::format("the weights of step {} are not kept", trainer_->step_count())));
  }
}

void TrainingWorker::turn(const std::stop_token& stop) {
  take_commands();
  if (steps_wanted_ > 0) {
    --steps_wanted_;
    apply_replay();
    one_minibatch();
    if (steps_wanted_ == 0) publish(true);
  } else if (!jobs_.empty()) {
    run_front_job();
  } else if (phase_ == RunPhase::running) {
    train();
  } else if (exact_wanted_) {
    make_exact();
  } else {
    commands_.wait(stop);
  }
}

/// What was wanted is dropped and the run pauses; its weights, and all that was published, are as they were.
void TrainingWorker::out_of_memory() {
  steps_wanted_ = 0;
  exact_wanted_ = false;
  const bool ran = phase_ == RunPhase::running;
  if (ran) phase_ = RunPhase::paused;
  try {
    publish(true);
  } catch (const std::bad_alloc&) {
    auto last = std::make_shared<TrainingSnapshot>(*state_.published.latest()->snapshot);
    last->revision = ++state_.revision;
    last->phase = phase_;
    state_.publish({run_, std::move(last)});
  }
  failed(no_memory(ran ? "training stopped" : "not done"));
  if (ran) state_.events.push(event::PhaseChanged{phase_});
}

void TrainingWorker::close() {
  settle_passed_epochs();
  if (recorder_.active() && !recorder_.saved(trainer_->step_count()))
    recorder_.save(*trainer_, trainer_->state(), heldout_loss_at(trainer_->step_count()), SaveMoment::end);
}

void TrainingWorker::train() {
  if (exact_wanted_ || (window_ && !store_.filled())) {
    if (exact_wanted_)
      make_exact();
    else if (refresh(LatentStore::Losses::none))
      publish(true);
    return;
  }
  apply_replay();
  if (trainer_->epoch() >= target_) return finish_later();
  one_minibatch();
  if (phase_ == RunPhase::running) between_minibatches();
}

/// What followed a recovery in the run that is repeated waits for the same recovery here.
void TrainingWorker::apply_replay() {
  for (; replayed_ < replay_.size(); ++replayed_) {
    const EventLine& line = replay_[replayed_];
    if (line.key == kRecoveryKey) {
      if (recoveries_replayed_ == recoveries_) return;
      ++recoveries_replayed_;
    } else {
      if (line.step > trainer_->step_count()) return;
      change(line.key, line.value);
    }
  }
}

void TrainingWorker::finish_later() {
  const uint64_t step = trainer_->step_count();
  // A resumed run that is at its target already still owes its held-out numbers.
  if (heldout_step_ != step) jobs_.push_back({Job::Purpose::request, Split::heldout, step, trainer_->epoch_progress(), false, {}});
  jobs_.push_back({Job::Purpose::target, Split::test, step, trainer_->epoch_progress(), false, {}});
}

void TrainingWorker::one_minibatch() {
  for (Job& job : jobs_)
    if (!job.frozen && job.step == trainer_->step_count()) job.frozen = trainer_->state();
  const Stopwatch watch;
  auto report = trainer_->step();
  const double seconds = watch.seconds();
  if (!report.ok()) {
    steps_wanted_ = 0;
    exact_wanted_ = true;
    go_back(report.error().message);
    state_.events.push(event::Failed{std::move(report).error().context("training stopped"), trainer_->step_count()});
    return change_phase(RunPhase::failed);
  }
  after_step(*report, seconds);
}

void TrainingWorker::after_step(const StepReport& report, double seconds) {
  speed_.add(report.samples, seconds);
  budget_.trained(seconds);
  if (report.recovered) {
    go_back(report.message);
    state_.events.push(event::Recovered{report.step, report.message});
    return;
  }
  store_.absorb(*trainer_);
  window_losses_.add(report.terms, report.gradient_norm, report.samples);
  report_losses(report);
  if (report.epoch_done)
    jobs_.push_back({Job::Purpose::epoch_end, Split::heldout, report.step, static_cast<double>(report.epoch), false, {}});
}

/// The trainer went back: what carries a later step belongs to numbers that are gone, here and on disk.
void TrainingWorker::go_back(const std::string& message) {
  const uint64_t step = trainer_->step_count();
  ++recoveries_;
  store_.went_back(step);
  window_losses_ = {};
  weights_.reset();
  frame_.reset();
  kl_estimated_ = 0.0;
  if (heldout_step_ > step) {
    heldout_step_.reset();
    metrics_.heldout.reset();
  }
  if (test_step_ > step) {
    test_step_.reset();
    metrics_.test.reset();
  }
  const auto gone = [step](const Job& job) { return job.step > step && job.purpose != Job::Purpose::request; };
  jobs_.erase(std::remove_if(jobs_.begin(), jobs_.end(), gone), jobs_.end());
  for (Job& job : jobs_) {
    // A request is answered with the weights that there are.
    if (job.step > step) job = {Job::Purpose::request, job.split, step, trainer_->epoch_progress(), false, {}};
    if (job.step == step) job.frozen.reset();  // that state does not know of the recovery; the trainer's does
  }
  recorder_.went_back(*trainer_, message);
}

/// By the count of minibatches, never by the clock: the same run writes the same lines.
void TrainingWorker::report_losses(const StepReport& report) {
  const size_t batch = std::max<size_t>(1, trainer_->batch());
  const size_t epoch_steps = (trainer_->train_rows() + batch - 1) / batch;
  const uint64_t every = std::max<size_t>(1, epoch_steps / kReportsAnEpoch);
  if (report.step % every != 0 && !report.epoch_done) return;
  event::LossPoint point;
  point.step = report.step;
  point.epoch = trainer_->epoch_progress();
  point.train = window_losses_.mean();
  point.gradient_norm = window_losses_.gradient_norm();
  point.thinned = window_losses_.minibatches() - 1;
  metrics_.train = point.train;
  metrics_.gradient_norm = point.gradient_norm;
  window_losses_ = {};

  MetricsLine line;
  line.step = point.step;
  line.epoch = point.epoch;
  line.train = point.train;
  line.learning_rate = report.learning_rate;
  line.beta = report.beta;
  line.seconds = speed_.training_seconds();
  recorder_.metrics(line);
  state_.events.push(point);
}

void TrainingWorker::between_minibatches() {
  if (!jobs_.empty()) return;  // an epoch's end publishes by itself
  const double now = now_s();
  if (budget_.snapshot_due(now)) {
    const Stopwatch watch;
    publish(window_);
    const double cost = watch.seconds();
    overhead_seconds_ += cost;
    budget_.published(now, cost);
    if (window_ && !metrics_.heldout && now - kl_estimated_ >= kKlSeconds) estimate_kl(now);
  }
  if (!window_ || budget_.refresh_allowance() <= 0.0) return;
  const Stopwatch watch;
  const Status done = store_.refresh_oldest(*trainer_, kRefreshRows, interrupt_.begin());
  if (!done.ok() && done.error().code != ErrorCode::cancelled) failed(done.error());
  overhead_seconds_ += watch.seconds();
  budget_.refreshed(watch.seconds());
}

/// Until the first evaluation, KL per dimension is that of a few train rows.
void TrainingWorker::estimate_kl(double now) {
  kl_estimated_ = now;
  const Stopwatch watch;
  auto rows = trainer_->data().ids_of(Split::train);
  rows.resize(std::min(rows.size(), kKlRows));
  auto done = evaluate_rows(*trainer_->model(), trainer_->parameters(), trainer_->data(), rows, Split::train, trainer_->config().seed,
                            trainer_->config().binarise, *trainer_->pool(), interrupt_.begin());
  if (done.ok()) metrics_.kl_per_dimension = std::move(done->kl_per_dimension);
  overhead_seconds_ += watch.seconds();
  budget_.refreshed(watch.seconds());
}

bool TrainingWorker::refresh(LatentStore::Losses losses) {
  const Stopwatch watch;
  const Status done = store_.refresh_all(*trainer_, losses, interrupt_.begin());
  if (phase_ == RunPhase::running) {
    // The first filling is part of opening, but costs what the first epoch's end will: paying it ahead keeps that epoch within its share.
    budget_.refreshed(watch.seconds());
    if (speed_.training_seconds() > 0.0) overhead_seconds_ += watch.seconds();
  }
  if (done.ok()) return true;
  if (done.error().code == ErrorCode::cancelled) return false;
  failed(done.error());  // what could not be refreshed keeps its age
  return true;
}

void TrainingWorker::make_exact() {
  if (!refresh(LatentStore::Losses::all)) return;
  exact_wanted_ = false;
  publish(true);
}

void TrainingWorker::change_phase(RunPhase phase) {
  phase_ = phase;
  publish(full_now());
  state_.events.push(event::PhaseChanged{phase});
}

void TrainingWorker::publish(bool full) {
  auto snapshot = std::make_shared<TrainingSnapshot>();
  snapshot->revision = ++state_.revision;
  snapshot->run_id = run_->id;
  snapshot->step = trainer_->step_count();
  snapshot->epoch = trainer_->epoch();
  snapshot->epoch_progress = trainer_->epoch_progress();
  snapshot->target_epochs = target_;
  snapshot->phase = phase_;
  if (full) {
    if (!weights_ || weights_->step != snapshot->step) {
      const auto parameters = trainer_->parameters();
      weights_ = std::make_shared<const ModelWeights>(
          ModelWeights{snapshot->revision, snapshot->step, trainer_->model(), {parameters.begin(), parameters.end()}});
    }
    if (!frame_ || frame_->step != snapshot->step || frame_changes_ != store_.changes()) {
      frame_ = store_.frame(snapshot->revision, snapshot->step);
      frame_changes_ = store_.changes();
    }
    snapshot->weights = weights_;
    if (store_.filled()) snapshot->latents = frame_;
  }
  if (!labels_) labels_ = std::make_shared<const KnownLabels>(trainer_->labels());
  snapshot->labels = labels_;
  metrics_.samples_per_s = speed_.samples_per_s();
  metrics_.samples = speed_.samples();
  metrics_.training_seconds = speed_.training_seconds();
  const double left = static_cast<double>(target_) - snapshot->epoch_progress;
  const double overhead = speed_.training_seconds() > 0.0 ? overhead_seconds_ / speed_.training_seconds() : 0.0;
  metrics_.eta_seconds = metrics_.samples_per_s > 0.0
                             ? std::max(0.0, left) * static_cast<double>(trainer_->train_rows()) / metrics_.samples_per_s * (1.0 + overhead)
                             : -1.0;
  metrics_.learning_rate = trainer_->effective_learning_rate();
  metrics_.learning_rate_asked = trainer_->learning_rate();
  metrics_.beta = trainer_->beta();
  metrics_.beta_in_use = trainer_->beta_in_use();
  metrics_.batch = trainer_->batch();
  snapshot->metrics = metrics_;
  state_.publish({run_, std::move(snapshot)});
}

void TrainingWorker::log(LogLevel level, std::string text) { state_.events.push(event::Logged{LogLine{level, std::move(text), 0.0}}); }

double TrainingWorker::heldout_loss_at(uint64_t step) const {
  if (heldout_step_ != step || !metrics_.heldout) return std::numeric_limits<double>::quiet_NaN();
  return metrics_.heldout->terms.loss();
}

}  // namespace latentscape
