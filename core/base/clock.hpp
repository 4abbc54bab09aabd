// Time for people and for budgets; never for results.
#pragma once

#include <chrono>

namespace latentscape {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// CPU seconds of the calling thread.
double thread_cpu_seconds();

/// Wall seconds since construction or restart.
class Stopwatch {
 public:
  double seconds() const { return seconds_since(start_); }
  void restart() { start_ = Clock::now(); }

 private:
  Clock::time_point start_ = Clock::now();
};

}  // namespace latentscape
