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

/// Each key once: of two values one would be lost. From --set and the options that stand for a key.
Status check_given_once(const std::vector<std::pair<std::string, std::string>>& settings);

/// A part that is frozen needs weights that are worth to be kept.
Status check_freeze(const RunConfig& config);

}  // namespace latentscape
