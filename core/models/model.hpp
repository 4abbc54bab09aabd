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
#include "core/models/model_config.hpp"
#include "core/nn/early_update.hpp"
#include "core/nn/parameter_block.hpp"
#include "core/nn/row_conditions.hpp"
#include "core/nn/workspace.hpp"

namespace latentscape {

/// Nats an example, averaged over the batch; elbo() is the true one, whatever is optimised.
struct LossTerms {
  double reconstruction = 0.0;  // -E_q[log p(x|z)]
  double kl = 0.0;
  double objective = 0.0;       // the optimised value
  double classification = 0.0;  // -log q(y|x), averaged over the examples with a label; 0 where nothing classifies
  double elbo() const { return -(reconstruction + kl); }
  double loss() const { return reconstruction + kl; }  // loss at beta 1
};

/// Rows of numbers with the class of each, for models that read it: -1, and no labels at all, mean that it is not known.
template <class S>
struct LabelledRows {
  View2<const S> values;
  std::span<const int32_t> labels;

  template <class Rows>
  LabelledRows(const Rows& rows, std::span<const int32_t> classes = {}) : values(rows), labels(classes) {}
  LabelledRows between(size_t begin, size_t end) const {
    return {values.rows_between(begin, end), labels.empty() ? labels : labels.subspan(begin, end - begin)};
  }
};

/// What one pass over a batch of n examples reads and, where asked, writes.
template <class S>
struct Pass {
  View2<const S> x;      // n x width
  View2<const S> noise;  // n k x latent, standard normal: k samples of z an example, those of an example one after the other
  RowConditions rows;    // n labels (-1: not known), and whether this is training
  S beta = S(1);
  size_t population = 0;            // train examples that the batch stands for, for the total correlation; 0: the batch
  std::span<const S> weights;       // n, of each example's ELBO; -log q(y|x) and the total correlation have their own; empty: 1/n
  S marginal = S(1);                // share of what rows without a label teach the classifier that reaches it, in models that need one
  bool encoder_gradient = true;     // false: the encoder is frozen, its part of the gradients is left as it is
  EarlyUpdate<S>* early = nullptr;  // what the pass hands gradients over to; it changes parameters on the way; null: nothing
  // Outputs; spans may be empty where not wanted.
  View2<S> mean;                  // n x latent posterior means; data == nullptr: not wanted
  View2<S> log_variance;          // n x latent
  std::span<S> reconstruction;    // n, nats an example
  std::span<S> kl;                // n
  std::span<S> kl_per_dimension;  // latent, batch mean
  View2<S> class_probabilities;   // n x classes; for models that classify

  S weight(size_t i) const { return weights.empty() ? S(1) / static_cast<S>(x.rows) : weights[i]; }
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
  virtual bool has_prior() const { return true; }        // false: an autoencoder
  virtual size_t samples() const { return 1; }           // of z an example, in training
  virtual size_t classes() const { return 0; }           // of the labels that it uses
  virtual bool encodes_labels() const { return false; }  // encode() and pass() read the label
  virtual bool decodes_labels() const { return false; }  // decode() does
  virtual bool classifies() const { return false; }      // classify() is there

  /// The same seed gives the same parameters; see core/nn/network.hpp for the distribution.
  virtual void initialise(std::span<S> parameters, uint64_t seed) const = 0;

  /// Loss and, where gradients is not empty, its gradient (overwritten, but for what Pass::early takes). Averages are over the batch,
  /// reduced in row-tile order.
  virtual LossTerms pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                         std::span<S> gradients) const = 0;

  /// Posterior means and log-variances; log_variance.data may be null.
  virtual void encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<S> mean,
                      View2<S> log_variance) const = 0;

  /// -log p(x|z) of each row, nats: what pass() gives as reconstruction, for z that are there. x: n x width, z: n x latent.
  virtual void reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x,
                              View2<const S> z, std::span<S> out) const = 0;

  /// Mean of p(x|z): probabilities for Bernoulli and categorical, of each word for multinomial, the mean for Gaussian. z: n x latent, x: n
  /// x width.
  virtual void decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& z, View2<S> x) const = 0;

  /// q(y|x), n x classes, where classifies().
  virtual void classify(ComputePool&, Workspace<S>&, std::span<const S>, View2<const S>, View2<S>) const {}
};

using ModelF = Model<float>;

/// A registered family ("mlp"): makes a model for examples of a shape, in both precisions.
struct ModelFamily {
  std::string name;
  std::string summary;
  ModelConfig defaults;
  bool semi_supervised = false;  // uses the labels that are there, and examples without one
  std::function<Result<std::shared_ptr<const Model<float>>>(const ModelConfig&, std::span<const size_t> shape)> make;
  std::function<Result<std::shared_ptr<const Model<double>>>(const ModelConfig&, std::span<const size_t> shape)> make_double;
};
const Registry<ModelFamily>& model_families();

/// Everything that the family decides; what the data decides (likelihood, classes) and the activation stay as they are.
void use_family(ModelConfig& config, const ModelFamily& family);

/// Do family, objective and labels go together, whatever the data? Errors: invalid_argument.
Status check_choices(const ModelConfig& config);

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
