#include "core/nn/elementwise.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/rng.hpp"
#include "core/nn/row_tiles.hpp"

namespace latentscape {

template <class S>
void Elementwise::forward(ComputePool& pool, View2<const S> x, View2<S> y) const {
  for_row_tiles(pool, x.rows, size, [&](size_t begin, size_t end) {
    std::copy(x.row_data(begin), x.row_data(end), y.row_data(begin));
    activate(function, y.row_data(begin), (end - begin) * size);
  });
}

template <class S>
void Elementwise::backward(ComputePool& pool, View2<const S> x, View2<const S> dy, View2<S> dx) const {
  for_row_tiles(pool, x.rows, size, [&](size_t begin, size_t end) {
    if (dx.data != dy.data) std::copy(dy.row_data(begin), dy.row_data(end), dx.row_data(begin));
    multiply_by_slope(function, x.row_data(begin), dx.row_data(begin), (end - begin) * size);
  });
}

namespace {

/// to = from where kept, scaled; from and to may be the same.
template <class S>
void drop(const Dropout& layer, const RowConditions& conditions, size_t row, const S* from, S* to) {
  // The layer goes into bits of the step that no training reaches.
  Rng rng(conditions.seed, RngStream::dropout, conditions.step ^ (static_cast<uint64_t>(layer.key) << 48), static_cast<uint32_t>(row));
  // Sixteen bits a number: the share to a 65,536th, and the scale that of just this share.
  constexpr double one = 65536.0;
  const double chance = std::max(1.0, std::round((1.0 - layer.share) * one));
  const auto kept = static_cast<uint32_t>(chance);
  const S scale = static_cast<S>(one / chance);
  for (size_t j = 0; j < layer.size; j += 8) {
    const std::array<uint32_t, 4> block = rng.block();
    const size_t n = std::min<size_t>(8, layer.size - j);
    for (size_t k = 0; k < n; ++k) to[j + k] = (block[k / 2] >> (k % 2 * 16) & 0xffff) < kept ? scale * from[j + k] : S(0);
  }
}

}  // namespace

template <class S>
void Dropout::forward(ComputePool& pool, View2<const S> x, View2<S> y, const RowConditions& conditions) const {
  for_row_tiles(pool, x.rows, size, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) drop(*this, conditions, i, x.row_data(i), y.row_data(i));
  });
}

template <class S>
void Dropout::backward(ComputePool& pool, View2<const S> dy, Activation below, View2<const S> x, View2<S> dx,
                       const RowConditions& conditions) const {
  for_row_tiles(pool, x.rows, size, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) drop(*this, conditions, i, dy.row_data(i), dx.row_data(i));
    multiply_by_slope(below, x.row_data(begin), dx.row_data(begin), (end - begin) * size);
  });
}

#define LS_INSTANTIATE(S)                                                                                \
  template void Elementwise::forward<S>(ComputePool&, View2<const S>, View2<S>) const;                   \
  template void Elementwise::backward<S>(ComputePool&, View2<const S>, View2<const S>, View2<S>) const;  \
  template void Dropout::forward<S>(ComputePool&, View2<const S>, View2<S>, const RowConditions&) const; \
  template void Dropout::backward<S>(ComputePool&, View2<const S>, Activation, View2<const S>, View2<S>, const RowConditions&) const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
