// M2: a VAE whose encoder and decoder read the class, and a classifier that stands in for it where it is not known.
// Kingma, Rezende, Mohamed & Welling, "Semi-supervised learning with deep generative models", 2014, equations 6 to 9.
#pragma once

#include <memory>

#include "core/models/vae.hpp"

namespace latentscape {

/// Of an example with a label: -log p(x, y) <= L(x, y), the loss of the conditional VAE with a uniform prior of the classes, and
/// classify * -log q(y|x), averaged over the examples with a label (without it the labels teach the classifier nothing).
/// Of one without: sum_y q(y|x) L(x, y) - H(q(y|x)), whose gradient reaches the classifier times Pass::marginal. Its KL, as reported, holds
/// that of the class: sum_y q(y|x) log(q(y|x) classes). Parameters: those of the conditional VAE, then classifier.0.weight,
/// classifier.0.bias, ...
template <class S>
class M2 final : public Model<S> {
 public:
  M2(const ModelConfig& config, std::unique_ptr<const Vae<S>> vae, Network classifier);

  size_t width() const override { return vae_->width(); }
  size_t latent() const override { return vae_->latent(); }
  std::span<const ParameterBlock> blocks() const override { return blocks_; }
  size_t parameter_count() const override { return vae_->parameter_count() + classifier_.parameter_count(); }
  LikelihoodKind likelihood() const override { return vae_->likelihood(); }
  ModelMacs macs() const override;
  size_t classes() const override { return classifier_.out(); }
  bool decodes_labels() const override { return true; }
  bool classifies() const override { return true; }
  void initialise(std::span<S> parameters, uint64_t seed) const override;
  LossTerms pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                 std::span<S> gradients) const override;
  /// Given the label, or the likeliest class where it is not known.
  void encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<S> mean,
              View2<S> log_variance) const override;
  /// Given the label, or the likeliest class.
  void reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x, View2<const S> z,
                      std::span<S> out) const override;
  void decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& z, View2<S> x) const override;
  void classify(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x,
                View2<S> probabilities) const override;

 private:
  /// A row for each example with a label, a row for each likely class of one without.
  struct Expanded;
  Expanded expand(Workspace<S>& work, const Pass<S>& io, View2<const S> logits) const;
  /// What the classifier reads of x.
  View2<const S> classifier_input(ComputePool& pool, Workspace<S>& work, View2<const S> x) const;
  Network::Buffers<S> class_logits(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x,
                                   const RowConditions& rows, bool gradients) const;
  /// Rows without a label get that of the likeliest class.
  LabelledRows<S> likeliest(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const LabelledRows<S>& x) const;
  void report(const Expanded& e, const Pass<S>& io, LossTerms& terms) const;
  void add_marginal_gradients(const Expanded& e, const Pass<S>& io, View2<S> d_logits) const;

  std::unique_ptr<const Vae<S>> vae_;
  Network classifier_;  // width -> logits of the classes
  double classify_;
  std::vector<ParameterBlock> blocks_;
};

template <class S>
Result<std::shared_ptr<const Model<S>>> make_m2(const ModelConfig& config, std::span<const size_t> shape);

}  // namespace latentscape
