#include "core/session/projection_worker.hpp"

#include <algorithm>
#include <chrono>
#include <new>

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
  if (!projection_ || points_ != frame->points) return true;
  return frame->revision > revision_ && request_.follow;
}

bool ProjectionWorker::may_take(const LatentFrame& frame) const {
  if (!projection_ || points_ != frame.points) return true;
  if (projection_->iterations() == 0) return seconds_since(published_) >= kSecondsAFrame;
  return (iterations_since_points_ >= kIterationsAFrame || !more_) && seconds_since(points_taken_) >= kPointsShare * points_seconds_;
}

bool ProjectionWorker::wait_for_work(std::stop_token stop) {
  const bool more = requested_ && projection_ && (more_ || changed_) && request_.running;
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
    if (projection_ && projection_->iterations() > 0 && goes_on(request_, *wanted))
      changed_ = !(wanted->config == config_);
    else
      drop_projection();
    failed_revision_ = 0;
    error_.clear();
    complaint_.clear();
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
      give_up(no_memory("the map"), frame ? frame->revision : revision_);
    }
  }
}

void ProjectionWorker::turn(const std::shared_ptr<const LatentFrame>& frame) {
  use_threads();
  Status done;
  uint64_t revision = revision_;
  const bool fresh = !projection_ || (frame && points_ != frame->points), changing = !fresh && changed_ && request_.running;
  const bool taking = !changing && follows(frame.get()) && may_take(*frame);
  if (changing) {
    done = take_settings();
  } else if (taking) {
    revision = frame->revision;
    done = take_points(frame, fresh);
  } else if (projection_ && more_ && request_.running) {
    done = advance();
  }
  // A layout that has not begun is no use; what gave way otherwise is simply done again.
  if (cancelled(done)) {
    if (taking && fresh) drop_projection();
  } else if (!done.ok()) {
    if (changing || (taking && !fresh))
      complain(done.error(), changing ? failed_revision_ : revision);
    else
      give_up(done.error(), revision);
  }
  if (unpublished_ && (!more_ || seconds_since(published_) >= kSecondsAFrame)) publish();
}

void ProjectionWorker::use_threads() {
  const auto published = state_.published.latest();
  const bool training = published && published->snapshot && published->snapshot->phase == RunPhase::running;
  pool_.set_threads(training ? 1 : 0);
}

FloatView ProjectionWorker::values_of(const LatentFrame& frame) {
  if (shown_.size() == frame.means.rows) return frame.means;
  some_.resize(shown_.size(), frame.means.cols);
  for (size_t i = 0; i < shown_.size(); ++i) std::copy_n(frame.means.row_data(shown_[i]), some_.cols, some_.row_data(i));
  return some_;
}

Status ProjectionWorker::take_points(const std::shared_ptr<const LatentFrame>& frame, bool fresh) {
  const Stopwatch watch;
  if (fresh) {
    LS_CHECK(set_up(*frame));
    LS_TRY(start_, projection_->start_of(values_of(*frame), pool_, interrupt_.begin()));
    if (start_.rows > 0) {
      latents_ = frame;
      revision_ = frame->revision;
      publish(true);
    }
  } else if (points_seconds_ > kLongSearch && projection_->iterations() > 0) {
    publish(true);
  }
  LS_CHECK(projection_->set_points(values_of(*frame), pool_, interrupt_.begin()));
  start_ = {};
  latents_ = frame;
  revision_ = frame->revision;
  if (failed_revision_ != 0) complaint_.clear();  // it was of points; what was said of settings still holds
  failed_revision_ = 0;
  iterations_since_points_ = 0;
  points_seconds_ = watch.seconds();
  points_taken_ = Clock::now();
  more_ = true;
  const Status first = advance();
  return cancelled(first) ? Status() : first;
}

Status ProjectionWorker::set_up(const LatentFrame& frame) {
  drop_projection();
  config_ = request_.config;
  const size_t n = frame.means.rows;
  LS_TRY(const ProjectionMethod* method, projection_methods().get(config_.method));
  size_t most = method->max_points;
  if (request_.max_points) most = most ? std::min(most, request_.max_points) : request_.max_points;
  limit_ = most && most < n ? most : 0;
  shown_ = subset_of(n, limit_ ? limit_ : n, config_.seed);
  LS_TRY(projection_, make_projection(config_, shown_.size(), frame.means.cols));
  points_ = frame.points;
  const auto last = frames_.latest();
  const bool anew = projection_->iterations() > 0 && last && last->points == points_ && last->config.method == config_.method;
  onto_ = anew && last->shown == shown_ ? last : nullptr;
  std::lock_guard lock(mutex_);
  of_points_ = points_.get();
  return {};
}

Status ProjectionWorker::take_settings() {
  LS_CHECK(check_projection(request_.config, shown_.size(), latents_->means.cols));
  if (!same_neighbours(request_.config, config_) && points_seconds_ > kLongSearch) publish(true);
  LS_CHECK(projection_->configure(request_.config, values_of(*latents_), pool_, interrupt_.begin()));
  config_ = request_.config;
  changed_ = false;
  more_ = projection_->iteration() < projection_->iterations();
  unpublished_ = true;
  return {};
}

Status ProjectionWorker::advance() {
  const Stopwatch watch;
  LS_TRY(more_, projection_->advance(pool_, interrupt_.begin()));
  const double seconds = watch.seconds();
  iteration_seconds_ = iteration_seconds_ > 0.0 ? 0.9 * iteration_seconds_ + 0.1 * seconds : seconds;
  ++iterations_since_points_;
  unpublished_ = true;
  const double kl = projection_->kl();
  if (kl != 0.0 && (kl_curve_.empty() || kl_curve_.back().kl != kl)) {
    if (kl_curve_.size() == kMostDivergences) kl_curve_.erase(kl_curve_.begin());
    kl_curve_.push_back({projection_->iteration(), kl});
  }
  return {};
}

/// What is not there has nothing more to do and nothing to show.
void ProjectionWorker::drop_projection() {
  projection_.reset();
  more_ = unpublished_ = changed_ = false;
  start_ = {};
  kl_curve_.clear();
  iteration_seconds_ = points_seconds_ = 0.0;
  std::lock_guard lock(mutex_);
  of_points_ = nullptr;
}

void ProjectionWorker::publish(bool searching) {
  auto frame = std::make_shared<ProjectionFrame>();
  frame->revision = revision_;
  frame->sequence = ++sequence_;
  frame->config = config_;
  frame->points = points_;
  frame->shown = shown_;
  frame->positions = start_.rows > 0 ? start_ : projection_->positions();
  if (onto_)
    if (const auto turn = align_map(frame->positions, onto_->positions, {.scale = false}); turn.ok())
      frame->positions = turn->apply(frame->positions);
  frame->latents = latents_;
  if (const LinearMap* linear = projection_->linear()) frame->linear = *linear;
  frame->iteration = projection_->iteration();
  frame->iterations = projection_->iterations();
  frame->kl = projection_->kl();
  frame->kl_curve = kl_curve_;
  if (more_) frame->seconds_left = iteration_seconds_ * static_cast<double>(frame->iterations - frame->iteration);
  frame->searching = searching;
  frame->limit = limit_;
  frame->error = complaint_;
  frames_.publish(std::move(frame));
  error_.clear();
  unpublished_ = false;
  published_ = Clock::now();
}

/// The map that is there goes on as it was, and says what it did not take.
void ProjectionWorker::complain(const Error& error, uint64_t failed_revision) {
  failed_revision_ = failed_revision;
  changed_ = false;
  complaint_ = error.message;
  unpublished_ = true;
}

void ProjectionWorker::give_up(Error error, uint64_t revision) {
  drop_projection();
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
