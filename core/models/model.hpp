// Model: an immutable description of a latent-variable model; parameters, gradients and activations are passed in.
// Definitions: docs and Kingma & Welling, "Auto-Encoding Variational Bayes", 2014, equations 3 and 10.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/registry.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/nn/activation.hpp"
#include "core/nn/network_spec.hpp"

namespace latentscape {

enum class LikelihoodKind { bernoulli, gaussian };
enum class GaussianMean { linear, sigmoid };

/// What a model is built from; plain and comparable, stored in run.json.
struct ModelConfig {
  std::string name = "mlp";
  size_t latent = 2;
  NetworkSpec encoder = {400};  // hidden layers, input to latent
  NetworkSpec decoder = {400};  // hidden layers, latent to output
  Activation activation = Activation::relu;
  LikelihoodKind likelihood = LikelihoodKind::bernoulli;
  GaussianMean gaussian_mean = GaussianMean::linear;
  double gaussian_sigma = 1.0;  // fixed standard deviation of the Gaussian likelihood, in data units
  bool operator==(const ModelConfig&) const = default;
};

/// How a block lies in memory where that is not its shape's order: outer x places x channels x inner, and not outer x channels x places x
/// inner. All 0: as its shape says.
struct ChannelsLast {
  size_t outer = 0, places = 0, channels = 0, inner = 0;
  bool operator==(const ChannelsLast&) const = default;
};

/// One named block of the flat parameter vector; names and shapes as PyTorch would have them (weight: out x in).
struct ParameterBlock {
  std::string name;  // "encoder.0.weight"
  std::vector<size_t> shape;
  size_t offset = 0;
  size_t size = 0;
  bool of_encoder = false;  // which learning rate applies
  ChannelsLast channels_last;
};

/// A block's numbers in the order of its shape, from the order in memory; and back into `own`.
std::vector<float> torch_order(const ParameterBlock& block, std::span<const float> own);
void take_torch_order(const ParameterBlock& block, std::span<const float> torch, std::span<float> own);

/// Nats an example, averaged over the batch. loss = reconstruction + beta * kl is what is optimised; elbo() is the true one.
struct LossTerms {
  double reconstruction = 0.0;  // -E_q[log p(x|z)]
  double kl = 0.0;
  double objective = 0.0;  // the optimised value
  double elbo() const { return -(reconstruction + kl); }
  double loss() const { return reconstruction + kl; }  // loss at beta 1
};

/// Buffers that a pass reuses; grown on first use, then no allocation. One a thread that runs passes.
template <class S>
class Workspace {
 public:
  /// Buffer `slot`, at least `size` long; contents kept between calls with the same slot and size.
  std::span<S> buffer(size_t slot, size_t size) {
    if (slot >= buffers_.size()) buffers_.resize(slot + 1);
    if (buffers_[slot].size() < size) buffers_[slot].resize(size);
    return {buffers_[slot].data(), size};
  }

  /// The same in double, for sums that are reported.
  std::span<double> doubles(size_t slot, size_t size) {
    if (slot >= doubles_.size()) doubles_.resize(slot + 1);
    if (doubles_[slot].size() < size) doubles_[slot].resize(size);
    return {doubles_[slot].data(), size};
  }

 private:
  std::vector<std::vector<S>> buffers_;
  std::vector<std::vector<double>> doubles_;
};

/// What one pass over a batch of n examples reads and, where asked, writes.
template <class S>
struct Pass {
  View2<const S> x;      // n x width
  View2<const S> noise;  // n x latent, standard normal
  S beta = S(1);
  bool encoder_gradient = true;  // false: the encoder is frozen, its part of the gradients is left as it is
  // Outputs; spans may be empty where not wanted.
  View2<S> mean;                  // n x latent posterior means; data == nullptr: not wanted
  View2<S> log_variance;          // n x latent
  std::span<S> reconstruction;    // n, nats an example
  std::span<S> kl;                // n
  std::span<S> kl_per_dimension;  // latent, batch mean
};

/// Multiply-adds of one example through the weights. step: forward, and both gradients (none for the data).
struct ModelMacs {
  double encode = 0.0;
  double decode = 0.0;
  double step = 0.0;
};

template <class S>
class Model {
 public:
  virtual ~Model() = default;

  virtual size_t width() const = 0;  // numbers an example
  virtual size_t latent() const = 0;
  virtual std::span<const ParameterBlock> blocks() const = 0;
  virtual size_t parameter_count() const = 0;
  virtual LikelihoodKind likelihood() const = 0;
  virtual ModelMacs macs() const = 0;

  /// The same seed gives the same parameters; see core/nn/network.hpp for the distribution.
  virtual void initialise(std::span<S> parameters, uint64_t seed) const = 0;

  /// Loss and, where gradients is not empty, its gradient (overwritten). Averages are over the batch, reduced in row-tile order.
  virtual LossTerms pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                         std::span<S> gradients) const = 0;

  /// Posterior means and log-variances; log_variance.data may be null.
  virtual void encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<S> mean,
                      View2<S> log_variance) const = 0;

  /// -log p(x|z) of each row, nats: what pass() gives as reconstruction, for z that are there. x: n x width, z: n x latent.
  virtual void reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<const S> z,
                              std::span<S> out) const = 0;

  /// Mean of p(x|z): probabilities for Bernoulli, the mean for Gaussian. z: n x latent, x: n x width.
  virtual void decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> z, View2<S> x) const = 0;
};

using ModelF = Model<float>;

/// A registered family ("mlp"): makes a model for examples of a shape, in both precisions.
struct ModelFamily {
  std::string name;
  std::string summary;
  NetworkSpec encoder, decoder;  // where the config leaves them as they are
  std::function<Result<std::shared_ptr<const Model<float>>>(const ModelConfig&, std::span<const size_t> shape)> make;
  std::function<Result<std::shared_ptr<const Model<double>>>(const ModelConfig&, std::span<const size_t> shape)> make_double;
};
const Registry<ModelFamily>& model_families();

/// The family's name and its own networks; all else stays.
void use_family(ModelConfig& config, const ModelFamily& family);

/// Checks ranges (latent >= 1, sizes >= 1, sizes that fit in memory), finds the family, makes the model.
Result<std::shared_ptr<const ModelF>> make_model(const ModelConfig& config, std::span<const size_t> shape);

/// A named starting point with a line of advice.
struct ModelPreset {
  std::string name;
  ModelConfig config;
  std::string summary;  // what it is
  std::string pitfall;  // what articles that use it get wrong
};
std::span<const ModelPreset> model_presets();

}  // namespace latentscape
