// SessionState: what the workers of a session share: the published values, the events and the count of revisions.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "core/session/events.hpp"
#include "core/session/session.hpp"
#include "core/session/snapshot.hpp"
#include "core/sync/event_queue.hpp"
#include "core/sync/latest_slot.hpp"

namespace latentscape {

/// A run and a snapshot of it, published together so that no reader mixes two runs.
struct Published {
  std::shared_ptr<const OpenedRun> run;
  std::shared_ptr<const TrainingSnapshot> snapshot;
};

struct SessionState {
  LatestSlot<Published> published;
  LatestSlot<LoadingState> loading;
  EventQueue<Event> events;
  std::atomic<uint64_t> revision{0};
  std::function<void()> on_publish;  // set before any worker starts; called after each publication

  void publish(Published value) {
    published.publish(std::make_shared<const Published>(std::move(value)));
    if (on_publish) on_publish();
  }
};

}  // namespace latentscape
