#include "core/metrics/precision_recall.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 32;  // rows a task

/// Share of the rows i of squared distances that some column j covers: squared(i, j) <= radius of j.
template <class Squared>
double covered(size_t rows, const NeighbourLists& radii, const Squared& squared) {
  const size_t last = radii.ids.cols - 1;
  size_t count = 0;
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < radii.ids.rows; ++j)
      if (squared(i, j) <= radii.squared_distances(j, last)) {
        ++count;
        break;
      }
  return static_cast<double>(count) / static_cast<double>(rows);
}

}  // namespace

Result<PrecisionRecall> precision_recall(FloatView samples, FloatView data, ComputePool& pool, size_t k, std::stop_token stop) {
  if (samples.cols != data.cols)
    return fail(ErrorCode::invalid_argument, "precision and recall: samples have {} numbers, expected {} as the data", samples.cols,
                data.cols);
  if (k < 1 || samples.rows <= k || data.rows <= k)
    return fail(ErrorCode::invalid_argument,
                "precision and recall: k is {} for {} samples and {} examples, expected 1 or more and more rows than k", k, samples.rows,
                data.rows);
  LS_TRY(const NeighbourLists near_samples, exact_neighbours_within(samples, k, pool, stop));
  LS_TRY(const NeighbourLists near_data, exact_neighbours_within(data, k, pool, stop));
  return precision_recall(samples, data, near_samples, near_data, pool, stop);
}

Result<PrecisionRecall> precision_recall(FloatView samples, FloatView data, const NeighbourLists& near_samples,
                                         const NeighbourLists& near_data, ComputePool& pool, std::stop_token stop) {
  FloatArray squared(samples.rows, data.rows);
  for_tiles(pool, samples.rows, kTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i)
      for (size_t j = 0; j < data.rows; ++j) squared(i, j) = squared_distance(samples.row_data(i), data.row_data(j), data.cols);
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "precision and recall: stopped");
  PrecisionRecall out{samples.rows, data.rows, near_data.ids.cols, 0.0, 0.0};
  out.precision = covered(samples.rows, near_data, [&](size_t i, size_t j) { return squared(i, j); });
  out.recall = covered(data.rows, near_samples, [&](size_t i, size_t j) { return squared(j, i); });
  return out;
}

}  // namespace latentscape
