// What a config and its data make together, before any training: the config completed and checked, the labels, the model.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/data/dataset.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// A config with what depends on the data filled in (likelihood and epochs where not given, batch at most n, classes), checked against it,
/// and what it asks for.
struct PreparedRun {
  RunConfig config;
  KnownLabels labels;
  std::shared_ptr<const ModelF> model;
};
Result<PreparedRun> prepare_run(RunConfig config, const Dataset& data);

/// What a problem of a run is of; model: also all that is not named.
enum class RunPart { model, likelihood, labels, batch, lr_schedule, jitter };
struct RunProblem {
  RunPart part = RunPart::model;
  Error error;
};
/// What prepare_run would refuse for one setting alone, each beside the others; not the model, nor what no panel sets.
std::vector<RunProblem> problems_of(const RunConfig& config, const Dataset& data);

/// Whether such data can have the likelihood: as prepare_run checks it. The Bernoulli one reads numbers until one is out of range.
Status check_likelihood_of(const Dataset& data, LikelihoodKind kind);
/// Those that it can have by its first 10,000 rows, in the order of kLikelihoodNames.
std::vector<LikelihoodKind> likelihoods_for(const Dataset& data);

/// The labels that training has seen: the config's budget, and those that a person has added since, as TrainerState has them.
Result<KnownLabels> known_labels(const RunConfig& config, const Dataset& data, std::span<const std::pair<uint32_t, uint32_t>> added);

}  // namespace latentscape
