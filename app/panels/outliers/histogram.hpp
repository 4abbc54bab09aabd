// Histogram of scores.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace latentscape {

struct Histogram {
  double low = 0.0, high = 1.0;
  std::vector<size_t> counts;  // equal bins from low to high
  /// The bin of a value; what lies outside counts to the first and the last.
  size_t bin_of(double value) const;
};

/// Of the finite values, from the least to the greatest; equal values get a range of 1. bins >= 1.
Histogram histogram_of(std::span<const double> values, size_t bins);

}  // namespace latentscape
