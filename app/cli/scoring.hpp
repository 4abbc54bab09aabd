// Anomaly scores of a run's rows, and which of the rows are known to be outliers.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "app/cli/commands.hpp"
#include "app/cli/opened.hpp"
#include "core/metrics/anomaly.hpp"
#include "core/metrics/auroc.hpp"

namespace latentscape {

/// How a person says which rows are outliers; at most one of the two.
struct OutlierTruth {
  std::string normal;  // a class of the label column: all others are outliers
  std::string column;  // of two values, the larger of which marks outliers
  bool known() const { return !normal.empty() || !column.empty(); }
};
void add_truth_options(CLI::App& command, OutlierTruth& truth);

/// 0 normal, 1 outlier, -1 unknown (no label), one a row. Errors: not_found (no such class or column: the nearest is named), a column that
/// has not two values.
Result<std::vector<int>> outlier_marks(const Dataset& data, std::span<const uint32_t> rows, const OutlierTruth& truth);

/// The rows as the run reads them (binarised where it was), kAnomalySamples draws of z each.
Result<AnomalyScores> scores_of_rows(const LoadedRun& run, const Dataset& data, std::span<const uint32_t> rows, ComputePool& pool,
                                     std::stop_token stop);

/// Of the rows whose mark is known.
Result<Auroc> auroc_of(std::span<const double> scores, std::span<const int> marks);

}  // namespace latentscape
