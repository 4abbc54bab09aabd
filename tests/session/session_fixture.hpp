// What the session tests share: tiny runs, and waiting for events and values without asserting a time.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/session/session.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {

/// Far longer than anything here takes: a test that runs into it has failed.
inline constexpr std::chrono::seconds kPatience{60};

inline RunConfig tiny_config() {
  RunConfig config;
  config.data = "strokes";
  config.data_count = 300;
  config.model.encoder = {16};
  config.model.decoder = {16};
  config.batch = 32;
  config.epochs = 3;
  return config;
}

inline OpenRequest tiny_request(bool start = true) {
  OpenRequest request;
  request.config = tiny_config();
  request.start = start;
  request.evaluate_test_at_end = false;  // strokes bring 4,000 test rows
  return request;
}

inline bool eventually(const std::function<bool()>& done) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// Keeps every event of a session in order.
class Listener {
 public:
  explicit Listener(Session& session) : session_(session) {}

  void listen() {
    for (Event& e : session_.drain_events()) all_.push_back(std::move(e));
  }
  template <class E>
  std::vector<E> of() const {
    std::vector<E> found;
    for (const Event& e : all_)
      if (const E* one = std::get_if<E>(&e)) found.push_back(*one);
    return found;
  }
  /// Waits until `count` events of the kind have come.
  template <class E>
  bool wait(size_t count = 1) {
    return eventually([&] {
      listen();
      return of<E>().size() >= count;
    });
  }
  bool wait_phase(RunPhase phase) {
    return eventually([&] {
      listen();
      const auto phases = of<event::PhaseChanged>();
      return !phases.empty() && phases.back().phase == phase;
    });
  }
  std::string failures() const {
    std::string text;
    for (const auto& f : of<event::Failed>()) text += f.error.message + "\n";
    return text;
  }

 private:
  Session& session_;
  std::vector<Event> all_;
};

/// Waits for the target; the weights there.
inline std::vector<float> at_the_end(const Session& session, Listener& listener) {
  EXPECT_TRUE(listener.wait_phase(RunPhase::finished)) << listener.failures();
  const auto snapshot = session.snapshot();
  return snapshot->weights ? snapshot->weights->parameters : std::vector<float>();
}

/// Trains to the target in a session of its own, closed afterwards; the weights, or nothing where it failed.
inline std::vector<float> trained_to_the_end(const OpenRequest& request) {
  Session session;
  Listener listener(session);
  session.open(request);
  return at_the_end(session, listener);
}

inline bool wait_exact(const Session& session) {
  return eventually([&] {
    const auto s = session.snapshot();
    return s->phase != RunPhase::running && s->latents && s->weights && s->latents->exact() && s->latents->step == s->step &&
           s->weights->step == s->step;
  });
}

/// A session as a window has it, and its maps as they come.
class SessionWithMaps : public ::testing::Test {
 protected:
  std::shared_ptr<const ProjectionFrame> wait_frame(const std::function<bool(const ProjectionFrame&)>& wanted) {
    std::shared_ptr<const ProjectionFrame> frame;
    EXPECT_TRUE(eventually([&] {
      frame = session_.projection();
      return frame && wanted(*frame);
    })) << (frame ? frame->error : "no frame");
    return frame;
  }

  Session session_{SessionOptions{.window = true}};
  Listener listener_{session_};
};

}  // namespace latentscape
