#include "core/projection/space_order.hpp"

#include <algorithm>

namespace latentscape {
namespace {

/// The bits of a 16-bit number, each followed by a zero.
uint32_t spread_bits(uint32_t v) {
  v = (v | v << 8) & 0x00FF00FFu;
  v = (v | v << 4) & 0x0F0F0F0Fu;
  v = (v | v << 2) & 0x33333333u;
  return (v | v << 1) & 0x55555555u;
}

}  // namespace

std::vector<uint32_t> space_order(const FloatArray& positions, ComputePool& pool) {
  const size_t n = positions.rows;
  if (n == 0) return {};
  float low[2], scale[2];
  for (size_t axis = 0; axis < 2; ++axis) {
    float high = low[axis] = positions(0, axis);
    for (size_t i = 1; i < n; ++i) {
      low[axis] = std::min(low[axis], positions(i, axis));
      high = std::max(high, positions(i, axis));
    }
    scale[axis] = high > low[axis] ? 65535.0f / (high - low[axis]) : 0.0f;
  }
  std::vector<uint64_t> keys(n);
  for_tiles(pool, n, 8192, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      uint32_t along[2];
      for (size_t axis = 0; axis < 2; ++axis)
        along[axis] = spread_bits(static_cast<uint32_t>(std::clamp((positions(i, axis) - low[axis]) * scale[axis], 0.0f, 65535.0f)));
      keys[i] = static_cast<uint64_t>(along[0] | along[1] << 1) << 32 | i;
    }
  });
  std::sort(keys.begin(), keys.end());
  std::vector<uint32_t> order(n);
  for (size_t r = 0; r < n; ++r) order[r] = static_cast<uint32_t>(keys[r]);
  return order;
}

std::vector<uint32_t> in_order(std::span<const uint32_t> ids, std::span<const uint32_t> order) {
  std::vector<uint32_t> out(order.size());
  for (size_t r = 0; r < order.size(); ++r) out[r] = ids[order[r]];
  return out;
}

}  // namespace latentscape
