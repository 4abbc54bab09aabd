// Principal axes of n x d points, in double precision. Pearson, "On lines and planes of closest fit", 1901.
#pragma once

#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct PrincipalAxes {
  std::vector<double> mean;       // d
  Array2<double> axes;            // count x d, orthonormal rows, largest variance first, the largest-magnitude loading of each positive
  std::vector<double> variances;  // count, divided by n
  double total_variance = 0.0;    // of all d dimensions
};

/// The first min(count, d) axes. Exact by the eigenvectors of the covariance up to 1024 dimensions, beyond by those of the Gram matrix for
/// up to 1024 points; else, and where few axes of many dimensions are asked for, from random directions improved until the covariance
/// turns no axis by more than 1e-6 of the largest variance (variances are then right to about 1e-12 of it), at most 40 times. Axes without
/// variance are some orthonormal completion. The same bits at any thread count. Errors: no points, cancelled by `stop`. Points must be
/// finite.
Result<PrincipalAxes> principal_axes(FloatView points, size_t count, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
