#include "app/gui/stats.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/formats/file.hpp"

namespace latentscape {

uint64_t ProbeClock::stamp(Clock::time_point pointer_event) {
  waiting_[next_] = pointer_event;
  return next_++;
}

void ProbeClock::uploaded(uint64_t tag) {
  const auto it = waiting_.find(tag);
  if (it != waiting_.end()) times_.push_back(seconds_since(it->second) * 1e3);
  waiting_.erase(waiting_.begin(), waiting_.upper_bound(tag));
}

void ProbeClock::reset() {
  waiting_.clear();
  times_.clear();
}

Percentiles percentiles_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto rank = [&](double share) {
    const auto position = static_cast<size_t>(share * static_cast<double>(values.size()) + 0.999999);
    return values[std::clamp<size_t>(position, 1, values.size()) - 1];
  };
  return {rank(0.5), rank(0.99), values.back()};
}

void FrameStats::add_frame(double frame_ms, double cpu_ms) {
  frame_ms_.push_back(frame_ms);
  cpu_ms_.push_back(cpu_ms);
  recent_cpu_ = recent_cpu_ == 0.0 ? cpu_ms : 0.95 * recent_cpu_ + 0.05 * cpu_ms;
}

void FrameStats::reset() {
  frame_ms_.clear();
  cpu_ms_.clear();
}

std::string FrameStats::json(size_t points, const ProbeClock& probe) const {
  nlohmann::ordered_json out;
  const auto put = [&](const char* key, const std::vector<double>& values, bool with_max) {
    const Percentiles p = percentiles_of(values);
    out[key] = {{"p50", p.p50}, {"p99", p.p99}};
    if (with_max) out[key]["max"] = p.max;
  };
  out["points"] = points;
  out["frames"] = frames();
  put("frame_ms", frame_ms_, true);
  put("cpu_ms", cpu_ms_, true);
  put("probe_ms", probe.milliseconds(), false);
  out["probe_ms"]["count"] = probe.milliseconds().size();
  return out.dump(2) + "\n";
}

Status FrameStats::write(const std::string& path, size_t points, const ProbeClock& probe) const {
  return atomic_write_file(path, json(points, probe));
}

}  // namespace latentscape
