// The labels that training may see: all of them, or a budget of them, and those that a person adds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/data/dataset.hpp"

namespace latentscape {

/// How many train rows keep their label: a count ("100"), or a share of them where the text has a point ("0.05").
struct LabelBudget {
  size_t count = 0;
  double share = 0.0;  // used where count is 0
  bool operator==(const LabelBudget&) const = default;
};
Result<LabelBudget> label_budget_from_text(std::string_view text);
std::string to_string(const LabelBudget& budget);

class KnownLabels {
 public:
  /// Budgets are spent evenly on the classes (each gets its share of the train rows, at least one), on rows drawn by seed. The rows of
  /// another set that joined (Dataset::extra) all keep their labels beside it. Errors: no label column, a class of no labelled train row,
  /// more labels than there are, fewer than classes.
  static Result<KnownLabels> of(const Dataset& data, const std::optional<LabelBudget>& budget, uint64_t seed);

  int32_t label(uint32_t row) const { return labels_[row]; }
  /// Train rows with a label, ascending.
  std::span<const uint32_t> rows() const { return rows_; }
  /// Those of them that are the data's own, not of another set that joined.
  std::span<const uint32_t> own_rows() const { return std::span(rows_).first(own_); }
  bool has_budget() const { return budget_; }
  size_t train_rows() const { return train_rows_; }
  size_t classes() const { return classes_; }
  /// Names of the classes of `data` that no train row with a label is of: training tells a model nothing of them.
  std::vector<std::string> unmet(const Dataset& data) const;

  /// A person names the class of a row. Errors: no such row, not a train row, no such class.
  Status set(const Dataset& data, size_t row, size_t label);

 private:
  std::vector<int32_t> labels_;  // one a row of the data, -1: not known
  std::vector<uint32_t> rows_;
  size_t own_ = 0;  // the first of rows_
  bool budget_ = false;
  size_t train_rows_ = 0;
  size_t classes_ = 0;
};

/// "X has no train row of class 'a', expected at least one of each".
Error no_train_row(const Dataset& data, const std::string& name);

}  // namespace latentscape
