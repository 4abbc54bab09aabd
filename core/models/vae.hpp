// Vae: an encoder network, a diagonal Gaussian posterior, a decoder network, a likelihood and an objective; with labels a conditional VAE,
// or one that classifies too. Kingma & Welling, "Auto-Encoding Variational Bayes", 2014: the estimator of equation 10.
#pragma once

#include <optional>

#include "core/models/likelihood.hpp"
#include "core/models/model.hpp"
#include "core/nn/network.hpp"

namespace latentscape {

/// The networks of a config for examples of a shape.
struct VaeNetworks {
  Network encoder;                   // width -> means and log-variances (2 latent); an autoencoder: means alone
  Network decoder;                   // latent -> the likelihood's outputs
  std::optional<Linear> classifier;  // posterior means -> logits of the classes
};

/// Parameters, flat, named as PyTorch's nn.Sequential of layers and activations would name them:
///   encoder.0.weight, encoder.0.bias, encoder.2.weight, ...   hidden layers
///   mean.weight, log_variance.weight, mean.bias, log_variance.bias   two heads that lie together, so one product computes both
///   decoder.0.weight, decoder.0.bias, ..., the last of them gives logits (Bernoulli, categorical, multinomial) or means (Gaussian)
///   log_sigma   of a shared standard deviation
///   classifier.weight, classifier.bias
template <class S>
class Vae final : public Model<S> {
 public:
  /// Slots of the workspace that a pass takes.
  static constexpr size_t kSlots = 2 * Network::kSlots + 18;

  Vae(const ModelConfig& config, VaeNetworks networks, size_t width);

  size_t width() const override { return width_; }
  size_t latent() const override { return config_.latent; }
  std::span<const ParameterBlock> blocks() const override { return blocks_; }
  size_t parameter_count() const override { return blocks_.back().offset + blocks_.back().size; }
  const Network& encoder() const { return encoder_; }
  const Network& decoder() const { return decoder_; }
  LikelihoodKind likelihood() const override { return config_.likelihood; }
  ModelMacs macs() const override;
  bool has_prior() const override { return !autoencoder(); }
  size_t samples() const override { return config_.objective == Objective::autoencoder ? 1 : config_.samples; }
  size_t classes() const override { return config_.classes; }
  bool encodes_labels() const override { return config_.conditional; }
  bool decodes_labels() const override { return config_.conditional; }
  bool classifies() const override { return classifier_.has_value(); }
  void initialise(std::span<S> parameters, uint64_t seed) const override;
  LossTerms pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                 std::span<S> gradients) const override;
  void encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<S> mean,
              View2<S> log_variance) const override;
  void reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<const S> z,
                      std::span<S> out) const override;
  void decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& z, View2<S> x) const override;
  void classify(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x,
                View2<S> probabilities) const override;

 private:
  struct Buffers;

  /// Whose parameters lie where.
  template <class T>
  struct Own {
    std::span<T> encoder, decoder, likelihood, classifier;
  };
  template <class T>
  Own<T> own(std::span<T> parameters) const;

  bool autoencoder() const { return config_.objective == Objective::autoencoder; }
  Buffers buffers(Workspace<S>& work, size_t n, size_t samples, bool gradients) const;
  RowConditions encoder_conditions(const RowConditions& rows) const;
  RowConditions decoder_conditions(const Buffers& b, const RowConditions& rows) const;
  void sample_rows(const Buffers& b, const Pass<S>& io, size_t begin, size_t end) const;
  void reconstruct(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io, bool with_gradient) const;

  LossTerms reduce(const Buffers& b, const Pass<S>& io) const;
  double objective(ComputePool& pool, const Buffers& b, const Pass<S>& io, const LossTerms& terms, bool with_gradient) const;
  double weigh_kl(const Buffers& b, const Pass<S>& io, double beta) const;
  double weigh_samples(ComputePool& pool, const Buffers& b, const Pass<S>& io, bool with_gradient) const;
  double correlate(ComputePool& pool, const Buffers& b, const Pass<S>& io, bool with_gradient) const;
  void copy_means(const Buffers& b) const;
  void class_logits(ComputePool& pool, const Buffers& b, const Own<const S>& p) const;
  double classification(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io, const Own<S>& gradients) const;
  void backward(ComputePool& pool, const Buffers& b, const Own<const S>& p, const Pass<S>& io, const Own<S>& gradients) const;
  void head_rows(const Buffers& b, const Pass<S>& io, size_t begin, size_t end) const;
  void add_classifier_gradient(const Buffers& b, size_t i, S* d_mean) const;

  ModelConfig config_;
  size_t width_;
  Network encoder_, decoder_;
  std::optional<Linear> classifier_;
  Likelihood<S> likelihood_;
  std::vector<ParameterBlock> blocks_;
};

/// The networks that `config` asks for. Errors: layers that do not fit each other or the shape, more parameters than this machine could
/// train.
Result<VaeNetworks> vae_networks(const ModelConfig& config, std::span<const size_t> shape);

template <class S>
Result<std::unique_ptr<const Vae<S>>> compose_vae(const ModelConfig& config, std::span<const size_t> shape);
/// The same for the registry.
template <class S>
Result<std::shared_ptr<const Model<S>>> make_vae(const ModelConfig& config, std::span<const size_t> shape);

}  // namespace latentscape
