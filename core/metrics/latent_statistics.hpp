// What a latent code carries: active units, KL a dimension, mutual information.
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Var_x(E[z_j|x]), divided by n; means: n x d.
std::vector<double> variances_of_means(FloatView means);

/// Dimensions whose Var_x(E[z_j|x]) exceeds the threshold (Burda et al., "Importance weighted autoencoders", 2016).
size_t active_units(FloatView means, double threshold = 0.01);

/// Mean over the rows of KL(N(mu_j, e^lv_j) || N(0, 1)), nats; means and log_variances: n x d.
std::vector<double> kl_per_dimension(FloatView means, FloatView log_variances);

/// I_q(x; z) = E[KL(q(z|x) || p)] - KL(q(z) || p), nats (Hoffman & Johnson, "ELBO surgery", 2016).
struct MutualInformation {
  double value = 0.0;
  double cap = 0.0;           // log(n): this estimate cannot exceed it, so a value near it is a lower bound only
  double mean_kl = 0.0;       // E[KL(q(z|x) || p)]
  double aggregate_kl = 0.0;  // mean_kl - value, an estimate of KL(q(z) || p)
  size_t n = 0;
};

/// q(z) is the mixture of the n given posteriors, one z a row: mean of log q(z_i|x_i) - log mean_j q(z_i|x_j). O(n^2 d): give it a sample
/// of large sets (and state n). The same bits at any thread count. Errors: no rows, shapes that differ, not finite, cancelled.
Result<MutualInformation> mutual_information(FloatView means, FloatView log_variances, uint64_t seed, ComputePool& pool,
                                             std::stop_token stop = {});

}  // namespace latentscape
