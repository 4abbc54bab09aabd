// Numerical gradients: central differences in double precision, to hold an analytic gradient against.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace latentscape {

/// The coordinate where analytic and numeric gradient differ most.
struct GradientCheck {
  double relative_error = 0.0;  // |analytic - numeric| / max(|analytic|, |numeric|, a thousandth of the largest |analytic|)
  size_t index = 0;
  double analytic = 0.0;
  double numeric = 0.0;
};

/// f is evaluated at point +- step * e_i for each coordinate i; point comes back as it was.
GradientCheck check_gradient(const std::function<double(std::span<const double>)>& f, std::span<double> point,
                             std::span<const double> analytic, double step = 1e-5);

}  // namespace latentscape
