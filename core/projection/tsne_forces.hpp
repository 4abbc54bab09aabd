// Forces of t-SNE: the exact gradient over all pairs, and the divergence that it descends.
#pragma once

#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/projection/affinities.hpp"

namespace latentscape {

/// Buffers kept between iterations.
class TsneForces {
 public:
  /// A quarter of the gradient of KL(P || Q) by each position (n x 2), P scaled by `exaggeration`:
  /// sum_j (e p_ij - q_ij) w_ij (y_i - y_j), w = 1 / (1 + |y_i - y_j|^2), q = w / sum w. (van der Maaten & Hinton 2008, equation 5, has the
  /// factor 4; learning rates as n / 12 are meant without.) The same bits at any thread count. False: stopped, and `gradient` is not to be
  /// used.
  bool gradient(const Affinities& p, const FloatArray& positions, double exaggeration, ComputePool& pool, const std::stop_token& stop,
                FloatArray& gradient);

 private:
  void load(const FloatArray& positions);
  std::vector<float> x_, y_;           // padded to whole registers, far away past n
  std::vector<double> row_sum_;        // sum_j w_ij
  FloatArray attraction_, repulsion_;  // n x 2
};

/// sum_ij p_ij log(p_ij / q_ij), q over all pairs, nothing approximated.
double tsne_divergence(const Affinities& p, const FloatArray& positions);

}  // namespace latentscape
