#include "core/session/projection_worker.hpp"

#include <algorithm>
#include <chrono>
#include <new>

#include "core/base/thread_priority.hpp"
#include "core/session/no_memory.hpp"

namespace latentscape {

namespace {

constexpr double kSecondsAFrame = 1.0 / 30.0;
constexpr size_t kIterationsAFrame = 50;  // of an iterative method between two frames of latents
constexpr double kPointsShare = 4.0;      // times the cost of taking up points, before that is done again
constexpr auto kLookAgain = std::chrono::milliseconds(10);

bool same_map(const ProjectionRequest& a, const ProjectionRequest& b) { return a.config == b.config && a.max_points == b.max_points; }

bool cancelled(const Status& status) { return !status.ok() && status.error().code == ErrorCode::cancelled; }

}  // namespace

ProjectionWorker::ProjectionWorker(SessionState& state) : state_(state), thread_([this](std::stop_token stop) { loop(std::move(stop)); }) {}

ProjectionWorker::~ProjectionWorker() = default;  // the thread stops and joins first: it is the last member

void ProjectionWorker::request(ProjectionRequest request) {
  {
    std::lock_guard lock(mutex_);
    // Only another map makes what runs pointless; holding still or going on must not cost the iterations so far.
    if (!current_ || !same_map(*current_, request)) interrupt_.trigger();
    waiting_ = std::move(request);
  }
  wake_.notify_all();
}

void ProjectionWorker::latents_changed() {
  {
    std::lock_guard lock(mutex_);
    moved_ = true;
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
  if (!projection_ || points_ != frame->points) return true;
  return frame->revision > revision_ && request_.follow && request_.running;
}

bool ProjectionWorker::may_take(const LatentFrame& frame) const {
  if (!projection_ || points_ != frame.points) return true;
  if (projection_->iterations() == 0) return seconds_since(published_) >= kSecondsAFrame;
  return (iterations_since_points_ >= kIterationsAFrame || !more_) && seconds_since(points_taken_) >= kPointsShare * points_seconds_;
}

bool ProjectionWorker::wait_for_work(std::stop_token stop) {
  const bool goes_on = requested_ && projection_ && more_ && request_.running;
  const bool soon = unpublished_ || follows(newest_frame().get());
  std::unique_lock lock(mutex_);
  if (!goes_on && !waiting_) {
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
  std::lock_guard lock(mutex_);
  interrupt_.clear();
  if (!waiting_) return;
  if (!requested_ || !same_map(request_, *waiting_)) {
    drop_projection();
    failed_revision_ = 0;
    error_.clear();
  }
  request_ = std::move(*waiting_);
  waiting_.reset();
  current_ = request_;
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
      turn(frame.get());
    } catch (const std::bad_alloc&) {
      values_ = {};
      give_up(no_memory("the map"), frame ? frame->revision : revision_);
    }
  }
}

void ProjectionWorker::turn(const LatentFrame* frame) {
  Status done;
  uint64_t revision = revision_;
  const bool taking = follows(frame) && may_take(*frame);
  if (taking) {
    revision = frame->revision;
    done = take_points(*frame);
  } else if (projection_ && more_ && request_.running) {
    done = advance();
  }
  // Points that were taken up half are no use; an iteration that was dropped is simply done again.
  if (cancelled(done)) {
    if (taking) drop_projection();
  } else if (!done.ok()) {
    give_up(done.error(), revision);
  }
  if (unpublished_ && (!more_ || seconds_since(published_) >= kSecondsAFrame)) publish();
}

Status ProjectionWorker::take_points(const LatentFrame& frame) {
  const Stopwatch watch;
  if (!projection_ || points_ != frame.points) LS_CHECK(set_up(frame));
  values_.resize(shown_.size(), frame.means.cols);
  for (size_t i = 0; i < shown_.size(); ++i) std::copy_n(frame.means.row_data(shown_[i]), values_.cols, values_.row_data(i));
  LS_CHECK(projection_->set_points(values_, pool_, interrupt_.begin()));
  revision_ = frame.revision;
  iterations_since_points_ = 0;
  points_seconds_ = watch.seconds();
  points_taken_ = Clock::now();
  more_ = true;
  return advance();
}

Status ProjectionWorker::set_up(const LatentFrame& frame) {
  drop_projection();
  const size_t n = frame.means.rows;
  LS_TRY(const ProjectionMethod* method, projection_methods().get(request_.config.method));
  size_t most = method->max_points;
  if (request_.max_points) most = most ? std::min(most, request_.max_points) : request_.max_points;
  limit_ = most && most < n ? most : 0;
  shown_ = subset_of(n, limit_ ? limit_ : n, request_.config.seed);
  LS_TRY(projection_, make_projection(request_.config, shown_.size(), frame.means.cols));
  points_ = frame.points;
  return {};
}

Status ProjectionWorker::advance() {
  LS_TRY(more_, projection_->advance(pool_, interrupt_.begin()));
  ++iterations_since_points_;
  unpublished_ = true;
  return {};
}

/// What is not there has nothing more to do and nothing to show.
void ProjectionWorker::drop_projection() {
  projection_.reset();
  more_ = unpublished_ = false;
}

void ProjectionWorker::publish() {
  auto frame = std::make_shared<ProjectionFrame>();
  frame->revision = revision_;
  frame->sequence = ++sequence_;
  frame->config = request_.config;
  frame->points = points_;
  frame->shown = shown_;
  frame->positions = projection_->positions();
  if (const LinearMap* linear = projection_->linear()) frame->linear = *linear;
  frame->iteration = projection_->iteration();
  frame->iterations = projection_->iterations();
  frame->kl = projection_->kl();
  frame->limit = limit_;
  frames_.publish(std::move(frame));
  error_.clear();
  unpublished_ = false;
  published_ = Clock::now();
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
