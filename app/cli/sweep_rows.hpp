// What a sweep found: measures of its runs on held-out rows, ranked, as a table, as CSV and as JSON.
#pragma once

#include <array>
#include <limits>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/sweep_plan.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

enum MeasureIndex : size_t { kElbo, kReconstruction, kKl, kActiveUnits, kInformation, kPrecision, kRecall, kMeasureCount };

/// All on held-out rows; NaN where there is none.
using Measures = std::array<double, kMeasureCount>;

struct MeasureName {
  const char* key;    // of JSON and CSV
  const char* title;  // of the table
  int decimals;
};
inline constexpr std::array<MeasureName, kMeasureCount> kMeasures = {
    MeasureName{"elbo", "ELBO", 3},           MeasureName{"reconstruction", "reconstruction", 3}, MeasureName{"kl", "KL", 3},
    MeasureName{"active_units", "active", 1}, MeasureName{"mutual_information", "MI", 3},         MeasureName{"precision", "precision", 3},
    MeasureName{"recall", "recall", 3}};

/// Of the newest checkpoint of the run at `path`, with the code of `eval`. Errors: those of opening it, cancelled.
Result<Measures> measure_run(const std::string& path, ComputePool& pool, std::stop_token stop);

/// Mean and standard deviation (n - 1) over runs; NaN where one of them has none, the deviation also where there is one run only.
struct Spread {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
};

/// How combinations are put in order.
struct Ranking {
  const char* name;   // --rank
  const char* title;  // "held-out ELBO"
  const char* unit;
  const char* ties;  // what decides between equals, or ""
  bool of_prior;     // an autoencoder has none
  bool higher_is_better;
  double step;  // to which means are compared; 0: exactly
  double (*value)(const Measures&);
  double (*tie)(const Measures&);  // higher is better
};
std::span<const Ranking> rankings();
/// Errors name the nearest.
Result<const Ranking*> ranking_named(const std::string& name);

struct SweepRow {
  Combination combination;
  std::vector<std::optional<Measures>> runs;  // one a run; none: not trained to the end yet
  std::vector<bool> begun;                    // one a run: what lies in its folder is of this sweep
  std::optional<Error> error;                 // of the run that failed
  bool done() const;
  Spread spread(MeasureIndex measure) const;
  Spread ranked(const Ranking& ranking) const;
  /// "latent 8, beta 1".
  std::string label(const SweepPlan& plan) const;
};

/// A row by its index, and its rank from 1, which equals share; 0: it has none.
struct RankedRow {
  size_t index;
  size_t rank;
};

/// Rows that are done, best first, then those that are not, in their order.
std::vector<RankedRow> order_of(const std::vector<SweepRow>& rows, const Ranking& ranking);

struct SweepResult {
  SweepPlan plan;
  std::vector<SweepRow> rows;
  const Ranking* ranking = nullptr;
  bool interrupted = false;
};

std::string table_from(const SweepResult& result);
std::string csv_from(const SweepResult& result);
Json json_from(const SweepResult& result);
/// "5-fold cross-validation of the train rows", "mean and standard deviation of 3 seeds, held-out rows"...
std::string validation_text(const SweepPlan& plan);

/// What the sweep has done so far, from its sweep.json; `where` names the file in the errors (corrupt).
Status take_progress(const Json& json, const std::string& where, std::vector<SweepRow>& rows);

}  // namespace latentscape
