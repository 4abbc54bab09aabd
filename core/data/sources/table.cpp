// A .csv or .tsv file with a header, or gzip of it: numbers standardised, categories one-hot, one column the label.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>

#include "core/base/lower.hpp"
#include "core/data/classes.hpp"
#include "core/data/path_names.hpp"
#include "core/data/source.hpp"
#include "core/data/split_files.hpp"
#include "core/data/table_fit.hpp"
#include "core/data/text_columns.hpp"
#include "core/formats/csv.hpp"

namespace latentscape {

void register_source_table(Registry<DataSource>& registry);

namespace {

constexpr std::array<std::string_view, 4> kExtensions = {".csv", ".tsv", ".csv.gz", ".tsv.gz"};
constexpr std::array<std::string_view, 3> kLabelNames = {"label", "class", "target"};

// Whole numbers of a column that is called a label are a quantity where they are this many, or few rows share one.
constexpr size_t kSurelyQuantity = 100, kMaybeQuantity = 20, kFewRows = 10;

bool accepts_table(const std::string& spec) {
  const auto is_table = [&](std::string_view extension) { return is_file_with(spec, extension); };
  return std::any_of(kExtensions.begin(), kExtensions.end(), is_table) && !look_for_text(spec).text;
}

bool is_whole(const CsvColumn& column) {
  return column.offset == std::floor(column.offset) && std::all_of(column.numbers.begin(), column.numbers.end(), [](float v) {
           return std::isnan(v) || (v == std::floor(v) && std::abs(v) < kLargestWholeFloat);
         });
}

struct Range {
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();
};
Range range_of(const CsvColumn& column) {
  Range range;
  for (const float v : column.numbers) {
    if (std::isnan(v)) continue;
    range.least = std::min(range.least, v);
    range.most = std::max(range.most, v);
  }
  return range;
}

/// Every whole number of a range once, in any order: a name for the row, not a property of it.
bool is_running_number(const CsvColumn& column) {
  const size_t n = column.numbers.size();
  const Range range = range_of(column);
  if (n < 3 || column.missing || column.infinite || !is_whole(column) || range.most - range.least != static_cast<float>(n - 1))
    return false;
  std::vector<bool> seen(n);
  for (const float v : column.numbers) seen[static_cast<size_t>(v - range.least)] = true;
  return std::all_of(seen.begin(), seen.end(), [](bool s) { return s; });
}

class TableLoader {
 public:
  TableLoader(const DataRequest& request, CsvTable table) : request_(request), table_(std::move(table)) {}

  Result<Dataset> load() {
    say_what_was_understood();
    LS_CHECK(choose_label());
    LS_CHECK(check_left_out());
    for (size_t k = 0; k < table_.columns.size(); ++k) {
      if (k != label_) take(table_.columns[k]);
      table_.columns[k] = {};  // so that no number is held twice
    }
    if (request_.preprocessing) data_.preprocessing = *request_.preprocessing;
    if (data_.preprocessing.empty())
      return fail(ErrorCode::corrupt, "{}: no column is left to train on: {}", request_.spec, fmt::join(data_.warnings, "; "));
    data_.rows = table_.rows;
    if (request_.reading.missing == MissingValues::drop) LS_CHECK(drop_rows());
    data_.name = name_of_files(request_.spec);
    data_.kind = DataKind::table;
    data_.reason = request_.kind.empty() ? look_for_text(request_.spec).reason : "it was said to be one";
    data_.shape = {width_of(data_.preprocessing)};
    data_.values = std::vector<float>();  // filled when it is known which rows are train
    return std::move(data_);
  }

 private:
  void say_what_was_understood() {
    if (!table_.header)
      data_.warnings.push_back("the first line is numbers, not names: it is a row, and columns are called 'column 1' and so on");
    std::vector<std::string> commas;
    for (const CsvColumn& column : table_.columns) {
      if (column.decimal_commas && column.numeric) commas.push_back(column.name);
      if (column.decimal_commas && !column.numeric)
        data_.warnings.push_back(
            fmt::format("column '{}': some of its cells are like numbers with a decimal comma, and all are words", column.name));
    }
    if (!commas.empty())
      data_.warnings.push_back(
          fmt::format("a comma is the decimal point in the column{} {}", commas.size() == 1 ? "" : "s", fmt::join(commas, ", ")));
  }

  Status choose_label() {
    const std::string& wanted = request_.reading.label;
    if (wanted == kNoLabel) return {};
    std::vector<std::string> names;
    for (const CsvColumn& column : table_.columns) names.push_back(column.name);
    if (!wanted.empty()) {
      const auto found = std::find(names.begin(), names.end(), wanted);
      if (found == names.end() && request_.preprocessing) {
        data_.warnings.push_back(fmt::format("there is no column '{}', and so no label", wanted));
        return {};
      }
      if (found == names.end()) return unknown_name("column", wanted, names).context(request_.spec);
      return take_label(static_cast<size_t>(found - names.begin()), !request_.preprocessing);
    }
    for (const std::string_view known : kLabelNames)
      for (size_t k = 0; k < names.size(); ++k)
        if (label_ > names.size() && lower(names[k]) == known) LS_CHECK(take_label(k, false));
    return {};
  }

  bool is_left_out(const std::string& name) const {
    const std::vector<std::string>& names = request_.reading.leave_out;
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  Status check_left_out() const {
    if (request_.preprocessing) return {};
    std::vector<std::string> names;
    for (const CsvColumn& column : table_.columns) names.push_back(column.name);
    for (const std::string& name : request_.reading.leave_out)
      if (std::find(names.begin(), names.end(), name) == names.end()) return unknown_name("column", name, names).context(request_.spec);
    return {};
  }

  /// A column that was not `asked` for is the label only if it can be; else it is a column to colour by.
  Status take_label(size_t k, bool asked) {
    CsvColumn& column = table_.columns[k];
    label_ = k;
    std::optional<std::string> fault;
    if (column.numeric && !is_whole(column))
      fault = "holds numbers that are not whole";
    else
      data_.columns.push_back(column.numeric ? class_column(column.name, column.numbers, column.offset)
                                             : class_column(column.name, column.dictionary, column.words));
    const size_t classes = fault ? 0 : data_.columns.back().categories.size();
    if (!fault && classes == table_.rows && classes > 1) fault = "is different in every row";
    const bool named = !request_.reading.label.empty();  // not `asked`: a run's own data has to be read as it was
    if (!fault && !named && column.numeric && (classes > kSurelyQuantity || (classes > kMaybeQuantity && table_.rows < kFewRows * classes)))
      fault = fmt::format("has {} different whole numbers in {} rows, a quantity more than a class (as setting `label` it is one)", classes,
                          table_.rows);
    if (!fault && classes > kMostLabelClasses) fault = fmt::format("has {} different values, more than {}", classes, kMostLabelClasses);
    if (!fault && classes == 0) fault = "is empty";
    if (fault && asked)
      return fail(ErrorCode::invalid_argument, "{}: column '{}' {}, expected a label of a few classes", request_.spec, column.name, *fault);
    if (fault) {
      data_.columns.clear();
      if (column.numeric) data_.columns.push_back(numbers_of(column));
      data_.warnings.push_back(fmt::format("column '{}' {}: it is neither a label nor trained on", column.name, *fault));
      return {};
    }
    data_.label_column = 0;
    if (column.missing)
      data_.warnings.push_back(fmt::format("the label '{}' is missing in {} of {} rows", column.name, column.missing, table_.rows));
    if (classes == 1) data_.warnings.push_back(fmt::format("the label '{}' has one class alone", column.name));
    return {};
  }

  void leave_out(const CsvColumn& column, std::string_view why) {
    if (request_.preprocessing) return;  // it is not the data that was trained on
    data_.warnings.push_back(fmt::format("column '{}' {} and is left out", column.name, why));
  }

  static Column numbers_of(CsvColumn& column) { return {column.name, {}, std::move(column.numbers), column.offset}; }

  /// What a trained model asks for stays, whatever it looks like here.
  bool is_asked_for(const CsvColumn& column) const {
    if (!request_.preprocessing) return false;
    const std::vector<TableInput>& inputs = request_.preprocessing->inputs;
    return std::any_of(inputs.begin(), inputs.end(), [&](const TableInput& input) { return input.name == column.name; });
  }

  void take(CsvColumn& column) {
    if (column.infinite)
      data_.warnings.push_back(fmt::format("column '{}': {} infinite values count as missing", column.name, column.infinite));
    const bool to_colour_by = is_left_out(column.name) && column.type() != CsvType::text;
    if (is_asked_for(column) || to_colour_by) {
      data_.columns.push_back(column.numeric ? numbers_of(column) : class_column(column.name, column.dictionary, column.words));
      return;
    }
    if (is_left_out(column.name)) return;
    if (column.numeric) {
      const bool running = is_running_number(column);
      if (column.least > column.most) return leave_out(column, "is empty");
      if (column.least == column.most) return leave_out(column, "is the same in every row");
      data_.columns.push_back(numbers_of(column));
      if (running) return leave_out(column, "only numbers the rows");
      TableInput input;
      input.name = column.name;
      input.offset = column.offset;
      data_.preprocessing.inputs.push_back(std::move(input));
      return;
    }
    if (column.type() == CsvType::text)
      return leave_out(column, fmt::format("is text ({} different values, more than {})", column.dictionary.size(), kMostCategories));
    if (column.dictionary.size() < 2) return leave_out(column, "is the same in every row");
    if (column.dictionary.size() == table_.rows && table_.rows > 2) return leave_out(column, "is different in every row");
    Column words = class_column(column.name, column.dictionary, column.words);
    TableInput input;
    input.name = column.name;
    input.categories = words.categories;
    data_.preprocessing.inputs.push_back(std::move(input));
    data_.columns.push_back(std::move(words));
  }

  /// Rows where an input is missing.
  Status drop_rows() {
    std::vector<bool> keep(data_.rows, true);
    for (const TableInput& input : data_.preprocessing.inputs)
      for (const Column& column : data_.columns)
        for (size_t i = 0; column.name == input.name && i < data_.rows; ++i)
          if (std::isnan(column.values[i])) keep[i] = false;
    const auto kept = static_cast<size_t>(std::count(keep.begin(), keep.end(), true));
    if (kept == data_.rows) return {};
    if (kept == 0) return fail(ErrorCode::corrupt, "{}: every row has a missing value, and missing=drop leaves such out", request_.spec);
    for (size_t i = 0; i < data_.rows; ++i)
      if (keep[i]) data_.row_numbers.push_back(static_cast<uint32_t>(i));
    for (Column& column : data_.columns) {
      size_t next = 0;
      for (size_t i = 0; i < data_.rows; ++i)
        if (keep[i]) column.values[next++] = column.values[i];
      column.values.resize(kept);
    }
    data_.warnings.push_back(
        fmt::format("{} of {} rows have missing values and are left out; the others keep their numbers", data_.rows - kept, data_.rows));
    data_.rows = kept;
    return {};
  }

  const DataRequest& request_;
  CsvTable table_;
  Dataset data_;
  size_t label_ = std::numeric_limits<size_t>::max();
};

Result<Dataset> load_table(const DataRequest& request) {
  CsvOffsets offsets;
  if (request.preprocessing)
    for (const TableInput& input : request.preprocessing->inputs) offsets[input.name] = input.offset;
  LS_TRY(CsvTable table, read_csv(request.spec, request.stop, request.progress, offsets));
  return TableLoader(request, std::move(table)).load();
}

}  // namespace

void register_source_table(Registry<DataSource>& registry) {
  registry.add(
      {"table", "a .csv or .tsv file with a header, .gz of them: numbers, categories and a label", false, accepts_table, load_table});
}

}  // namespace latentscape
