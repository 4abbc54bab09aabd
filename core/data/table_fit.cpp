#include "core/data/table_fit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/likeliest.hpp"
#include "core/base/number_text.hpp"

namespace latentscape {

namespace {

const Column* column_named(const Dataset& data, const std::string& name) {
  const auto found = std::find_if(data.columns.begin(), data.columns.end(), [&](const Column& c) { return c.name == name; });
  return found == data.columns.end() ? nullptr : &*found;
}

void fit_number(const Column& column, std::span<const uint32_t> rows, bool standardise, TableInput& input) {
  double sum = 0.0, squares = 0.0;
  size_t n = 0;
  for (const uint32_t row : rows) {
    const double v = static_cast<double>(column.values[row]);
    if (std::isnan(v)) continue;
    sum += v;
    ++n;
  }
  const double mean = n ? sum / static_cast<double>(n) : 0.0;
  input.fill = column.offset + mean;
  input.mean = standardise ? input.fill : column.offset;
  if (!standardise) return;
  for (const uint32_t row : rows) {
    const double v = static_cast<double>(column.values[row]) - mean;
    if (!std::isnan(v)) squares += v * v;
  }
  input.scale = squares > 0.0 ? std::sqrt(squares / static_cast<double>(n)) : 1.0;
}

void fit_categories(const Column& column, std::span<const uint32_t> rows, TableInput& input) {
  std::vector<size_t> counts(input.categories.size());
  for (const uint32_t row : rows)
    if (!std::isnan(column.values[row])) ++counts[static_cast<size_t>(column.values[row])];
  input.fill = static_cast<double>(likeliest(counts));
}

/// The category of the input that each row has; -1: missing or not known.
std::vector<int> categories_in(const TableInput& input, const Column& column, size_t& unknown) {
  const auto place = [&](const std::string& word) {
    const auto found = std::find(input.categories.begin(), input.categories.end(), word);
    return found == input.categories.end() ? -1 : static_cast<int>(found - input.categories.begin());
  };
  std::vector<int> of_category;
  for (const std::string& word : column.categories) of_category.push_back(place(word));
  std::vector<int> out;
  out.reserve(column.values.size());
  for (const float v : column.values) {
    // A column of words that has only numbers in this file was read as numbers.
    const int category = std::isnan(v)          ? -1
                         : column.categorical() ? of_category[static_cast<size_t>(v)]
                                                : place(number_text(column.offset, static_cast<double>(v)));
    unknown += category < 0 && !std::isnan(v);
    out.push_back(category);
  }
  return out;
}

}  // namespace

size_t width_of(const Preprocessing& preprocessing) {
  size_t width = preprocessing.words.size();
  for (const TableInput& input : preprocessing.inputs) width += input.width();
  return width;
}

void fit_preprocessing(Dataset& data, bool standardise) {
  const std::vector<uint32_t> rows = data.ids_of(Split::train);
  for (TableInput& input : data.preprocessing.inputs) {
    const Column* column = column_named(data, input.name);
    if (!column) continue;  // apply_preprocessing says so
    if (input.categories.empty())
      fit_number(*column, rows, standardise, input);
    else
      fit_categories(*column, rows, input);
  }
}

Status apply_preprocessing(Dataset& data) {
  const size_t width = width_of(data.preprocessing);
  std::vector<float> values(data.rows * width);
  size_t offset = 0;
  for (const TableInput& input : data.preprocessing.inputs) {
    const Column* column = column_named(data, input.name);
    if (!column) {
      std::vector<std::string> names;
      for (const Column& c : data.columns) names.push_back(c.name);
      return fail(ErrorCode::invalid_argument,
                  "{}: has no column '{}', expected it as in the data that the model was trained on; it has {}", data.origin, input.name,
                  fmt::join(names, ", "));
    }
    size_t missing = 0, unknown = 0;
    if (input.categories.empty()) {
      if (column->categorical())
        return fail(ErrorCode::invalid_argument, "{}: column '{}' holds words ('{}'), expected numbers as in the data of the model",
                    data.origin, input.name, column->categories[0]);
      for (size_t i = 0; i < data.rows; ++i) {
        const double v = column->number(i);
        missing += std::isnan(v);
        values[i * width + offset] = static_cast<float>(((std::isnan(v) ? input.fill : v) - input.mean) / input.scale);
      }
    } else {
      const std::vector<int> categories = categories_in(input, *column, unknown);
      for (size_t i = 0; i < data.rows; ++i) {
        missing += std::isnan(column->values[i]);
        values[i * width + offset + (categories[i] < 0 ? static_cast<size_t>(input.fill) : static_cast<size_t>(categories[i]))] = 1.0f;
      }
    }
    const double fill_part = input.offset == 0.0 ? std::stod(fmt::format("{:.4g}", input.fill)) : input.fill - input.offset;
    const std::string fill = input.categories.empty()
                                 ? fmt::format("the train rows' mean, {}", number_text(input.offset, fill_part))
                                 : fmt::format("'{}', the commonest", input.categories[static_cast<size_t>(input.fill)]);
    if (missing) data.warnings.push_back(fmt::format("column '{}': {} missing values are taken for {}", input.name, missing, fill));
    if (unknown)
      data.warnings.push_back(
          fmt::format("column '{}': {} values are no category that the model knows and are taken for {}", input.name, unknown, fill));
    offset += input.width();
  }
  const auto all_words = [](const TableInput& input) { return !input.categories.empty(); };
  data.categories.clear();
  if (std::all_of(data.preprocessing.inputs.begin(), data.preprocessing.inputs.end(), all_words))
    for (const TableInput& input : data.preprocessing.inputs) data.categories.push_back(input.width());
  data.shape = {width};
  data.values = std::move(values);
  return {};
}

Array2<double> in_units(const Preprocessing& preprocessing, const FloatArray& examples) {
  Array2<double> out(examples.rows, examples.cols);
  std::copy(examples.values.begin(), examples.values.end(), out.values.begin());
  size_t offset = 0;
  for (const TableInput& input : preprocessing.inputs) {
    if (input.categories.empty())
      for (size_t i = 0; i < examples.rows; ++i) out(i, offset) = input.mean + input.scale * out(i, offset);
    offset += input.width();
  }
  return out;
}

bool has_offsets(const Preprocessing& preprocessing) {
  return std::any_of(preprocessing.inputs.begin(), preprocessing.inputs.end(), [](const TableInput& input) { return input.offset != 0.0; });
}

std::vector<std::string> cells_of(const Preprocessing& preprocessing, std::span<const float> example) {
  std::vector<std::string> cells;
  size_t offset = 0;
  for (const TableInput& input : preprocessing.inputs) {
    const std::span<const float> group = example.subspan(offset, input.width());
    const double part = input.scale * static_cast<double>(group[0]);
    if (!input.categories.empty())
      cells.push_back(input.categories[likeliest(group)]);
    else
      cells.push_back(input.offset == 0.0 ? number_text(0.0, input.mean + part) : number_text(input.mean, part));
    offset += input.width();
  }
  return cells;
}

}  // namespace latentscape
