#include "core/models/transfer.hpp"

#include <algorithm>

namespace latentscape {

namespace {

const ParameterBlock* block_named(const ModelF& model, const std::string& name) {
  for (const ParameterBlock& block : model.blocks())
    if (block.name == name) return &block;
  return nullptr;
}

/// A table with a row a class, or the last layer of a classifier: the last two blocks of a model that has one.
bool belongs_to_classes(const ModelF& model, const ParameterBlock& block) {
  constexpr size_t kHead = 2;  // weight and bias
  return block.name.ends_with(".class.weight") || (model.classifies() && static_cast<size_t>(&model.blocks().back() - &block) < kHead);
}

std::string likelihood_text(const ModelConfig& m) {
  if (m.likelihood == LikelihoodKind::bernoulli) return "bernoulli";
  if (m.likelihood == LikelihoodKind::categorical) return "categorical";
  if (m.likelihood == LikelihoodKind::multinomial) return "multinomial";
  return fmt::format("gaussian ({} mean, sigma {})", m.gaussian_mean == GaussianMean::sigmoid ? "sigmoid" : "linear", m.gaussian_sigma);
}

}  // namespace

std::optional<ModelDifference> model_difference(const ModelConfig& a, const ModelConfig& b) {
  const ModelDifference parts[] = {
      {"number of latent dimensions", std::to_string(a.latent), std::to_string(b.latent)},
      {"encoder", to_string(a.encoder), to_string(b.encoder)},
      {"decoder", to_string(a.decoder), to_string(b.decoder)},
      {"activation", std::string(name_of(a.activation)), std::string(name_of(b.activation))},
      {"likelihood", likelihood_text(a), likelihood_text(b)},
  };
  for (const ModelDifference& part : parts)
    if (part.first != part.second) return part;
  return std::nullopt;
}

Result<FreshBlocks> transfer_parameters(const ModelF& from, std::span<const float> parameters, const ModelF& to, std::span<float> own,
                                        bool same_classes) {
  const auto of_other_classes = [&](const ParameterBlock& block) { return !same_classes && belongs_to_classes(to, block); };
  for (const ParameterBlock& block : to.blocks()) {
    const ParameterBlock* source = block_named(from, block.name);
    if (source && source->shape != block.shape && !of_other_classes(block))
      return fail(ErrorCode::invalid_argument, "{} is {}, expected {} for this data and model", block.name, fmt::join(source->shape, " x "),
                  fmt::join(block.shape, " x "));
  }
  FreshBlocks fresh;
  for (const ParameterBlock& block : to.blocks()) {
    const ParameterBlock* source = block_named(from, block.name);
    if (!source)
      fresh.missing.push_back(block.name);
    else if (of_other_classes(block))
      fresh.of_other_classes.push_back(block.name);
    else
      take_torch_order(block, torch_order(*source, parameters.subspan(source->offset, source->size)),
                       own.subspan(block.offset, block.size));
  }
  return fresh;
}

}  // namespace latentscape
