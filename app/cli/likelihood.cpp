#include "app/cli/likelihood.hpp"

#include <fmt/format.h>

#include <array>

namespace latentscape {
namespace {

bool fixed_sigma(const ModelConfig& model) {
  return model.likelihood == LikelihoodKind::gaussian && model.gaussian_variance == GaussianVariance::fixed;
}

}  // namespace

std::string likelihood_text(const RunConfig& config) {
  constexpr std::array kLikelihoods = {"Bernoulli", "Gaussian", "categorical", "multinomial"};
  constexpr std::array kBinarised = {"not binarised", "statically binarised", "dynamically binarised"};
  const ModelConfig& model = config.model;
  std::string text = kLikelihoods[static_cast<size_t>(model.likelihood)];
  if (fixed_sigma(model))
    text += fmt::format(", sigma {:g}", model.gaussian_sigma);
  else if (model.likelihood == LikelihoodKind::gaussian)
    text += ", learnt variance";
  if (model.likelihood == LikelihoodKind::bernoulli || config.binarise != Binarise::none)
    text += fmt::format(", {}", kBinarised[static_cast<size_t>(config.binarise)]);
  return text;
}

void add_likelihood(Json& json, const RunConfig& config) {
  json["likelihood"] = std::string(kLikelihoodNames[static_cast<size_t>(config.model.likelihood)]);
  json["binarise"] = std::string(kBinariseNames[static_cast<size_t>(config.binarise)]);
}

bool same_nats(const RunConfig& a, const RunConfig& b) {
  const bool other_sigma = fixed_sigma(a.model) && fixed_sigma(b.model) && a.model.gaussian_sigma != b.model.gaussian_sigma;
  return a.model.likelihood == b.model.likelihood && a.binarise == b.binarise && !other_sigma;
}

}  // namespace latentscape
