// Draws from the prior N(0, I).
#pragma once

#include <cstdint>

#include "core/base/array.hpp"
#include "core/models/model.hpp"

namespace latentscape {

/// n x latent draws times `temperature` (the standard deviation); row i depends on seed and i alone, so a longer list begins with a shorter
/// one.
FloatArray prior_draws(size_t n, size_t latent, uint64_t seed, double temperature = 1.0);

/// A class for each of n draws, one after the other, where the model decodes with one; else none.
std::vector<int32_t> classes_in_turn(size_t n, const ModelF& model);

}  // namespace latentscape
