// What a sweep trains: a grid of settings, as runs with names.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/commands.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

inline constexpr size_t kMostSweepRuns = 1000;

/// A key of the grid with its values, as they were written.
struct GridAxis {
  std::string key;
  std::vector<std::string> values;
  /// Each value as a number, where all of them are one; else empty.
  std::vector<double> numbers() const;
};

/// KEY=V1,V2,...; with a ';' anywhere in the values it separates them, and commas belong to them. Errors (invalid_argument): no key, no
/// value, an empty one, one twice, a key that is neither `model` nor one of --set (the nearest is named).
Result<GridAxis> parse_axis(const std::string& text);

/// All that decides which numbers come out.
struct SweepPlan {
  std::string data, kind, model;
  std::vector<std::pair<std::string, std::string>> settings;  // of every run
  std::vector<GridAxis> grid;
  size_t folds = 0;  // 0: the held-out share of `train`
  size_t seeds = 1;  // seed, seed + 1, ...
};

struct SweepRun {
  std::string name;  // of its folder
  RunConfig config;
};

/// A value of each key, and its runs: one, or one a fold and seed.
struct Combination {
  std::string name;
  std::vector<std::string> values;  // in the order of the grid
  std::vector<SweepRun> runs;
};

/// In order, the last key the fastest. `notes`: advice of presets. Errors (invalid_argument): no key, one twice or also set for every run,
/// a value out of range, more than kMostSweepRuns runs.
Result<std::vector<Combination>> combinations_of(const SweepPlan& plan, std::vector<std::string>& notes);

Json json_from_plan(const SweepPlan& plan);
/// `where` names the file in the errors.
Result<SweepPlan> plan_from_json(const Json& json, const std::string& where);

}  // namespace latentscape
