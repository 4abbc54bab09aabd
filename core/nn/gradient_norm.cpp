#include "core/nn/gradient_norm.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr size_t kTile = 16384;
constexpr size_t kLanes = 64;      // sums that go on side by side
constexpr size_t kStretch = 4096;  // numbers summed in one precision

}  // namespace

/// In lanes of S for a short stretch at a time (at the speed of memory), then in double. A square too large for S counts in double.
template <class S>
double sum_of_squares(std::span<const S> values) {
  double sum = 0.0;
  for (size_t i = 0; i < values.size(); i += kStretch) {
    const size_t end = std::min(values.size(), i + kStretch), whole = i + (end - i) / kLanes * kLanes;
    S lanes[kLanes] = {};
    for (size_t k = i; k < whole; k += kLanes)
      for (size_t j = 0; j < kLanes; ++j) lanes[j] += values[k + j] * values[k + j];
    double stretch = 0.0;
    for (const S lane : lanes) stretch += static_cast<double>(lane);
    for (size_t k = whole; k < end; ++k) stretch += static_cast<double>(values[k]) * static_cast<double>(values[k]);
    if (!std::isfinite(stretch)) {
      stretch = 0.0;
      for (size_t k = i; k < end; ++k) stretch += static_cast<double>(values[k]) * static_cast<double>(values[k]);
    }
    sum += stretch;
  }
  return sum;
}

template <class S>
double gradient_norm(ComputePool& pool, std::span<const S> gradients, std::vector<double>& partials) {
  const size_t tiles = (gradients.size() + kTile - 1) / kTile;
  partials.resize(tiles);
  const auto work = [&](size_t tile) {
    const size_t begin = tile * kTile;
    partials[tile] = sum_of_squares(gradients.subspan(begin, std::min(gradients.size() - begin, kTile)));
  };
  pool.run(tiles, work);
  double total = 0.0;
  for (double partial : partials) total += partial;
  return std::sqrt(total);
}

template double sum_of_squares<float>(std::span<const float>);
template double sum_of_squares<double>(std::span<const double>);
template double gradient_norm<float>(ComputePool&, std::span<const float>, std::vector<double>&);
template double gradient_norm<double>(ComputePool&, std::span<const double>, std::vector<double>&);

}  // namespace latentscape
