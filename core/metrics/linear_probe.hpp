// Linear probe: how much of a label a linear classifier reads from latents. Alain & Bengio, "Understanding intermediate layers using linear
// classifier probes", 2017.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

/// Multinomial logistic regression: the class of x is the largest of x weights + biases.
struct LinearProbe {
  Array2<double> weights;      // d x classes
  std::vector<double> biases;  // classes
  double loss = 0.0;           // what was minimised, divided by n
  size_t n = 0;                // labelled rows that it learnt from
  size_t iterations = 0;
  bool converged = false;
};

inline constexpr double kProbePenalty = 1.0;

/// Minimises sum_i -log p(y_i|x_i) + penalty / 2 |weights|^2 (penalty 1 is scikit-learn's C = 1, biases free) from zero, by L-BFGS, until
/// the largest entry of the gradient over n is at most 1e-6: the same bits at any thread count. points: n x d; labels: class indices, -1:
/// none, such rows are left out. Errors: fewer than two classes, lengths that differ, points that are not finite, cancelled by `stop`.
Result<LinearProbe> fit_linear_probe(FloatView points, std::span<const int> labels, ComputePool& pool, double penalty = kProbePenalty,
                                     std::stop_token stop = {});

struct ProbeAccuracy {
  double value = 0.0;  // 0 to 1
  size_t n = 0;        // labelled rows that were judged
};

/// Share of the labelled rows whose class the probe tells; labels that it has never seen count as wrong. Errors: a width that is not the
/// probe's, lengths that differ, no labelled row.
Result<ProbeAccuracy> probe_accuracy(const LinearProbe& probe, FloatView points, std::span<const int> labels);

}  // namespace latentscape
