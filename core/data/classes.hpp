// Columns of classes made from words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

/// Row i has the word words[index[i]], none where the index is past them all (NaN then). The categories are the words that occur: by value
/// where all are whole numbers, so that they come as those of IDX files do, else by their letters.
Column class_column(std::string name, const std::vector<std::string>& words, const std::vector<uint32_t>& index);

}  // namespace latentscape
