#include "core/metrics/knn.hpp"

#include <algorithm>

#include "core/neighbours/exact.hpp"
#include "core/neighbours/plane_tree.hpp"

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

/// Each row of `lists` votes by its neighbours' labels.
KnnAccuracy judged(const NeighbourLists& lists, std::span<const int> voters, std::span<const int> queries) {
  const size_t k = lists.ids.cols;
  size_t right = 0;
  std::vector<int> labels(k);
  for (size_t q = 0; q < queries.size(); ++q) {
    for (size_t i = 0; i < k; ++i) labels[i] = voters[lists.ids(q, i)];
    right += vote(labels) == queries[q] ? 1 : 0;
  }
  return KnnAccuracy{k, queries.size(), static_cast<double>(right) / static_cast<double>(queries.size())};
}

/// A map is searched by a tree: the same lists, sooner.
Result<NeighbourLists> neighbours_within(FloatView points, size_t k, ComputePool& pool, const std::stop_token& stop) {
  if (points.cols != 2) return exact_neighbours_within(points, k, pool, stop);
  LS_TRY(const PlaneTree tree, PlaneTree::make(points));
  return plane_neighbours_within(tree, k, pool, stop);
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
  return judged(lists, from.labels, to.labels);
}

Result<KnnAccuracy> knn_accuracy_within(FloatView points, std::span<const int> labels, size_t k, ComputePool& pool, std::stop_token stop) {
  if (labels.size() != points.rows)
    return fail(ErrorCode::invalid_argument, "knn: {} labels for {} points, expected one a point", labels.size(), points.rows);
  const Labelled known = labelled_rows(points, labels);
  if (k < 1 || known.labels.size() <= k)
    return fail(ErrorCode::invalid_argument, "knn: k is {} among {} labelled points, expected at least 1 and less than these", k,
                known.labels.size());
  LS_TRY(const NeighbourLists lists, neighbours_within(known.points, k, pool, stop));
  return judged(lists, known.labels, known.labels);
}

Result<std::optional<KnnAccuracy>> map_label_accuracy(FloatView map, std::span<const int> labels, ComputePool& pool, std::stop_token stop) {
  constexpr size_t votes = 5;
  const auto labelled = static_cast<size_t>(std::count_if(labels.begin(), labels.end(), [](int label) { return label >= 0; }));
  if (labelled < 2) return std::optional<KnnAccuracy>();
  LS_TRY(const KnnAccuracy accuracy, knn_accuracy_within(map, labels, std::min(votes, labelled - 1), pool, std::move(stop)));
  return std::optional<KnnAccuracy>(accuracy);
}

}  // namespace latentscape
