#include "core/explore/prior.hpp"

#include "core/base/rng.hpp"

namespace latentscape {

FloatArray prior_draws(size_t n, size_t latent, uint64_t seed, double temperature) {
  FloatArray z(n, latent);
  for (size_t i = 0; i < n; ++i) {
    Rng rng(seed, RngStream::sample, 0, static_cast<uint32_t>(i));
    for (float& v : z.row(i)) v = rng.normal() * static_cast<float>(temperature);
  }
  return z;
}

std::vector<int32_t> classes_in_turn(size_t n, const ModelF& model) {
  std::vector<int32_t> classes(model.decodes_labels() ? n : 0);
  for (size_t i = 0; i < classes.size(); ++i) classes[i] = static_cast<int32_t>(i % model.classes());
  return classes;
}

}  // namespace latentscape
