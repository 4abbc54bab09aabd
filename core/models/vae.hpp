// Vae: dense encoder, diagonal Gaussian posterior, dense decoder, Bernoulli or Gaussian likelihood.
// Kingma & Welling, "Auto-Encoding Variational Bayes", 2014: the estimator of equation 10 with one sample of z an example.
#pragma once

#include "core/models/model.hpp"
#include "core/nn/mlp.hpp"

namespace latentscape {

/// Parameters, flat, named as PyTorch's nn.Sequential of Linear and ReLU would name them:
///   encoder.0.weight, encoder.0.bias, encoder.2.weight, ...   hidden layers
///   mean.weight, log_variance.weight, mean.bias, log_variance.bias   two heads that lie together, so one product computes both
///   decoder.0.weight, decoder.0.bias, ..., the last of them gives logits (Bernoulli) or the mean's linear part (Gaussian)
template <class S>
class Vae final : public Model<S> {
 public:
  /// Ranges are checked by make_model.
  Vae(const ModelConfig& config, size_t width);

  size_t width() const override { return width_; }
  size_t latent() const override { return config_.latent; }
  std::span<const ParameterBlock> blocks() const override { return blocks_; }
  size_t parameter_count() const override { return encoder_.parameter_count() + decoder_.parameter_count(); }
  LikelihoodKind likelihood() const override { return config_.likelihood; }
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
  Buffers buffers(Workspace<S>& work, size_t n) const;
  void sample(ComputePool& pool, const Buffers& b, const Pass<S>& io) const;
  void reconstruct(ComputePool& pool, const Buffers& b, std::span<const S> decoder, const Pass<S>& io, bool with_gradient) const;
  void backward(ComputePool& pool, const Buffers& b, std::span<const S> parameters, const Pass<S>& io, std::span<S> gradients) const;
  LossTerms reduce(const Buffers& b, const Pass<S>& io) const;
  double row_reconstruction(const Buffers& b, size_t i) const;
  double tile_loss(const S* output, const S* x, size_t n, S scale, S* gradient) const;

  ModelConfig config_;
  size_t width_;
  Mlp encoder_;  // width -> hidden sizes -> means and log-variances (2 latent)
  Mlp decoder_;  // latent -> hidden sizes -> width
  std::vector<ParameterBlock> blocks_;
};

/// How many parameters such a model would have; a double, so that no size overflows.
double vae_parameter_count(const ModelConfig& config, double width);

}  // namespace latentscape
