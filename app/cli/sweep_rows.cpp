#include "app/cli/sweep_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "app/cli/eval_metrics.hpp"
#include "core/base/registry.hpp"

namespace latentscape {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double f1_of(const Measures& m) {
  const double sum = m[kPrecision] + m[kRecall];
  return sum > 0.0 ? 2.0 * m[kPrecision] * m[kRecall] / sum : sum;  // NaN stays NaN
}

double no_tie(const Measures&) { return 0.0; }

constexpr std::array kRankings = {
    Ranking{"elbo", "held-out ELBO", "nats", "", true, true, 0.0, [](const Measures& m) { return m[kElbo]; }, no_tie},
    Ranking{"reconstruction", "held-out reconstruction", "nats", "", false, false, 0.0,
            [](const Measures& m) { return m[kReconstruction]; }, no_tie},
    // The estimate ends at log n, which good models of many dimensions all come to: to a hundredth of a nat they are equal.
    Ranking{"mi", "held-out mutual information", "nats", ", to 0.01, then more active units", true, true, 0.01,
            [](const Measures& m) { return m[kInformation]; }, [](const Measures& m) { return m[kActiveUnits]; }},
    Ranking{"precision", "sample precision and recall beside held-out rows (harmonic mean)", "0 to 1", ", then their sum", false, true, 0.0,
            f1_of, [](const Measures& m) { return m[kPrecision] + m[kRecall]; }},
};

Spread spread_of(const std::vector<double>& values) {
  Spread s;
  if (values.empty()) return s;
  const double n = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const double v : values) sum += v;
  s.mean = sum / n;
  for (const double v : values) squares += (v - s.mean) * (v - s.mean);
  if (values.size() > 1) s.deviation = std::sqrt(squares / (n - 1.0));
  return s;
}

/// The metric of `eval` by that name, into `report`; too few rows for it leave it out.
Status add_metric(const char* name, EvalSubject& subject, Report& report) {
  for (const EvalMetric& metric : eval_metrics())
    if (std::string_view(metric.name) == name) {
      Status added = metric.add(subject, report);
      if (!added.ok() && added.error().code == ErrorCode::cancelled) return added;
    }
  return {};
}

double number_in(const Json& json, const char* object, const char* key) {
  if (!json.contains(object) || !json[object].contains(key) || !json[object][key].is_number()) return kNone;
  return json[object][key].get<double>();
}

Json json_of(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json json_of(const Spread& spread) { return {{"mean", json_of(spread.mean)}, {"sd", json_of(spread.deviation)}}; }

}  // namespace

Result<Measures> measure_run(const std::string& path, ComputePool& pool, std::stop_token stop) {
  LS_TRY(const LoadedRun run, open_run(path, {}));
  LS_TRY(const auto data, load_run_data(run, path, "", stop));
  LS_TRY(const std::vector<uint32_t> rows, rows_of_split(*data, "heldout"));
  const RunConfig& config = run.checkpoint.config;
  LS_TRY(const Evaluation e,
         evaluate_rows(*run.model, run.checkpoint.state.parameters, *data, rows, Split::heldout, config.seed, config.binarise, pool, stop));
  const OutlierTruth truth;
  EvalSubject subject = {run, *data, *data, Split::heldout, rows, e, truth, pool, stop, {}, {}, {}};
  Report report;
  const bool prior = run.model->has_prior();  // an autoencoder has no ELBO and no information in this sense
  if (prior) LS_CHECK(add_metric("mi", subject, report));
  LS_CHECK(add_metric("precision", subject, report));
  Measures m;
  m[kElbo] = prior ? e.terms.elbo() : kNone;
  m[kReconstruction] = e.terms.reconstruction;
  m[kKl] = prior ? e.terms.kl : kNone;
  m[kActiveUnits] = static_cast<double>(e.active_units);
  m[kInformation] = prior ? number_in(report.json, "mutual_information", "value") : kNone;
  m[kPrecision] = number_in(report.json, "precision", "precision");
  m[kRecall] = number_in(report.json, "precision", "recall");
  return m;
}

std::span<const Ranking> rankings() { return kRankings; }

Result<const Ranking*> ranking_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Ranking& ranking : kRankings) {
    if (ranking.name == name) return &ranking;
    known.emplace_back(ranking.name);
  }
  return unknown_name("measure to rank by", name, known);
}

bool SweepRow::done() const {
  return !error && std::all_of(runs.begin(), runs.end(), [](const auto& run) { return run.has_value(); });
}

Spread SweepRow::spread(MeasureIndex measure) const {
  std::vector<double> values;
  for (const auto& run : runs)
    if (run) values.push_back((*run)[measure]);
  return spread_of(values);
}

Spread SweepRow::ranked(const Ranking& ranking) const {
  std::vector<double> values;
  for (const auto& run : runs)
    if (run) values.push_back(ranking.value(*run));
  return spread_of(values);
}

std::string SweepRow::label(const SweepPlan& plan) const {
  std::string text;
  for (size_t i = 0; i < plan.grid.size(); ++i) text += fmt::format("{}{} {}", i ? ", " : "", plan.grid[i].key, combination.values[i]);
  return text;
}

std::vector<RankedRow> order_of(const std::vector<SweepRow>& rows, const Ranking& ranking) {
  struct Key {
    int group;  // ranked, done without the value that ranks, not done
    double value, tie;
    bool operator<(const Key& other) const { return std::tie(group, value, tie) < std::tie(other.group, other.value, other.tie); }
  };
  std::vector<Key> keys;
  std::vector<size_t> order;
  for (const SweepRow& row : rows) {
    const double value = row.ranked(ranking).mean;
    std::vector<double> ties;
    for (const auto& run : row.runs)
      if (run) ties.push_back(ranking.tie(*run));
    order.push_back(order.size());
    if (!row.done())
      keys.push_back({2, 0.0, 0.0});
    else if (!std::isfinite(value))
      keys.push_back({1, 0.0, 0.0});
    else
      keys.push_back({0, (ranking.higher_is_better ? -1.0 : 1.0) * (ranking.step > 0.0 ? std::round(value / ranking.step) : value),
                      -spread_of(ties).mean});
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  std::vector<RankedRow> ranked;
  for (const size_t i : order) {
    const bool equal = !ranked.empty() && !(keys[ranked.back().index] < keys[i]);
    ranked.push_back({i, keys[i].group > 0 ? 0 : equal ? ranked.back().rank : ranked.size() + 1});
  }
  return ranked;
}

std::string validation_text(const SweepPlan& plan) {
  std::string text = plan.folds ? fmt::format("{}-fold cross-validation of the train rows", plan.folds) : "the held-out share of train";
  if (plan.seeds > 1) text += fmt::format(", {} seeds", plan.seeds);
  return text;
}

Json json_from(const SweepResult& result) {
  Json rows = Json::array();
  size_t failed = 0;
  std::string best;
  for (const auto& [index, rank] : order_of(result.rows, *result.ranking)) {
    const SweepRow& row = result.rows[index];
    Json values = Json::object(), runs = Json::array(), measures = Json::object();
    for (size_t k = 0; k < result.plan.grid.size(); ++k) values[result.plan.grid[k].key] = row.combination.values[k];
    for (size_t r = 0; r < row.runs.size(); ++r) {
      const SweepRun& run = row.combination.runs[r];
      Json one = {{"run", run.name}, {"seed", run.config.seed}, {"begun", static_cast<bool>(row.begun[r])}};
      if (run.config.folds) one["fold"] = run.config.fold;
      if (row.runs[r])
        for (size_t m = 0; m < kMeasureCount; ++m) one["heldout"][kMeasures[m].key] = json_of((*row.runs[r])[m]);
      runs.push_back(std::move(one));
    }
    if (row.done())
      for (size_t m = 0; m < kMeasureCount; ++m) measures[kMeasures[m].key] = json_of(row.spread(static_cast<MeasureIndex>(m)));
    if (rank == 1 && best.empty()) best = row.combination.name;
    failed += row.error ? 1 : 0;
    rows.push_back(
        {{"name", row.combination.name},
         {"values", values},
         {"rank", rank ? Json(rank) : Json()},
         {"ranked_by", json_of(row.done() ? row.ranked(*result.ranking) : Spread())},
         {"heldout", measures},
         {"runs", runs},
         {"error", row.error ? Json{{"code", std::string(to_string(row.error->code))}, {"message", row.error->message}} : Json()}});
  }
  return {{"format", 1},
          {"plan", json_from_plan(result.plan)},
          {"rank", {{"by", result.ranking->name}, {"split", "heldout"}, {"higher_is_better", result.ranking->higher_is_better}}},
          {"validation", validation_text(result.plan)},
          {"best", best.empty() ? Json() : Json(best)},
          {"failed", failed},
          {"interrupted", result.interrupted},
          {"rows", rows}};
}

Status take_progress(const Json& json, const std::string& where, std::vector<SweepRow>& rows) {
  try {
    std::map<std::string, const Json*> known;
    for (const Json& row : json.at("rows"))
      for (const Json& run : row.at("runs")) known[run.at("run").get<std::string>()] = &run;
    for (SweepRow& row : rows)
      for (size_t r = 0; r < row.runs.size(); ++r) {
        const auto found = known.find(row.combination.runs[r].name);
        if (found == known.end()) continue;
        row.begun[r] = found->second->at("begun").get<bool>();
        if (!found->second->contains("heldout")) continue;
        row.runs[r].emplace();
        for (size_t i = 0; i < kMeasureCount; ++i) (*row.runs[r])[i] = number_in(*found->second, "heldout", kMeasures[i].key);
      }
    return {};
  } catch (const Json::exception& error) {
    return fail(ErrorCode::corrupt, "{}: is not what a sweep writes: {}", where, error.what());
  }
}

}  // namespace latentscape
