// RunConfig as JSON text and back; unknown keys name the nearest, later versions say so.
#pragma once

#include <string>
#include <string_view>

#include "core/train/run_config.hpp"

namespace latentscape {

inline constexpr int kRunFormatVersion = 3;  // 1: layers as lists of dense sizes, no activation; 2: Adam alone, no schedules

std::string json_from_config(const RunConfig& config);  // pretty, stable key order
/// Takes a config or a whole run.json; keys that are not there keep their defaults. `where` names the file in messages.
/// Errors: corrupt (not JSON, a wrong type), invalid_argument (unknown key or name, out of range), unsupported (a later version).
Result<RunConfig> config_from_json(std::string_view text, std::string_view where);

}  // namespace latentscape
