// Activations, elementwise; slopes are expressed through the output, so only outputs are kept.
#pragma once

#include <cstddef>

namespace latentscape {

enum class Activation { identity, relu, tanh, softplus };

/// y[i] = f(y[i]) for n numbers, in place.
template <class S>
void activate(Activation f, S* y, size_t n);

/// gradient[i] *= f'(x_i), given the outputs y[i] = f(x_i): relu y > 0, tanh 1 - y^2, softplus 1 - e^-y.
template <class S>
void multiply_by_slope(Activation f, const S* y, S* gradient, size_t n);

}  // namespace latentscape
