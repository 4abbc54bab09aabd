// Decoding any number of latent positions.
#pragma once

#include <span>
#include <stop_token>

#include "core/models/model.hpp"

namespace latentscape {

/// z: n x latent, with a label each where the model decodes with one, to n x width means of p(x|z), in chunks, `stop` polled between them.
/// Errors: a width of z that is not the model's, positions that are not finite, cancelled.
Result<FloatArray> decode_all(const ModelF& model, std::span<const float> parameters, const LabelledRows<float>& z, ComputePool& pool,
                              Workspace<float>& work, std::stop_token stop = {});

}  // namespace latentscape
