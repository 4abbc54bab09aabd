#include "core/metrics/knn.hpp"

#include <algorithm>

#include "core/neighbours/exact.hpp"

namespace latentscape {
namespace {

struct Labelled {
  FloatArray points;
  std::vector<int> labels;
};

Labelled labelled_rows(FloatView points, std::span<const int> labels) {
  Labelled kept;
  kept.points.cols = points.cols;
  for (size_t i = 0; i < points.rows; ++i) {
    if (labels[i] < 0) continue;
    const auto row = points.row(i);
    kept.points.values.insert(kept.points.values.end(), row.begin(), row.end());
    kept.labels.push_back(labels[i]);
  }
  kept.points.rows = kept.labels.size();
  return kept;
}

}  // namespace

int vote(std::span<const int> labels_nearest_first) {
  int best = -1;
  std::ptrdiff_t most = 0;
  // Nearest first and a strict comparison: among equals the class seen nearest stays.
  for (const int label : labels_nearest_first) {
    const auto count = std::count(labels_nearest_first.begin(), labels_nearest_first.end(), label);
    if (count > most) {
      most = count;
      best = label;
    }
  }
  return best;
}

Result<KnnAccuracy> knn_accuracy(FloatView voters, std::span<const int> voter_labels, FloatView queries, std::span<const int> query_labels,
                                 size_t k, ComputePool& pool, std::stop_token stop) {
  if (voter_labels.size() != voters.rows || query_labels.size() != queries.rows)
    return fail(ErrorCode::invalid_argument, "knn: {} and {} labels for {} and {} points, expected one a point", voter_labels.size(),
                query_labels.size(), voters.rows, queries.rows);
  const Labelled from = labelled_rows(voters, voter_labels), to = labelled_rows(queries, query_labels);
  if (to.labels.empty()) return fail(ErrorCode::invalid_argument, "knn: no labelled point to judge, expected at least one");
  if (k < 1 || from.labels.size() < k)
    return fail(ErrorCode::invalid_argument, "knn: k is {} with {} labelled points to vote, expected 1 to {}", k, from.labels.size(),
                from.labels.size());
  LS_TRY(const NeighbourLists lists, exact_neighbours(from.points, to.points, k, pool, stop));
  size_t right = 0;
  std::vector<int> labels(k);
  for (size_t q = 0; q < to.labels.size(); ++q) {
    for (size_t i = 0; i < k; ++i) labels[i] = from.labels[lists.ids(q, i)];
    right += vote(labels) == to.labels[q] ? 1 : 0;
  }
  return KnnAccuracy{k, to.labels.size(), static_cast<double>(right) / static_cast<double>(to.labels.size())};
}

}  // namespace latentscape
