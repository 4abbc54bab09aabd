#include "core/models/transfer.hpp"

#include <algorithm>

namespace latentscape {

namespace {

const ParameterBlock* block_named(const ModelF& model, const std::string& name) {
  for (const ParameterBlock& block : model.blocks())
    if (block.name == name) return &block;
  return nullptr;
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

Result<std::vector<std::string>> transfer_parameters(const ModelF& from, std::span<const float> parameters, const ModelF& to,
                                                     std::span<float> own) {
  for (const ParameterBlock& block : to.blocks()) {
    const ParameterBlock* source = block_named(from, block.name);
    if (source && source->shape != block.shape)
      return fail(ErrorCode::invalid_argument, "{} is {}, expected {} for this data and model", block.name, fmt::join(source->shape, " x "),
                  fmt::join(block.shape, " x "));
  }
  std::vector<std::string> fresh;
  for (const ParameterBlock& block : to.blocks()) {
    if (const ParameterBlock* source = block_named(from, block.name))
      take_torch_order(block, torch_order(*source, parameters.subspan(source->offset, source->size)),
                       own.subspan(block.offset, block.size));
    else
      fresh.push_back(block.name);
  }
  return fresh;
}

}  // namespace latentscape
