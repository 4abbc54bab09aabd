#include "app/gui/run_history.hpp"

#include <algorithm>
#include <map>

namespace latentscape {
namespace {

/// The epoch of a step, between the lines that know theirs.
double epoch_at(const std::vector<MetricsLine>& metrics, uint64_t step) {
  const auto after =
      std::lower_bound(metrics.begin(), metrics.end(), step, [](const MetricsLine& line, uint64_t s) { return line.step < s; });
  if (after == metrics.end()) return metrics.empty() ? 0.0 : metrics.back().epoch;
  const uint64_t step0 = after == metrics.begin() ? 0 : (after - 1)->step;
  const double epoch0 = after == metrics.begin() ? 0.0 : (after - 1)->epoch;
  if (after->step <= step0) return after->epoch;
  return epoch0 + (after->epoch - epoch0) * static_cast<double>(step - step0) / static_cast<double>(after->step - step0);
}

}  // namespace

SessionHistory history_from(const std::vector<MetricsLine>& metrics, const std::vector<EventLine>& events, const RunConfig& config,
                            uint64_t step) {
  SessionHistory history;
  for (const MetricsLine& line : metrics) {
    if (line.step > step) continue;
    if (line.train) history.losses.push_back({line.step, line.epoch, *line.train, 0.0, 0});
    if (line.evaluation) history.evaluations.push_back({line.step, line.epoch, *line.evaluation});
  }
  std::vector<EventLine> changes;
  for (const EventLine& line : events) {
    if (line.key == kRecoveryKey)
      std::erase_if(changes, [&](const EventLine& left) { return left.step > line.step; });
    else if (line.step <= step)
      changes.push_back(line);
  }
  std::map<std::string, double> values = {{"lr", config.learning_rate},
                                          {"beta", config.beta},
                                          {"batch", static_cast<double>(config.batch)},
                                          {"epochs", static_cast<double>(config.epochs.value_or(0))}};
  for (const EventLine& line : changes) {
    double& value = values[line.key];
    history.changes.push_back({line.step, epoch_at(metrics, line.step), line.key, value, line.value});
    value = line.value;
  }
  return history;
}

Status load_history(const std::string& directory, uint64_t step, SessionHistory& history) {
  LS_TRY(const RunDirectory run, RunDirectory::open(directory));
  LS_TRY(const RunInfo info, run.info());
  LS_TRY(const std::vector<MetricsLine> metrics, run.metrics());
  LS_TRY(const std::vector<EventLine> events, run.events());
  SessionHistory told = history_from(metrics, events, info.config, step);
  history.losses = std::move(told.losses);
  history.evaluations = std::move(told.evaluations);
  history.changes = std::move(told.changes);
  return {};
}

void add(SessionHistory& history, const event::LossPoint& point) {
  if (history.losses.empty() || history.losses.back().step < point.step) history.losses.push_back(point);
}

void add(SessionHistory& history, const event::Evaluated& evaluated) {
  const bool there = std::any_of(history.evaluations.begin(), history.evaluations.end(), [&](const event::Evaluated& e) {
    return e.step == evaluated.step && e.evaluation.split == evaluated.evaluation.split;
  });
  if (!there) history.evaluations.push_back(evaluated);
}

}  // namespace latentscape
