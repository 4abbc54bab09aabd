// TrainingWorker: the thread that trains; takes commands between two minibatches and publishes snapshots and events.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/session/interrupt.hpp"
#include "core/session/latent_store.hpp"
#include "core/session/loss_window.hpp"
#include "core/session/opening.hpp"
#include "core/session/overhead_budget.hpp"
#include "core/session/run_recorder.hpp"
#include "core/session/session_state.hpp"
#include "core/sync/event_queue.hpp"

namespace latentscape {

/// What a Reset asks of the session, which opens the run anew.
struct ResetRequest {
  RunConfig config;  // with the live learning rate, beta and batch; the next seed where a new one was wanted
  bool start = true;
  bool evaluate_test_at_end = true;
};

class TrainingWorker {
 public:
  using ResetHandler = std::function<void(ResetRequest)>;

  /// Starts at once: publishes the run with a first snapshot, sends event::Opened, trains or waits. `reset` is called on this worker's
  /// thread.
  TrainingWorker(OpenedTraining opened, std::shared_ptr<const OpenedRun> run, const SessionOptions& options, SessionState& state,
                 ResetHandler reset);
  /// Stops within one minibatch, saves a checkpoint where there is a directory and anything new, joins.
  ~TrainingWorker();

  /// From any thread. A command that starts or stops training interrupts an evaluation or a refresh, which is done again afterwards.
  void post(Command command);

 private:
  /// An evaluation that is owed, of the weights at `step`; where training steps on before it is done, they are kept in `frozen`.
  struct Job {
    enum class Purpose { epoch_end, target, request } purpose;
    Split split;
    uint64_t step;
    double epoch;
    bool evaluated = false;
    std::optional<TrainerState> frozen;
  };

  void loop(std::stop_token stop);
  void turn(const std::stop_token& stop);
  void close();
  void out_of_memory();
  void begin();
  void train();
  void one_minibatch();
  void after_step(const StepReport& report, double seconds);
  void between_minibatches();
  void go_back(const std::string& message);
  void report_losses(const StepReport& report);
  void apply_replay();
  void finish_later();

  void take_commands();
  void handle(const command::Run&);
  void handle(const command::Pause&);
  void handle(const command::Step&);
  void handle(const command::Reset& reset);
  void handle(const command::SetLearningRate& set) { change("lr", set.value); }
  void handle(const command::SetBeta& set) { change("beta", set.value); }
  void handle(const command::SetBatch& set) { change("batch", static_cast<double>(set.value)); }
  void handle(const command::SetTarget& set);
  void handle(const command::SetLabel& set);
  void handle(const command::SetThreads& set);
  void handle(const command::SaveCheckpoint&);
  void handle(const command::Evaluate& evaluate);
  void handle(const command::Refresh&);
  void change(const std::string& key, double value);
  Status apply_setting(const std::string& key, double value, double& before, bool& same);

  void run_front_job();
  void settle_passed_epochs();
  bool evaluate(Job& job);  // false: interrupted
  void end_epoch(const Job& job);
  bool reach_target(const Job& job);  // false: interrupted
  void make_exact();
  bool refresh(LatentStore::Losses losses);  // false: interrupted
  void estimate_kl(double now);

  void change_phase(RunPhase phase);
  void publish(bool full);
  bool full_now() const { return window_ || phase_ != RunPhase::running; }
  void failed(Error error) { state_.events.push(event::Failed{std::move(error)}); }
  void log(LogLevel level, std::string text);
  double heldout_loss_at(uint64_t step) const;

  SessionState& state_;
  const ResetHandler reset_;
  const bool window_;
  const std::shared_ptr<const OpenedRun> run_;
  const std::unique_ptr<Trainer> trainer_;
  RunRecorder recorder_;
  LatentStore store_;
  OverheadBudget budget_;
  CommandQueue<Command> commands_;
  Interrupt interrupt_;

  const bool resumed_;
  const bool test_at_end_;
  RunPhase phase_;
  bool looked_at_;  // only opened: nobody has had it train yet
  uint64_t target_;
  const uint64_t epochs_added_;  // what Run adds to a reached target
  uint64_t epochs_asked_;        // what Reset starts with
  std::vector<EventLine> replay_;
  size_t replayed_ = 0;
  uint64_t recoveries_replayed_ = 0;  // lines of them passed in replay_
  uint64_t recoveries_ = 0;           // since this worker started
  size_t steps_wanted_ = 0;
  std::deque<Job> jobs_;
  bool exact_wanted_ = false;

  LossWindow window_losses_;
  SpeedMeter speed_;
  double overhead_seconds_ = 0.0;
  double kl_estimated_ = 0.0;  // when, on the steady clock
  TrainingMetrics metrics_;
  std::optional<uint64_t> heldout_step_, test_step_;  // whose weights metrics_ has the numbers of
  std::shared_ptr<const ModelWeights> weights_;
  std::shared_ptr<const LatentFrame> frame_;
  std::shared_ptr<const KnownLabels> labels_;  // as published; null: a person has named one since
  uint64_t frame_changes_ = 0;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace latentscape
