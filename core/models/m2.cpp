#include "core/models/m2.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/likeliest.hpp"
#include "core/models/likelihood.hpp"
#include "core/models/training_memory.hpp"
#include "core/nn/losses.hpp"
#include "core/nn/network_blocks.hpp"

namespace latentscape {

namespace {

/// Slots of the workspace behind those of the conditional VAE.
template <class S>
inline constexpr size_t kClassifier = Vae<S>::kSlots;
template <class S>
inline constexpr size_t kInput = kClassifier<S> + Network::kSlots;
template <class S>
inline constexpr size_t kOwn = kInput<S> + 1;
/// It does not read the class, and drops other units than the encoder.
RowConditions classifier_conditions(RowConditions rows) {
  rows.labels = {};
  rows.seed = ~rows.seed;
  return rows;
}

/// Classes less likely than this are cut off and q made whole again: a bound for that q, at a fraction of the work once the classifier is
/// sure of most.
constexpr double kLeastProbability = 1e-4;
constexpr size_t kLabelsSlot = 1;  // of the integers; 0 is the VAE's

}  // namespace

template <class S>
struct M2<S>::Expanded {
  View2<S> x, noise, mean, log_variance;  // a row for each pair of example and class
  std::span<int32_t> labels;
  std::span<S> probabilities, weights, reconstruction, kl;  // weights: of the pair's loss in the batch's mean
  std::span<int32_t> first;                                 // n + 1: where the rows of each example begin
  View2<S> q;                                               // n x classes

  size_t begin(size_t i) const { return static_cast<size_t>(first[i]); }
  size_t end(size_t i) const { return static_cast<size_t>(first[i + 1]); }
};

template <class S>
M2<S>::M2(const ModelConfig& config, std::unique_ptr<const Vae<S>> vae, Network classifier)
    : vae_(std::move(vae)), classifier_(std::move(classifier)), classify_(config.classify) {
  blocks_.assign(vae_->blocks().begin(), vae_->blocks().end());
  add_blocks(blocks_, "classifier", classifier_, false);
}

template <class S>
ModelMacs M2<S>::macs() const {
  const double once = classifier_.macs();
  ModelMacs m = vae_->macs();
  m.encode += once;
  m.step = m.step * static_cast<double>(classes()) + 3.0 * once - layer_macs(classifier_.layers().front());
  return m;
}

template <class S>
void M2<S>::initialise(std::span<S> parameters, uint64_t seed) const {
  vae_->initialise(parameters.first(vae_->parameter_count()), seed);
  constexpr uint32_t first_key = 1000;  // far behind those of the VAE's layers
  classifier_.initialise<S>(parameters.subspan(vae_->parameter_count()), seed, first_key);
}

template <class S>
View2<const S> M2<S>::classifier_input(ComputePool& pool, Workspace<S>& work, View2<const S> x) const {
  const size_t room = likelihood() == LikelihoodKind::multinomial ? x.rows * x.cols : 0;
  return encoder_input(likelihood(), pool, x, View2<S>(work.buffer(kInput<S>, room).data(), x.rows, x.cols));
}

template <class S>
Network::Buffers<S> M2<S>::class_logits(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x,
                                        const RowConditions& rows, bool gradients) const {
  const auto buffers = classifier_.buffers<S>(work, kClassifier<S>, x.rows, gradients);
  const RowConditions unlabelled = classifier_conditions(rows);
  classifier_.forward<S>(pool, parameters.subspan(vae_->parameter_count()), x, buffers, unlabelled);
  return buffers;
}

template <class S>
auto M2<S>::expand(Workspace<S>& work, const Pass<S>& io, View2<const S> logits) const -> Expanded {
  const size_t n = io.x.rows, k = classes();
  size_t slot = kOwn<S>;
  const auto numbers = [&](size_t count) { return work.buffer(slot++, count); };
  const auto matrix = [&](size_t rows, size_t cols) { return View2<S>(numbers(rows * cols).data(), rows, cols); };
  Expanded e;
  e.q = matrix(n, k);
  e.probabilities = numbers(n * k);
  e.labels = work.integers(kLabelsSlot, n * k);
  e.first = work.integers(kLabelsSlot + 1, n + 1);
  softmax_rows<S>(logits, e.q);
  size_t all = 0;
  for (size_t i = 0; i < n; ++i) {
    const std::span<const S> q = e.q.row(i);
    e.first[i] = static_cast<int32_t>(all);
    if (io.weight(i) == S(0)) continue;  // it is there for the classifier
    const int32_t label = io.rows.labels.empty() ? -1 : io.rows.labels[i];
    S kept = 0;
    for (size_t c = 0; c < k; ++c) kept += q[c] < S(kLeastProbability) ? S(0) : q[c];
    for (size_t c = 0; c < k; ++c) {
      if (label >= 0 ? static_cast<int32_t>(c) != label : q[c] < S(kLeastProbability)) continue;
      e.labels[all] = static_cast<int32_t>(c);
      e.probabilities[all++] = label >= 0 ? S(1) : q[c] / kept;
    }
  }
  e.first[n] = static_cast<int32_t>(all);
  e.labels = e.labels.first(all);
  e.probabilities = e.probabilities.first(all);
  for (View2<S>* view : {&e.noise, &e.mean, &e.log_variance}) *view = matrix(all, latent());
  e.x = matrix(all, width());
  for (std::span<S>* span : {&e.weights, &e.reconstruction, &e.kl}) *span = numbers(all);
  for (size_t i = 0; i < n; ++i)
    for (size_t r = e.begin(i); r < e.end(i); ++r) {
      std::copy_n(io.x.row_data(i), width(), e.x.row_data(r));
      std::copy_n(io.noise.row_data(i), latent(), e.noise.row_data(r));
      e.weights[r] = e.probabilities[r] * io.weight(i);
    }
  return e;
}

/// What each example reports: the expectation over its classes, and the KL of the class.
template <class S>
void M2<S>::report(const Expanded& e, const Pass<S>& io, LossTerms& terms) const {
  const size_t n = io.x.rows, d = latent();
  for (size_t i = 0; i < n; ++i) {
    if (io.class_probabilities.data) std::copy_n(e.q.row_data(i), classes(), io.class_probabilities.row_data(i));
    if (e.begin(i) == e.end(i)) continue;
    double reconstruction = 0.0, kl = 0.0, class_kl = std::log(static_cast<double>(classes()));
    size_t shown = e.begin(i);
    for (size_t r = e.begin(i); r < e.end(i); ++r) {
      const double q = static_cast<double>(e.probabilities[r]);
      reconstruction += q * static_cast<double>(e.reconstruction[r]);
      kl += q * static_cast<double>(e.kl[r]);
      class_kl += q * std::log(q);
      if (e.probabilities[r] > e.probabilities[shown]) shown = r;
    }
    terms.kl += class_kl * static_cast<double>(io.weight(i));
    terms.objective += static_cast<double>(io.beta) * class_kl * static_cast<double>(io.weight(i));
    if (!io.reconstruction.empty()) io.reconstruction[i] = static_cast<S>(reconstruction);
    if (!io.kl.empty()) io.kl[i] = static_cast<S>(kl + class_kl);
    if (io.mean.data) std::copy_n(e.mean.row_data(shown), d, io.mean.row_data(i));
    if (io.log_variance.data) std::copy_n(e.log_variance.row_data(shown), d, io.log_variance.row_data(i));
  }
}

/// Of an unlabelled example: d/dlogit_c of sum_y q_y (L_y + log q_y) = q_c (L_c + log q_c - their mean under q). While the decoder does not
/// yet tell the classes apart this makes the classifier sure of its first errors, which then stay: hence Pass::marginal.
template <class S>
void M2<S>::add_marginal_gradients(const Expanded& e, const Pass<S>& io, View2<S> d_logits) const {
  const size_t n = io.x.rows;
  for (size_t i = 0; i < n; ++i) {
    const auto cost = [&](size_t r) {
      const double log_q = std::log(static_cast<double>(e.probabilities[r]));
      return static_cast<double>(e.reconstruction[r]) + static_cast<double>(io.beta) * (static_cast<double>(e.kl[r]) + log_q);
    };
    double mean = 0.0;
    for (size_t r = e.begin(i); r < e.end(i); ++r) mean += static_cast<double>(e.probabilities[r]) * cost(r);
    for (size_t r = e.begin(i); r < e.end(i); ++r)
      d_logits(i, static_cast<size_t>(e.labels[r])) += io.marginal * static_cast<S>(static_cast<double>(e.weights[r]) * (cost(r) - mean));
  }
}

template <class S>
LossTerms M2<S>::pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                      std::span<S> gradients) const {
  const bool backwards = !gradients.empty();
  const size_t own = vae_->parameter_count();
  const View2<const S> input = classifier_input(pool, work, io.x);
  const Network::Buffers<S> classified = class_logits(pool, work, parameters, input, io.rows, backwards);
  const Expanded e = expand(work, io, classified.output());
  Pass<S> each = io;
  each.x = e.x;
  each.noise = e.noise;
  each.rows.labels = e.labels;
  each.weights = e.weights;
  each.mean = e.mean;
  each.log_variance = e.log_variance;
  each.reconstruction = e.reconstruction;
  each.kl = e.kl;
  LossTerms terms = vae_->pass(pool, work, parameters.first(own), each, backwards ? gradients.first(own) : std::span<S>());
  report(e, io, terms);
  terms.classification = label_loss<S>(classified.output(), io.rows.labels, classify_);  // the gradient takes the logits' place
  terms.objective += classify_ * terms.classification;
  if (!backwards) return terms;
  add_marginal_gradients(e, io, classified.output());
  classifier_.backward<S>(pool, parameters.subspan(own), input, classified, classified.output(), gradients.subspan(own), View2<S>(),
                          classifier_conditions(io.rows), io.early);
  return terms;
}

template <class S>
LabelledRows<S> M2<S>::likeliest(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x) const {
  const auto logits = class_logits(pool, work, parameters, classifier_input(pool, work, x.values), {}, false).output();
  const std::span<int32_t> labels = work.integers(kLabelsSlot, x.values.rows);
  for (size_t i = 0; i < labels.size(); ++i) {
    const std::span<const S> row = logits.row(i);
    const bool known = !x.labels.empty() && x.labels[i] >= 0;
    labels[i] = known ? x.labels[i] : static_cast<int32_t>(latentscape::likeliest(row));
  }
  return {x.values, labels};
}

template <class S>
void M2<S>::encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<S> mean,
                   View2<S> log_variance) const {
  vae_->encode(pool, work, parameters.first(vae_->parameter_count()), likeliest(pool, work, parameters, x), mean, log_variance);
}

template <class S>
void M2<S>::reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<const S> z,
                           std::span<S> out) const {
  vae_->reconstruction(pool, work, parameters.first(vae_->parameter_count()), likeliest(pool, work, parameters, x), z, out);
}

template <class S>
void M2<S>::decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& z, View2<S> x) const {
  vae_->decode(pool, work, parameters.first(vae_->parameter_count()), z, x);
}

template <class S>
void M2<S>::classify(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<S> probabilities) const {
  const auto logits = class_logits(pool, work, parameters, classifier_input(pool, work, x), {}, false).output();
  softmax_rows<S>(logits, probabilities);
}

template <class S>
Result<std::shared_ptr<const Model<S>>> make_m2(const ModelConfig& config, std::span<const size_t> shape) {
  LS_CHECK(check_choices(config));
  if (config.classes < 2)
    return fail(ErrorCode::invalid_argument, "m2 needs data with a label of at least 2 classes, this has {}", config.classes);
  ModelConfig conditional = config;
  conditional.conditional = true;
  conditional.classify = 0.0;
  LS_TRY(std::unique_ptr<const Vae<S>> vae, compose_vae<S>(conditional, shape));
  LS_TRY(Network classifier, Network::reading(config.classifier, shape, config.classes, config.activation, 0, "classifier"));
  TrainingMemory memory;  // the VAE sees an example once for each class that it may have
  memory.add(vae->encoder(), config.classes);
  memory.add(vae->decoder(), config.classes);
  memory.add(classifier, 1);
  LS_CHECK(memory.check(sizeof(S)));
  return std::shared_ptr<const Model<S>>(std::make_shared<const M2<S>>(config, std::move(vae), std::move(classifier)));
}

template Result<std::shared_ptr<const Model<float>>> make_m2<float>(const ModelConfig&, std::span<const size_t>);
template Result<std::shared_ptr<const Model<double>>> make_m2<double>(const ModelConfig&, std::span<const size_t>);
template class M2<float>;
template class M2<double>;

}  // namespace latentscape
