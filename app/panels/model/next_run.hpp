// NextRun: the settings of a run that is not there yet, as a person edits them. Pure; the Model panel draws it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/train/prepare_run.hpp"

namespace latentscape {

struct NextRun {
  RunConfig config;
  std::string encoder, decoder, labels;  // as typed; labels: "all", a count or a share
  bool operator==(const NextRun&) const = default;
};

/// As the run that is open, but with weights of its own.
NextRun next_run_after(const RunConfig& run);
/// As it is, but of the preset's model; the likelihood stays where the data cannot have the preset's.
void choose_preset(NextRun& next, const ModelPreset& preset, const Dataset& data);
void choose_family(NextRun& next, const ModelFamily& family);
void choose_objective(NextRun& next, Objective objective);
void choose_optimiser(NextRun& next, OptimiserKind optimiser);

/// Which settings make a difference: the others are not shown, and a run does not get them.
struct Applies {
  bool objective = false;  // may be chosen
  bool samples = false, free_bits = false;
  bool kl = false;           // beta and its schedule
  bool conditional = false;  // may be chosen
  bool classify = false;
  bool labels = false;    // a budget of them
  bool marginal = false;  // rows without one teach a classifier
};
Applies what_applies(const RunConfig& config, const Dataset& data);

/// What is wrong with a network as it is typed, and at which character.
struct SpecProblem {
  std::string sentence;
  size_t at = 0;
};
std::optional<SpecProblem> problem_of_spec(const std::string& text);

/// What would be trained, or why it cannot be.
Result<PreparedRun> prepared(const NextRun& next, const Dataset& data);

/// The model, and each thing that is wrong beside the networks as they are typed. A model is there also where other settings are wrong.
struct NextRunLook {
  std::shared_ptr<const ModelF> model;
  std::vector<RunProblem> problems;
};
NextRunLook look_at(const NextRun& next, const Dataset& data);

}  // namespace latentscape
