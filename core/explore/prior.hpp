// Draws from the prior N(0, I).
#pragma once

#include <cstdint>

#include "core/base/array.hpp"

namespace latentscape {

/// n x latent draws times `temperature` (the standard deviation); row i depends on seed and i alone, so a longer list begins with a shorter
/// one.
FloatArray prior_draws(size_t n, size_t latent, uint64_t seed, double temperature = 1.0);

}  // namespace latentscape
