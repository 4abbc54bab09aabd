// The dense VAE: the first model of every article.
#include <unistd.h>

#include "core/models/vae.hpp"

namespace latentscape {

namespace {

// Hidden layers a side: far above any use, and what the model's fixed tables hold.
constexpr size_t kMaxHiddenLayers = 30;
// Numbers that training keeps for each parameter: itself, its gradient, two moments of Adam, and the last good copy of three.
constexpr double kCopies = 7.0;

double memory_bytes() { return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)); }

template <class S>
Result<std::shared_ptr<const Model<S>>> make(const ModelConfig& config, std::span<const size_t> shape) {
  for (const auto& [side, sizes] :
       {std::pair<const char*, const std::vector<size_t>&>("encoder", config.encoder), {"decoder", config.decoder}})
    if (sizes.size() > kMaxHiddenLayers)
      return fail(ErrorCode::invalid_argument, "{} has {} hidden layers, expected at most {}", side, sizes.size(), kMaxHiddenLayers);
  double width = 1.0;
  for (size_t s : shape) width *= static_cast<double>(s);
  const double count = vae_parameter_count(config, width), bytes = count * kCopies * sizeof(S), most = memory_bytes() / 2;
  if (bytes > most)
    return fail(ErrorCode::out_of_memory,
                "a model of {:.0f} million parameters would need {:.1f} GB to train, more than half of this machine's {:.1f} GB; "
                "choose smaller layers or fewer latents",
                count / 1e6, bytes / 1e9, 2 * most / 1e9);
  return std::shared_ptr<const Model<S>>(std::make_shared<Vae<S>>(config, static_cast<size_t>(width)));
}

}  // namespace

void register_family_mlp(Registry<ModelFamily>& registry);
void register_family_mlp(Registry<ModelFamily>& registry) {
  registry.add({"mlp", "dense encoder and decoder with ReLU, Gaussian posterior", make<float>, make<double>});
}

}  // namespace latentscape
