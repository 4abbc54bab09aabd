#include "core/data/label_column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/number_text.hpp"
#include "core/base/registry.hpp"
#include "core/data/classes.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostValues = 100;  // different numbers that are classes

/// The different numbers of a column, no more than tell that they are too many.
std::map<float, uint32_t> values_of(const Column& column) {
  std::map<float, uint32_t> values;
  for (const float v : column.values) {
    if (!std::isnan(v)) values.emplace(v, static_cast<uint32_t>(values.size()));
    if (values.size() > kMostValues) break;
  }
  return values;
}

bool few_values(const Column& column) {
  const size_t values = values_of(column).size();
  return values <= kMostValues && 2 * values <= column.values.size();
}

Column classes_of_numbers(const Column& column) {
  const std::map<float, uint32_t> values = values_of(column);
  std::vector<std::string> words(values.size());
  for (const auto& [value, place] : values) words[place] = number_text(column.offset, static_cast<double>(value));
  std::vector<uint32_t> index;
  for (const float v : column.values) index.push_back(std::isnan(v) ? std::numeric_limits<uint32_t>::max() : values.at(v));
  return class_column(column.name, words, index);
}

}  // namespace

Status choose_label(Dataset& data, const std::string& name) {
  std::vector<std::string> possible;
  for (Column& column : data.columns)
    if (column.categorical() || few_values(column)) possible.push_back(column.name);
  const auto found = std::find_if(data.columns.begin(), data.columns.end(), [&](const Column& column) { return column.name == name; });
  if (found == data.columns.end() && possible.empty())
    return fail(ErrorCode::invalid_argument, "{}: has no column of classes, expected no label where '{}' is asked for", data.name, name);
  if (found == data.columns.end()) return unknown_name("column", name, possible).context(data.name);
  if (std::find(possible.begin(), possible.end(), name) == possible.end())
    return fail(ErrorCode::invalid_argument, "{}: column '{}' holds too many different numbers to be classes{}{}", data.name, name,
                possible.empty() ? "" : ", expected one of ", fmt::join(possible, ", "));
  if (!found->categorical()) *found = classes_of_numbers(*found);
  data.label_column = static_cast<int>(found - data.columns.begin());
  return {};
}

}  // namespace latentscape
