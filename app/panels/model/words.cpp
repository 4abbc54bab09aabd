#include "app/panels/model/words.hpp"

#include <fmt/format.h>

#include <array>

#include "app/gui/widgets.hpp"

namespace latentscape::words {

namespace {

template <class E, size_t N>
std::string named(const Strings& tr, std::string_view area, E value, const std::array<std::string_view, N>& names) {
  const std::string key = fmt::format("{}.{}", area, names[static_cast<size_t>(value)]);
  return tr(key);
}

std::string formatted(const Strings& tr, const char* key, double value) {
  return fmt::format(fmt::runtime(tr(key)), fmt::format("{:.4g}", value));
}

}  // namespace

std::string objective_name(const Strings& tr, const ModelConfig& model) {
  return model.name == "m2" ? std::string(tr("objective.m2")) : named(tr, "objective", model.objective, kObjectiveNames);
}

std::string objective(const Strings& tr, const RunConfig& config) {
  const ModelConfig& model = config.model;
  std::string text = objective_name(tr, model);
  if (model.objective == Objective::autoencoder) return text;
  if (model.samples > 1) text += fmt::format(", k {}", model.samples);
  if (config.beta != 1.0) text += fmt::format(", β {:.4g}", config.beta);
  if (model.free_bits > 0.0) text += ", " + formatted(tr, "words.free_bits", model.free_bits);
  return text;
}

std::string likelihood_name(const Strings& tr, LikelihoodKind kind) { return named(tr, "likelihood", kind, kLikelihoodNames); }

std::string likelihood(const Strings& tr, const ModelConfig& model) {
  std::string text = likelihood_name(tr, model.likelihood);
  if (model.likelihood != LikelihoodKind::gaussian) return text;
  if (model.gaussian_variance == GaussianVariance::fixed) return text + fmt::format(", σ {:.4g}", model.gaussian_sigma);
  return text + ", " + named(tr, "words.variance", model.gaussian_variance, kVarianceNames);
}

std::string optimiser(const RunConfig& config) {
  return fmt::format("{}, {}", optimiser_name(config.optimiser), ui::scientific(config.learning_rate));
}

std::string rate_schedule(const Strings& tr, const RunConfig& config) {
  std::string text = named(tr, "lr_schedule", config.lr_schedule, kRateScheduleNames);
  return config.warmup > 0.0 ? text + ", " + formatted(tr, "words.warmup", config.warmup) : text;
}

std::string kl_schedule(const Strings& tr, const RunConfig& config) {
  const std::string text = named(tr, "beta_schedule", config.schedule, kBetaScheduleNames);
  return config.schedule == BetaSchedule::linear ? text + ", " + formatted(tr, "words.epochs", config.schedule_epochs) : text;
}

std::string flops(double n) {
  if (n < 1e3) return fmt::format("{:.0f} FLOP", n);
  if (n < 1e5) return ui::number(n / 1e3, 1) + " kFLOP";
  if (n < 1e9) return ui::number(n / 1e6, 1) + " MFLOP";
  return ui::number(n / 1e9, 1) + " GFLOP";
}

std::string_view optimiser_name(OptimiserKind kind) {
  constexpr std::array<std::string_view, 4> kNames = {"Adam", "AdamW", "SGD", "RMSprop"};
  return kNames[static_cast<size_t>(kind)];
}

std::string_view activation_name(Activation activation) {
  constexpr std::array<std::string_view, 6> kNames = {"identity", "ReLU", "leaky ReLU", "tanh", "softplus", "SiLU"};
  return kNames[static_cast<size_t>(activation)];
}

std::vector<std::string> of_names(const Strings& tr, std::string_view area, std::span<const std::string_view> names) {
  std::vector<std::string> all;
  for (const std::string_view name : names) {
    const std::string key = fmt::format("{}.{}", area, name);
    all.emplace_back(tr(key));
  }
  return all;
}

}  // namespace latentscape::words
