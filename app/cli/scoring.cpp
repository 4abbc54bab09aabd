#include "app/cli/scoring.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/registry.hpp"
#include "core/train/anomaly_rows.hpp"

namespace latentscape {
namespace {

Error named_not_found(Error error, const Dataset& data) {
  error.code = ErrorCode::not_found;
  return std::move(error).context(data.name);
}

Result<std::vector<int>> marks_by_class(const Dataset& data, std::span<const uint32_t> rows, const std::string& normal) {
  if (!data.labels()) return fail(ErrorCode::invalid_argument, "{} has no labels, which --normal {} needs", data.name, normal);
  const std::vector<std::string>& classes = data.labels()->categories;
  const auto found = std::find(classes.begin(), classes.end(), normal);
  if (found == classes.end()) return named_not_found(unknown_name("class", normal, classes), data);
  const int index = static_cast<int>(found - classes.begin());
  std::vector<int> marks;
  for (const uint32_t row : rows) {
    const int label = data.label(row);
    marks.push_back(label < 0 ? -1 : label == index ? 0 : 1);
  }
  return marks;
}

Result<std::vector<int>> marks_by_column(const Dataset& data, std::span<const uint32_t> rows, const std::string& name) {
  std::vector<std::string> names;
  for (const Column& column : data.columns) names.push_back(column.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return named_not_found(unknown_name("column", name, names), data);
  const std::vector<float>& values = data.columns[static_cast<size_t>(found - names.begin())].values;
  std::set<float> seen;
  for (const float v : values) {
    if (!std::isnan(v)) seen.insert(v);
    if (seen.size() > 2) break;
  }
  if (seen.size() != 2)
    return fail(ErrorCode::invalid_argument, "{}: column '{}' has {} values, expected two, the larger for outliers", data.name, name,
                seen.size() > 2 ? "more than two"
                : seen.empty()  ? "no"
                                : "one");
  std::vector<int> marks;
  for (const uint32_t row : rows) marks.push_back(std::isnan(values[row]) ? -1 : values[row] == *seen.rbegin() ? 1 : 0);
  return marks;
}

}  // namespace

void add_truth_options(CLI::App& command, OutlierTruth& truth) {
  CLI::Option* normal = command.add_option("--normal", truth.normal, "AUROC: the class that is normal, all others are outliers");
  normal->type_name("LABEL");
  command.add_option("--outlier", truth.column, "AUROC: a column of two values, the larger marks outliers")
      ->type_name("COLUMN")
      ->excludes(normal);
}

Result<std::vector<int>> outlier_marks(const Dataset& data, std::span<const uint32_t> rows, const OutlierTruth& truth) {
  return truth.normal.empty() ? marks_by_column(data, rows, truth.column) : marks_by_class(data, rows, truth.normal);
}

Result<AnomalyScores> scores_of_rows(const LoadedRun& run, const Dataset& data, std::span<const uint32_t> rows, ComputePool& pool,
                                     std::stop_token stop) {
  return anomaly_of_rows(*run.model, run.checkpoint.state.parameters, data, rows, run.checkpoint.config, pool, stop);
}

Result<Auroc> auroc_of(std::span<const double> scores, std::span<const int> marks) {
  std::vector<double> known;
  std::vector<bool> outlier;
  for (size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] < 0) continue;
    known.push_back(scores[i]);
    outlier.push_back(marks[i] == 1);
  }
  return auroc(known, outlier);
}

}  // namespace latentscape
