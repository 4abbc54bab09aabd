#include "core/train/without_effect.hpp"

#include "core/data/source.hpp"

namespace latentscape {

namespace {

bool no_kl(const RunConfig& c) { return c.model.objective == Objective::autoencoder; }
bool not_gaussian(const RunConfig& c) { return c.model.likelihood != LikelihoodKind::gaussian; }
bool folded(const RunConfig& c) { return c.folds > 0; }
bool drawn(const RunConfig& c) {
  const auto source = builtin_source(c.data);
  return c.kind.empty() && source.ok() && *source;
}
bool as_large_as_they_are(const RunConfig& c) { return c.reading.size == 0; }

struct Rule {
  std::string_view key;
  bool (*idle)(const RunConfig&);
  std::string_view reason;
};

constexpr std::string_view kNoKl = "an autoencoder has no KL";
constexpr std::string_view kGaussian = "it is of likelihood=gaussian";

constexpr std::string_view kOfFiles = "it is of files and folders";

constexpr Rule kRules[] = {
    {"objective",
     [](const RunConfig& c) { return c.model.objective == Objective::tcvae && c.beta == 1.0 && c.schedule == BetaSchedule::constant; },
     "beta weighs the total correlation of tcvae, and is 1: this is the plain VAE"},
    {"conditional", [](const RunConfig& c) { return c.model.name == "m2"; }, "m2 is always told the class"},
    {"size", drawn, kOfFiles},
    {"fit", drawn, kOfFiles},
    {"colour", drawn, kOfFiles},
    {"missing", drawn, kOfFiles},
    {"leave_out", drawn, kOfFiles},
    {"standardise", drawn, kOfFiles},
    {"text", drawn, kOfFiles},
    {"momentum", [](const RunConfig& c) { return c.optimiser != OptimiserKind::sgd; }, "it is of optimiser=sgd"},
    {"patience", [](const RunConfig& c) { return c.lr_schedule != RateSchedule::plateau; }, "it is of lr_schedule=plateau"},
    {"beta", no_kl, kNoKl},
    {"schedule", no_kl, kNoKl},
    {"schedule_epochs", [](const RunConfig& c) { return no_kl(c) || c.schedule != BetaSchedule::linear; },
     "it is of beta's schedule=linear"},
    {"k", no_kl, "an autoencoder draws no samples of z"},
    {"free_bits", no_kl, kNoKl},
    {"free_bits", [](const RunConfig& c) { return c.model.objective == Objective::iwae && c.model.samples > 1; },
     "the bound of several samples has none"},
    {"marginal_epochs", [](const RunConfig& c) { return c.model.name != "m2"; }, "it is of --model m2"},
    {"classifier", [](const RunConfig& c) { return c.model.name != "m2"; }, "it is of --model m2"},
    {"activation", [](const RunConfig& c) { return c.model.encoder.empty() && c.model.decoder.empty() && c.model.classifier.empty(); },
     "there is no hidden layer"},
    {"mean", not_gaussian, kGaussian},
    {"variance", not_gaussian, kGaussian},
    {"sigma", not_gaussian, kGaussian},
    {"sigma", [](const RunConfig& c) { return c.model.gaussian_variance == GaussianVariance::pixel; },
     "with variance=pixel the decoder gives it"},
    {"lr", [](const RunConfig& c) { return c.learning_rate_encoder && c.learning_rate_decoder; }, "lr_encoder and lr_decoder are given"},
    {"lr_encoder", [](const RunConfig& c) { return c.freeze == Freeze::encoder; }, "the encoder is frozen"},
    {"lr_decoder", [](const RunConfig& c) { return c.freeze == Freeze::decoder; }, "the decoder is frozen"},
    {"fit", as_large_as_they_are, "it is of size, which is not given"},
    {"heldout", folded, "each fold holds its own part out"},
};

}  // namespace

std::string_view why_without_effect(const RunConfig& config, std::string_view key) {
  for (const Rule& rule : kRules)
    if (rule.key == key && rule.idle(config)) return rule.reason;
  return {};
}

std::vector<std::string> notes_without_effect(const RunConfig& config, const std::vector<std::pair<std::string, std::string>>& settings) {
  std::vector<std::string> notes;
  for (const auto& [key, value] : settings)
    if (const std::string_view why = why_without_effect(config, key); !why.empty())
      notes.push_back(fmt::format("{} has no effect: {}", key, why));
  return notes;
}

}  // namespace latentscape
