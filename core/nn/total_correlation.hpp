// The total correlation KL(q(z) || prod_d q(z_d)) of a minibatch of Gaussian posteriors, with its gradient.
// Chen et al., "Isolating sources of disentanglement in variational autoencoders", 2018: minibatch-weighted sampling, section 4.1.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// z ~ q(z|x): n x d samples, means and log-variances of n examples out of a population of `population`.
template <class S>
struct PosteriorBatch {
  View2<const S> z, mean, log_variance;
  size_t population = 0;
};

/// Where scale * gradient of sum_i TC_i is added: n x d each.
template <class S>
struct PosteriorGradient {
  View2<S> z, mean, log_variance;
  S scale = S(0);
};

/// Numbers of scratch for n examples of d latents.
size_t total_correlation_scratch(size_t n, size_t d);

/// The mean over the batch of log q(z_i) - sum_d log q(z_id), where log q(z_i) ~ log sum_j q(z_i|x_j) - log(n population).
template <class S>
double total_correlation(ComputePool& pool, const PosteriorBatch<S>& batch, std::span<S> scratch, const PosteriorGradient<S>& gradient);

}  // namespace latentscape
