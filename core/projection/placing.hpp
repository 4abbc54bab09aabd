// Placing: new points go where they belong on a finished map; those that are on it stay.
// After Policar, Strazar & Zupan, "Embedding to reference t-SNE space addresses batch effects in single-cell classification", 2019.
#pragma once

#include <stop_token>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct PlacingConfig {
  double perplexity = 30.0;  // of a new point's affinities to the nearest 3 x perplexity old ones
  size_t iterations = 50;    // at most, a point
  uint64_t seed = 1;         // of the sample that tells the map's unit
};

/// Where each new point (m x d) lies on the map (n x 2) of the points (n x d): m x 2. Each by itself descends the divergence of its
/// affinities p_j to the old points from t-SNE's similarities on the map, sum_j p_j ln(1 + |y - y_j|^2 / u^2) + ln sum_j 1 / (1 + |y -
/// y_j|^2 / u^2), from the best of its nearest ones' places. The sum over all old points takes distant groups as one (Barnes & Hut 1986,
/// opening angle 0.4). The unit u is the length at which the map's own points fit best (about 1 for t-SNE), so maps of any origin and scale
/// will do; those that are one LinearMap have it instead. The same bits at any thread count. Errors: shapes that differ, no old points,
/// values out of range, numbers that are not finite, cancelled between two points by `stop`.
Result<FloatArray> place_points(FloatView points, FloatView map, FloatView new_points, const PlacingConfig& config, ComputePool& pool,
                                std::stop_token stop = {});

}  // namespace latentscape
