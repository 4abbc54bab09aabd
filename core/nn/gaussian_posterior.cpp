#include "core/nn/gaussian_posterior.hpp"

#include "core/nn/chunks.hpp"

namespace latentscape {

template <class S>
double sample_posterior(const S* mean, S* log_variance, const S* noise, size_t d, S* z, S* deviation, S* clamped, S* kl) {
  constexpr S low = S(kMinLogVariance), high = S(kMaxLogVariance);
  for (size_t j = 0; j < d; ++j) {
    const S v = log_variance[j];
    clamped[j] = v < low || v > high ? S(0) : S(1);
    log_variance[j] = v < low ? low : (v > high ? high : v);  // a NaN stays one
  }
  for_chunks<S>(d, [&](size_t j, size_t m) { store_chunk<S>((load_chunk<S>(log_variance + j, m) * S(0.5)).exp(), deviation + j, m); });
  double total = 0.0;
  for (size_t j = 0; j < d; ++j) {
    z[j] = mean[j] + deviation[j] * noise[j];
    kl[j] = S(0.5) * (mean[j] * mean[j] + deviation[j] * deviation[j] - log_variance[j] - S(1));
    total += static_cast<double>(kl[j]);
  }
  return total;
}

template <class S>
void add_posterior_gradient(const S* mean, const S* noise, const S* deviation, const S* clamped, const S* dz, const S* kl_weight, size_t d,
                            S* d_mean, S* d_log_variance) {
  for (size_t j = 0; j < d; ++j) {
    d_mean[j] += dz[j] + kl_weight[j] * mean[j];
    d_log_variance[j] += clamped[j] * S(0.5) * (dz[j] * noise[j] * deviation[j] + kl_weight[j] * (deviation[j] * deviation[j] - S(1)));
  }
}

template double sample_posterior<float>(const float*, float*, const float*, size_t, float*, float*, float*, float*);
template double sample_posterior<double>(const double*, double*, const double*, size_t, double*, double*, double*, double*);
template void add_posterior_gradient<float>(const float*, const float*, const float*, const float*, const float*, const float*, size_t,
                                            float*, float*);
template void add_posterior_gradient<double>(const double*, const double*, const double*, const double*, const double*, const double*,
                                             size_t, double*, double*);

}  // namespace latentscape
