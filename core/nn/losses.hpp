// Negative log-likelihoods in nats with their gradients, over a segment of one row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/base/array.hpp"

namespace latentscape {

/// Sum over n of -log Bernoulli(x | sigmoid(logit)) = max(l, 0) - l x + log1p(e^-|l|); x in [0, 1].
/// Where gradient is not null: gradient[i] = scale * (sigmoid(l) - x); it may be the logits themselves.
template <class S>
double bernoulli_loss(const S* logits, const S* x, size_t n, S scale, S* gradient);

/// Sum over n of -log Normal(x | mean, sigma^2) = (x - mean)^2 / (2 sigma^2) + log sigma + log(2 pi) / 2,
/// with mean = output, or sigmoid(output) where sigmoid_mean. Gradient with respect to the output, times scale; may be in place.
template <class S>
double gaussian_loss(const S* outputs, const S* x, size_t n, double sigma, bool sigmoid_mean, S scale, S* gradient);

/// The same with a variance for each number: output 2i is its mean (or the mean's logit), 2i + 1 its log-variance, held at or above
/// 2 log least_sigma (below it only gradients that lead back act) and at most kMostLogVariance.
inline constexpr double kMostLogVariance = 10.0;
template <class S>
double gaussian_variance_loss(const S* outputs, const S* x, size_t n, double least_sigma, bool sigmoid_mean, S scale, S* gradient);

/// -sum_i x_i log softmax(logits)_i over one group of n categories; x is one-hot, counts, or all zeros where it is not known (loss 0).
template <class S>
double categorical_loss(const S* logits, const S* x, size_t n, S scale, S* gradient);

/// -log softmax(logits)_label averaged over the rows whose label is known (not -1); logits become weight times the gradient.
template <class S>
double label_loss(View2<S> logits, std::span<const int32_t> labels, double weight);

/// values = e^values / sum, in place, the largest subtracted first.
template <class S>
void softmax(S* values, size_t n);
/// The same for each row of logits, into probabilities of the same shape.
template <class S>
void softmax_rows(View2<const S> logits, View2<S> probabilities);

/// values[i] = 1 / (1 + e^-values[i]), in place.
template <class S>
void sigmoid(S* values, size_t n);

}  // namespace latentscape
