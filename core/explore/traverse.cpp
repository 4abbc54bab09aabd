#include "core/explore/traverse.hpp"

#include <algorithm>
#include <numeric>

namespace latentscape {

FloatArray traverse(std::span<const float> anchor, std::span<const size_t> dimensions, size_t steps, double low, double high) {
  FloatArray z(dimensions.size() * steps, anchor.size());
  for (size_t k = 0; k < dimensions.size(); ++k) {
    for (size_t i = 0; i < steps; ++i) {
      const auto row = z.row(k * steps + i);
      std::copy(anchor.begin(), anchor.end(), row.begin());
      const double t = steps > 1 ? static_cast<double>(i) / static_cast<double>(steps - 1) : 0.5;
      row[dimensions[k]] = static_cast<float>(low + (high - low) * t);
    }
  }
  return z;
}

std::vector<size_t> dimensions_by_kl(std::span<const double> kl) {
  std::vector<size_t> order(kl.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return kl[a] > kl[b]; });
  return order;
}

}  // namespace latentscape
