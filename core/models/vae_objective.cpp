// What a Vae makes small, and its gradient; the passes themselves are in vae.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/models/vae_buffers.hpp"
#include "core/nn/gaussian_posterior.hpp"
#include "core/nn/losses.hpp"

namespace latentscape {

/// The true ELBO's terms, summed in row order.
template <class S>
LossTerms Vae<S>::reduce(const Buffers& b, const Pass<S>& io) const {
  LossTerms terms;
  for (size_t i = 0; i < b.n; ++i) {
    const double row = b.reconstruction(i), weight = io.weights.empty() ? 1.0 : static_cast<double>(io.weights[i]);
    terms.reconstruction += weight * row;
    terms.kl += weight * b.row_kl[i];
    if (!io.reconstruction.empty()) io.reconstruction[i] = static_cast<S>(row);
    if (!io.kl.empty()) io.kl[i] = static_cast<S>(b.row_kl[i]);
  }
  if (io.weights.empty()) {
    terms.reconstruction /= static_cast<double>(b.n);
    terms.kl /= static_cast<double>(b.n);
  }
  return terms;
}

/// The KL's share of the objective: sum_j max(free_bits, mean KL_j), times beta; where a dimension is below, its gradient is 0.
template <class S>
double Vae<S>::weigh_kl(const Buffers& b, const Pass<S>& io, double beta) const {
  double total = 0.0;
  for (size_t j = 0; j < config_.latent; ++j) {
    double mean = 0.0;
    for (size_t i = 0; i < b.n; ++i) mean += static_cast<double>(io.weight(i)) * static_cast<double>(b.kl(i, j));
    if (!io.kl_per_dimension.empty()) io.kl_per_dimension[j] = static_cast<S>(mean);
    const bool free = mean < config_.free_bits;
    b.kl_weight[j] = free ? S(0) : static_cast<S>(beta);
    total += beta * (free ? config_.free_bits : mean);
  }
  return total;
}

/// -log mean_k of p(x, z_k) / q(z_k|x), with the KL part's exponent beta; the gradient of each sample's outputs is weighed by its share.
template <class S>
double Vae<S>::weigh_samples(ComputePool& pool, const Buffers& b, const Pass<S>& io, bool with_gradient) const {
  const double beta = static_cast<double>(io.beta);
  double total = 0.0;
  for (size_t i = 0; i < b.n; ++i) {
    const size_t first = i * b.samples;
    double largest = -std::numeric_limits<double>::infinity();
    for (size_t s = 0; s < b.samples; ++s) {
      double ratio = 0.0;  // log q(z|x) - log p(z)
      for (size_t j = 0; j < config_.latent; ++j) {
        const double eps = static_cast<double>(io.noise(first + s, j)), z = static_cast<double>(b.z(first + s, j));
        ratio += 0.5 * (z * z - eps * eps - static_cast<double>(b.log_variance(i, j)));
      }
      b.log_weight[first + s] = -b.sample_reconstruction(first + s) - beta * ratio;
      largest = std::max(largest, b.log_weight[first + s]);
    }
    double sum = 0.0;
    for (size_t s = 0; s < b.samples; ++s) sum += std::exp(b.log_weight[first + s] - largest);
    const double log_mean = largest + std::log(sum / static_cast<double>(b.samples)), weight = static_cast<double>(io.weight(i));
    total -= weight * log_mean;
    for (size_t s = 0; s < b.samples; ++s) b.share[first + s] = static_cast<S>(weight * std::exp(b.log_weight[first + s] - largest) / sum);
  }
  if (!with_gradient) return total;
  const View2<S> output = b.decoder.output();
  const auto row = [&](size_t r) {
    for (S& g : output.row(r)) g *= b.share[r];
  };
  pool.run(output.rows, row);
  return total;
}

/// Out of the heads, where log-variances lie between them.
template <class S>
void Vae<S>::copy_means(const Buffers& b) const {
  for (size_t i = 0; i < b.n; ++i) std::copy_n(b.head(i), config_.latent, b.mean.row_data(i));
}

template <class S>
double Vae<S>::correlate(ComputePool& pool, const Buffers& b, const Pass<S>& io, bool with_gradient) const {
  copy_means(b);
  const PosteriorBatch<S> batch{b.z, b.mean, b.log_variance, io.population ? io.population : b.n};
  PosteriorGradient<S> gradient;
  if (with_gradient) {
    gradient = {b.tc_z, b.tc_mean, b.tc_log_variance, (io.beta - S(1)) / static_cast<S>(b.n)};
    for (const View2<S>& view : {b.tc_z, b.tc_mean, b.tc_log_variance}) std::fill_n(view.data, view.rows * view.cols, S(0));
  }
  return (static_cast<double>(io.beta) - 1.0) * total_correlation<S>(pool, batch, b.correlation, gradient);
}

template <class S>
double Vae<S>::objective(ComputePool& pool, const Buffers& b, const Pass<S>& io, const LossTerms& terms, bool with_gradient) const {
  const double beta = static_cast<double>(io.beta);
  switch (config_.objective) {
    case Objective::autoencoder: weigh_kl(b, io, 0.0); return terms.reconstruction;
    case Objective::elbo: return terms.reconstruction + weigh_kl(b, io, beta);
    case Objective::tcvae: return terms.reconstruction + weigh_kl(b, io, 1.0) + correlate(pool, b, io, with_gradient);
    case Objective::iwae:
      if (!b.weighs_samples) return terms.reconstruction + weigh_kl(b, io, beta);  // one sample: the ELBO
      weigh_kl(b, io, 0.0);
      return weigh_samples(pool, b, io, with_gradient);
  }
  return terms.reconstruction;
}

/// Gradient of the heads, for the rows [begin, end), from that of z.
template <class S>
void Vae<S>::head_rows(const Buffers& b, const Pass<S>& io, size_t begin, size_t end) const {
  const size_t d = config_.latent;
  for (size_t i = begin; i < end; ++i) {
    S* d_mean = b.d_head.row_data(i);
    if (autoencoder()) {
      std::copy_n(b.dz.row_data(i), d, d_mean);
      add_classifier_gradient(b, i, d_mean);
      continue;
    }
    S* d_log_variance = d_mean + d;
    std::fill(d_mean, d_mean + 2 * d, S(0));
    S* weight = b.row_kl_weight.row_data(i);
    const S each = io.weight(i) / static_cast<S>(b.samples);
    for (size_t j = 0; j < d; ++j) weight[j] = each * b.kl_weight[j];
    for (size_t r = i * b.samples; r < (i + 1) * b.samples; ++r) {
      S* dz = b.dz.row_data(r);
      if (b.weighs_samples)
        for (size_t j = 0; j < d; ++j) dz[j] += b.share[r] * io.beta * b.z(r, j);  // -log p(z)
      if (b.tc_z.data)
        for (size_t j = 0; j < d; ++j) dz[j] += b.tc_z(r, j);
      add_posterior_gradient<S>(b.head(i), io.noise.row_data(r), b.deviation.row_data(i), b.clamped.row_data(i), dz, weight, d, d_mean,
                                d_log_variance);
    }
    for (size_t j = 0; j < d; ++j) {
      if (b.weighs_samples) d_log_variance[j] -= S(0.5) * io.beta * io.weight(i) * b.clamped(i, j);  // log q(z|x)
      if (!b.tc_mean.data) continue;
      d_mean[j] += b.tc_mean(i, j);
      d_log_variance[j] += b.tc_log_variance(i, j) * b.clamped(i, j);
    }
    add_classifier_gradient(b, i, d_mean);
  }
}

template <class S>
void Vae<S>::add_classifier_gradient(const Buffers& b, size_t i, S* d_mean) const {
  if (!classifier_) return;
  for (size_t j = 0; j < config_.latent; ++j) d_mean[j] += b.class_mean(i, j);
}

template <class S>
void Vae<S>::class_logits(ComputePool& pool, const Buffers& b, const Own<const S>& p) const {
  copy_means(b);
  classifier_->forward<S>(pool, p.classifier, b.mean, b.logits);
}

/// -log q(y|x) averaged over the examples with a label; its gradient, times `classify`, reaches the posterior means.
template <class S>
double Vae<S>::classification(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io,
                              const Own<S>& gradients) const {
  class_logits(pool, b, p);
  if (io.class_probabilities.data) softmax_rows<S>(b.logits, io.class_probabilities);
  const double loss = label_loss<S>(b.logits, io.rows.labels, config_.classify);  // the gradient takes the logits' place
  if (gradients.classifier.empty()) return loss;
  classifier_->backward_input<S>(pool, p.classifier, b.logits, Activation::identity, b.mean, b.class_mean);
  classifier_->backward_parameters<S>(pool, b.mean, b.logits, {}, gradients.classifier, io.early);
  return loss;
}

template <class S>
void Vae<S>::backward(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io, const Own<S>& gradients) const {
  if (likelihood_.shared_variance()) {
    double own_gradient = 0.0;
    for (size_t r = 0; r < b.z.rows; ++r) {
      const S share = b.weighs_samples ? b.share[r] : io.weight(r / b.samples) / static_cast<S>(b.samples);
      own_gradient += static_cast<double>(share) * likelihood_.own_gradient(b.sample_reconstruction(r), p.likelihood);
    }
    gradients.likelihood[0] = static_cast<S>(own_gradient);
  }
  decoder_.backward<S>(pool, p.decoder, b.z, b.decoder, b.decoder.output(), gradients.decoder, io.encoder_gradient ? b.dz : View2<S>(),
                       decoder_conditions(b, io.rows), io.early);
  if (!io.encoder_gradient) return;
  for_rows(pool, b.n, [&](size_t begin, size_t end) { head_rows(b, io, begin, end); });
  const View2<const S> read = config_.likelihood == LikelihoodKind::multinomial ? View2<const S>(b.encoder_input) : io.x;
  encoder_.backward<S>(pool, p.encoder, read, b.encoder, b.d_head, gradients.encoder, View2<S>(), encoder_conditions(io.rows), io.early);
}

#define LS_INSTANTIATE(S)                                                                                                         \
  template LossTerms Vae<S>::reduce(const Buffers&, const Pass<S>&) const;                                                        \
  template double Vae<S>::objective(ComputePool&, const Buffers&, const Pass<S>&, const LossTerms&, bool) const;                  \
  template void Vae<S>::class_logits(ComputePool&, const Buffers&, const Own<const S>&) const;                                    \
  template double Vae<S>::classification(ComputePool&, const Buffers&, const Own<const S>&, const Pass<S>&, const Own<S>&) const; \
  template void Vae<S>::backward(ComputePool&, const Buffers&, const Own<const S>&, const Pass<S>&, const Own<S>&) const;
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
