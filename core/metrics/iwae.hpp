// Importance-weighted negative log-likelihood: a tighter bound than -ELBO. Burda et al., "Importance weighted autoencoders", 2016,
// equation 8.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "core/models/model.hpp"

namespace latentscape {

struct IwNll {
  size_t k = 0;
  double value = 0.0;           // nats an example
  std::vector<double> per_row;  // n
};

/// -log mean_k p(x|z_k) p(z_k) / q(z_k|x), z_k ~ q(z|x), averaged over the rows of x (n x width). With k = 1 it is one-sample -ELBO; it
/// falls as k grows. Noise is keyed by seed, sample and row, so neither chunks nor threads change a bit. Errors: k = 0, no rows, a width
/// that is not the model's, a value that is not finite, cancelled by `stop` (polled at each pass over 256 rows).
Result<IwNll> importance_weighted_nll(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& examples, size_t k,
                                      uint64_t seed, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
