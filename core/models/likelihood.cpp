#include "core/models/likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/nn/losses.hpp"

namespace latentscape {

namespace {

const double kHalfLogTwoPi = 0.5 * std::log(2.0 * std::numbers::pi);

}  // namespace

template <class S>
Likelihood<S>::Likelihood(const ModelConfig& config, size_t width)
    : kind_(config.likelihood),
      mean_(config.gaussian_mean),
      variance_(config.gaussian_variance),
      sigma_(config.gaussian_sigma),
      categories_(config.likelihood == LikelihoodKind::multinomial ? std::vector<size_t>{width} : config.categories),
      width_(width) {}

template <class S>
void Likelihood<S>::initialise(std::span<S> own) const {
  if (shared_variance()) own[0] = static_cast<S>(std::log(sigma_));
}

template <class S>
double Likelihood<S>::sigma(std::span<const S> own) const {
  return shared_variance() ? std::max(kLeastSigma, std::exp(static_cast<double>(own[0]))) : sigma_;
}

template <class S>
double Likelihood<S>::stretch(const S* output, const S* x, size_t n, std::span<const S> own, S scale, S* gradient) const {
  if (kind_ == LikelihoodKind::bernoulli) return bernoulli_loss<S>(output, x, n, scale, gradient);
  return gaussian_loss<S>(output, x, n, sigma(own), mean_ == GaussianMean::sigmoid, scale, gradient);
}

template <class S>
double Likelihood<S>::row(const S* output, const S* x, std::span<const S> own, S scale, S* gradient) const {
  if (in_groups()) return categorical_row(output, x, scale, gradient);
  if (pixel_variance()) return gaussian_variance_loss<S>(output, x, width_, kLeastSigma, mean_ == GaussianMean::sigmoid, scale, gradient);
  return stretch(output, x, width_, own, scale, gradient);
}

template <class S>
double Likelihood<S>::categorical_row(const S* output, const S* x, S scale, S* gradient) const {
  double total = 0.0;
  for (const size_t count : categories_) {
    total += categorical_loss<S>(output, x, count, scale, gradient);
    output += count, x += count;
    if (gradient) gradient += count;
  }
  return total;
}

/// loss = squares / (2 sigma^2) + width (log sigma + log(2 pi) / 2); its slope in log sigma is width - squares / sigma^2, held at the
/// floor.
template <class S>
double Likelihood<S>::own_gradient(double row_loss, std::span<const S> own) const {
  const double n = static_cast<double>(width_), log_sigma = std::log(sigma(own));
  const double slope = n - 2.0 * (row_loss - n * (log_sigma + kHalfLogTwoPi));
  const bool at_floor = static_cast<double>(own[0]) < std::log(kLeastSigma);
  return at_floor && slope > 0.0 ? 0.0 : slope;
}

template <class S>
void Likelihood<S>::mean_in_place(S* output, size_t n) const {
  if (kind_ == LikelihoodKind::bernoulli || mean_ == GaussianMean::sigmoid) sigmoid<S>(output, n);
}

template <class S>
void Likelihood<S>::mean(const S* output, S* x) const {
  if (in_groups()) {
    std::copy_n(output, width_, x);
    for (const size_t count : categories_) {
      softmax<S>(x, count);
      x += count;
    }
    return;
  }
  const size_t step = pixel_variance() ? 2 : 1;
  for (size_t j = 0; j < width_; ++j) x[j] = output[step * j];
  mean_in_place(x, width_);
}

Status check_likelihood(const ModelConfig& c, size_t width) {
  if (!(c.gaussian_sigma > 0.0) || c.gaussian_sigma > 1e6)
    return fail(ErrorCode::invalid_argument, "sigma is {}, expected a standard deviation above 0 and at most 1e6", c.gaussian_sigma);
  if (c.likelihood != LikelihoodKind::categorical) return {};
  if (std::accumulate(c.categories.begin(), c.categories.end(), size_t{0}) == width && width > 0) return {};
  return fail(
      ErrorCode::invalid_argument,
      "likelihood is 'categorical', expected data of category columns only; use bernoulli for pixels and gaussian for other numbers");
}

template <class S>
View2<const S> encoder_input(LikelihoodKind likelihood, ComputePool& pool, View2<const S> x, View2<S> room) {
  if (likelihood != LikelihoodKind::multinomial) return x;
  const auto row = [&](size_t i) {
    const std::span<const S> counts = x.row(i);
    const std::span<S> out = room.row(i);
    for (size_t j = 0; j < counts.size(); ++j) out[j] = counts[j] == S(0) ? S(0) : std::log1p(counts[j]);
  };
  pool.run(x.rows, row);
  return room;
}

template View2<const float> encoder_input<float>(LikelihoodKind, ComputePool&, View2<const float>, View2<float>);
template View2<const double> encoder_input<double>(LikelihoodKind, ComputePool&, View2<const double>, View2<double>);
template class Likelihood<float>;
template class Likelihood<double>;

}  // namespace latentscape
