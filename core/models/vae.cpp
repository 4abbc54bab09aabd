#include "core/models/vae.hpp"

#include <algorithm>
#include <cmath>

#include "core/models/training_memory.hpp"
#include "core/models/vae_buffers.hpp"
#include "core/nn/gaussian_posterior.hpp"
#include "core/nn/losses.hpp"
#include "core/nn/network_blocks.hpp"

namespace latentscape {

namespace {

/// Two outputs a number where the decoder gives a variance too.
std::vector<size_t> output_shape(const ModelConfig& config, std::span<const size_t> shape) {
  const bool pairs = config.likelihood == LikelihoodKind::gaussian && config.gaussian_variance == GaussianVariance::pixel;
  if (pairs && shape.size() == 2) return {shape[0], shape[1], 2};
  std::vector<size_t> outputs(shape.begin(), shape.end());
  if (pairs) outputs[shape.size() - 1] *= 2;
  return outputs;
}

Status check_labels(const ModelConfig& c) {
  const bool labels = c.conditional || c.classify > 0.0;
  if (labels && c.classes < 2)
    return fail(ErrorCode::invalid_argument, "{} needs data with a label of at least 2 classes, this has {}",
                c.conditional ? "a conditional model" : "classify", c.classes);
  return {};
}

}  // namespace

template <class S>
Vae<S>::Vae(const ModelConfig& config, VaeNetworks networks, size_t width)
    : config_(config),
      width_(width),
      encoder_(std::move(networks.encoder)),
      decoder_(std::move(networks.decoder)),
      classifier_(networks.classifier),
      likelihood_(config, width) {
  constexpr std::string_view heads[] = {"mean", "log_variance"};
  add_blocks_with_heads(blocks_, "encoder", encoder_, std::span(heads).first(autoencoder() ? 1 : 2), true);
  add_blocks(blocks_, "decoder", decoder_, false);
  if (likelihood_.parameter_count() > 0) add_block(blocks_, "log_sigma", {1}, false);
  if (!classifier_) return;
  add_block(blocks_, "classifier.weight", {classifier_->out, classifier_->in}, false);
  add_block(blocks_, "classifier.bias", {classifier_->out}, false);
}

template <class S>
template <class T>
auto Vae<S>::own(std::span<T> parameters) const -> Own<T> {
  if (parameters.empty()) return {};
  const size_t e = encoder_.parameter_count(), d = decoder_.parameter_count(), l = likelihood_.parameter_count();
  return {parameters.first(e), parameters.subspan(e, d), parameters.subspan(e + d, l), parameters.subspan(e + d + l)};
}

template <class S>
ModelMacs Vae<S>::macs() const {
  ModelMacs m;
  m.encode = encoder_.macs();
  m.decode = decoder_.macs();
  m.step = 3.0 * (m.encode + static_cast<double>(samples()) * m.decode) - layer_macs(encoder_.layers().front());
  return m;
}

template <class S>
void Vae<S>::initialise(std::span<S> parameters, uint64_t seed) const {
  const Own<S> p = own(parameters);
  const auto layers = static_cast<uint32_t>(encoder_.layers().size());
  encoder_.initialise<S>(p.encoder, seed, 0);
  decoder_.initialise<S>(p.decoder, seed, layers);
  likelihood_.initialise(p.likelihood);
  if (!classifier_) return;
  const std::span<S> weights = p.classifier.first(classifier_->weight_count()), biases = p.classifier.subspan(weights.size());
  initialise_weights<S>(weights, biases, static_cast<double>(config_.latent), 1.0, seed,
                        layers + static_cast<uint32_t>(decoder_.layers().size()));
}

template <class S>
auto Vae<S>::buffers(Workspace<S>& work, size_t n, size_t samples, bool gradients) const -> Buffers {
  return Buffers(work, *this, n, samples, gradients);
}

template <class S>
RowConditions Vae<S>::encoder_conditions(const RowConditions& rows) const {
  RowConditions own_rows = rows;
  if (!config_.conditional) own_rows.labels = {};
  return own_rows;
}

/// The label of each sample of z.
template <class S>
RowConditions Vae<S>::decoder_conditions(const Buffers& b, const RowConditions& rows) const {
  RowConditions samples = encoder_conditions(rows);
  if (samples.labels.empty() || b.samples == 1) return samples;
  for (size_t r = 0; r < b.labels.size(); ++r) b.labels[r] = samples.labels[r / b.samples];
  samples.labels = b.labels;
  return samples;
}

/// z and its KL, for the rows [begin, end).
template <class S>
void Vae<S>::sample_rows(const Buffers& b, const Pass<S>& io, size_t begin, size_t end) const {
  const size_t z = config_.latent;
  for (size_t i = begin; i < end; ++i) {
    const S* mean = b.head(i);
    if (io.mean.data) std::copy(mean, mean + z, io.mean.row_data(i));
    S* log_variance = b.log_variance.row_data(i);
    if (autoencoder()) {
      std::copy(mean, mean + z, b.z.row_data(i));
      std::fill(log_variance, log_variance + z, S(kMinLogVariance));
      std::fill_n(b.kl.row_data(i), z, S(0));
      b.row_kl[i] = 0.0;
    } else {
      std::copy(mean + z, mean + 2 * z, log_variance);
      const size_t first = i * b.samples;
      b.row_kl[i] = sample_posterior<S>(mean, log_variance, io.noise.row_data(first), z, b.z.row_data(first), b.deviation.row_data(i),
                                        b.clamped.row_data(i), b.kl.row_data(i));
      for (size_t r = first + 1; r < first + b.samples; ++r)
        for (size_t j = 0; j < z; ++j) b.z(r, j) = mean[j] + b.deviation(i, j) * io.noise(r, j);
    }
    if (io.log_variance.data) std::copy(log_variance, log_variance + z, io.log_variance.row_data(i));
  }
}

/// Loss of each sample of z and, where wanted, the gradient of its outputs, times the sample's share of the batch's loss.
template <class S>
void Vae<S>::reconstruct(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io, bool with_gradient) const {
  const View2<S> output = b.decoder.output();
  const auto scale = [&](size_t r) { return b.weighs_samples ? S(1) : io.weight(r / b.samples) / static_cast<S>(b.samples); };
  // A tile of outputs while it is in cache; the gradient takes the outputs' place.
  const auto stretch = [&](const Tile& t) {
    for (size_t r = t.row_begin; r < t.row_end; ++r) {
      S* row = output.row_data(r) + t.col_begin;
      b.partials[r * b.column_tiles + t.col_index] = likelihood_.stretch(
          row, io.x.row_data(r / b.samples) + t.col_begin, t.col_end - t.col_begin, p.likelihood, scale(r), with_gradient ? row : nullptr);
    }
  };
  const RowConditions conditions = decoder_conditions(b, io.rows);
  if (likelihood_.by_stretch()) return decoder_.forward<S>(pool, p.decoder, b.z, b.decoder, conditions, stretch);
  decoder_.forward<S>(pool, p.decoder, b.z, b.decoder, conditions);
  for_rows(pool, b.z.rows, [&](size_t begin, size_t end) {
    for (size_t r = begin; r < end; ++r) {
      S* row = output.row_data(r);
      b.partials[r] = likelihood_.row(row, io.x.row_data(r / b.samples), p.likelihood, scale(r), with_gradient ? row : nullptr);
    }
  });
}

template <class S>
LossTerms Vae<S>::pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                       std::span<S> gradients) const {
  const bool backwards = !gradients.empty();
  const Buffers b = buffers(work, io.x.rows, autoencoder() ? 1 : io.noise.rows / io.x.rows, backwards);
  const Own<const S> p = own(parameters);
  const View2<const S> read = encoder_input(config_.likelihood, pool, io.x, b.encoder_input);
  encoder_.forward<S>(pool, p.encoder, read, b.encoder, encoder_conditions(io.rows));
  for_rows(pool, b.n, [&](size_t begin, size_t end) { sample_rows(b, io, begin, end); });
  reconstruct(pool, b, p, io, backwards);
  LossTerms terms = reduce(b, io);
  terms.objective = objective(pool, b, io, terms, backwards);
  if (classifier_) {
    terms.classification = classification(pool, b, p, io, own(gradients));
    terms.objective += config_.classify * terms.classification;
  }
  if (backwards) backward(pool, b, p, io, own(gradients));
  return terms;
}

template <class S>
void Vae<S>::encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<S> mean,
                    View2<S> log_variance) const {
  const Buffers b = buffers(work, x.values.rows, 1, false);
  const View2<const S> read = encoder_input(config_.likelihood, pool, x.values, b.encoder_input);
  encoder_.forward<S>(pool, own(parameters).encoder, read, b.encoder, encoder_conditions({x.labels}));
  const size_t z = config_.latent;
  constexpr S low = S(kMinLogVariance), high = S(kMaxLogVariance);
  for (size_t i = 0; i < b.n; ++i) {
    const S* row = b.head(i);
    if (mean.data) std::copy(row, row + z, mean.row_data(i));
    if (!log_variance.data) continue;
    for (size_t j = 0; j < z; ++j) log_variance(i, j) = autoencoder() || row[z + j] < low ? low : (row[z + j] > high ? high : row[z + j]);
  }
}

template <class S>
void Vae<S>::reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x,
                            View2<const S> z, std::span<S> out) const {
  const Buffers b = buffers(work, x.values.rows, 1, false);
  std::copy_n(z.data, z.rows * z.cols, b.z.data);
  Pass<S> io;
  io.x = x.values;
  io.rows.labels = x.labels;
  reconstruct(pool, b, own(parameters), io, false);
  for (size_t i = 0; i < b.n; ++i) out[i] = static_cast<S>(b.sample_reconstruction(i));
}

template <class S>
void Vae<S>::decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& z, View2<S> x) const {
  Buffers b = buffers(work, z.values.rows, 1, false);
  const RowConditions conditions = decoder_conditions(b, {z.labels});
  const std::span<const S> weights = own(parameters).decoder;
  if (likelihood_.by_stretch()) {
    b.decoder.set_output(x);
    const auto finish = [&](const Tile& t) {
      for (size_t i = t.row_begin; i < t.row_end; ++i) likelihood_.mean_in_place(x.row_data(i) + t.col_begin, t.col_end - t.col_begin);
    };
    return decoder_.forward<S>(pool, weights, z.values, b.decoder, conditions, finish);
  }
  decoder_.forward<S>(pool, weights, z.values, b.decoder, conditions);
  for (size_t i = 0; i < b.n; ++i) likelihood_.mean(b.decoder.output().row_data(i), x.row_data(i));
}

template <class S>
void Vae<S>::classify(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x,
                      View2<S> probabilities) const {
  if (!classifier_) return;
  const Buffers b = buffers(work, x.rows, 1, false);
  const Own<const S> p = own(parameters);
  encoder_.forward<S>(pool, p.encoder, encoder_input(config_.likelihood, pool, x, b.encoder_input), b.encoder);
  class_logits(pool, b, p);
  softmax_rows<S>(b.logits, probabilities);
}

Result<VaeNetworks> vae_networks(const ModelConfig& c, std::span<const size_t> shape) {
  const size_t heads = c.objective == Objective::autoencoder ? 1 : 2, classes = c.conditional ? c.classes : 0;
  LS_TRY(Network encoder, Network::reading(c.encoder, shape, heads * c.latent, c.activation, classes));
  LS_TRY(Network decoder, Network::writing(c.decoder, c.latent, output_shape(c, shape), c.activation, classes));
  VaeNetworks networks{std::move(encoder), std::move(decoder), std::nullopt};
  if (c.classify > 0.0) networks.classifier = Linear{c.latent, c.classes, Activation::identity};
  return networks;
}

template <class S>
Result<std::unique_ptr<const Vae<S>>> compose_vae(const ModelConfig& config, std::span<const size_t> shape) {
  size_t width = 1;
  for (const size_t side : shape) width *= side;
  LS_CHECK(check_choices(config));
  LS_CHECK(check_labels(config));
  LS_CHECK(check_likelihood(config, width));
  LS_TRY(VaeNetworks networks, vae_networks(config, shape));
  TrainingMemory memory;
  memory.add(networks.encoder, 1);
  memory.add(networks.decoder, config.samples);
  LS_CHECK(memory.check(sizeof(S)));
  return std::make_unique<const Vae<S>>(config, std::move(networks), width);
}

template <class S>
Result<std::shared_ptr<const Model<S>>> make_vae(const ModelConfig& config, std::span<const size_t> shape) {
  LS_TRY(std::unique_ptr<const Vae<S>> vae, compose_vae<S>(config, shape));
  return std::shared_ptr<const Model<S>>(std::move(vae));
}

template Result<std::unique_ptr<const Vae<float>>> compose_vae<float>(const ModelConfig&, std::span<const size_t>);
template Result<std::unique_ptr<const Vae<double>>> compose_vae<double>(const ModelConfig&, std::span<const size_t>);
template Result<std::shared_ptr<const Model<float>>> make_vae<float>(const ModelConfig&, std::span<const size_t>);
template Result<std::shared_ptr<const Model<double>>> make_vae<double>(const ModelConfig&, std::span<const size_t>);
template class Vae<float>;
template class Vae<double>;

}  // namespace latentscape
