// ManifoldRule: how far apart neighbouring latents are, so that a position can be called on or off the manifold.
#pragma once

#include <memory>

#include "core/base/clock.hpp"
#include "core/session/snapshot.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {

/// The 99th percentile of the distances from a point to its nearest other point, over a seeded sample of at most 2,000 points of the frame
/// (fewer where there are very many numbers, at least 200). 0 for less than two points.
double manifold_radius(const LatentFrame& frame, ComputePool& pool, std::stop_token stop);

/// The radius of a recent frame: computed on the spot for the first frame of a run, then followed on a thread of its own at most twice a
/// second.
class ManifoldRule {
 public:
  ManifoldRule();
  double radius(const std::shared_ptr<const LatentFrame>& frame, ComputePool& pool, std::stop_token stop);

 private:
  struct Radius {
    const PointSet* points = nullptr;
    uint64_t revision = 0;
    double value = 0.0;
  };
  Radius known_;
  Clock::time_point asked_{};
  LatestWorker<std::shared_ptr<const LatentFrame>, Radius> follower_;
};

}  // namespace latentscape
