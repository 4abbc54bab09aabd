// Latent traversals: one dimension moves, the others stay at an anchor.
#pragma once

#include <span>
#include <vector>

#include "core/base/array.hpp"

namespace latentscape {

/// dimensions.size() * steps rows, one dimension after another: dimension j takes `steps` even values from low to high.
FloatArray traverse(std::span<const float> anchor, std::span<const size_t> dimensions, size_t steps, double low = -3.0, double high = 3.0);

/// Dimensions by falling KL, ties by index.
std::vector<size_t> dimensions_by_kl(std::span<const double> kl);

}  // namespace latentscape
