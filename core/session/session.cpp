#include "core/session/session.hpp"

#include <filesystem>
#include <mutex>
#include <new>

#include "core/session/explore_workers.hpp"
#include "core/session/export_queue.hpp"
#include "core/session/map_workers.hpp"
#include "core/session/no_memory.hpp"
#include "core/session/opening.hpp"
#include "core/session/outlier_worker.hpp"
#include "core/session/preview_worker.hpp"
#include "core/session/projection_worker.hpp"
#include "core/session/session_state.hpp"
#include "core/session/training_worker.hpp"

namespace latentscape {

namespace fs = std::filesystem;

std::string_view to_string(RunPhase phase) {
  switch (phase) {
    case RunPhase::empty: return "empty";
    case RunPhase::loading: return "loading";
    case RunPhase::running: return "running";
    case RunPhase::paused: return "paused";
    case RunPhase::finished: return "finished";
    case RunPhase::failed: return "failed";
  }
  return "unknown";
}

namespace {

/// An OpenRequest on its way to the loading thread.
struct Loading {
  OpenRequest request;
  std::shared_ptr<const Dataset> data;  // where it need not be loaded
  std::stop_source cancel;
};

std::string what_of(const OpenRequest& request) { return request.resume.empty() ? request.config.data : request.resume; }

std::string full_path(const std::string& path) {
  std::error_code ec;
  const fs::path full = fs::weakly_canonical(fs::absolute(path, ec), ec);
  return ec ? path : full.string();
}

/// out/r2 -> out/r2-2, out/r2-3, ...: the first that is not there.
std::string free_beside(const std::string& path) {
  std::error_code ec;
  for (size_t k = 2;; ++k) {
    std::string candidate = path + "-" + std::to_string(k);
    if (!fs::exists(candidate, ec)) return candidate;
  }
}

}  // namespace

struct Session::Impl {
  explicit Impl(SessionOptions o) : options(o), explore(state), outliers(state), projection(state), maps(state), exports(state) {
    state.loading.publish(std::make_shared<const LoadingState>());
    state.publish({nullptr, std::make_shared<const TrainingSnapshot>()});
    state.on_publish = [this] { projection.latents_changed(); };
    loader = std::make_unique<LatestWorker<Loading, int>>([this](const Loading& loading, std::stop_token stop) {
      load(loading, std::move(stop));
      return std::shared_ptr<const int>();
    });
  }

  ~Impl() {
    {
      std::lock_guard lock(mutex);
      closing = true;
      cancel.request_stop();
    }
    loader.reset();  // no new worker after this
    worker.reset();  // stops within a minibatch, saves
  }

  void open(OpenRequest request, std::shared_ptr<const Dataset> data, std::string base) {
    std::lock_guard lock(mutex);
    if (closing) return;
    cancel.request_stop();
    cancel = std::stop_source();
    early.clear();
    next_base = std::move(base);
    opening = true;
    loader->request({std::move(request), std::move(data), cancel});
  }

  void load(const Loading& loading, std::stop_token stop);
  void install(OpenedTraining opened, const Loading& loading);
  void show_phase(RunPhase phase);
  Status check_directory(const OpenRequest& request) const;
  void reset(ResetRequest request);
  void post(Command command);
  bool worker_there() const {
    std::lock_guard lock(mutex);
    return worker != nullptr;
  }
  bool newest(const Loading& loading) const { return loading.cancel == cancel; }  // mutex held

  const SessionOptions options;
  SessionState state;

  mutable std::mutex mutex;  // the fields below; held for moments only
  bool closing = false;
  bool opening = false;
  std::stop_source cancel;          // of the newest opening
  std::vector<Command> early;       // posted while the first run loads
  std::string base_out, next_base;  // the directory that resets count on from
  std::unique_ptr<TrainingWorker> worker;
  uint64_t runs = 0;       // loading thread only
  std::string map_method;  // last asked for; the front end's thread only

  ExploreWorkers explore;
  OutlierWorker outliers;
  PreviewWorker previews;
  ProjectionWorker projection;
  MapWorkers maps;
  ExportQueue exports;
  std::unique_ptr<LatestWorker<Loading, int>> loader;
};

void Session::Impl::show_phase(RunPhase phase) {
  auto snapshot = std::make_shared<TrainingSnapshot>();
  snapshot->revision = ++state.revision;
  snapshot->phase = phase;
  state.publish({nullptr, std::move(snapshot)});
  state.events.push(event::PhaseChanged{phase});
}

/// The open run writes into its directory; nobody else may.
Status Session::Impl::check_directory(const OpenRequest& request) const {
  const auto published = state.published.latest();
  if (!published->run || published->run->directory.empty()) return {};
  const std::string& wanted = request.resume.empty() ? request.out : request.resume;
  if (wanted.empty() || full_path(wanted) != full_path(published->run->directory)) return {};
  return fail(ErrorCode::exists, "{}: is the run that is open", wanted);
}

void Session::Impl::load(const Loading& loading, std::stop_token stop) {
  std::stop_source cancelled = loading.cancel;
  const std::stop_callback close(stop, [&cancelled] { cancelled.request_stop(); });
  const std::string what = what_of(loading.request);
  const auto show = [this, &what](double fraction, const std::string& part) {
    state.loading.publish(std::make_shared<const LoadingState>(LoadingState{true, fraction, part.empty() ? what : part}));
  };
  const bool first = !state.published.latest()->run;
  show(0.0, what);
  if (first) show_phase(RunPhase::loading);

  const auto open_and_install = [&]() -> Status {
    LS_CHECK(check_directory(loading.request));
    LS_TRY(OpenedTraining opened, open_training(loading.request, loading.data, options.window, cancelled.get_token(), show));
    install(std::move(opened), loading);
    return {};
  };
  Status done;
  try {
    done = open_and_install();
  } catch (const std::bad_alloc&) {
    done = no_memory(what);
  }
  if (!done.ok()) {
    if (!worker_there()) show_phase(RunPhase::empty);
    state.events.push(event::Failed{std::move(done).error().context("opening " + what)});
  }
  std::lock_guard lock(mutex);
  if (!newest(loading)) return;  // another one follows and shows itself
  opening = false;
  early.clear();
  state.loading.publish(std::make_shared<const LoadingState>());
}

void Session::Impl::install(OpenedTraining opened, const Loading& loading) {
  std::unique_ptr<TrainingWorker> old;
  {
    std::lock_guard lock(mutex);
    if (closing) return;
    old = std::move(worker);
  }
  old.reset();  // waits for at most one minibatch and a checkpoint, with no lock held

  auto run = std::make_shared<OpenedRun>();
  run->id = ++runs;
  run->first_revision = state.revision + 1;
  run->config = opened.config;
  run->data = opened.trainer->shared_data();
  const auto before = state.published.latest()->run;
  run->summary = before && before->data == run->data ? before->summary : std::make_shared<const DataSummary>(summarise(*run->data));
  run->model = opened.trainer->model();
  if (opened.directory) run->directory = opened.directory->path();
  auto next = std::make_unique<TrainingWorker>(std::move(opened), std::move(run), options, state,
                                               [this](ResetRequest request) { reset(std::move(request)); });
  std::lock_guard lock(mutex);
  worker = std::move(next);
  if (!newest(loading)) return;
  base_out = next_base;
  for (Command& command : early) worker->post(std::move(command));
  early.clear();
}

void Session::Impl::reset(ResetRequest request) {
  const auto run = state.published.latest()->run;
  OpenRequest again;
  std::shared_ptr<const Dataset> data;
  if (request.config.seed == run->config.seed) data = run->data;  // another seed means another split
  again.config = std::move(request.config);
  if (!run->data->origin.empty()) again.config.data = run->data->origin;  // where a resumed run found it
  again.start = request.start;
  again.evaluate_test_at_end = request.evaluate_test_at_end;
  std::string base;
  {
    std::lock_guard lock(mutex);
    base = base_out;
  }
  if (!run->directory.empty()) again.out = free_beside(base);
  open(std::move(again), std::move(data), std::move(base));
}

void Session::Impl::post(Command command) {
  std::lock_guard lock(mutex);
  if (worker)
    worker->post(std::move(command));
  else if (opening)
    early.push_back(std::move(command));
  else
    state.events.push(event::Failed{{ErrorCode::not_found, "no run is open"}});
}

Session::Session(SessionOptions options) : impl_(std::make_unique<Impl>(options)) {}
Session::~Session() = default;

void Session::open(OpenRequest request) {
  std::string base = request.resume.empty() ? request.out : request.resume;
  auto data = std::exchange(request.data, nullptr);
  impl_->open(std::move(request), std::move(data), std::move(base));
}

void Session::cancel_open() {
  std::lock_guard lock(impl_->mutex);
  impl_->cancel.request_stop();
}

void Session::post(Command command) { impl_->post(std::move(command)); }

std::shared_ptr<const OpenedRun> Session::run() const { return impl_->state.published.latest()->run; }
std::shared_ptr<const TrainingSnapshot> Session::snapshot() const { return impl_->state.published.latest()->snapshot; }
LoadingState Session::loading() const { return *impl_->state.loading.latest(); }
std::vector<Event> Session::drain_events() { return impl_->state.events.drain(); }
bool Session::wait_event(std::chrono::milliseconds time) { return impl_->state.events.wait_for(time); }

void Session::request_preview(PreviewRequest request) { impl_->previews.request(std::move(request)); }
void Session::cancel_preview() { impl_->previews.cancel(); }
void Session::forget_preview() { impl_->previews.forget(); }
std::shared_ptr<const DataPreview> Session::preview() const { return impl_->previews.latest(); }
LoadingState Session::preview_progress() const { return impl_->previews.progress(); }

void Session::request_probe(ProbeRequest request) { impl_->explore.probe.request(std::move(request)); }
std::shared_ptr<const ProbeAnswer> Session::probe() const { return impl_->explore.probe.latest(); }
void Session::request_underlay(GridRequest request) { impl_->explore.underlay.request(std::move(request)); }
std::shared_ptr<const GridAnswer> Session::underlay() const { return impl_->explore.underlay.latest(); }
void Session::request_samples(GridRequest request) { impl_->explore.samples.request(std::move(request)); }
std::shared_ptr<const GridAnswer> Session::samples() const { return impl_->explore.samples.latest(); }
void Session::request_inspect(InspectRequest request) { impl_->explore.inspect.request(std::move(request)); }
std::shared_ptr<const Inspection> Session::inspection() const { return impl_->explore.inspect.latest(); }
void Session::request_outliers(OutlierRequest request) { impl_->outliers.request(request); }
void Session::cancel_outliers() { impl_->outliers.cancel(); }
std::shared_ptr<const OutlierAnswer> Session::outliers() const { return impl_->outliers.latest(); }
OutlierProgress Session::outlier_progress() const { return impl_->outliers.progress(); }
void Session::request_projection(ProjectionRequest request) {
  if (request.config.method != std::exchange(impl_->map_method, request.config.method)) impl_->maps.judge.interrupt();
  impl_->projection.request(std::move(request));
}
std::shared_ptr<const ProjectionFrame> Session::projection() const { return impl_->projection.latest(); }
bool Session::projection_busy() const { return impl_->projection.busy(); }
void Session::request_judgement(JudgeRequest request) { impl_->maps.judge.request(std::move(request)); }
std::shared_ptr<const MapJudgement> Session::judgement() const { return impl_->maps.judge.latest(); }
void Session::request_inverse(std::shared_ptr<const ProjectionFrame> frame) { impl_->maps.inverse.request(std::move(frame)); }
std::shared_ptr<const PlacedInverse> Session::inverse() const { return impl_->maps.inverse.latest(); }

void Session::run_export(std::string what, std::function<Status(std::stop_token)> job) {
  impl_->exports.add(std::move(what), std::move(job));
}

}  // namespace latentscape
