// Preprocessing as JSON, for the metadata of a checkpoint.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"
#include "core/data/preprocessing.hpp"

namespace latentscape {

/// Every number reads back as it was.
std::string json_from_preprocessing(const Preprocessing& preprocessing);
/// Errors (corrupt): other keys or lengths, no words, a scale that is not above 0, a fill that is no category.
Result<Preprocessing> preprocessing_from_json(std::string_view json, std::string_view where);

}  // namespace latentscape
