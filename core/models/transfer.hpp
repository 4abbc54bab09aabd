// Transfer: the weights of one model as the start of another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/models/model.hpp"

namespace latentscape {

/// The first thing in which the networks or the likelihood of two models differ; their families may.
struct ModelDifference {
  std::string what;  // "number of latent dimensions"
  std::string first, second;
};
std::optional<ModelDifference> model_difference(const ModelConfig& first, const ModelConfig& second);

/// Copies every block that both models have, by name; `own` keeps its values in the others. Returns the names of the blocks of `to` that
/// `from` does not have. Error (invalid_argument), `own` untouched: the first block whose shapes differ, with both shapes.
Result<std::vector<std::string>> transfer_parameters(const ModelF& from, std::span<const float> parameters, const ModelF& to,
                                                     std::span<float> own);

}  // namespace latentscape
