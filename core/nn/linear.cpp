#include "core/nn/linear.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {

template <class S>
void Linear::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y, std::span<const int32_t> labels,
                     TileFunction after) const {
  const S *bias = parameters.data() + weight_count(), *table = bias + out;
  const bool conditioned = classes > 0 && !labels.empty();
  const auto finish = [&](const Tile& t) {
    const size_t n = t.col_end - t.col_begin;
    for (size_t i = t.row_begin; i < t.row_end; ++i) {
      S* row = y.row_data(i) + t.col_begin;
      for (size_t j = 0; j < n; ++j) row[j] += bias[t.col_begin + j];
      if (conditioned && labels[i] >= 0) {
        const S* own = table + static_cast<size_t>(labels[i]) * out + t.col_begin;
        for (size_t j = 0; j < n; ++j) row[j] += own[j];
      }
      activate(activation, row, n);
    }
    if (after) after(t);
  };
  gemm<S>(pool, Transpose::no, Transpose::yes, x, View2<const S>(parameters.data(), out, in), y, false, finish);
}

template <class S>
void Linear::backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<const int32_t> labels,
                                 std::span<S> gradients, EarlyUpdate<S>* early) const {
  S *bias = gradients.data() + weight_count(), *table = bias + out;
  const auto finish = [&](const Tile& t) {
    if (t.col_index != 0) return;
    // The bias gradient of the tile's outputs: column sums of dy, rows in order.
    std::fill(bias + t.row_begin, bias + t.row_end, S(0));
    for (size_t i = 0; i < dy.rows; ++i) {
      const S* row = dy.row_data(i);
      for (size_t j = t.row_begin; j < t.row_end; ++j) bias[j] += row[j];
    }
    // That of the table: the same sums, over the rows of each class.
    for (size_t c = 0; c < classes; ++c) std::fill(table + c * out + t.row_begin, table + c * out + t.row_end, S(0));
    for (size_t i = 0; classes > 0 && i < labels.size(); ++i) {
      if (labels[i] < 0) continue;
      const S* row = dy.row_data(i);
      S* own = table + static_cast<size_t>(labels[i]) * out;
      for (size_t j = t.row_begin; j < t.row_end; ++j) own[j] += row[j];
    }
  };
  if (!early) return gemm<S>(pool, Transpose::yes, Transpose::no, dy, x, View2<S>(gradients.data(), out, in), false, finish);
  if (!early->learns(gradients.first(parameter_count()))) return;
  const TileGrid grid = passing_grid(out, in, dy.rows);
  const size_t first_part = early->claim(gradients.first(parameter_count()), grid.tiles());
  const auto hand_over = [&](const Tile& t, View2<const S> weights) {
    const size_t part = first_part + t.row_index * grid.col_tiles() + t.col_index;
    const auto piece = [&](const S* place, const S* values, size_t n) { early->take(part, place, std::span(values, n)); };
    if (weights.cols == in)
      piece(gradients.data() + t.row_begin * in, weights.data, weights.rows * in);
    else
      for (size_t i = 0; i < weights.rows; ++i)
        piece(gradients.data() + (t.row_begin + i) * in + t.col_begin, weights.row_data(i), weights.cols);
    if (t.col_index != 0) return;
    finish(t);
    for (size_t c = 0; c <= classes; ++c) piece(bias + c * out + t.row_begin, bias + c * out + t.row_begin, weights.rows);
  };
  gemm_passing<S>(pool, dy, x, hand_over);
}

template <class S>
void Linear::backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x,
                            View2<S> dx, bool accumulate) const {
  const auto finish = [&](const Tile& t) {
    for (size_t i = t.row_begin; i < t.row_end; ++i)
      multiply_by_slope(below, x.row_data(i) + t.col_begin, dx.row_data(i) + t.col_begin, t.col_end - t.col_begin);
  };
  const TileFunction slope = below == Activation::identity ? TileFunction() : TileFunction(finish);
  gemm<S>(pool, Transpose::no, Transpose::no, dy, View2<const S>(parameters.data(), out, in), dx, accumulate, slope);
}

template <class S>
void initialise_weights(std::span<S> weights, std::span<S> biases, double fan_in, double scale, uint64_t seed, uint32_t layer_index) {
  Rng rng(seed, RngStream::initialise, 0, layer_index);
  const double bound = scale * std::sqrt(3.0 / fan_in);
  for (S& w : weights) w = static_cast<S>(rng.uniform(-bound, bound));
  for (S& b : biases) b = S(0);
}

#define LS_INSTANTIATE(S)                                                                                                               \
  template void Linear::forward<S>(ComputePool&, std::span<const S>, View2<const S>, View2<S>, std::span<const int32_t>, TileFunction)  \
      const;                                                                                                                            \
  template void Linear::backward_parameters<S>(ComputePool&, View2<const S>, View2<const S>, std::span<const int32_t>, std::span<S>,    \
                                               EarlyUpdate<S>*) const;                                                                  \
  template void Linear::backward_input<S>(ComputePool&, std::span<const S>, View2<const S>, Activation, View2<const S>, View2<S>, bool) \
      const;                                                                                                                            \
  template void initialise_weights<S>(std::span<S>, std::span<S>, double, double, uint64_t, uint32_t);
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
