// Preprocessing of tables: fitted on train rows, applied to a table's columns, undone for decoded rows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/data/dataset.hpp"

namespace latentscape {

/// Numbers in one example.
size_t width_of(const Preprocessing& preprocessing);

/// Learns mean, scale and fill of each input from the train rows of data's column of that name; rows where it is missing do not count.
/// Unless they are to be standardised, numbers stay as they are (less their offset).
void fit_preprocessing(Dataset& data, bool standardise = true);

/// Fills data.values (and data.categories, where all inputs are categories) from its columns, as data.preprocessing says, and says in a
/// warning what was missing or is no category that it knows. Errors (invalid_argument) name a column that is not there, or holds words in
/// place of numbers.
Status apply_preprocessing(Dataset& data);

/// Numbers of examples (n x width) in the units of their columns; the groups of categories as they are.
Array2<double> in_units(const Preprocessing& preprocessing, const FloatArray& examples);
/// Do floats lose what tells numbers of a column apart?
bool has_offsets(const Preprocessing& preprocessing);
/// One example in units, a cell for each input: the number, or the name of the likeliest category.
std::vector<std::string> cells_of(const Preprocessing& preprocessing, std::span<const float> example);

}  // namespace latentscape
