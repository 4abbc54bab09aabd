// Negative log-likelihoods in nats with their gradients, over a segment of one row.
#pragma once

#include <cstddef>

namespace latentscape {

/// Sum over n of -log Bernoulli(x | sigmoid(logit)) = max(l, 0) - l x + log1p(e^-|l|); x in [0, 1].
/// Where gradient is not null: gradient[i] = scale * (sigmoid(l) - x); it may be the logits themselves.
template <class S>
double bernoulli_loss(const S* logits, const S* x, size_t n, S scale, S* gradient);

/// Sum over n of -log Normal(x | mean, sigma^2) = (x - mean)^2 / (2 sigma^2) + log sigma + log(2 pi) / 2,
/// with mean = output, or sigmoid(output) where sigmoid_mean. Gradient with respect to the output, times scale; may be in place.
template <class S>
double gaussian_loss(const S* outputs, const S* x, size_t n, double sigma, bool sigmoid_mean, S scale, S* gradient);

/// values[i] = 1 / (1 + e^-values[i]), in place.
template <class S>
void sigmoid(S* values, size_t n);

}  // namespace latentscape
