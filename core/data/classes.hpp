// Columns of classes made from words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace latentscape {

/// Row i has the word words[index[i]], none where the index is past them all (NaN then). The categories are the words that occur: by value
/// where all are whole numbers, so that they come as those of IDX files do, else by their letters.
Column class_column(std::string name, const std::vector<std::string>& words, const std::vector<uint32_t>& index);

/// Whole numbers, each more by `offset`, as classes, NaN as none.
Column class_column(std::string name, std::span<const float> numbers, double offset = 0.0);

/// A column of more different values is no label.
inline constexpr size_t kMostLabelClasses = 1000;

/// Above it floats are no longer all whole numbers.
inline constexpr float kLargestWholeFloat = 1 << 24;

}  // namespace latentscape
