// ExportQueue: figures and exports on a thread of their own, one after the other.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/session/session_state.hpp"

namespace latentscape {

class ExportQueue {
 public:
  using Work = std::function<Status(std::stop_token)>;

  explicit ExportQueue(SessionState& state) : state_(state), thread_([this](std::stop_token stop) { loop(std::move(stop)); }) {}
  ~ExportQueue() = default;  // stops the running job by its token; those that wait are dropped and said to be
  ExportQueue(const ExportQueue&) = delete;
  ExportQueue& operator=(const ExportQueue&) = delete;

  /// Answers with event::Logged or event::Failed.
  void add(std::string what, Work work) { jobs_.push({std::move(what), std::move(work)}); }

 private:
  struct Job {
    std::string what;
    Work work;
  };
  void loop(std::stop_token stop);

  SessionState& state_;
  EventQueue<Job> jobs_;
  std::jthread thread_;  // last
};

}  // namespace latentscape
