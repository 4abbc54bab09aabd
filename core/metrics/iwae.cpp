#include "core/metrics/iwae.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

constexpr size_t kChunk = 256;  // rows a pass

/// log(sum of exp) of values that come one at a time, the largest kept outside.
struct LogSum {
  double largest = -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  void add(double value) {
    if (value > largest) {
      sum = sum * std::exp(largest - value) + 1.0;
      largest = value;
    } else {
      sum += std::exp(value - largest);
    }
  }
  double value() const { return largest + std::log(sum); }
};

/// Draws z = mean + e^(lv/2) noise; returns log p(z) - log q(z|x), where the constants of 2 pi cancel.
double draw(std::span<const float> mean, std::span<const float> log_variance, std::span<const float> noise, std::span<float> z) {
  double sum = 0.0;
  for (size_t j = 0; j < mean.size(); ++j) {
    const double lv = static_cast<double>(log_variance[j]), e = static_cast<double>(noise[j]);
    z[j] = mean[j] + std::exp(0.5f * log_variance[j]) * noise[j];
    const double at = static_cast<double>(z[j]);
    sum += 0.5 * (e * e + lv - at * at);
  }
  return sum;
}

}  // namespace

Result<IwNll> importance_weighted_nll(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& examples, size_t k,
                                      uint64_t seed, ComputePool& pool, std::stop_token stop) {
  const FloatView x = examples.values;
  if (!model.has_prior()) return fail(ErrorCode::unsupported, "iwae: an autoencoder has neither posterior nor prior to weigh samples by");
  if (k < 1) return fail(ErrorCode::invalid_argument, "iwae: k is 0, expected at least 1");
  if (x.rows == 0) return fail(ErrorCode::invalid_argument, "iwae: no examples, expected at least one");
  if (x.cols != model.width())
    return fail(ErrorCode::invalid_argument, "iwae: examples have {} numbers, expected {}", x.cols, model.width());
  const size_t latent = model.latent();
  IwNll out{k, 0.0, std::vector<double>(x.rows)};
  Workspace<float> work;
  for (size_t begin = 0; begin < x.rows; begin += kChunk) {
    const size_t n = std::min(kChunk, x.rows - begin);
    FloatArray noise(n, latent), z(n, latent), mean(n, latent), log_variance(n, latent);
    std::vector<float> reconstruction(n);
    std::vector<double> ratio(n);
    std::vector<LogSum> weights(n);
    const LabelledRows<float> rows = examples.between(begin, begin + n);
    model.encode(pool, work, parameters, rows, mean, log_variance);  // once for all samples
    for (size_t sample = 0; sample < k; ++sample) {
      if (stop.stop_requested()) return fail(ErrorCode::cancelled, "iwae: stopped");
      for (size_t i = 0; i < n; ++i) {
        Rng(seed, RngStream::evaluate, sample, static_cast<uint32_t>(begin + i)).fill_normal(noise.row(i));
        ratio[i] = draw(mean.row(i), log_variance.row(i), noise.row(i), z.row(i));
      }
      model.reconstruction(pool, work, parameters, rows, z, reconstruction);
      for (size_t i = 0; i < n; ++i) weights[i].add(ratio[i] - static_cast<double>(reconstruction[i]));
    }
    for (size_t i = 0; i < n; ++i) {
      const double nll = std::log(static_cast<double>(k)) - weights[i].value();
      if (!std::isfinite(nll)) return fail(ErrorCode::non_finite, "iwae: example {} gives {}", begin + i, nll);
      out.per_row[begin + i] = nll;
    }
  }
  out.value = std::accumulate(out.per_row.begin(), out.per_row.end(), 0.0) / static_cast<double>(x.rows);
  return out;
}

}  // namespace latentscape
