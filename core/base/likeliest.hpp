// The likeliest class of a row of probabilities or scores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace latentscape {

/// The place of the largest number, of equals the first; 0 of an empty row.
template <class Row>
size_t likeliest(const Row& row) {
  return static_cast<size_t>(std::distance(std::begin(row), std::max_element(std::begin(row), std::end(row))));
}

}  // namespace latentscape
