// Projecting points to a map from the command line: all of them where the method can, a stated number where it cannot.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/thread_pool.hpp"
#include "core/projection/projection.hpp"

namespace latentscape {

struct ProjectedPoints {
  FloatArray positions;              // n x 2 in input order; NaN where dropped
  size_t dropped_limit = 0;          // beyond the method's limit (a seeded subset is kept)
  std::vector<uint32_t> not_finite;  // rows that hold such a number, ascending
  size_t limit = 0;                  // that limit; 0: none
  size_t iterations = 0;
  std::optional<double> kl;                         // t-SNE: the divergence, exact up to 150,000 points (see Projection::kl)
  std::vector<std::pair<size_t, double>> kl_curve;  // t-SNE: iteration and divergence, now and then
  std::vector<float> explained;                     // PCA: the shown components' shares of the variance
  bool interrupted = false;                         // a stop came between two iterations: the map so far
  double seconds = 0.0;
  double seconds_neighbours = 0.0;  // until the first iteration
  size_t dropped() const { return dropped_limit + not_finite.size(); }
};

/// A start in the config is of all rows. Runs to the end, or to a stop: cancelled before the first iteration, else the map so far.
/// `progress` gets iterations done, of all, and the KL now.
Result<ProjectedPoints> project_points(const ProjectionConfig& config, const FloatArray& points, ComputePool& pool, std::stop_token stop,
                                       const std::function<void(size_t, size_t, double)>& progress);

/// New points into a finished map of others: the same, without iterations. Rows of the map or of its points that are not finite do not
/// count.
Result<ProjectedPoints> place_into(const ProjectionConfig& config, const FloatArray& points, const FloatArray& map,
                                   const FloatArray& new_points, ComputePool& pool, std::stop_token stop);

/// Rows of n that are not in `rows` (ascending).
std::vector<uint32_t> other_rows(const std::vector<uint32_t>& rows, size_t n);

/// Rows that hold finite numbers only, in both arrays where there are two.
std::vector<uint32_t> finite_rows(const FloatArray& points, const FloatArray* also = nullptr);

}  // namespace latentscape
