// The metrics that `latentscape eval --metrics` takes: one row of a table each.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "app/cli/opened.hpp"
#include "app/cli/scoring.hpp"

namespace latentscape {

/// All that a metric reads. Posterior means are encoded when they are first asked for, and kept.
class EvalSubject {
 public:
  const LoadedRun& run;
  const Dataset& data;
  const Dataset& everything;  // the classes that the run was kept from, too: among which outliers are looked for
  Split split;
  const std::vector<uint32_t>& rows;  // of the split
  const Evaluation& evaluation;
  const OutlierTruth& truth;
  ComputePool& pool;
  std::stop_token stop;

  const KnownLabels& known;  // what the metrics that learn from train learn from

  std::span<const float> parameters() const { return run.checkpoint.state.parameters; }
  const RunConfig& config() const { return run.checkpoint.config; }
  std::string_view split_name() const { return to_string(split); }
  Result<const FloatArray*> means();           // of the split
  Result<const FloatArray*> labelled_means();  // of the train rows whose label is known
  std::vector<int> known_labels() const;       // of the same rows

  std::optional<FloatArray> means_, labelled_means_;
};

struct EvalMetric {
  const char* name;
  const char* key;  // of its first number in the JSON
  const char* summary;
  bool learns_from_train;  // so the split must be another
  bool needs_labels;
  Status (*add)(EvalSubject& subject, Report& report);
};

std::span<const EvalMetric> eval_metrics();

}  // namespace latentscape
