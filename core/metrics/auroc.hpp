// AUROC: how often a score puts an outlier above a normal example.
#pragma once

#include <span>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

struct Auroc {
  double value = 0.0;  // 0 to 1; a score that knows nothing gives 0.5
  size_t positives = 0;
  size_t negatives = 0;
};

/// The share of pairs of a positive and a negative in which the positive's score is higher, ties counted half, by the rank statistic of
/// Mann & Whitney, 1947. Errors: lengths that differ, no positive or no negative, a score that is not a number.
Result<Auroc> auroc(std::span<const double> scores, const std::vector<bool>& positive);

}  // namespace latentscape
