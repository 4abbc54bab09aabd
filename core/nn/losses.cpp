#include "core/nn/losses.hpp"

#include <algorithm>
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
double gaussian_variance_loss(const S* outputs, const S* x, size_t n, double least_sigma, bool sigmoid_mean, S scale, S* gradient) {
  const S low = static_cast<S>(2.0 * std::log(least_sigma)), high = S(kMostLogVariance);
  double total = 0.5 * static_cast<double>(n) * std::log(2.0 * std::numbers::pi);
  for (size_t i = 0; i < n; ++i) {
    const S output = outputs[2 * i], raw = outputs[2 * i + 1];
    const S mean = sigmoid_mean ? S(1) / (S(1) + std::exp(-output)) : output;
    const S log_variance = raw < low ? low : (raw > high ? high : raw);  // a NaN stays one
    const S difference = mean - x[i], precision = std::exp(-log_variance), square = difference * difference * precision;
    total += 0.5 * static_cast<double>(square + log_variance);
    if (!gradient) continue;
    const S slope = S(0.5) * (S(1) - square);
    const bool held = (raw < low && slope > S(0)) || (raw > high && slope < S(0));
    gradient[2 * i] = scale * difference * precision * (sigmoid_mean ? mean * (S(1) - mean) : S(1));
    gradient[2 * i + 1] = held ? S(0) : scale * slope;
  }
  return total;
}

template <class S>
void softmax(S* values, size_t n) {
  const S largest = *std::max_element(values, values + n);
  S sum = 0;
  for (size_t i = 0; i < n; ++i) {
    values[i] = std::exp(values[i] - largest);
    sum += values[i];
  }
  for (size_t i = 0; i < n; ++i) values[i] /= sum;
}

template <class S>
void softmax_rows(View2<const S> logits, View2<S> probabilities) {
  for (size_t i = 0; i < logits.rows; ++i) {
    std::copy_n(logits.row_data(i), logits.cols, probabilities.row_data(i));
    softmax<S>(probabilities.row_data(i), logits.cols);
  }
}

template <class S>
double categorical_loss(const S* logits, const S* x, size_t n, S scale, S* gradient) {
  const S largest = *std::max_element(logits, logits + n);
  double sum = 0.0, known = 0.0, product = 0.0;
  const auto add = [](const Chunk<S>& values, size_t m, double& total) {
    for (size_t j = 0; j < m; ++j) total += static_cast<double>(values[static_cast<Eigen::Index>(j)]);
  };
  Chunk<S> sums = Chunk<S>::Zero(), all = Chunk<S>::Zero(), products = Chunk<S>::Zero();
  for_chunks<S>(n, [&](size_t i, size_t m) {
    const Chunk<S> l = load_chunk<S>(logits + i, m) - largest, target = load_chunk<S>(x + i, m);
    const Chunk<S> e = l.exp(), both = l * target;
    if (gradient) store_chunk<S>(e, gradient + i, m);  // it may be the logits themselves, which are not needed again
    if (m == kChunk) {
      sums += e, all += target, products += both;
    } else {
      add(e, m, sum), add(target, m, known), add(both, m, product);
    }
  });
  add(sums, kChunk, sum), add(all, kChunk, known), add(products, kChunk, product);
  if (gradient) {
    const S share = static_cast<S>(known / sum);
    for_chunks<S>(n, [&](size_t i, size_t m) {
      store_chunk<S>((load_chunk<S>(gradient + i, m) * share - load_chunk<S>(x + i, m)) * scale, gradient + i, m);
    });
  }
  return known * std::log(sum) - product;
}

template <class S>
double label_loss(View2<S> logits, std::span<const int32_t> labels, double weight) {
  const auto known = std::count_if(labels.begin(), labels.end(), [](int32_t label) { return label >= 0; });
  const S scale = known ? static_cast<S>(weight / static_cast<double>(known)) : S(0);
  double total = 0.0;
  for (size_t i = 0; i < logits.rows; ++i) {
    const std::span<S> row = logits.row(i);
    if (labels.empty() || labels[i] < 0) {
      std::fill(row.begin(), row.end(), S(0));
      continue;
    }
    const auto label = static_cast<size_t>(labels[i]);
    const double at_label = static_cast<double>(row[label]), largest = static_cast<double>(*std::max_element(row.begin(), row.end()));
    double sum = 0.0;
    for (const S logit : row) sum += std::exp(static_cast<double>(logit) - largest);
    total += largest + std::log(sum) - at_label;
    softmax<S>(row.data(), row.size());
    for (S& p : row) p *= scale;
    row[label] -= scale;
  }
  return known ? total / static_cast<double>(known) : 0.0;
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
template double gaussian_variance_loss<float>(const float*, const float*, size_t, double, bool, float, float*);
template double gaussian_variance_loss<double>(const double*, const double*, size_t, double, bool, double, double*);
template void softmax<float>(float*, size_t);
template void softmax<double>(double*, size_t);
template void softmax_rows<float>(View2<const float>, View2<float>);
template void softmax_rows<double>(View2<const double>, View2<double>);
template double categorical_loss<float>(const float*, const float*, size_t, float, float*);
template double categorical_loss<double>(const double*, const double*, size_t, double, double*);
template double label_loss<float>(View2<float>, std::span<const int32_t>, double);
template double label_loss<double>(View2<double>, std::span<const int32_t>, double);
template void sigmoid<float>(float*, size_t);
template void sigmoid<double>(double*, size_t);

}  // namespace latentscape
