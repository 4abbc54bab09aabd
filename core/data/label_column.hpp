// The column of classes that a person names, of data that has more than one.
#pragma once

#include <string>

#include "core/data/dataset.hpp"

namespace latentscape {

/// Makes `name` the label: a column of classes, or of few different numbers. Errors (invalid_argument): there is no such column, or it
/// holds too many different numbers, with those that can be.
Status choose_label(Dataset& data, const std::string& name);

}  // namespace latentscape
