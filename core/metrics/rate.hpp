// Rate: a model as a compressor, beside principal components of as many numbers a code.
#pragma once

#include "core/models/model.hpp"
#include "core/projection/principal.hpp"

namespace latentscape {

/// Of real-valued pixels or of densities these rank models on the same data; they are no length of a file.
struct Rate {
  double nats = 0.0;                // -ELBO an example: code and remainder
  double bits_per_dimension = 0.0;  // nats / (width log 2)
  double code_nats = 0.0;           // KL an example: what the code alone carries
  double code_bits = 0.0;
};

/// terms: of examples of `width` numbers.
Rate rate_from(const LossTerms& terms, size_t width);

/// Mean over rows and columns of (a - b)^2. Same shapes, not empty.
double mean_squared_error(FloatView a, FloatView b);

/// x projected onto the first min(components, axes) axes through their mean, and back; n x d, d as the axes have.
FloatArray pca_reconstruction(const PrincipalAxes& axes, size_t components, FloatView x);

}  // namespace latentscape
