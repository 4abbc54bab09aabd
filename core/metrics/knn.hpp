// k-NN accuracy of latents: does a point's label follow from those of its neighbours?
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {

struct KnnAccuracy {
  size_t k = 0;
  size_t n = 0;        // labelled queries that were judged
  double value = 0.0;  // share of them whose vote is right, 0 to 1
};

/// The class that most of the labels (nearest first, all >= 0) name; ties go to the tied class that appears nearest.
int vote(std::span<const int> labels_nearest_first);

/// The k nearest labelled voters (squared Euclidean) of each query vote. Labels are class indices, -1: none; voters without one do not
/// vote, queries without one are not judged. voters: n x d, queries: m x d. Errors: fewer than k labelled voters, no labelled query, shapes
/// that differ, cancelled.
Result<KnnAccuracy> knn_accuracy(FloatView voters, std::span<const int> voter_labels, FloatView queries, std::span<const int> query_labels,
                                 size_t k, ComputePool& pool, std::stop_token stop = {});

/// The same among the points themselves, each judged by the k nearest others: n x d, or a map (n x 2), where it is quick for any n. Errors:
/// k labelled points or fewer.
Result<KnnAccuracy> knn_accuracy_within(FloatView points, std::span<const int> labels, size_t k, ComputePool& pool,
                                        std::stop_token stop = {});

/// How well a map tells the classes apart: each labelled point by the 5 nearest others; none with fewer than 2 labelled points.
Result<std::optional<KnnAccuracy>> map_label_accuracy(FloatView map, std::span<const int> labels, ComputePool& pool,
                                                      std::stop_token stop = {});

}  // namespace latentscape
