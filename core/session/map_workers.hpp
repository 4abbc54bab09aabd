// MapWorkers: what is asked about a map that is there, each question on a thread of its own: how good it is, and the way back from it.
#pragma once

#include "core/session/explore_requests.hpp"
#include "core/session/session_state.hpp"
#include "core/sync/interruptible_worker.hpp"

namespace latentscape {

inline constexpr size_t kJudgedPoints = 2000;  // of a map, while a person watches

class MapWorkers {
 public:
  explicit MapWorkers(SessionState& state);

  InterruptibleWorker<JudgeRequest, MapJudgement> judge;
  LatestWorker<std::shared_ptr<const ProjectionFrame>, PlacedInverse> inverse;
};

}  // namespace latentscape
