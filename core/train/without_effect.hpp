// Settings that make no difference beside the others: a person who names one is told so, and the window does not show it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/train/run_config.hpp"

namespace latentscape {

/// Why this key of --set makes no difference in a run of `config`, as in "it is of optimiser=sgd"; empty: it may make one.
std::string_view why_without_effect(const RunConfig& config, std::string_view key);

/// "momentum has no effect: it is of optimiser=sgd", of those of `keys` for which it is so. `config`: completed by prepare_run, as the
/// likelihood may depend on the data.
std::vector<std::string> notes_without_effect(const RunConfig& config, const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace latentscape
