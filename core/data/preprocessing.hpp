// Preprocessing: how the columns of a table, or texts, become the numbers that a model sees; a part of the model. Fitted and applied by
// table_fit.hpp and vocabulary.hpp.
#pragma once

#include <string>
#include <vector>

namespace latentscape {

/// One column as a model takes it: (value - mean) / scale, or a one-hot group.
struct TableInput {
  std::string name;
  std::vector<std::string> categories;  // empty: a number
  double mean = 0.0;                    // of a number, in its own units
  double scale = 1.0;                   // its standard deviation
  double fill = 0.0;                    // in place of a missing value: the mean, or the index of the commonest category
  double offset = 0.0;                  // is subtracted before numbers become floats, where floats would lose what tells them apart
  bool operator==(const TableInput&) const = default;
  size_t width() const { return categories.empty() ? 1 : categories.size(); }
};

/// Of a table, also of an array without names (x1, x2, ...), the inputs, side by side in this order one example; of texts the words that
/// are counted, a number each; neither: the numbers are the data's own.
struct Preprocessing {
  std::vector<TableInput> inputs;
  std::vector<std::string> words = {};
  bool operator==(const Preprocessing&) const = default;
  bool empty() const { return inputs.empty() && words.empty(); }
};

}  // namespace latentscape
