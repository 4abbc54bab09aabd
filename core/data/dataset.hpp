// Dataset: rows of numbers with a shape, a split and columns; immutable once loaded.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/data/mapped_values.hpp"
#include "core/data/preprocessing.hpp"
#include "core/data/word_counts.hpp"

namespace latentscape {

enum class DataKind { image, table, text };
std::string_view to_string(DataKind kind);

enum class Split : uint8_t { train, heldout, test };
std::string_view to_string(Split split);
Result<Split> split_from_name(std::string_view name);

/// One value a row: a class or factor (index into categories) or a number; NaN where missing.
struct Column {
  std::string name;
  std::vector<std::string> categories;  // empty: numeric
  std::vector<float> values;            // one a row
  double offset = 0.0;                  // that numbers are more than their values: of those that differ by little beside their size
  bool categorical() const { return !categories.empty(); }
  double number(size_t row) const { return offset + static_cast<double>(values[row]); }
};

/// Row-major numbers, bytes mean value / 255; in memory, or on the disk where they are larger than the memory for them; or word counts.
using Values = std::variant<std::vector<uint8_t>, std::vector<float>, MappedValues<uint8_t>, MappedValues<float>, WordCounts>;

/// Calls f with values that have a number at every place: all but word counts.
template <class F>
void visit_numbers(const Values& values, F&& f) {
  std::visit(
      [&](const auto& v) {
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(v)>, WordCounts>) f(v);
      },
      values);
}

/// (value - shift) / scale is the number that a model sees.
struct Scaling {
  double shift = 0.0, scale = 1.0;
};

/// Row index = point id everywhere in the program.
struct Dataset {
  std::string name;    // "mnist", "strokes"
  std::string origin;  // what was asked for: a built-in name or a path
  DataKind kind = DataKind::image;
  std::string reason;         // why it was taken for this kind, where that was a choice
  std::vector<size_t> shape;  // one example: {28, 28}, {32, 32, 3} or {d}; of texts the words that are counted
  size_t rows = 0;
  Values values;
  size_t window = 0;               // of mapped values: so many rows fit into memory with ease, see batches.hpp; 0: all
  std::vector<std::string> texts;  // of kind text: one a row; empty where the data came as counts
  std::vector<Column> columns;
  int label_column = -1;               // index into columns, categorical; -1: no labels
  std::vector<Split> split;            // one a row
  std::vector<std::string> row_names;  // one a row: the file it came from, from the folder on; empty: rows have no names
  std::vector<uint32_t> row_numbers;   // one a row: its place in its source, from 0; empty: the row's index
  size_t extra = 0;                    // the last rows: of another set that joined train, see join.hpp
  std::vector<size_t> categories;      // every number is 0 or 1, in one-hot groups of these sizes that fill an example; empty: no such data
  Preprocessing preprocessing;         // of a table with named columns: how `values` were made from them; empty: values are as they came
  std::vector<Scaling> scalings;       // one a number of an example: what copy_row does to the float values of an array; empty: nothing
  std::string fingerprint;             // hex hash of values, labels and shape; of a table with named columns: of these; of texts: of these
  std::vector<std::string> warnings;

  size_t width() const;  // numbers an example
  size_t row_number(size_t i) const { return row_numbers.empty() ? i : row_numbers[i]; }
  size_t own_rows() const { return rows - extra; }
  size_t height_px() const { return shape.size() >= 2 ? shape[0] : 1; }
  size_t width_px() const { return shape.size() >= 2 ? shape[1] : width(); }
  size_t channels() const { return shape.size() >= 3 ? shape[2] : 1; }
  size_t bytes() const;  // in memory
  bool mapped() const;
  bool holds_bytes() const;
  bool holds_numbers() const;             // at every place, and there are some
  const CacheEntry* cache_entry() const;  // that mapped values are from; none: in memory, or in the person's own file

  /// Example i as floats (images in [0, 1]) into out[0 .. width).
  void copy_row(size_t i, float* out) const;
  float number(size_t i, size_t j) const;
  /// Of mapped values, else nothing: rows first to last will be read soon; n rows have been read.
  void will_need(size_t first, size_t last) const;
  void passed(size_t n) const;
  /// Several examples, one a row of the result.
  FloatArray gather(std::span<const uint32_t> ids) const;

  const Column* labels() const { return label_column < 0 ? nullptr : &columns[static_cast<size_t>(label_column)]; }
  int label(size_t i) const;  // class index, -1 where none
  size_t classes() const { return labels() ? labels()->categories.size() : 0; }
  std::vector<uint32_t> ids_of(Split s) const;  // ascending
  std::vector<uint32_t> ids_of(std::initializer_list<Split> s) const;
};

/// Makes a seeded stratified 20 % of the train rows test, where there is no test row.
void assign_test(Dataset& data, uint64_t seed);

/// Makes held-out rows a seeded stratified `share` of the train rows; where there is no test row, first 20 % become test.
void assign_heldout(Dataset& data, uint64_t seed, double share = 0.05);

/// Cross-validation: makes the part `fold` (1 to `folds`) of the train rows held-out instead. The parts are seeded and stratified, no two
/// share a row, together they are all train rows; test rows are those of assign_heldout. Errors (invalid_argument): fewer than 2 folds,
/// more than train rows, a fold that there is not.
Status assign_fold(Dataset& data, uint64_t seed, size_t fold, size_t folds);

/// Fills fingerprint from shape, values and labels.
void set_fingerprint(Dataset& data);

}  // namespace latentscape
