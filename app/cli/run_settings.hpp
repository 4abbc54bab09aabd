// What the options of a training run say, for the sub-commands that train.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/result.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// A family's name, or a preset's, which brings a word of advice into `notes`. Errors name the nearest.
Status choose_model(RunConfig& config, const std::string& name, std::vector<std::string>& notes);

/// KEY=VALUE of --set.
Result<std::pair<std::string, std::string>> split_setting(const std::string& text);

}  // namespace latentscape
