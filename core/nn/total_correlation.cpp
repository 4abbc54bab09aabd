#include "core/nn/total_correlation.hpp"

#include <algorithm>
#include <cmath>

#include "core/nn/chunks.hpp"

namespace latentscape {

namespace {

/// The scratch, cut up. Columns are examples j: with them contiguous everything goes a chunk at a time.
template <class S>
struct Parts {
  View2<S> mean, log_variance, precision;  // d x n
  View2<S> d_mean, d_log_variance;         // d x n
  View2<S> joint;                          // n x n: sum_d log q(z_id|x_j), then softmax_j of it
  View2<S> one;                            // n x n: log q(z_id|x_j) of the d at hand
  View2<S> normaliser;                     // n x (d + 1): log sum_j of each d, then of the sum
};

template <class S>
Parts<S> cut(std::span<S> scratch, size_t n, size_t d) {
  S* at = scratch.data();
  const auto take = [&](size_t rows, size_t cols) {
    View2<S> view(at, rows, cols);
    at += rows * cols;
    return view;
  };
  Parts<S> p;
  for (View2<S>* view : {&p.mean, &p.log_variance, &p.precision, &p.d_mean, &p.d_log_variance}) *view = take(d, n);
  p.joint = take(n, n);
  p.one = take(n, n);
  p.normaliser = take(n, d + 1);
  return p;
}

/// log q(z|x_j) for examples j .. j + m, log(2 pi) / 2 left out: it goes into the mean at the end.
template <class S>
Chunk<S> log_density(const Parts<S>& p, size_t d, S z, size_t j, size_t m) {
  const Chunk<S> difference = z - load_chunk<S>(p.mean.row_data(d) + j, m);
  return S(-0.5) *
         (difference * difference * load_chunk<S>(p.precision.row_data(d) + j, m) + load_chunk<S>(p.log_variance.row_data(d) + j, m));
}

template <class S>
S log_sum_exp(const S* values, size_t n) {
  const S largest = *std::max_element(values, values + n);
  double sum = 0.0;
  for_chunks<S>(n, [&](size_t j, size_t m) {
    const Chunk<S> e = (load_chunk<S>(values + j, m) - largest).exp();
    for (size_t k = 0; k < m; ++k) sum += static_cast<double>(e[static_cast<Eigen::Index>(k)]);
  });
  return largest + static_cast<S>(std::log(sum));
}

template <class S>
void normalise_row(const Parts<S>& p, View2<const S> z, size_t i) {
  const size_t n = z.rows, d = z.cols;
  S *joint = p.joint.row_data(i), *one = p.one.row_data(i), *normaliser = p.normaliser.row_data(i);
  std::fill(joint, joint + n, S(0));
  for (size_t k = 0; k < d; ++k) {
    for_chunks<S>(n, [&](size_t j, size_t m) {
      const Chunk<S> l = log_density<S>(p, k, z(i, k), j, m);
      store_chunk<S>(l, one + j, m);
      store_chunk<S>(load_chunk<S>(joint + j, m) + l, joint + j, m);
    });
    normaliser[k] = log_sum_exp(one, n);
  }
  normaliser[d] = log_sum_exp(joint, n);
  for_chunks<S>(n, [&](size_t j, size_t m) { store_chunk<S>((load_chunk<S>(joint + j, m) - normaliser[d]).exp(), joint + j, m); });
}

/// d TC_i / d log q(z_id|x_j) = softmax_j of the joint - softmax_j of dimension d.
template <class S>
void dimension_gradient(const Parts<S>& p, View2<const S> z, size_t k, const PosteriorGradient<S>& gradient) {
  const size_t n = z.rows;
  S *d_mean = p.d_mean.row_data(k), *d_log_variance = p.d_log_variance.row_data(k);
  std::fill(d_mean, d_mean + n, S(0));
  std::fill(d_log_variance, d_log_variance + n, S(0));
  for (size_t i = 0; i < n; ++i) {
    const S value = z(i, k), normaliser = p.normaliser(i, k);
    S dz = 0;
    for_chunks<S>(n, [&](size_t j, size_t m) {
      const Chunk<S> weight = load_chunk<S>(p.joint.row_data(i) + j, m) - (log_density<S>(p, k, value, j, m) - normaliser).exp();
      const Chunk<S> difference = value - load_chunk<S>(p.mean.row_data(k) + j, m);
      const Chunk<S> pull = weight * difference * load_chunk<S>(p.precision.row_data(k) + j, m);
      for (size_t e = 0; e < m; ++e) dz -= pull[static_cast<Eigen::Index>(e)];
      store_chunk<S>(load_chunk<S>(d_mean + j, m) + pull, d_mean + j, m);
      store_chunk<S>(load_chunk<S>(d_log_variance + j, m) + S(0.5) * (pull * difference - weight), d_log_variance + j, m);
    });
    gradient.z(i, k) += gradient.scale * dz;
  }
  for (size_t i = 0; i < n; ++i) {
    gradient.mean(i, k) += gradient.scale * d_mean[i];
    gradient.log_variance(i, k) += gradient.scale * d_log_variance[i];
  }
}

}  // namespace

size_t total_correlation_scratch(size_t n, size_t d) { return 5 * n * d + 2 * n * n + n * (d + 1); }

template <class S>
double total_correlation(ComputePool& pool, const PosteriorBatch<S>& batch, std::span<S> scratch, const PosteriorGradient<S>& gradient) {
  const size_t n = batch.z.rows, d = batch.z.cols;
  const Parts<S> p = cut(scratch, n, d);
  for (size_t i = 0; i < n; ++i)
    for (size_t k = 0; k < d; ++k) {
      p.mean(k, i) = batch.mean(i, k);
      p.log_variance(k, i) = batch.log_variance(i, k);
      p.precision(k, i) = std::exp(-batch.log_variance(i, k));
    }
  const auto rows = [&](size_t i) { normalise_row<S>(p, batch.z, i); };
  pool.run(n, rows);
  if (gradient.z.data) {
    const auto dimensions = [&](size_t k) { dimension_gradient<S>(p, batch.z, k, gradient); };
    pool.run(d, dimensions);
  }
  double total = 0.0;
  for (size_t i = 0; i < n; ++i) {
    total += static_cast<double>(p.normaliser(i, d));
    for (size_t k = 0; k < d; ++k) total -= static_cast<double>(p.normaliser(i, k));
  }
  // The densities' log(2 pi) / 2 cancel; the counts stay once for each dimension but one.
  const double counts = std::log(static_cast<double>(n)) + std::log(static_cast<double>(batch.population));
  return total / static_cast<double>(n) + (static_cast<double>(d) - 1.0) * counts;
}

template double total_correlation<float>(ComputePool&, const PosteriorBatch<float>&, std::span<float>, const PosteriorGradient<float>&);
template double total_correlation<double>(ComputePool&, const PosteriorBatch<double>&, std::span<double>, const PosteriorGradient<double>&);

}  // namespace latentscape
