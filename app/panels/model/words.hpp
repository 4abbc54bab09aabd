// A run's settings in words: what the Model panel says of the open run, and beside the headings of the next one's.
#pragma once

#include <string>

#include "app/gui/strings.hpp"
#include "core/train/run_config.hpp"

namespace latentscape::words {

/// Its name alone.
std::string objective_name(const Strings& tr, const ModelConfig& model);
/// With k, beta and free bits where they are not the usual ones.
std::string objective(const Strings& tr, const RunConfig& config);
std::string likelihood_name(const Strings& tr, LikelihoodKind kind);
std::string likelihood(const Strings& tr, const ModelConfig& model);
std::string optimiser(const RunConfig& config);
std::string rate_schedule(const Strings& tr, const RunConfig& config);
std::string kl_schedule(const Strings& tr, const RunConfig& config);
/// "640 FLOP", "8.4 kFLOP", "8.9 MFLOP", "2.1 GFLOP".
std::string flops(double n);
std::string_view optimiser_name(OptimiserKind kind);
std::string_view activation_name(Activation activation);
/// The words of an enum's values: "AREA.NAME" for each of its names.
std::vector<std::string> of_names(const Strings& tr, std::string_view area, std::span<const std::string_view> names);

}  // namespace latentscape::words
