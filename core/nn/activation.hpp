// Activations, elementwise; slopes are expressed through the output where they can be, so that only outputs are kept.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latentscape {

enum class Activation { identity, relu, leaky_relu, tanh, softplus, silu };

/// "relu", "leaky_relu", "silu", "tanh", "softplus", "identity".
std::string_view name_of(Activation f);
std::optional<Activation> activation_named(std::string_view name);
/// The names with "or" between them, for messages.
std::string activation_names();

/// y[i] = f(y[i]) for n numbers, in place.
template <class S>
void activate(Activation f, S* y, size_t n);

/// Whether the slope is a function of the input alone and not of the output: silu falls and rises again.
bool slope_needs_input(Activation f);

/// gradient[i] *= f'(x_i), given the outputs y[i] = f(x_i): relu y > 0, leaky_relu the same with
/// 0.01 below, tanh 1 - y^2, softplus 1 - e^-y. Given the inputs where slope_needs_input: silu(x) = x s, s = 1 / (1 + e^-x), slope
/// s (1 + x (1 - s)); Elfwing et al., 2018.
template <class S>
void multiply_by_slope(Activation f, const S* y, S* gradient, size_t n);

}  // namespace latentscape
