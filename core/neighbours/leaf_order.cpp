#include "core/neighbours/leaf_order.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace latentscape {
namespace {

constexpr size_t kSample = 256;  // points that say which dimension is the widest

struct Part {
  size_t begin, end;  // of the order
  size_t size() const { return end - begin; }
  bool whole() const { return size() <= LeafOrder::kBlock; }
};

size_t widest_dimension(FloatView points, const uint32_t* ids, size_t count) {
  const size_t step = (count + kSample - 1) / kSample;
  size_t widest = 0;
  double most = -1.0;
  for (size_t j = 0; j < points.cols; ++j) {
    double sum = 0.0, squares = 0.0, seen = 0.0;
    for (size_t a = 0; a < count; a += step) {
      const double v = static_cast<double>(points(ids[a], j)) - static_cast<double>(points(ids[0], j));
      sum += v;
      squares += v * v;
      seen += 1.0;
    }
    const double spread = squares - sum * sum / seen;
    if (spread <= most) continue;
    most = spread;
    widest = j;
  }
  return widest;
}

/// The lower half, of whole leaves or blocks, comes first; equals by their ids.
size_t halve(FloatView points, const Part& part, std::vector<uint32_t>& ids) {
  const size_t unit = part.size() > LeafOrder::kLeaf ? LeafOrder::kLeaf : LeafOrder::kBlock;
  const size_t middle = part.begin + (part.size() + unit - 1) / unit / 2 * unit;
  const size_t j = widest_dimension(points, ids.data() + part.begin, part.size());
  const auto at = [&](size_t a) { return ids.begin() + static_cast<std::ptrdiff_t>(a); };
  std::nth_element(at(part.begin), at(middle), at(part.end), [&](uint32_t a, uint32_t b) {
    const float x = points(a, j), y = points(b, j);
    return x < y || (x == y && a < b);
  });
  return middle;
}

}  // namespace

LeafOrder leaf_order(FloatView points, ComputePool& pool, const std::stop_token& stop) {
  LeafOrder order;
  order.ids.resize(points.rows);
  std::iota(order.ids.begin(), order.ids.end(), 0u);
  std::vector<Part> parts{{0, points.rows}};
  while (std::any_of(parts.begin(), parts.end(), [](const Part& p) { return !p.whole(); })) {
    if (stop.stop_requested()) return order;
    std::vector<Part> halves(2 * parts.size());
    pool.run(parts.size(), [&](size_t p) {
      const Part part = parts[p];
      const size_t middle = part.whole() || stop.stop_requested() ? part.end : halve(points, part, order.ids);
      halves[2 * p] = {part.begin, middle};
      halves[2 * p + 1] = {middle, part.end};
    });
    halves.erase(std::remove_if(halves.begin(), halves.end(), [](const Part& p) { return p.begin == p.end; }), halves.end());
    parts = std::move(halves);
  }
  for (const Part& p : parts)
    std::sort(order.ids.begin() + static_cast<std::ptrdiff_t>(p.begin), order.ids.begin() + static_cast<std::ptrdiff_t>(p.end));
  const size_t leaves = (points.rows + LeafOrder::kLeaf - 1) / LeafOrder::kLeaf;
  order.low.resize(leaves, points.cols);
  order.high.resize(leaves, points.cols);
  for_tiles(pool, points.rows, LeafOrder::kLeaf, [&](size_t begin, size_t end) {
    const size_t leaf = begin / LeafOrder::kLeaf;
    for (size_t j = 0; j < points.cols; ++j) {
      float low = points(order.ids[begin], j), high = low;
      for (size_t a = begin + 1; a < end; ++a) {
        low = std::min(low, points(order.ids[a], j));
        high = std::max(high, points(order.ids[a], j));
      }
      order.low(leaf, j) = low;
      order.high(leaf, j) = high;
    }
  });
  return order;
}

LeafOrder given_order(FloatView points) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const size_t leaves = (points.rows + LeafOrder::kLeaf - 1) / LeafOrder::kLeaf;
  LeafOrder order{std::vector<uint32_t>(points.rows), FloatArray(leaves, points.cols, -kInfinity),
                  FloatArray(leaves, points.cols, kInfinity)};
  std::iota(order.ids.begin(), order.ids.end(), 0u);
  return order;
}

}  // namespace latentscape
