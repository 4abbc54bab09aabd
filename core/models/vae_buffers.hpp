// What one pass of a Vae keeps, laid out in a workspace. Private to vae*.cpp.
#pragma once

#include <algorithm>

#include "core/models/vae.hpp"
#include "core/nn/total_correlation.hpp"

namespace latentscape {

template <class S>
struct Vae<S>::Buffers {
  size_t n = 0;
  size_t samples = 1;           // of z an example
  bool weighs_samples = false;  // iwae: a sample's share of the loss is known only after the decoder
  Network::Buffers<S> encoder, decoder;
  View2<S> encoder_input;                               // n x width, of word counts
  View2<S> mean, deviation, clamped, kl, log_variance;  // n x latent
  View2<S> z, dz;                                       // n samples x latent
  View2<S> d_head;                                      // n x heads
  std::span<S> kl_weight;                               // latent: of each dimension's KL in the objective
  View2<S> row_kl_weight;                               // n x latent: the same of each sample of an example
  View2<S> logits, class_mean;                          // n x classes; n x latent, what reaches the means from them
  View2<S> tc_z, tc_mean, tc_log_variance;              // n x latent: gradients of the total correlation
  std::span<S> correlation;                             // its scratch
  std::span<S> share;                                   // n samples: iwae's weight of each in the batch's loss
  std::span<int32_t> labels;                            // n samples
  std::span<double> partials;    // n samples x column_tiles: each row's reconstruction loss in each tile of the last product
  std::span<double> row_kl;      // n
  std::span<double> log_weight;  // n samples
  size_t column_tiles = 1;

  Buffers(Workspace<S>& work, const Vae& vae, size_t rows, size_t samples_each, bool gradients)
      : n(rows),
        samples(samples_each),
        weighs_samples(vae.config_.objective == Objective::iwae && samples_each > 1),
        encoder(vae.encoder_.template buffers<S>(work, 0, rows, gradients)),
        decoder(vae.decoder_.template buffers<S>(work, Network::kSlots, rows * samples_each, gradients)) {
    size_t slot = 2 * Network::kSlots;
    const auto numbers = [&](size_t count) { return work.buffer(slot++, count); };
    const auto matrix = [&](size_t height, size_t width) { return View2<S>(numbers(height * width).data(), height, width); };
    const size_t d = vae.config_.latent, all = n * samples, classes = vae.classifier_ ? vae.classifier_->out : 0;
    const size_t correlated = vae.config_.objective == Objective::tcvae && samples == 1 ? n : 0;
    for (View2<S>* view : {&mean, &deviation, &clamped, &kl, &log_variance, &row_kl_weight}) *view = matrix(n, d);
    z = matrix(all, d);
    dz = matrix(all, d);
    d_head = matrix(n, vae.encoder_.out());
    kl_weight = numbers(d);
    logits = matrix(classes ? n : 0, classes);
    class_mean = matrix(classes ? n : 0, d);
    if (correlated) {
      for (View2<S>* view : {&tc_z, &tc_mean, &tc_log_variance}) *view = matrix(n, d);
      correlation = numbers(total_correlation_scratch(n, d));
    }
    encoder_input = matrix(vae.config_.likelihood == LikelihoodKind::multinomial ? n : 0, vae.width_);
    share = numbers(all);
    labels = work.integers(0, all);
    column_tiles = vae.likelihood_.by_stretch() ? vae.decoder_.output_tiles(all) : 1;
    partials = work.doubles(0, all * column_tiles);
    row_kl = work.doubles(1, n);
    log_weight = work.doubles(2, all);
  }

  S* head(size_t i) const { return encoder.output().row_data(i); }  // means, then log-variances

  double sample_reconstruction(size_t r) const {
    double row = 0.0;
    for (size_t t = 0; t < column_tiles; ++t) row += partials[r * column_tiles + t];
    return row;
  }
  double reconstruction(size_t i) const {
    double sum = 0.0;
    for (size_t r = i * samples; r < (i + 1) * samples; ++r) sum += sample_reconstruction(r);
    return sum / static_cast<double>(samples);
  }
};

constexpr size_t kRowTile = 32;

/// rows(begin, end), in tiles of fixed height.
template <class F>
void for_rows(ComputePool& pool, size_t n, const F& rows) {
  const auto tile = [&](size_t t) { rows(t * kRowTile, std::min(n, (t + 1) * kRowTile)); };
  pool.run((n + kRowTile - 1) / kRowTile, tile);
}

}  // namespace latentscape
