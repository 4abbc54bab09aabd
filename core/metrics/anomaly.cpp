#include "core/metrics/anomaly.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

constexpr size_t kChunk = 256;  // rows a pass

/// Of independent pixels that are on with probability x.
double bernoulli_entropy(std::span<const float> x) {
  double sum = 0.0;
  for (const float v : x) {
    const double p = std::clamp(static_cast<double>(v), 0.0, 1.0);
    if (p > 0.0 && p < 1.0) sum -= p * std::log(p) + (1.0 - p) * std::log1p(-p);
  }
  return sum;
}

double kl_to_prior(std::span<const float> mean, std::span<const float> log_variance) {
  double sum = 0.0;
  for (size_t j = 0; j < mean.size(); ++j) {
    const double m = static_cast<double>(mean[j]), lv = static_cast<double>(log_variance[j]);
    sum += 0.5 * (m * m + std::exp(lv) - lv - 1.0);
  }
  return sum;
}

}  // namespace

Result<AnomalyScores> anomaly_scores(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& examples,
                                     std::span<const uint32_t> ids, size_t samples, uint64_t seed, ComputePool& pool,
                                     std::stop_token stop) {
  const FloatView x = examples.values;
  if (samples < 1) return fail(ErrorCode::invalid_argument, "anomaly score: 0 samples of z, expected at least 1");
  if (x.rows == 0 || ids.size() != x.rows)
    return fail(ErrorCode::invalid_argument, "anomaly score: {} examples and {} ids, expected at least one and as many", x.rows,
                ids.size());
  if (x.cols != model.width())
    return fail(ErrorCode::invalid_argument, "anomaly score: examples have {} numbers, expected {}", x.cols, model.width());
  const bool bernoulli = model.likelihood() == LikelihoodKind::bernoulli;
  const std::vector<double> zeros(x.rows, 0.0);
  AnomalyScores out{zeros, zeros, zeros, zeros};
  Workspace<float> work;
  for (size_t begin = 0; begin < x.rows; begin += kChunk) {
    const size_t n = std::min(kChunk, x.rows - begin);
    const LabelledRows<float> rows = examples.between(begin, begin + n);
    FloatArray mean(n, model.latent()), log_variance(n, model.latent()), z(n, model.latent());
    std::vector<float> reconstruction(n), noise(model.latent());
    model.encode(pool, work, parameters, rows, mean, log_variance);
    for (size_t sample = 0; sample < samples; ++sample) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "anomaly score: stopped");
      for (size_t i = 0; i < n; ++i) {
        Rng(seed, RngStream::evaluate, sample, ids[begin + i]).fill_normal(noise);
        for (size_t j = 0; j < noise.size(); ++j) z(i, j) = mean(i, j) + std::exp(0.5f * log_variance(i, j)) * noise[j];
      }
      model.reconstruction(pool, work, parameters, rows, z, reconstruction);
      for (size_t i = 0; i < n; ++i) out.reconstruction[begin + i] += static_cast<double>(reconstruction[i]) / static_cast<double>(samples);
    }
    for (size_t i = 0; i < n; ++i) {
      const size_t at = begin + i;
      if (model.has_prior()) out.kl[at] = kl_to_prior(mean.row(i), log_variance.row(i));
      if (bernoulli) out.entropy[at] = bernoulli_entropy(x.row(at));
      out.score[at] = out.reconstruction[at] + out.kl[at] - out.entropy[at];
      if (!std::isfinite(out.score[at])) return fail(ErrorCode::non_finite, "anomaly score: example {} gives {}", ids[at], out.score[at]);
    }
  }
  return out;
}

}  // namespace latentscape
