// The JSON of run.json, metrics.jsonl and events.jsonl. Private to core/io; `where` names file and line in messages.
#pragma once

#include <string>
#include <string_view>

#include "core/io/run_directory.hpp"

namespace latentscape {

std::string json_from_run_info(const RunInfo& info);
/// Errors: those of config_from_json, and not_found.
Result<RunInfo> read_run_info(const std::string& path);

std::string json_from_metrics(const MetricsLine& line);
Result<MetricsLine> metrics_from_json(std::string_view text, std::string_view where);

std::string json_from_event(const EventLine& line);
Result<EventLine> event_from_json(std::string_view text, std::string_view where);

}  // namespace latentscape
