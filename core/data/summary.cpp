#include "core/data/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "core/data/classes.hpp"
#include "core/data/vocabulary.hpp"

namespace latentscape {

namespace {

/// Takes numbers twice: first for range and mean, then for deviation and parts.
class NumberTally {
 public:
  void take(double v) {
    if (!std::isfinite(v)) {
      ++missing_;
      return;
    }
    ++n_;
    sum_ += v;
    least_ = std::min(least_, v);
    most_ = std::max(most_, v);
  }
  void take_again(double v) {
    if (!std::isfinite(v)) return;
    if (parts_.empty()) parts_.resize(kSummaryBins);
    const double mean = sum_ / static_cast<double>(n_), share = most_ > least_ ? (v - least_) / (most_ - least_) : 0.0;
    squares_ += (v - mean) * (v - mean);
    ++parts_[std::min(kSummaryBins - 1, static_cast<size_t>(share * static_cast<double>(kSummaryBins)))];
  }
  void write(ColumnSummary& out) {
    out.missing = missing_;
    if (n_ == 0) return;
    out.least = least_;
    out.most = most_;
    out.mean = sum_ / static_cast<double>(n_);
    out.deviation = std::sqrt(squares_ / static_cast<double>(n_));
    out.counts = std::move(parts_);
  }

 private:
  size_t n_ = 0, missing_ = 0;
  double sum_ = 0.0, squares_ = 0.0;
  double least_ = std::numeric_limits<double>::infinity(), most_ = -std::numeric_limits<double>::infinity();
  std::vector<size_t> parts_;
};

/// Whole numbers, at least two different ones and not too many; not all different, as row numbers are.
bool has_classes(const Column& column) {
  std::set<float> seen;
  size_t there = 0;
  for (const float v : column.values) {
    if (std::isnan(v)) continue;
    ++there;
    if (v != std::floor(v) || std::abs(v) >= kLargestWholeFloat) return false;
    if (seen.insert(v).second && seen.size() > kMostLabelClasses) return false;
  }
  return seen.size() > 1 && seen.size() < there;
}

ColumnSummary summary_of(const Column& column, ColumnRole role) {
  ColumnSummary out;
  out.name = column.name;
  out.role = role;
  out.categories = column.categories;
  if (column.categorical()) {
    out.counts.resize(column.categories.size());
    for (const float v : column.values) {
      if (std::isnan(v))
        ++out.missing;
      else
        ++out.counts[static_cast<size_t>(v)];
    }
    out.can_be_label = column.categories.size() > 1 && column.categories.size() <= kMostLabelClasses;
    return out;
  }
  out.can_be_label = has_classes(column);
  NumberTally tally;
  for (size_t row = 0; row < column.values.size(); ++row) tally.take(column.number(row));
  for (size_t row = 0; row < column.values.size(); ++row) tally.take_again(column.number(row));
  tally.write(out);
  return out;
}

/// One-hot groups: the answers are only numbered.
void add_groups(const Dataset& data, DataSummary& summary) {
  const size_t begin = summary.columns.size();
  size_t first = 0;
  for (const size_t width : data.categories) {
    ColumnSummary group;
    group.name = fmt::format("x{}", summary.columns.size() - begin + 1);
    group.role = ColumnRole::input;
    group.first = first;
    for (size_t k = 0; k < width; ++k) group.categories.push_back(fmt::format("{}", k + 1));
    group.counts.resize(width);
    first += width;
    summary.columns.push_back(std::move(group));
  }
  std::vector<float> x(data.width());
  summary.rows_seen = data.rows;
  for (size_t row = 0; row < data.rows; ++row) {
    data.copy_row(row, x.data());
    for (size_t k = begin; k < summary.columns.size(); ++k) {
      ColumnSummary& group = summary.columns[k];
      for (size_t j = 0; j < group.width(); ++j) group.counts[j] += x[group.first + j] > 0.5f;
    }
  }
}

void add_numbers(const Dataset& data, DataSummary& summary) {
  const size_t width = data.width(), stride = std::max<size_t>(1, data.rows / std::max<size_t>(1, kMostSummarised / width));
  std::vector<NumberTally> tallies(width);
  std::vector<float> x(width);
  const std::vector<TableInput>& inputs = data.preprocessing.inputs;  // of an array that is standardised
  const auto each_row = [&](auto take) {
    for (size_t row = 0; row < data.rows; row += stride) {
      data.copy_row(row, x.data());
      for (size_t j = 0; j < width; ++j) {
        const auto v = static_cast<double>(x[j]);
        take(tallies[j], inputs.empty() ? v : inputs[j].mean + inputs[j].scale * v);
      }
    }
  };
  each_row([](NumberTally& tally, double v) { tally.take(v); });
  each_row([](NumberTally& tally, double v) { tally.take_again(v); });
  summary.rows_seen = (data.rows + stride - 1) / stride;
  for (size_t j = 0; j < width; ++j) {
    ColumnSummary number;
    number.name = fmt::format("x{}", j + 1);
    number.role = ColumnRole::input;
    number.first = j;
    if (!inputs.empty()) {
      number.centre = inputs[j].mean;
      number.unit = inputs[j].scale;
    }
    tallies[j].write(number);
    summary.columns.push_back(std::move(number));
  }
}

/// The inputs of a table with named columns, in the order of an example; which of data.columns they are goes to `taken`.
void add_inputs(const Dataset& data, std::vector<bool>& taken, DataSummary& summary) {
  size_t first = 0;
  for (const TableInput& input : data.preprocessing.inputs) {
    const auto found = std::find_if(data.columns.begin(), data.columns.end(), [&](const Column& c) { return c.name == input.name; });
    if (found != data.columns.end()) {
      taken[static_cast<size_t>(found - data.columns.begin())] = true;
      ColumnSummary column = summary_of(*found, ColumnRole::input);
      column.first = first;
      if (input.categories.empty()) {
        column.centre = input.mean;
        column.unit = input.scale;
      }
      summary.columns.push_back(std::move(column));
    }
    first += input.width();
  }
}

}  // namespace

std::optional<WordSummary> summarise_words(const Dataset& data) {
  const auto* counts = std::get_if<WordCounts>(&data.values);
  if (!counts) return std::nullopt;
  WordSummary summary;
  const std::vector<std::string>& vocabulary = data.preprocessing.words;
  summary.vocabulary = vocabulary.size();
  for (const float count : counts->count) summary.words += static_cast<double>(count);
  summary.words_a_text = summary.words / static_cast<double>(data.rows);
  std::vector<float> texts(vocabulary.size());
  for (const uint32_t word : counts->word) texts[word] += 1.0f;
  for (const WordShare& common : largest_words(texts, vocabulary, kMostCommonWords))
    summary.commonest.push_back({std::string(common.word), static_cast<size_t>(common.share)});
  return summary;
}

DataSummary summarise(const Dataset& data) {
  DataSummary summary;
  for (const Split split : data.split) ++summary.splits[static_cast<size_t>(split)];
  summary.classes.resize(data.classes());
  summary.rows_seen = data.rows;
  std::vector<bool> taken(data.columns.size());
  if (const Column* labels = data.labels()) {
    summary.columns.push_back(summary_of(*labels, ColumnRole::label));
    summary.classes = summary.columns.back().counts;
    summary.unlabelled = summary.columns.back().missing;
    taken[static_cast<size_t>(data.label_column)] = true;
  }
  if (!data.preprocessing.empty() && data.scalings.empty())
    add_inputs(data, taken, summary);
  else if (data.kind == DataKind::table && !data.categories.empty())
    add_groups(data, summary);
  else if (data.kind == DataKind::table)
    add_numbers(data, summary);
  summary.words = summarise_words(data);
  for (size_t k = 0; k < data.columns.size(); ++k)
    if (!taken[k]) summary.columns.push_back(summary_of(data.columns[k], ColumnRole::other));
  return summary;
}

}  // namespace latentscape
