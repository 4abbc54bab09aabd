// Sample diversity: do samples differ as the data does, lie where it lies, and reach all of it?
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"
#include "core/metrics/precision_recall.hpp"

namespace latentscape {

struct Diversity {
  size_t samples = 0, data = 0, k = 0;
  double nearest_sample = 0.0;  // mean distance of a sample to the nearest other sample
  double nearest_data = 0.0;    // the same within the data; a model that repeats itself is far under it
  double precision = 0.0;       // see precision_recall.hpp
  double recall = 0.0;
};

/// samples: n x d, data: m x d; n and m alike make the numbers comparable. O(n m d) time, n m floats of memory; the same bits at any thread
/// count. Errors: widths that differ, k = 0, no more than k rows, numbers that are not finite, cancelled by `stop`.
Result<Diversity> sample_diversity(FloatView samples, FloatView data, ComputePool& pool, size_t k = kManifoldNeighbours,
                                   std::stop_token stop = {});

}  // namespace latentscape
