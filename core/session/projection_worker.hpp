// ProjectionWorker: keeps the asked-for map of the newest latents, one iteration a step, on a thread of its own.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
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
/// While another method is shown, a layout is kept as it is, one a method, and goes on from there when it is asked for again.
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
  /// A projection and all that belongs to it.
  struct Map {
    ProjectionRequest request;  // that it answered when it was parked
    std::unique_ptr<Projection> projection;
    std::shared_ptr<const PointSet> points;
    std::vector<uint32_t> shown;
    std::shared_ptr<const ProjectionFrame> onto;  // the layout before this one, which it is turned to; null: none
    std::shared_ptr<const LatentFrame> latents;   // that the projection has
    FloatArray start;                             // where the layout will begin, until it has
    ProjectionConfig config;                      // that the projection has
    bool changed = false;                         // others were asked for
    std::string complaint;                        // why those asked for last were not taken
    std::vector<DivergencePoint> kl_curve;
    double iteration_seconds = 0.0;  // a running mean; 0: none yet
    size_t limit = 0;
    uint64_t revision = 0;  // of those points
    bool more = false;      // an iterative method has iterations left
    size_t iterations_since_points = 0;
    double points_seconds = 0.0;  // what taking up the points cost
    Clock::time_point points_taken{};
  };

  static bool is_layout(const Map& map);
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
  void change_map(const ProjectionRequest& wanted);
  void put(Map map);
  void drop_map();
  void drop_parked(const LatentFrame* frame);
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
  Map map_;
  std::map<std::string, Map> parked_;  // layouts of methods that are not asked for now
  bool returned_ = false;              // the map was parked, and is to be shown as it was
  FloatArray some_;                    // of the latents, where not all are shown
  uint64_t failed_revision_ = 0;       // of the frame that could not be projected; not tried again
  bool unpublished_ = false;
  Clock::time_point published_{};
  uint64_t sequence_ = 0;
  std::string error_;  // that of the last frame

  std::jthread thread_;  // last
};

}  // namespace latentscape
