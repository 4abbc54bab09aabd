// The range of numbers, and whether floats tell them apart. Private to core/formats.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace latentscape {

struct NumberRange {
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();
  bool rounded = false;  // one of them is not exactly a float

  void take(double v) {
    least = std::min(least, v);
    most = std::max(most, v);
    rounded |= static_cast<double>(static_cast<float>(v)) != v;
  }
  bool empty() const { return least > most; }
  /// They differ by so little beside the largest that floats keep fewer than 2^16 steps of the range: the least one should be subtracted
  /// before they become floats.
  bool narrow() const {
    constexpr double kFewSteps = 256.0;
    return rounded && !empty() && (most - least) * kFewSteps < std::max(std::abs(least), std::abs(most));
  }
};

}  // namespace latentscape
