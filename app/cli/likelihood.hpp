// What losses are nats of: numbers of other likelihoods or of pixels binarised otherwise do not compare.
#pragma once

#include <string>

#include "app/cli/commands.hpp"
#include "core/train/run_config.hpp"

namespace latentscape {

/// "Bernoulli, dynamically binarised", "Gaussian, sigma 1".
std::string likelihood_text(const RunConfig& config);

/// The keys `likelihood` and `binarise`, with the values that --set takes.
void add_likelihood(Json& json, const RunConfig& config);

/// Do losses of the two compare on the same rows?
bool same_nats(const RunConfig& a, const RunConfig& b);

}  // namespace latentscape
