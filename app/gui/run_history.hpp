// What a run's directory tells of the time before it was opened, so that curves and KL do not begin empty.
#pragma once

#include <string>

#include "app/gui/panel.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

/// Losses, evaluations and live changes up to `step`, in order; `config` tells what the values were before the first change. A recovery in
/// the list takes away the changes of the history that was left.
SessionHistory history_from(const std::vector<MetricsLine>& metrics, const std::vector<EventLine>& events, const RunConfig& config,
                            uint64_t step);

/// Reads them into `history`, whose log stays as it is. On an error nothing has changed. Errors: those of RunDirectory.
Status load_history(const std::string& directory, uint64_t step, SessionHistory& history);

/// Adds what just happened, unless the directory told of it already.
void add(SessionHistory& history, const event::LossPoint& point);
void add(SessionHistory& history, const event::Evaluated& evaluated);

}  // namespace latentscape
