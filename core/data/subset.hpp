// Subset: the rows of some classes only, as in `train --only digit=3`.
#pragma once

#include <string>
#include <string_view>

#include "core/data/dataset.hpp"

namespace latentscape {

/// Is the text COLUMN=VALUE or COLUMN=VALUE,VALUE...? Which columns and values there are, only the data knows.
Status check_only(std::string_view only);

/// The rows of all splits whose column of classes has one of the values; each keeps its split, the fingerprint stays that of the whole
/// data. "label" is the label column whatever its name. Errors: not_found (no such column or value, the nearest is named),
/// invalid_argument (a column of numbers, a class without train rows).
Result<Dataset> only_rows(const Dataset& data, const std::string& only);

}  // namespace latentscape
