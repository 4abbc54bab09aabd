#include "core/metrics/diversity.hpp"

#include <cmath>

namespace latentscape {
namespace {

double mean_nearest(const NeighbourLists& lists) {
  double sum = 0.0;
  for (size_t i = 0; i < lists.ids.rows; ++i) sum += std::sqrt(static_cast<double>(lists.squared_distances(i, 0)));
  return sum / static_cast<double>(lists.ids.rows);
}

}  // namespace

Result<Diversity> sample_diversity(FloatView samples, FloatView data, ComputePool& pool, size_t k, std::stop_token stop) {
  if (samples.cols != data.cols)
    return fail(ErrorCode::invalid_argument, "diversity: samples have {} numbers, expected {} as the data", samples.cols, data.cols);
  if (k < 1 || samples.rows <= k || data.rows <= k)
    return fail(ErrorCode::invalid_argument, "diversity: k is {} for {} samples and {} examples, expected 1 or more and more rows than k",
                k, samples.rows, data.rows);
  LS_TRY(const NeighbourLists near_samples, exact_neighbours_within(samples, k, pool, stop));
  LS_TRY(const NeighbourLists near_data, exact_neighbours_within(data, k, pool, stop));
  LS_TRY(const PrecisionRecall covered, precision_recall(samples, data, near_samples, near_data, pool, stop));
  return Diversity{samples.rows, data.rows, k, mean_nearest(near_samples), mean_nearest(near_data), covered.precision, covered.recall};
}

}  // namespace latentscape
