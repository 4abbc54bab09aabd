// Precision and recall of samples: do they lie where the data lies, and do they reach all of it? Each set's manifold is taken to be the
// union of balls around its points, as wide as the k-th nearest other point is far. Kynkaanniemi et al., "Improved precision and recall
// metric for assessing generative models", 2019, equations 1 and 2.
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/neighbours/exact.hpp"

namespace latentscape {

inline constexpr size_t kManifoldNeighbours = 3;  // k, as in the paper

struct PrecisionRecall {
  size_t samples = 0, data = 0, k = 0;
  double precision = 0.0;  // share of the samples within some data point's distance to its k-th neighbour
  double recall = 0.0;     // share of the data within some sample's
};

/// samples: n x d, data: m x d, as numbers of the data itself or as the features that some network makes of both (the paper's choice for
/// photographs). Values depend on n and m: compare models at the same two. O(n m d) time, n m floats of memory; the same bits at any
/// thread count. Errors: widths that differ, k = 0, no more than k rows, numbers that are not finite, cancelled by `stop`.
Result<PrecisionRecall> precision_recall(FloatView samples, FloatView data, ComputePool& pool, size_t k = kManifoldNeighbours,
                                         std::stop_token stop = {});

/// The same where the neighbours of each set within itself are known already; k is their number.
Result<PrecisionRecall> precision_recall(FloatView samples, FloatView data, const NeighbourLists& near_samples,
                                         const NeighbourLists& near_data, ComputePool& pool, std::stop_token stop = {});

}  // namespace latentscape
