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

namespace {

template <class S>
void multiply_by_slope_of(Activation below, View2<const S> x, View2<S> dx, const Tile& t) {
  for (size_t i = t.row_begin; i < t.row_end; ++i)
    multiply_by_slope(below, x.row_data(i) + t.col_begin, dx.row_data(i) + t.col_begin, t.col_end - t.col_begin);
}

/// What becomes of the gradient of a layer's weights, a tile of them at a time, and with it of its biases and its table.
template <class S>
struct GradientTiles {
  const Linear& layer;
  View2<const S> dy;
  std::span<const int32_t> labels;
  std::span<S> gradients;
  EarlyUpdate<S>* early;  // null: all goes to `gradients`
  size_t col_tiles = 1, first_part = 0;

  S* bias() const { return gradients.data() + layer.weight_count(); }

  /// Column sums of dy over the tile's outputs, rows in order: all of them, and those of each class.
  void sum_columns(const Tile& t) const {
    if (t.col_index != 0) return;
    S *const all = bias(), *const table = all + layer.out;
    std::fill(all + t.row_begin, all + t.row_end, S(0));
    for (size_t i = 0; i < dy.rows; ++i) {
      const S* row = dy.row_data(i);
      for (size_t j = t.row_begin; j < t.row_end; ++j) all[j] += row[j];
    }
    for (size_t c = 0; c < layer.classes; ++c) std::fill(table + c * layer.out + t.row_begin, table + c * layer.out + t.row_end, S(0));
    for (size_t i = 0; layer.classes > 0 && i < labels.size(); ++i) {
      if (labels[i] < 0) continue;
      const S* row = dy.row_data(i);
      S* own = table + static_cast<size_t>(labels[i]) * layer.out;
      for (size_t j = t.row_begin; j < t.row_end; ++j) own[j] += row[j];
    }
  }

  void operator()(const Tile& t, View2<const S> weights) const {
    const auto hand_over = [&](S* place, const S* values, size_t n) {
      if (early)
        early->take(first_part + t.row_index * col_tiles + t.col_index, place, std::span(values, n));
      else if (values != place)
        std::copy_n(values, n, place);
    };
    if (weights.cols == layer.in)
      hand_over(gradients.data() + t.row_begin * layer.in, weights.data, weights.rows * layer.in);
    else
      for (size_t i = 0; i < weights.rows; ++i)
        hand_over(gradients.data() + (t.row_begin + i) * layer.in + t.col_begin, weights.row_data(i), weights.cols);
    if (t.col_index != 0) return;
    sum_columns(t);
    for (size_t c = 0; c <= layer.classes; ++c)
      hand_over(bias() + c * layer.out + t.row_begin, bias() + c * layer.out + t.row_begin, weights.rows);
  }

  /// Before tiles of the grid of gemm_passing come. False: nothing of the layer learns.
  bool begin() {
    const TileGrid grid = passing_grid(layer.out, layer.in, dy.rows);
    col_tiles = grid.col_tiles();
    if (early && !early->learns(gradients)) return false;
    if (early) first_part = early->claim(gradients, grid.tiles());
    return true;
  }
};

}  // namespace

template <class S>
void Linear::backward_parameters(ComputePool& pool, View2<const S> x, View2<const S> dy, std::span<const int32_t> labels,
                                 std::span<S> gradients, EarlyUpdate<S>* early) const {
  GradientTiles<S> tiles{*this, dy, labels, gradients.first(parameter_count()), early};
  const auto sums = [&](const Tile& t) { tiles.sum_columns(t); };
  if (!early) return gemm<S>(pool, Transpose::yes, Transpose::no, dy, x, View2<S>(gradients.data(), out, in), false, sums);
  if (tiles.begin()) gemm_passing<S>(pool, dy, x, tiles);
}

template <class S>
void Linear::backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<const S> dy,
                      std::span<const int32_t> labels, Activation below, View2<S> dx, bool accumulate, std::span<S> gradients,
                      EarlyUpdate<S>* early, std::span<S> scratch) const {
  GradientTiles<S> tiles{*this, dy, labels, gradients.first(parameter_count()), early};
  const auto slope = [&](const Tile& t) { multiply_by_slope_of<S>(below, x, dx, t); };
  const View2<const S> weights(parameters.data(), out, in);
  using Use = Borrowed<const Tile&, View2<const S>>;
  gemm_twofold<S>(pool, dy, x, weights, dx, accumulate, scratch, tiles.begin() ? Use(tiles) : Use(), slope);
}

template <class S>
void Linear::backward_input(ComputePool& pool, std::span<const S> parameters, View2<const S> dy, Activation below, View2<const S> x,
                            View2<S> dx, bool accumulate) const {
  const auto finish = [&](const Tile& t) { multiply_by_slope_of<S>(below, x, dx, t); };
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
  template void Linear::backward<S>(ComputePool&, std::span<const S>, View2<const S>, View2<const S>, std::span<const int32_t>,         \
                                    Activation, View2<S>, bool, std::span<S>, EarlyUpdate<S>*, std::span<S>) const;                     \
  template void Linear::backward_input<S>(ComputePool&, std::span<const S>, View2<const S>, Activation, View2<const S>, View2<S>, bool) \
      const;                                                                                                                            \
  template void initialise_weights<S>(std::span<S>, std::span<S>, double, double, uint64_t, uint32_t);
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
