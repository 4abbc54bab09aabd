// Preprocessing of tables that came as arrays, whose numbers have no names: fitted on train rows, applied as rows are read.
#pragma once

#include "core/data/dataset.hpp"
#include "core/data/reading.hpp"

namespace latentscape {

/// Inputs that are called x1, x2, ...: numbers as they are.
Preprocessing array_inputs(size_t width);
bool same_names(const Preprocessing& a, const Preprocessing& b);

/// Learns mean and scale of each input of an array, which is named and has its offsets, from the train rows (of very many, evenly taken
/// ones), and sets data.scalings. Automatic: numbers from 0 to 1 stay as they are, and have no inputs then; what looks like pixels from 0
/// to 255 (whole, 64 of them or more) is divided by 255 and said to be; all else is standardised.
void fit_array(Dataset& data, Standardise standardise);

/// As a trained model takes them. Errors (invalid_argument): its inputs are not those of an array of this width.
Status fit_array_as(Dataset& data, const Preprocessing& trained);

}  // namespace latentscape
