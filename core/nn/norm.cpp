#include "core/nn/norm.hpp"

#include <algorithm>
#include <cmath>

#include "core/nn/chunks.hpp"
#include "core/nn/row_tiles.hpp"

namespace latentscape {

namespace {

constexpr double kEpsilon = 1e-5;  // PyTorch's

template <class S>
double sum_of(const Chunk<S>& chunk) {
  double sum = 0.0;
  for (size_t i = 0; i < kChunk; ++i) sum += static_cast<double>(chunk[static_cast<Eigen::Index>(i)]);
  return sum;
}

template <class S>
struct Moments {
  S mean, inverse_deviation;
};

template <class S>
Moments<S> moments_of(const S* x, size_t n) {
  Chunk<S> sum = Chunk<S>::Zero(), squares = Chunk<S>::Zero();
  for_chunks<S>(n, [&](size_t i, size_t m) { sum += load_chunk<S>(x + i, m); });
  const S mean = static_cast<S>(sum_of<S>(sum) / static_cast<double>(n));
  for_chunks<S>(n, [&](size_t i, size_t m) { squares += (load_chunk<S>(x + i, m, mean) - mean).square(); });
  return {mean, static_cast<S>(1.0 / std::sqrt(sum_of<S>(squares) / static_cast<double>(n) + kEpsilon))};
}

}  // namespace

size_t Norm::gradient_scratch(size_t n) const { return row_tiles(n, size()) * parameter_count(); }

template <class S>
void Norm::forward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<S> y) const {
  const S *gain = parameters.data(), *bias = gain + channels;
  for_row_tiles(pool, x.rows, size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const Moments<S> m = moments_of<S>(x.row_data(i), size());
      const S* in = x.row_data(i);
      S* out = y.row_data(i);
      for (size_t p = 0; p < places; ++p, in += channels, out += channels)
        for (size_t c = 0; c < channels; ++c) out[c] = (in[c] - m.mean) * m.inverse_deviation * gain[c] + bias[c];
      activate(activation, y.row_data(i), size());
    }
  });
}

template <class S>
void Norm::backward(ComputePool& pool, std::span<const S> parameters, View2<const S> x, View2<const S> dy, std::span<S> gradients,
                    std::span<S> scratch, View2<S> dx) const {
  const S* gain = parameters.data();
  const size_t rows = rows_of_tile(size());
  for_row_tiles(pool, x.rows, size(), [&](size_t begin, size_t end) {
    S *d_gain = scratch.data() + begin / rows * parameter_count(), *d_bias = d_gain + channels;
    std::fill_n(d_gain, parameter_count(), S(0));
    for (size_t i = begin; i < end; ++i) {
      const S *in = x.row_data(i), *slope = dy.row_data(i);
      const Moments<S> moments = moments_of<S>(in, size());
      const S mean = moments.mean, inverse = moments.inverse_deviation;
      // With g = dy * gain and u the normalised x: dx = (g - mean(g) - u mean(g u)) / deviation.
      Chunk<S> sum = Chunk<S>::Zero(), product = Chunk<S>::Zero();
      for (size_t p = 0; p < places; ++p)
        for_chunks<S>(channels, [&, at = p * channels](size_t c, size_t m) {
          const Chunk<S> d = load_chunk<S>(slope + at + c, m), u = (load_chunk<S>(in + at + c, m, mean) - mean) * inverse;
          const Chunk<S> g = d * load_chunk<S>(gain + c, m);
          sum += g;
          product += g * u;
          store_chunk<S>(load_chunk<S>(d_gain + c, m) + d * u, d_gain + c, m);
          store_chunk<S>(load_chunk<S>(d_bias + c, m) + d, d_bias + c, m);
        });
      const S mean_g = static_cast<S>(sum_of<S>(sum) / static_cast<double>(size()));
      const S mean_gu = static_cast<S>(sum_of<S>(product) / static_cast<double>(size()));
      S* out = dx.row_data(i);
      for (size_t p = 0; p < places; ++p, in += channels, slope += channels, out += channels)
        for (size_t c = 0; c < channels; ++c) out[c] = (slope[c] * gain[c] - mean_g - (in[c] - mean) * inverse * mean_gu) * inverse;
    }
  });
  std::copy_n(scratch.data(), parameter_count(), gradients.data());
  for (size_t t = 1; t < row_tiles(x.rows, size()); ++t)
    for (size_t k = 0; k < parameter_count(); ++k) gradients[k] += scratch[t * parameter_count() + k];
}

#define LS_INSTANTIATE(S)                                                                                                                 \
  template void Norm::forward<S>(ComputePool&, std::span<const S>, View2<const S>, View2<S>) const;                                       \
  template void Norm::backward<S>(ComputePool&, std::span<const S>, View2<const S>, View2<const S>, std::span<S>, std::span<S>, View2<S>) \
      const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
