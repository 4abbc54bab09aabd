// SignalStop: Ctrl-C and SIGTERM as a stop token, without a signal handler and without globals.
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

#include "core/base/result.hpp"

namespace latentscape {

/// Blocks SIGINT and SIGTERM in this thread (and in those that it starts) and waits for them on a thread of its own. Make it before any
/// other thread. The first signal requests a stop; the second exits at once with 130.
class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  bool requested() const { return source_.stop_requested(); }

 private:
  sigset_t saved_{};
  std::stop_source source_;
  std::jthread thread_;
};

}  // namespace latentscape
