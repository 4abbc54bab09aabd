// p(x|z): what the decoder's outputs mean, -log p(x|z) with its gradient, and the mean that a decoded example shows.
#pragma once

#include <cstddef>
#include <span>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/models/model_config.hpp"

namespace latentscape {

/// Learned standard deviations stay above this, in data units: without a floor, numbers that never change (a black border) would give any
/// density asked for. 1/256 is the step of a grey pixel.
inline constexpr double kLeastSigma = 0.01;

/// -log p(x|z) in nats, of a row of `width` numbers or a stretch of it; of word counts c without the multinomial coefficient, which no
/// model changes: -sum_i c_i log softmax_i (Miao, Yu & Blunsom, "Neural variational inference for text processing", 2016). `own`:
/// parameter_count() learned numbers.
template <class S>
class Likelihood {
 public:
  Likelihood(const ModelConfig& config, size_t width);

  /// Numbers that the decoder makes for an example. With a variance a pixel, output 2j is the mean of number j, 2j + 1 its log-variance.
  size_t outputs() const { return pixel_variance() ? 2 * width_ : width_; }
  /// Learned beside the decoder: the log of a shared standard deviation.
  size_t parameter_count() const { return shared_variance() ? 1 : 0; }
  void initialise(std::span<S> own) const;

  /// true: stretch() serves any part of a row; else only whole rows make sense.
  bool by_stretch() const { return !pixel_variance() && !in_groups(); }
  bool shared_variance() const { return kind_ == LikelihoodKind::gaussian && variance_ == GaussianVariance::shared; }
  bool pixel_variance() const { return kind_ == LikelihoodKind::gaussian && variance_ == GaussianVariance::pixel; }

  /// -log p of n numbers x given as many outputs. Where gradient is not null: scale times the gradient of the outputs, maybe in their
  /// place.
  double stretch(const S* output, const S* x, size_t n, std::span<const S> own, S scale, S* gradient) const;
  /// The same for a whole row and its outputs(), whatever the kind.
  double row(const S* output, const S* x, std::span<const S> own, S scale, S* gradient) const;
  /// Gradient with respect to the shared log standard deviation, from the loss of a row.
  double own_gradient(double row_loss, std::span<const S> own) const;

  /// The mean of x, from n outputs in place (by_stretch) or from a whole row of outputs().
  void mean_in_place(S* output, size_t n) const;
  void mean(const S* output, S* x) const;

 private:
  double sigma(std::span<const S> own) const;
  bool in_groups() const { return kind_ == LikelihoodKind::categorical || kind_ == LikelihoodKind::multinomial; }
  double categorical_row(const S* output, const S* x, S scale, S* gradient) const;

  LikelihoodKind kind_;
  GaussianMean mean_;
  GaussianVariance variance_;
  double sigma_;
  std::vector<size_t> categories_;  // of word counts one group of all words
  size_t width_;
};

/// What encoders read of examples: log(1 + count) of word counts, written into `room` (of x's shape), so that a long text or a frequent
/// word does not outshout the others; of all else the numbers as they are.
template <class S>
View2<const S> encoder_input(LikelihoodKind likelihood, ComputePool& pool, View2<const S> x, View2<S> room);

/// Ranges, and that the categories fill examples of `width` numbers.
Status check_likelihood(const ModelConfig& config, size_t width);

}  // namespace latentscape
