#include "core/data/subset.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/registry.hpp"

namespace latentscape {

namespace {

/// The values after the equals sign; one of them empty: not such a text.
std::vector<std::string> values_of(std::string_view only) {
  std::vector<std::string> values;
  for (size_t at = only.find('='); at != std::string_view::npos;) {
    const size_t next = only.find(',', at + 1);
    values.emplace_back(only.substr(at + 1, next == std::string_view::npos ? next : next - at - 1));
    at = next;
  }
  return values;
}

Error named_not_found(Error error, const Dataset& data) {
  error.code = ErrorCode::not_found;
  return std::move(error).context(data.name);
}

Result<const Column*> column_named(const Dataset& data, const std::string& name) {
  std::vector<std::string> names;
  for (const Column& column : data.columns) {
    if (column.name == name && !column.categorical())
      return fail(ErrorCode::invalid_argument, "{}: the column '{}' holds numbers, expected one of classes", data.name, name);
    if (column.name == name) return &column;
    if (column.categorical()) names.push_back(column.name);
  }
  if (name == "label" && data.labels()) return data.labels();
  return named_not_found(unknown_name("column of classes", name, names), data);
}

/// Which of the column's classes are wanted.
Result<std::vector<bool>> wanted_classes(const Dataset& data, const Column& column, const std::vector<std::string>& values) {
  std::vector<size_t> train_rows(column.categories.size());
  for (size_t i = 0; i < data.rows; ++i)
    if (data.split[i] == Split::train && !std::isnan(column.values[i])) ++train_rows[static_cast<size_t>(column.values[i])];
  std::vector<bool> wanted(column.categories.size());
  for (const std::string& value : values) {
    const auto found = std::find(column.categories.begin(), column.categories.end(), value);
    if (found == column.categories.end()) return named_not_found(unknown_name(column.name, value, column.categories), data);
    const auto index = static_cast<size_t>(found - column.categories.begin());
    if (train_rows[index] == 0) return fail(ErrorCode::invalid_argument, "{}: no train row has {}={}", data.name, column.name, value);
    wanted[index] = true;
  }
  return wanted;
}

template <class T>
std::vector<T> rows_from(const std::vector<T>& values, std::span<const uint32_t> rows, size_t width) {
  std::vector<T> out;
  out.reserve(rows.size() * width);
  for (const uint32_t row : rows) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * width);
    out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return out;
}

/// Those of a mapped file stay there.
template <class T>
MappedValues<T> rows_from(const MappedValues<T>& values, std::span<const uint32_t> rows, size_t) {
  return values.some(rows);
}

WordCounts rows_from(const WordCounts& counts, std::span<const uint32_t> rows, size_t) { return counts.rows_from(rows); }

}  // namespace

Status check_only(std::string_view only) {
  const std::vector<std::string> values = values_of(only);
  if (only.find('=') != 0 && !values.empty() && std::find(values.begin(), values.end(), "") == values.end()) return {};
  return fail(ErrorCode::invalid_argument, "only is '{}', expected COLUMN=VALUE or COLUMN=VALUE,VALUE, as in label=3", only);
}

Result<Dataset> only_rows(const Dataset& data, const std::string& only) {
  LS_CHECK(check_only(only));
  LS_TRY(const Column* column, column_named(data, only.substr(0, only.find('='))));
  LS_TRY(const std::vector<bool> wanted, wanted_classes(data, *column, values_of(only)));
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < data.rows; ++i)
    if (!std::isnan(column->values[i]) && wanted[static_cast<size_t>(column->values[i])]) rows.push_back(static_cast<uint32_t>(i));
  Dataset out;
  out.name = data.name;
  out.origin = data.origin;
  out.kind = data.kind;
  out.reason = data.reason;
  out.shape = data.shape;
  out.rows = rows.size();
  out.values = std::visit([&](const auto& v) { return Values(rows_from(v, rows, data.width())); }, data.values);
  if (!data.texts.empty()) out.texts = rows_from(data.texts, rows, 1);
  for (const Column& c : data.columns) out.columns.push_back({c.name, c.categories, rows_from(c.values, rows, 1), c.offset});
  out.window = data.window;
  out.label_column = data.label_column;
  out.split = rows_from(data.split, rows, 1);
  if (!data.row_names.empty()) out.row_names = rows_from(data.row_names, rows, 1);
  for (const uint32_t row : rows) out.row_numbers.push_back(static_cast<uint32_t>(data.row_number(row)));
  out.categories = data.categories;
  out.scalings = data.scalings;
  out.preprocessing = data.preprocessing;
  out.fingerprint = data.fingerprint;
  out.warnings = data.warnings;
  return out;
}

}  // namespace latentscape
