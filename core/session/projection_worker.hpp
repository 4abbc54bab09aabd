// ProjectionWorker: keeps the asked-for map of the newest latents, one iteration a step, on a thread of its own.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/base/clock.hpp"
#include "core/session/explore_requests.hpp"
#include "core/session/interrupt.hpp"
#include "core/session/session_state.hpp"
#include "core/sync/latest_slot.hpp"

namespace latentscape {

/// Direct methods (raw, PCA) are computed anew for each new frame; iterative ones show where they begin at once, and go on from where they
/// are when latents have moved, not more often than every kIterationsAFrame iterations or a few times what taking up new points costs.
/// Other settings of the same method are taken up without beginning again; a layout that does begin again lies as the one before it did.
/// While training runs, one thread works here, else all that the machine has. Frames come at most 30 times a second.
class ProjectionWorker {
 public:
  explicit ProjectionWorker(SessionState& state);
  ~ProjectionWorker();
  ProjectionWorker(const ProjectionWorker&) = delete;
  ProjectionWorker& operator=(const ProjectionWorker&) = delete;

  void request(ProjectionRequest request);  // a newer one replaces what waits or runs
  void latents_changed();                   // wakes the worker to look for a newer frame; where it is of other data, what runs is dropped
  std::shared_ptr<const ProjectionFrame> latest() const { return frames_.latest(); }
  bool busy() const;  // true while a request waits or a map is being computed

 private:
  void loop(std::stop_token stop);
  void turn(const std::shared_ptr<const LatentFrame>& frame);
  bool wait_for_work(std::stop_token stop);  // false: stop
  void take_request();
  bool follows(const LatentFrame* frame) const;   // a newer frame that this map should take up, now or soon
  bool may_take(const LatentFrame& frame) const;  // and it is time to
  Status take_points(const std::shared_ptr<const LatentFrame>& frame, bool fresh);
  Status set_up(const LatentFrame& frame);
  Status take_settings();
  Status advance();
  FloatView values_of(const LatentFrame& frame);
  void use_threads();
  void drop_projection();
  void publish(bool searching = false);
  void complain(const Error& error, uint64_t failed_revision);
  void give_up(Error error, uint64_t revision);
  std::shared_ptr<const LatentFrame> newest_frame() const;

  SessionState& state_;
  LatestSlot<ProjectionFrame> frames_;
  Interrupt interrupt_;

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<ProjectionRequest> waiting_;
  std::optional<ProjectionRequest> current_;  // what the worker took last
  const PointSet* of_points_ = nullptr;       // those that the worker's map is of
  bool moved_ = false;                        // latents changed since the worker last looked
  bool working_ = false;

  // Only the worker's thread touches these.
  ComputePool pool_{1};
  ProjectionRequest request_;
  bool requested_ = false;
  std::unique_ptr<Projection> projection_;
  std::shared_ptr<const PointSet> points_;
  std::vector<uint32_t> shown_;
  std::shared_ptr<const ProjectionFrame> onto_;  // the layout before this one, which it is turned to; null: none
  std::shared_ptr<const LatentFrame> latents_;   // that the projection has
  FloatArray some_;                              // of them, where not all are shown
  FloatArray start_;                             // where the layout will begin, until it has
  ProjectionConfig config_;                      // that the projection has
  bool changed_ = false;                         // others were asked for
  std::string complaint_;                        // why those asked for last were not taken
  std::vector<DivergencePoint> kl_curve_;
  double iteration_seconds_ = 0.0;  // a running mean; 0: none yet
  size_t limit_ = 0;
  uint64_t revision_ = 0;         // of those points
  uint64_t failed_revision_ = 0;  // of the frame that could not be projected; not tried again
  bool more_ = false;             // an iterative method has iterations left
  bool unpublished_ = false;
  size_t iterations_since_points_ = 0;
  double points_seconds_ = 0.0;  // what taking up the points cost
  Clock::time_point points_taken_{};
  Clock::time_point published_{};
  uint64_t sequence_ = 0;
  std::string error_;  // that of the last frame

  std::jthread thread_;  // last
};

}  // namespace latentscape
