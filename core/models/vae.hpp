// Vae: an encoder network, a diagonal Gaussian posterior, a decoder network, Bernoulli or Gaussian likelihood.
// Kingma & Welling, "Auto-Encoding Variational Bayes", 2014: the estimator of equation 10 with one sample of z an example.
#pragma once

#include "core/models/model.hpp"
#include "core/nn/network.hpp"

namespace latentscape {

/// Parameters, flat, named as PyTorch's nn.Sequential of layers and activations would name them:
///   encoder.0.weight, encoder.0.bias, encoder.2.weight, ...   hidden layers
///   mean.weight, log_variance.weight, mean.bias, log_variance.bias   two heads that lie together, so one product computes both
///   decoder.0.weight, decoder.0.bias, ..., the last of them gives logits (Bernoulli) or the mean's linear part (Gaussian)
template <class S>
class Vae final : public Model<S> {
 public:
  /// encoder: examples to 2 * latent numbers; decoder: latent to examples. make_vae builds and checks them.
  Vae(const ModelConfig& config, Network encoder, Network decoder);

  size_t width() const override { return width_; }
  size_t latent() const override { return config_.latent; }
  std::span<const ParameterBlock> blocks() const override { return blocks_; }
  size_t parameter_count() const override { return encoder_.parameter_count() + decoder_.parameter_count(); }
  LikelihoodKind likelihood() const override { return config_.likelihood; }
  ModelMacs macs() const override;
  void initialise(std::span<S> parameters, uint64_t seed) const override;
  LossTerms pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                 std::span<S> gradients) const override;
  void encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<S> mean,
              View2<S> log_variance) const override;
  void reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<const S> z,
                      std::span<S> out) const override;
  void decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> z, View2<S> x) const override;

 private:
  struct Buffers;
  Buffers buffers(Workspace<S>& work, size_t n, bool gradients = false) const;
  void sample(ComputePool& pool, const Buffers& b, const Pass<S>& io) const;
  void reconstruct(ComputePool& pool, const Buffers& b, std::span<const S> decoder, const Pass<S>& io, bool with_gradient) const;
  void backward(ComputePool& pool, const Buffers& b, std::span<const S> parameters, const Pass<S>& io, std::span<S> gradients) const;
  LossTerms reduce(const Buffers& b, const Pass<S>& io) const;
  double row_reconstruction(const Buffers& b, size_t i) const;
  double tile_loss(const S* output, const S* x, size_t n, S scale, S* gradient) const;

  ModelConfig config_;
  size_t width_;
  Network encoder_;  // width -> means and log-variances (2 latent)
  Network decoder_;  // latent -> width
  std::vector<ParameterBlock> blocks_;
};

/// Networks of the config's specs for examples of a shape. Errors: layers that do not fit each other or the shape, more layers than the
/// model keeps, more parameters than this machine could train.
template <class S>
Result<std::shared_ptr<const Model<S>>> make_vae(const ModelConfig& config, std::span<const size_t> shape);

}  // namespace latentscape
