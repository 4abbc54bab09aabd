// ExploreWorkers: probe, underlay, samples and inspect, each a thread that answers the newest question from the newest published weights.
#pragma once

#include "core/session/explore_requests.hpp"
#include "core/session/session_state.hpp"
#include "core/sync/latest_worker.hpp"

namespace latentscape {

/// A question whose width does not fit the open run, or that comes before there are weights, gets no answer.
class ExploreWorkers {
 public:
  explicit ExploreWorkers(SessionState& state);

  LatestWorker<ProbeRequest, ProbeAnswer> probe;
  LatestWorker<GridRequest, GridAnswer> underlay;
  LatestWorker<GridRequest, GridAnswer> samples;
  LatestWorker<InspectRequest, Inspection> inspect;
};

}  // namespace latentscape
