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

/// Names of the blocks of a model that keep their own values.
struct FreshBlocks {
  std::vector<std::string> missing;           // the other model has no such blocks
  std::vector<std::string> of_other_classes;  // it has them, for other classes
};

/// Copies every block that both models have, by name; `own` keeps its values in the others. Where the classes are not the `same_classes`,
/// what belongs to a class (a classifier's last layer, what is added by the label) keeps them, too. Error (invalid_argument), `own`
/// untouched: the first block whose shapes differ, with both shapes.
Result<FreshBlocks> transfer_parameters(const ModelF& from, std::span<const float> parameters, const ModelF& to, std::span<float> own,
                                        bool same_classes = true);

}  // namespace latentscape
