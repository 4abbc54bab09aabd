#include "core/nn/losses.hpp"

#include <cmath>
#include <numbers>

#include "core/nn/chunks.hpp"
#include "core/nn/kernels.hpp"

namespace latentscape {

namespace {

template <class S>
Chunk<S> sigmoid_of(const Chunk<S>& l, const Chunk<S>& e) {
  // e = e^-|l|: both branches are free of overflow.
  const Chunk<S> q = (S(1) + e).inverse();
  return (l < S(0)).select(e * q, q);
}

}  // namespace

template <class S>
double bernoulli_loss(const S* logits, const S* x, size_t n, S scale, S* gradient) {
  double total = 0.0;
  Chunk<S> sum = Chunk<S>::Zero();
  for_chunks<S>(n, [&](size_t i, size_t m) {
    const Chunk<S> l = load_chunk<S>(logits + i, m);
    const Chunk<S> target = load_chunk<S>(x + i, m);
    const Chunk<S> e = (-l.abs()).exp();
    const Chunk<S> loss = (l < S(0)).select(Chunk<S>::Zero(), l) - l * target + log1p_of_unit<S>(e);
    if (m == kChunk) {
      sum += loss;
    } else {
      for (size_t j = 0; j < m; ++j) total += static_cast<double>(loss[static_cast<Eigen::Index>(j)]);
    }
    if (gradient) store_chunk<S>((sigmoid_of<S>(l, e) - target) * scale, gradient + i, m);
  });
  for (Eigen::Index j = 0; j < sum.size(); ++j) total += static_cast<double>(sum[j]);
  return total;
}

template <>
double bernoulli_loss<float>(const float* logits, const float* x, size_t n, float scale, float* gradient) {
  return kernels().bernoulli(logits, x, n, scale, gradient);
}

template <class S>
double gaussian_loss(const S* outputs, const S* x, size_t n, double sigma, bool sigmoid_mean, S scale, S* gradient) {
  const double precision = 1.0 / (sigma * sigma);
  double total = 0.0;
  Chunk<S> sum = Chunk<S>::Zero();
  for_chunks<S>(n, [&](size_t i, size_t m) {
    const Chunk<S> output = load_chunk<S>(outputs + i, m);
    Chunk<S> mean = output, slope = Chunk<S>::Ones();
    if (sigmoid_mean) {
      mean = sigmoid_of<S>(output, (-output.abs()).exp());
      slope = mean * (S(1) - mean);
    }
    const Chunk<S> difference = mean - load_chunk<S>(x + i, m);
    const Chunk<S> square = difference * difference;
    if (m == kChunk) {
      sum += square;
    } else {
      for (size_t j = 0; j < m; ++j) total += static_cast<double>(square[static_cast<Eigen::Index>(j)]);
    }
    if (gradient) store_chunk<S>(difference * slope * (scale * static_cast<S>(precision)), gradient + i, m);
  });
  for (Eigen::Index j = 0; j < sum.size(); ++j) total += static_cast<double>(sum[j]);
  return 0.5 * precision * total + static_cast<double>(n) * (std::log(sigma) + 0.5 * std::log(2.0 * std::numbers::pi));
}

template <class S>
void sigmoid(S* values, size_t n) {
  for_chunks<S>(n, [&](size_t i, size_t m) {
    const Chunk<S> l = load_chunk<S>(values + i, m);
    store_chunk<S>(sigmoid_of<S>(l, (-l.abs()).exp()), values + i, m);
  });
}

template double bernoulli_loss<double>(const double*, const double*, size_t, double, double*);
template double gaussian_loss<float>(const float*, const float*, size_t, double, bool, float, float*);
template double gaussian_loss<double>(const double*, const double*, size_t, double, bool, double, double*);
template void sigmoid<float>(float*, size_t);
template void sigmoid<double>(double*, size_t);

}  // namespace latentscape
