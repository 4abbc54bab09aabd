// L-BFGS: minimum of a smooth function from its gradient. Liu & Nocedal, "On the limited memory BFGS method", 1989; the line search is the
// bisection for weak Wolfe conditions of Lewis & Overton, 2013.
#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

struct LbfgsOptions {
  size_t iterations = 1000;  // at most
  size_t history = 10;
  double tolerance = 1e-6;  // of the largest entry of the gradient
};

struct LbfgsResult {
  std::vector<double> x;
  double value = 0.0;
  size_t iterations = 0;
  bool converged = false;  // false: out of iterations, or no step goes further down in double precision
};

/// The value at x, and its gradient into the second span.
using SmoothFunction = std::function<double(std::span<const double> x, std::span<double> gradient)>;

/// Starts at `x`. Errors: a value that is not finite at the start, cancelled by `stop` (polled before each evaluation).
Result<LbfgsResult> minimise(const SmoothFunction& f, std::vector<double> x, const LbfgsOptions& options = {}, std::stop_token stop = {});

}  // namespace latentscape
