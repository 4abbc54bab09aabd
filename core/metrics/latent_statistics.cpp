#include "core/metrics/latent_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/rng.hpp"
#include "core/neighbours/packed_points.hpp"

namespace latentscape {

std::vector<double> variances_of_means(FloatView means) {
  const double n = static_cast<double>(means.rows);
  std::vector<double> centre(means.cols, 0.0), variance(means.cols, 0.0);
  if (means.rows == 0) return variance;
  for (size_t i = 0; i < means.rows; ++i)
    for (size_t j = 0; j < means.cols; ++j) centre[j] += static_cast<double>(means(i, j)) / n;
  for (size_t i = 0; i < means.rows; ++i)
    for (size_t j = 0; j < means.cols; ++j) {
      const double off = static_cast<double>(means(i, j)) - centre[j];
      variance[j] += off * off / n;
    }
  return variance;
}

size_t active_units(FloatView means, double threshold) {
  const std::vector<double> variance = variances_of_means(means);
  return static_cast<size_t>(std::count_if(variance.begin(), variance.end(), [&](double v) { return v > threshold; }));
}

std::vector<double> kl_per_dimension(FloatView means, FloatView log_variances) {
  std::vector<double> kl(means.cols, 0.0);
  for (size_t i = 0; i < means.rows; ++i)
    for (size_t j = 0; j < means.cols; ++j) {
      const double mu = static_cast<double>(means(i, j)), lv = static_cast<double>(log_variances(i, j));
      kl[j] += 0.5 * (mu * mu + std::exp(lv) - lv - 1.0) / static_cast<double>(means.rows);
    }
  return kl;
}

namespace {

/// One z a row, keyed by row.
Array2<double> samples_of(FloatView means, FloatView log_variances, uint64_t seed) {
  Array2<double> z(means.rows, means.cols);
  for (size_t i = 0; i < means.rows; ++i) {
    Rng rng(seed, RngStream::general, 1, static_cast<uint32_t>(i));
    for (size_t j = 0; j < means.cols; ++j)
      z(i, j) =
          static_cast<double>(means(i, j)) + std::exp(0.5 * static_cast<double>(log_variances(i, j))) * static_cast<double>(rng.normal());
  }
  return z;
}

}  // namespace

Result<MutualInformation> mutual_information(FloatView means, FloatView log_variances, uint64_t seed, ComputePool& pool,
                                             std::stop_token stop) {
  const size_t n = means.rows, d = means.cols;
  if (n == 0 || d == 0)
    return fail(ErrorCode::invalid_argument, "mutual information: {} rows of {} dimensions, expected at least one of each", n, d);
  if (log_variances.rows != n || log_variances.cols != d)
    return fail(ErrorCode::invalid_argument, "mutual information: log-variances are {} x {}, expected {} x {} as the means",
                log_variances.rows, log_variances.cols, n, d);
  LS_CHECK(check_finite(means, "mutual information: means"));
  LS_CHECK(check_finite(log_variances, "mutual information: log-variances"));

  const Array2<double> z = samples_of(means, log_variances, seed);
  Array2<double> precision(n, d);
  std::vector<double> half_log_det(n, 0.0), gain(n, 0.0);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < d; ++j) {
      precision(i, j) = std::exp(-static_cast<double>(log_variances(i, j)));
      half_log_det[i] += 0.5 * static_cast<double>(log_variances(i, j));
    }
  // log q(z_i|x_j) without the constant of 2 pi, which cancels in the difference.
  for_tiles(pool, n, 16, [&](size_t begin, size_t end) {
    std::vector<double> log_q(n);
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      for (size_t j = 0; j < n; ++j) {
        double distance = 0.0;
        for (size_t c = 0; c < d; ++c) {
          const double off = z(i, c) - static_cast<double>(means(j, c));
          distance += off * off * precision(j, c);
        }
        log_q[j] = -0.5 * distance - half_log_det[j];
      }
      const double largest = *std::max_element(log_q.begin(), log_q.end());
      double sum = 0.0;
      for (const double v : log_q) sum += std::exp(v - largest);
      gain[i] = log_q[i] - (largest + std::log(sum / static_cast<double>(n)));
    }
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "mutual information: stopped");

  MutualInformation out;
  out.n = n;
  out.cap = std::log(static_cast<double>(n));
  out.value = std::accumulate(gain.begin(), gain.end(), 0.0) / static_cast<double>(n);
  const std::vector<double> kl = kl_per_dimension(means, log_variances);
  out.mean_kl = std::accumulate(kl.begin(), kl.end(), 0.0);
  out.aggregate_kl = out.mean_kl - out.value;
  return out;
}

}  // namespace latentscape
