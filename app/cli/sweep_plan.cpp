#include "app/cli/sweep_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "app/cli/run_settings.hpp"
#include "core/base/registry.hpp"

namespace latentscape {
namespace {

constexpr size_t kLongestName = 100;  // of a folder; file systems take 255 bytes

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (std::string& part : parts) {
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
  }
  return parts;
}

/// "conv 16x4s2, dense 64" as conv16x4s2-dense64: what any file system and shell takes.
std::string name_from_value(const std::string& value) {
  std::string name;
  for (const char c : value) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '+';
    if (kept)
      name += c;
    else if (c != ' ')
      name += '-';
  }
  return name;
}

/// Each key has one place: the grid, or the settings of every run.
Status check_keys(const SweepPlan& plan) {
  if (plan.grid.empty()) return fail(ErrorCode::invalid_argument, "no --grid given, expected at least one, like --grid latent=2,8,32");
  std::set<std::string> keys;
  for (const GridAxis& axis : plan.grid)
    if (!keys.insert(axis.key).second)
      return fail(ErrorCode::invalid_argument, "--grid {0} is given twice, expected all its values in one, like --grid {0}=2,8", axis.key);
  LS_CHECK(check_given_once(plan.settings));
  const auto both = [](const std::string& key, const char* with) {
    return fail(ErrorCode::invalid_argument, "{} is in --grid and set for every run by {}, expected one of the two", key, with);
  };
  if (keys.count("model") && !plan.model.empty()) return both("model", "--model");
  if (keys.count("seed") && plan.seeds > 1) return both("seed", "--seeds");
  for (const auto& setting : plan.settings)
    if (keys.count(setting.first)) return both(setting.first, "--set or its own option");
  const auto heldout = [](const auto& setting) { return setting.first == "heldout"; };
  if (plan.folds && (keys.count("heldout") || std::any_of(plan.settings.begin(), plan.settings.end(), heldout)))
    return fail(ErrorCode::invalid_argument, "heldout has no say with --folds: each fold takes its part of the train rows");
  return {};
}

Result<size_t> count_runs(const SweepPlan& plan) {
  const size_t each = std::max<size_t>(1, plan.folds) * plan.seeds;
  double combinations = 1.0;
  for (const GridAxis& axis : plan.grid) combinations *= static_cast<double>(axis.values.size());
  if (combinations * static_cast<double>(each) <= static_cast<double>(kMostSweepRuns)) return static_cast<size_t>(combinations);
  return fail(ErrorCode::invalid_argument, "the grid has {:.0f} combinations of {} run{}, {:.0f} in all, expected at most {}", combinations,
              each, each == 1 ? "" : "s", combinations * static_cast<double>(each), kMostSweepRuns);
}

Result<RunConfig> config_of(const SweepPlan& plan, const Combination& combination, std::vector<std::string>& notes) {
  RunConfig config;
  config.data = plan.data;
  config.kind = plan.kind;
  if (!plan.model.empty()) LS_CHECK(choose_model(config, plan.model, notes));
  // The model first: it brings layers that other keys may change.
  for (size_t i = 0; i < plan.grid.size(); ++i)
    if (plan.grid[i].key == "model") LS_CHECK(choose_model(config, combination.values[i], notes));
  for (const auto& [key, value] : plan.settings) LS_CHECK(set_value(config, key, value));
  for (size_t i = 0; i < plan.grid.size(); ++i)
    if (plan.grid[i].key != "model") LS_CHECK(set_value(config, plan.grid[i].key, combination.values[i]));
  LS_CHECK(validate(config));
  LS_CHECK(check_freeze(config));
  return config;
}

Status add_runs(const SweepPlan& plan, Combination& combination, std::vector<std::string>& notes) {
  LS_TRY(const RunConfig config, config_of(plan, combination, notes));
  for (size_t s = 0; s < plan.seeds; ++s)
    for (size_t fold = plan.folds ? 1 : 0; fold <= plan.folds; ++fold) {
      SweepRun run = {combination.name, config};
      run.config.seed += s;
      run.config.fold = fold;
      run.config.folds = plan.folds;
      if (plan.folds) run.name += fmt::format("_fold-{}", fold);
      if (plan.seeds > 1) run.name += fmt::format("_seed-{}", run.config.seed);
      combination.runs.push_back(std::move(run));
    }
  return {};
}

void name_combination(const SweepPlan& plan, size_t number, std::set<std::string>& taken, Combination& combination) {
  for (size_t i = 0; i < plan.grid.size(); ++i)
    combination.name += fmt::format("{}{}-{}", i ? "_" : "", plan.grid[i].key, name_from_value(combination.values[i]));
  // Two specs may differ in nothing that a name can show.
  if (combination.name.size() > kLongestName || taken.count(combination.name))
    combination.name = fmt::format("{}_{}", combination.name.substr(0, kLongestName), number + 1);
  taken.insert(combination.name);
}

}  // namespace

std::vector<double> GridAxis::numbers() const {
  std::vector<double> out;
  for (const std::string& text : values) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
    out.push_back(value);
  }
  return out;
}

Result<GridAxis> parse_axis(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(ErrorCode::invalid_argument, "--grid {}: expected KEY=V1,V2,..., like --grid latent=2,8,32", text);
  GridAxis axis;
  axis.key = text.substr(0, equals);
  std::vector<std::string> known = config_keys();
  known.insert(known.begin(), "model");
  if (std::find(known.begin(), known.end(), axis.key) == known.end()) return unknown_name("key of --grid", axis.key, known);
  const std::string values = text.substr(equals + 1);
  axis.values = parts_of(values, values.find(';') == std::string::npos ? ',' : ';');
  for (size_t i = 0; i < axis.values.size(); ++i) {
    if (axis.values[i].empty())
      return fail(ErrorCode::invalid_argument, "--grid {}: value {} is empty, expected {}=V1,V2,... or {}=V1;V2;...", text, i + 1, axis.key,
                  axis.key);
    if (std::find(axis.values.begin(), axis.values.begin() + static_cast<long>(i), axis.values[i]) !=
        axis.values.begin() + static_cast<long>(i))
      return fail(ErrorCode::invalid_argument, "--grid {}: {} is there twice", text, axis.values[i]);
  }
  return axis;
}

Result<std::vector<Combination>> combinations_of(const SweepPlan& plan, std::vector<std::string>& notes) {
  LS_CHECK(check_keys(plan));
  LS_TRY(const size_t count, count_runs(plan));
  std::vector<Combination> all;
  std::set<std::string> taken;
  for (size_t number = 0; number < count; ++number) {
    Combination combination;
    combination.values.resize(plan.grid.size());
    for (size_t i = plan.grid.size(), rest = number; i-- > 0; rest /= plan.grid[i].values.size())
      combination.values[i] = plan.grid[i].values[rest % plan.grid[i].values.size()];
    name_combination(plan, number, taken, combination);
    LS_CHECK(add_runs(plan, combination, notes));
    all.push_back(std::move(combination));
  }
  return all;
}

Json json_from_plan(const SweepPlan& plan) {
  Json settings = Json::array(), grid = Json::object();
  for (const auto& [key, value] : plan.settings) settings.push_back(key + "=" + value);
  for (const GridAxis& axis : plan.grid) grid[axis.key] = axis.values;
  return {{"data", plan.data}, {"kind", plan.kind},   {"model", plan.model}, {"settings", settings},
          {"grid", grid},      {"folds", plan.folds}, {"seeds", plan.seeds}};
}

Result<SweepPlan> plan_from_json(const Json& json, const std::string& where) {
  try {
    SweepPlan plan;
    plan.data = json.at("data").get<std::string>();
    plan.kind = json.at("kind").get<std::string>();
    plan.model = json.at("model").get<std::string>();
    for (const Json& setting : json.at("settings")) {
      LS_TRY(auto pair, split_setting(setting.get<std::string>()));
      plan.settings.push_back(std::move(pair));
    }
    for (const auto& axis : json.at("grid").items()) plan.grid.push_back({axis.key(), axis.value().get<std::vector<std::string>>()});
    plan.folds = json.at("folds").get<size_t>();
    plan.seeds = json.at("seeds").get<size_t>();
    return plan;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, "{}: is not what a sweep writes: {}", where, error.what());
  }
}

}  // namespace latentscape
