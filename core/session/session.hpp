// Session: the one door for every front end. Owns the workers; hands out immutable values; takes commands.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/io/run_directory.hpp"
#include "core/session/data_preview.hpp"
#include "core/session/events.hpp"
#include "core/session/explore_requests.hpp"
#include "core/session/snapshot.hpp"

namespace latentscape {

struct SessionOptions {
  bool window = false;            // leave one core to the window, publish latents and weights while training
  double snapshots_per_s = 20.0;  // at most
  double overhead_share = 0.2;    // of training time, for snapshots, refresh and evaluation together
};

/// Opens data (and a run directory) in the background; what was open stays until the new run is ready.
struct OpenRequest {
  RunConfig config;                                            // config.data says what to load
  std::shared_ptr<const Dataset> data;                         // of a new run: already loaded, just as config says; null: it is loaded
  std::string resume;                                          // a run directory to go on with: its config is used, with `overrides` on top
  std::vector<std::pair<std::string, std::string>> overrides;  // KEY VALUE pairs as --set
  std::string data_override;                                   // with resume: where the data is now, if it moved
  std::string out;                                             // a new run directory; empty: none is written
  bool force = false;                                          // overwrite an existing `out`
  bool start = true;                                           // train at once; false: paused at the beginning
  bool evaluate_test_at_end = true;                            // test is evaluated once, when the target is reached
  std::vector<EventLine> replay;                               // live changes of another run, made again at the same steps
};

struct LoadingState {
  bool active = false;
  double fraction = 0.0;
  std::string what;
};

class Session {
 public:
  explicit Session(SessionOptions options = {});
  ~Session();  // stops within one minibatch and joins; a run with a directory gets its checkpoint first
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void open(OpenRequest request);  // answers with event::Opened or event::Failed; a newer one cancels the one that loads
  void cancel_open();
  void post(Command command);  // acts between two minibatches

  // What there is now; never waits for a worker. A run and its snapshot may be read a moment apart: compare snapshot()->run_id with
  // run()->id.
  std::shared_ptr<const OpenedRun> run() const;
  std::shared_ptr<const TrainingSnapshot> snapshot() const;
  LoadingState loading() const;
  std::vector<Event> drain_events();
  bool wait_event(std::chrono::milliseconds time);

  // Data looked at before it is opened; a newer request cancels the one in progress.
  void request_preview(PreviewRequest request);
  void cancel_preview();
  void forget_preview();  // the same, and lets go of the data
  std::shared_ptr<const DataPreview> preview() const;
  LoadingState preview_progress() const;

  // Questions to the newest weights; a newer question replaces one that waits.
  void request_probe(ProbeRequest request);
  std::shared_ptr<const ProbeAnswer> probe() const;
  void request_underlay(GridRequest request);
  std::shared_ptr<const GridAnswer> underlay() const;
  void request_samples(GridRequest request);
  std::shared_ptr<const GridAnswer> samples() const;
  void request_inspect(InspectRequest request);
  std::shared_ptr<const Inspection> inspection() const;
  void request_outliers(OutlierRequest request);  // a newer one cancels the one in progress
  void cancel_outliers();
  std::shared_ptr<const OutlierAnswer> outliers() const;
  OutlierProgress outlier_progress() const;
  void request_projection(ProjectionRequest request);
  std::shared_ptr<const ProjectionFrame> projection() const;
  bool projection_busy() const;
  void request_judgement(JudgeRequest request);  // of a frame that projection() gave, without an error
  std::shared_ptr<const MapJudgement> judgement() const;
  void request_inverse(std::shared_ptr<const ProjectionFrame> frame);  // the same
  std::shared_ptr<const PlacedInverse> inverse() const;

  /// Runs on a thread of its own in order, so that figures and exports never hold the window; answers with event::Logged or Failed.
  void run_export(std::string what, std::function<Status(std::stop_token)> job);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// $XDG_STATE_HOME/latentscape/runs, where the window's unnamed runs go; makes it, and keeps the newest `keep` runs.
Result<std::string> default_runs_folder();
/// `open` is never removed, however old; the last write of its files says how new a run is.
Status prune_runs(const std::string& folder, size_t keep, const std::string& open = {});

}  // namespace latentscape
