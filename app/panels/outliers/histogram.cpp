#include "app/panels/outliers/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

size_t Histogram::bin_of(double value) const {
  const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return std::min(static_cast<size_t>(share * static_cast<double>(counts.size())), counts.size() - 1);
}

Histogram histogram_of(std::span<const double> values, size_t bins) {
  Histogram h;
  h.counts.assign(std::max<size_t>(bins, 1), 0);
  double low = INFINITY, high = -INFINITY;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (!(low <= high)) return h;
  h.low = low;
  h.high = high > low ? high : low + 1.0;
  for (const double v : values)
    if (std::isfinite(v)) ++h.counts[h.bin_of(v)];
  return h;
}

}  // namespace latentscape
