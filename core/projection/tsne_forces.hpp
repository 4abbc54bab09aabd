// Forces of t-SNE: the gradient, exact or by a field, and the divergence that it descends.
#pragma once

#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/projection/affinities.hpp"
#include "core/projection/tsne_field.hpp"

namespace latentscape {

/// How points repel each other: by all pairs, exactly, or by a field on a grid of this step at most (see TsneField), unless there are so
/// few points on so wide a map that all pairs cost less.
struct TsneRepulsion {
  bool exact = true;
  float step = 0.5f;
};

/// What pulls, `exaggeration` in it: more than one while one set of affinities fades into the next.
struct TsneAttraction {
  const Affinities* affinities = nullptr;
  float scale = 1.0f;
};

/// Buffers kept between iterations.
class TsneForces {
 public:
  /// A quarter of the gradient of KL(P || Q) by each position (n x 2), P the scaled sum of `attractions`:
  /// sum_j (p_ij - q_ij) w_ij (y_i - y_j), w = 1 / (1 + |y_i - y_j|^2), q = w / sum w. (van der Maaten & Hinton 2008, equation 5, has the
  /// factor 4; learning rates as n / 12 are meant without.) The same bits at any thread count. False: stopped, and `gradient` is not to be
  /// used.
  bool gradient(std::span<const TsneAttraction> attractions, const FloatArray& positions, const TsneRepulsion& repulsion, ComputePool& pool,
                const std::stop_token& stop, FloatArray& gradient);

  /// Sum of w_ij over all pairs at the last gradient.
  double weights() const { return weights_; }

 private:
  void repel_by_pairs(const FloatArray& positions, ComputePool& pool, const std::stop_token& stop);
  TsneField field_;
  std::vector<float> x_, y_;     // padded to whole registers, far away past n
  std::vector<double> row_sum_;  // sum_j w_ij
  FloatArray repulsion_;         // n x 2
  double weights_ = 0.0;
};

/// sum_ij p_ij log(p_ij / q_ij), given the sum of w_ij over all pairs.
double tsne_divergence(const Affinities& p, const FloatArray& positions, double weights, ComputePool& pool);

/// The same with that sum over all pairs, nothing approximated. O(n^2). Errors: cancelled by `stop`.
Result<double> tsne_divergence(const Affinities& p, const FloatArray& positions, ComputePool& pool, const std::stop_token& stop = {});

}  // namespace latentscape
