#include "core/session/projection_worker.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "core/base/rows.hpp"
#include "core/base/thread_priority.hpp"
#include "core/projection/alignment.hpp"
#include "core/session/no_memory.hpp"

namespace latentscape {

namespace {

constexpr double kSecondsAFrame = 1.0 / 30.0;
constexpr size_t kIterationsAFrame = 50;  // of an iterative method between two frames of latents
constexpr double kPointsShare = 4.0;      // times the cost of taking up points, before that is done again
constexpr double kLongSearch = 0.5;       // seconds without movement that are worth a word
constexpr size_t kMostDivergences = 400;
constexpr auto kLookAgain = std::chrono::milliseconds(10);

bool same_neighbours(const ProjectionConfig& a, const ProjectionConfig& b) {
  return a.perplexity == b.perplexity && a.neighbours == b.neighbours && a.metric == b.metric;
}

/// Could a layout of one request go on as that of the other?
bool goes_on(const ProjectionRequest& a, const ProjectionRequest& b) {
  return a.config.method == b.config.method && a.config.seed == b.config.seed && a.max_points == b.max_points && a.round == b.round;
}

bool same_map(const ProjectionRequest& a, const ProjectionRequest& b) { return a.config == b.config && goes_on(a, b); }

/// Would what is done for one request serve the other, too?
bool serves(const ProjectionRequest& a, const ProjectionRequest& b) {
  const bool layout = a.config.axis_x == b.config.axis_x && a.config.axis_y == b.config.axis_y;
  return goes_on(a, b) && layout && same_neighbours(a.config, b.config) && (b.running || !a.running);
}

bool cancelled(const Status& status) { return !status.ok() && status.error().code == ErrorCode::cancelled; }

}  // namespace

bool ProjectionWorker::is_layout(const Map& map) { return map.projection && map.projection->iterations() > 0; }

ProjectionWorker::ProjectionWorker(SessionState& state) : state_(state), thread_([this](std::stop_token stop) { loop(std::move(stop)); }) {}

ProjectionWorker::~ProjectionWorker() = default;  // the thread stops and joins first: it is the last member

void ProjectionWorker::request(ProjectionRequest request) {
  {
    std::lock_guard lock(mutex_);
    // An iteration that gives way is done again; a search for neighbours is not given up for a setting that has nothing to do with it.
    if (!current_ || !serves(*current_, request)) interrupt_.trigger();
    waiting_ = std::move(request);
  }
  wake_.notify_all();
}

void ProjectionWorker::latents_changed() {
  const auto frame = newest_frame();
  {
    std::lock_guard lock(mutex_);
    moved_ = true;
    if (of_points_ && frame && frame->points.get() != of_points_) interrupt_.trigger();
  }
  wake_.notify_all();
}

bool ProjectionWorker::busy() const {
  std::lock_guard lock(mutex_);
  return working_ || waiting_.has_value();
}

std::shared_ptr<const LatentFrame> ProjectionWorker::newest_frame() const {
  const auto published = state_.published.latest();
  return published && published->snapshot ? published->snapshot->latents : nullptr;
}

bool ProjectionWorker::follows(const LatentFrame* frame) const {
  if (!requested_ || !frame || frame->revision == failed_revision_) return false;
  if (!request_.running) return false;
  if (!map_.projection || map_.points != frame->points) return true;
  return frame->revision > map_.revision && request_.follow;
}

bool ProjectionWorker::may_take(const LatentFrame& frame) const {
  if (!map_.projection || map_.points != frame.points) return true;
  if (map_.projection->iterations() == 0) return seconds_since(published_) >= kSecondsAFrame;
  return (map_.iterations_since_points >= kIterationsAFrame || !map_.more) &&
         seconds_since(map_.points_taken) >= kPointsShare * map_.points_seconds;
}

bool ProjectionWorker::wait_for_work(std::stop_token stop) {
  const bool more = requested_ && map_.projection && (map_.more || map_.changed) && request_.running;
  const bool soon = unpublished_ || follows(newest_frame().get());
  std::unique_lock lock(mutex_);
  if (!more && !waiting_) {
    working_ = false;
    const auto something = [this] { return waiting_.has_value() || moved_; };
    if (soon)
      wake_.wait_for(lock, stop, kLookAgain, something);
    else
      wake_.wait(lock, stop, something);
  }
  moved_ = false;
  working_ = !stop.stop_requested();
  return working_;
}

void ProjectionWorker::take_request() {
  std::optional<ProjectionRequest> wanted;
  {
    std::lock_guard lock(mutex_);
    interrupt_.clear();
    if (!waiting_) return;
    wanted.swap(waiting_);
    current_ = wanted;
  }
  if (!requested_ || !same_map(request_, *wanted)) {
    if (!goes_on(request_, *wanted) || !is_layout(map_)) change_map(*wanted);
    map_.changed = map_.projection && !(wanted->config == map_.config);
    map_.complaint.clear();
    failed_revision_ = 0;
    error_.clear();
  }
  request_ = std::move(*wanted);
  requested_ = true;
}

void ProjectionWorker::loop(std::stop_token stop) {
  lower_thread_priority(3);  // the window and its probe go first
  const std::stop_callback give_way(stop, [this] { interrupt_.trigger(); });
  while (wait_for_work(stop)) {
    take_request();
    if (!requested_ || stop.stop_requested()) continue;
    const auto frame = newest_frame();
    try {
      turn(frame);
    } catch (const std::bad_alloc&) {
      parked_.clear();
      give_up(no_memory("the map"), frame ? frame->revision : map_.revision);
    }
  }
}

void ProjectionWorker::turn(const std::shared_ptr<const LatentFrame>& frame) {
  use_threads();
  drop_parked(frame.get());
  Status done;
  uint64_t revision = map_.revision;
  const bool fresh = !map_.projection || (frame && map_.points != frame->points), changing = !fresh && map_.changed && request_.running;
  if (std::exchange(returned_, false) && !fresh) publish();
  const bool taking = !changing && follows(frame.get()) && may_take(*frame);
  if (changing) {
    done = take_settings();
  } else if (taking) {
    revision = frame->revision;
    done = take_points(frame, fresh);
  } else if (map_.projection && map_.more && request_.running) {
    done = advance();
  }
  // A layout that has not begun is no use; what gave way otherwise is simply done again.
  if (cancelled(done)) {
    if (taking && fresh) drop_map();
  } else if (!done.ok()) {
    if (changing || (taking && !fresh))
      complain(done.error(), changing ? failed_revision_ : revision);
    else
      give_up(done.error(), revision);
  }
  if (unpublished_ && (!map_.more || seconds_since(published_) >= kSecondsAFrame)) publish();
}

void ProjectionWorker::use_threads() {
  const auto published = state_.published.latest();
  const bool training = published && published->snapshot && published->snapshot->phase == RunPhase::running;
  pool_.set_threads(training ? 1 : 0);
}

FloatView ProjectionWorker::values_of(const LatentFrame& frame) {
  if (map_.shown.size() == frame.means.rows) return frame.means;
  some_ = rows_of(frame.means, map_.shown);
  return some_;
}

Status ProjectionWorker::take_points(const std::shared_ptr<const LatentFrame>& frame, bool fresh) {
  const Stopwatch watch;
  if (fresh) {
    LS_CHECK(set_up(*frame));
    LS_TRY(map_.start, map_.projection->start_of(values_of(*frame), pool_, interrupt_.begin()));
    if (map_.start.rows > 0) {
      map_.latents = frame;
      map_.revision = frame->revision;
      publish(true);
    }
  } else if (map_.points_seconds > kLongSearch && map_.projection->iterations() > 0) {
    publish(true);
  }
  LS_CHECK(map_.projection->set_points(values_of(*frame), pool_, interrupt_.begin()));
  map_.start = {};
  map_.latents = frame;
  map_.revision = frame->revision;
  if (failed_revision_ != 0) map_.complaint.clear();  // it was of points; what was said of settings still holds
  failed_revision_ = 0;
  map_.iterations_since_points = 0;
  map_.points_seconds = watch.seconds();
  map_.points_taken = Clock::now();
  map_.more = true;
  const Status first = advance();
  return cancelled(first) ? Status() : first;
}

Status ProjectionWorker::set_up(const LatentFrame& frame) {
  drop_map();
  map_.config = request_.config;
  const size_t n = frame.means.rows;
  LS_TRY(const ProjectionMethod* method, projection_methods().get(map_.config.method));
  size_t most = method->max_points;
  if (request_.max_points) most = most ? std::min(most, request_.max_points) : request_.max_points;
  map_.limit = most && most < n ? most : 0;
  map_.shown = subset_of(n, map_.limit ? map_.limit : n, map_.config.seed);
  LS_TRY(map_.projection, make_projection(map_.config, map_.shown.size(), frame.means.cols));
  map_.points = frame.points;
  const auto last = frames_.latest();
  const bool anew = map_.projection->iterations() > 0 && last && last->points == map_.points && last->config.method == map_.config.method;
  map_.onto = anew && last->shown == map_.shown ? last : nullptr;
  std::lock_guard lock(mutex_);
  of_points_ = map_.points.get();
  return {};
}

Status ProjectionWorker::take_settings() {
  LS_CHECK(check_projection(request_.config, map_.shown.size(), map_.latents->means.cols));
  if (!same_neighbours(request_.config, map_.config) && map_.points_seconds > kLongSearch) publish(true);
  LS_CHECK(map_.projection->configure(request_.config, values_of(*map_.latents), pool_, interrupt_.begin()));
  map_.config = request_.config;
  map_.changed = false;
  map_.more = map_.projection->iteration() < map_.projection->iterations();
  unpublished_ = true;
  return {};
}

Status ProjectionWorker::advance() {
  const Stopwatch watch;
  LS_TRY(map_.more, map_.projection->advance(pool_, interrupt_.begin()));
  const double seconds = watch.seconds();
  map_.iteration_seconds = map_.iteration_seconds > 0.0 ? 0.9 * map_.iteration_seconds + 0.1 * seconds : seconds;
  ++map_.iterations_since_points;
  unpublished_ = true;
  const double kl = map_.projection->kl();
  if (kl != 0.0 && (map_.kl_curve.empty() || map_.kl_curve.back().kl != kl)) {
    if (map_.kl_curve.size() == kMostDivergences) map_.kl_curve.erase(map_.kl_curve.begin());
    map_.kl_curve.push_back({map_.projection->iteration(), kl});
  }
  return {};
}

/// What is not there has nothing more to do and nothing to show.
void ProjectionWorker::drop_map() { put(Map()); }

void ProjectionWorker::put(Map map) {
  map_ = std::move(map);
  unpublished_ = false;
  std::lock_guard lock(mutex_);
  of_points_ = map_.projection ? map_.points.get() : nullptr;
}

/// The layout of one method makes room for that of another, and is there again when it is asked for.
void ProjectionWorker::change_map(const ProjectionRequest& wanted) {
  if (is_layout(map_) && request_.config.method != wanted.config.method) {
    map_.request = request_;
    parked_.insert_or_assign(request_.config.method, std::move(map_));
  }
  auto kept = parked_.extract(wanted.config.method);
  const bool back = kept && goes_on(kept.mapped().request, wanted);
  put(back ? std::move(kept.mapped()) : Map());
  returned_ = back;
}

/// Layouts of other data, of another seed or size are of no use any more.
void ProjectionWorker::drop_parked(const LatentFrame* frame) {
  const auto of_now = [&](const Map& map) {
    return frame && map.points == frame->points && map.request.config.seed == request_.config.seed &&
           map.request.max_points == request_.max_points;
  };
  for (auto at = parked_.begin(); at != parked_.end();) at = of_now(at->second) ? std::next(at) : parked_.erase(at);
}

void ProjectionWorker::publish(bool searching) {
  auto frame = std::make_shared<ProjectionFrame>();
  frame->revision = map_.revision;
  frame->sequence = ++sequence_;
  frame->config = map_.config;
  frame->points = map_.points;
  frame->shown = map_.shown;
  frame->positions = map_.start.rows > 0 ? map_.start : map_.projection->positions();
  if (map_.onto)
    if (const auto turn = align_map(frame->positions, map_.onto->positions, {.scale = false}); turn.ok())
      frame->positions = turn->apply(frame->positions);
  frame->latents = map_.latents;
  if (const LinearMap* linear = map_.projection->linear()) frame->linear = *linear;
  frame->iteration = map_.projection->iteration();
  frame->iterations = map_.projection->iterations();
  frame->kl = map_.projection->kl();
  frame->kl_curve = map_.kl_curve;
  if (map_.more) frame->seconds_left = map_.iteration_seconds * static_cast<double>(frame->iterations - frame->iteration);
  frame->searching = searching;
  frame->limit = map_.limit;
  frame->error = map_.complaint;
  frames_.publish(std::move(frame));
  error_.clear();
  unpublished_ = false;
  published_ = Clock::now();
}

/// The map that is there goes on as it was, and says what it did not take.
void ProjectionWorker::complain(const Error& error, uint64_t failed_revision) {
  failed_revision_ = failed_revision;
  map_.changed = false;
  map_.complaint = error.message;
  unpublished_ = true;
}

void ProjectionWorker::give_up(Error error, uint64_t revision) {
  drop_map();
  failed_revision_ = revision;
  if (error.message == error_) return;  // once, not for every frame
  error_ = std::move(error.message);
  auto frame = std::make_shared<ProjectionFrame>();
  frame->revision = revision;
  frame->sequence = ++sequence_;
  frame->config = request_.config;
  frame->error = error_;
  frames_.publish(std::move(frame));
}

}  // namespace latentscape
