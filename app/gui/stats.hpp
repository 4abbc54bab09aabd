// FrameStats and ProbeClock: what --stats writes at exit and the status bar shows; wall and CPU times in milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"

namespace latentscape {

/// From a pointer event to the decoded texture on the GPU. The window stamps each probe request; the probe panel reports its upload.
class ProbeClock {
 public:
  /// A tag for a request that answers a pointer event of that time.
  uint64_t stamp(Clock::time_point pointer_event);
  /// The texture of the answer with this tag was uploaded; older requests were superseded and are forgotten.
  void uploaded(uint64_t tag);
  void reset();
  const std::vector<double>& milliseconds() const { return times_; }

 private:
  uint64_t next_ = 1;
  std::map<uint64_t, Clock::time_point> waiting_;
  std::vector<double> times_;
};

struct Percentiles {
  double p50 = 0.0, p99 = 0.0, max = 0.0;
};
/// Nearest-rank percentiles; zeros where there is nothing.
Percentiles percentiles_of(std::vector<double> values);

class FrameStats {
 public:
  void add_frame(double frame_ms, double cpu_ms);
  void reset();
  size_t frames() const { return frame_ms_.size(); }
  double recent_ms() const { return recent_cpu_; }  // smoothed work a frame, for the status bar
  /// points, frames, frame_ms {p50, p99, max}, cpu_ms {p50, p99, max}, probe_ms {p50, p99}.
  std::string json(size_t points, const ProbeClock& probe) const;
  Status write(const std::string& path, size_t points, const ProbeClock& probe) const;

 private:
  std::vector<double> frame_ms_, cpu_ms_;
  double recent_cpu_ = 0.0;
};

}  // namespace latentscape
