#include "core/train/known_labels.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/base/rng.hpp"

namespace latentscape {

namespace {

/// Labelled rows of each class, in an order drawn by seed.
std::vector<std::vector<uint32_t>> shuffled_by_class(const Dataset& data, std::span<const uint32_t> train, uint64_t seed) {
  std::vector<std::vector<uint32_t>> rows(data.classes());
  for (const uint32_t row : train)
    if (const int label = data.label(row); label >= 0) rows[static_cast<size_t>(label)].push_back(row);
  for (size_t c = 0; c < rows.size(); ++c) {
    Rng rng(seed, RngStream::labels, 0, static_cast<uint32_t>(c));
    for (size_t i = rows[c].size(); i > 1; --i) std::swap(rows[c][i - 1], rows[c][rng.below(static_cast<uint32_t>(i))]);
  }
  return rows;
}

/// `count` in parts that follow the sizes of the classes, each at least 1; what rounding leaves goes to the largest remainders.
std::vector<size_t> shares_of(size_t count, const std::vector<std::vector<uint32_t>>& classes, size_t labelled) {
  std::vector<size_t> shares(classes.size(), 1);
  std::vector<double> wanted(classes.size());
  for (size_t c = 0; c < classes.size(); ++c) {
    wanted[c] = static_cast<double>(count) * static_cast<double>(classes[c].size()) / static_cast<double>(labelled);
    shares[c] = std::min(classes[c].size(), std::max<size_t>(1, static_cast<size_t>(wanted[c])));
  }
  for (size_t given = std::accumulate(shares.begin(), shares.end(), size_t{0}); given != count; given += given < count ? 1 : size_t(-1)) {
    size_t chosen = classes.size();
    double best = 0.0;
    for (size_t c = 0; c < classes.size(); ++c) {
      const bool room = given < count ? shares[c] < classes[c].size() : shares[c] > 1;
      const double lack = (wanted[c] - static_cast<double>(shares[c])) * (given < count ? 1.0 : -1.0);
      if (room && (chosen == classes.size() || lack > best)) chosen = c, best = lack;
    }
    shares[chosen] += given < count ? 1 : size_t(-1);
  }
  return shares;
}

/// The smallest share of `labelled` with four places that comes to `count` rows.
double least_share(size_t count, size_t labelled) {
  return std::ceil(1e4 * static_cast<double>(count) / static_cast<double>(labelled)) * 1e-4;
}

}  // namespace

Result<LabelBudget> label_budget_from_text(std::string_view text) {
  LabelBudget budget;
  const char *begin = text.data(), *end = begin + text.size();
  const bool share = text.find_first_of(".e") != std::string_view::npos;
  const auto read = share ? std::from_chars(begin, end, budget.share) : std::from_chars(begin, end, budget.count);
  if (read.ec == std::errc() && read.ptr == end && (share ? budget.share > 0.0 && budget.share <= 1.0 : budget.count > 0)) return budget;
  return fail(ErrorCode::invalid_argument, "labels is '{}', expected a whole number of labels from 1, or a share above 0 and at most 1.0",
              text);
}

std::string to_string(const LabelBudget& budget) {
  if (budget.count > 0) return fmt::format("{}", budget.count);
  const std::string text = fmt::format("{}", budget.share);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

Result<KnownLabels> KnownLabels::of(const Dataset& data, const std::optional<LabelBudget>& budget, uint64_t seed) {
  KnownLabels known;
  known.labels_.assign(data.rows, -1);
  known.classes_ = data.classes();
  const std::vector<uint32_t> train = data.ids_of(Split::train);
  known.train_rows_ = train.size();
  known.budget_ = budget.has_value();
  const auto own = static_cast<size_t>(std::lower_bound(train.begin(), train.end(), data.own_rows()) - train.begin());
  const auto classes = shuffled_by_class(data, std::span(train).first(own), seed);
  const size_t labelled = std::accumulate(classes.begin(), classes.end(), size_t{0}, [](size_t n, const auto& c) { return n + c.size(); });
  if (!budget) {
    for (const auto& rows : classes)
      for (const uint32_t row : rows) known.rows_.push_back(row);
  } else {
    if (classes.empty()) return fail(ErrorCode::invalid_argument, "labels is {}, but {} has no labels", to_string(*budget), data.name);
    for (size_t c = 0; c < classes.size(); ++c)
      if (classes[c].empty()) return no_train_row(data, data.labels()->categories[c]);
    const size_t count = budget->count ? budget->count : static_cast<size_t>(std::llround(budget->share * static_cast<double>(labelled)));
    if (count > labelled)
      return fail(ErrorCode::invalid_argument, "labels is {}, but {} has {} labelled train rows", count, data.name, labelled);
    if (count < classes.size() && budget->count)
      return fail(ErrorCode::invalid_argument, "labels is {}, expected at least one for each of the {} classes", count, classes.size());
    if (count < classes.size())
      return fail(ErrorCode::invalid_argument,
                  "labels is {}, a share of the {} labelled train rows that comes to {}, expected at least one for each of the {} classes: "
                  "a count from {}, or a share from {:.4f}",
                  to_string(*budget), labelled, count, classes.size(), classes.size(), least_share(classes.size(), labelled));
    const std::vector<size_t> shares = shares_of(count, classes, labelled);
    for (size_t c = 0; c < classes.size(); ++c)
      known.rows_.insert(known.rows_.end(), classes[c].begin(), classes[c].begin() + static_cast<std::ptrdiff_t>(shares[c]));
  }
  std::sort(known.rows_.begin(), known.rows_.end());
  known.own_ = known.rows_.size();
  for (const uint32_t row : std::span(train).subspan(own))
    if (data.label(row) >= 0) known.rows_.push_back(row);
  for (const uint32_t row : known.rows_) known.labels_[row] = data.label(row);
  return known;
}

std::vector<std::string> KnownLabels::unmet(const Dataset& data) const {
  std::vector<bool> met(data.classes());
  for (const uint32_t row : rows_) met[static_cast<size_t>(labels_[row])] = true;
  std::vector<std::string> names;
  for (size_t c = 0; c < met.size(); ++c)
    if (!met[c]) names.push_back(data.labels()->categories[c]);
  return names;
}

Error no_train_row(const Dataset& data, const std::string& name) {
  return fail(ErrorCode::invalid_argument, "{} has no train row of class '{}', expected at least one of each", data.name, name);
}

Status KnownLabels::set(const Dataset& data, size_t row, size_t label) {
  if (row >= labels_.size())
    return fail(ErrorCode::invalid_argument, "row {} is not in {}, which has {} rows", row, data.name, labels_.size());
  if (data.split[row] != Split::train)
    return fail(ErrorCode::invalid_argument, "row {} is a {} row, only train rows can be given a label", row, to_string(data.split[row]));
  if (label >= classes_)
    return fail(ErrorCode::invalid_argument, "class {} is not in {}, which has {} classes", label, data.name, classes_);
  const auto id = static_cast<uint32_t>(row);
  if (labels_[row] < 0) {
    rows_.insert(std::lower_bound(rows_.begin(), rows_.end(), id), id);
    if (row < data.own_rows()) ++own_;
  }
  labels_[row] = static_cast<int32_t>(label);
  return {};
}

}  // namespace latentscape
