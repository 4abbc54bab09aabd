// The diagonal Gaussian posterior q(z|x) = Normal(mean, e^log_variance): sampling, its KL to the standard normal, gradients.
// Kingma & Welling, "Auto-Encoding Variational Bayes", 2014, section 2.4 and appendix B.
#pragma once

#include <cstddef>

namespace latentscape {

/// Log-variances are clamped to this range; the gradient outside is zero.
inline constexpr double kMinLogVariance = -20.0;
inline constexpr double kMaxLogVariance = 10.0;

/// One row of d latents. log_variance is clamped in place (clamped[j] = 0 where it was outside, else 1).
/// z = mean + deviation * noise, deviation = e^(log_variance / 2);
/// kl[j] = (mean^2 + e^log_variance - log_variance - 1) / 2. Returns the sum of kl.
template <class S>
double sample_posterior(const S* mean, S* log_variance, const S* noise, size_t d, S* z, S* deviation, S* clamped, S* kl);

/// Adds the gradients of one row with respect to mean and log-variance, given dz = the gradient that reached z and, for each latent,
/// the weight of its KL.
template <class S>
void add_posterior_gradient(const S* mean, const S* noise, const S* deviation, const S* clamped, const S* dz, const S* kl_weight, size_t d,
                            S* d_mean, S* d_log_variance);

}  // namespace latentscape
