#include "core/projection/sparse_graph.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include "core/neighbours/heaps.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 256;  // rows a task

/// By ascending id, so that a row's own choices merge with those who chose it.
void sort_by_id(std::span<uint32_t> ids, std::span<float> weights, std::vector<std::pair<uint32_t, float>>& room) {
  room.clear();
  for (size_t a = 0; a < ids.size(); ++a) room.emplace_back(ids[a], weights[a]);
  std::sort(room.begin(), room.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (size_t a = 0; a < ids.size(); ++a) {
    ids[a] = room[a].first;
    weights[a] = room[a].second;
  }
}

/// Merges `own` entries with those after them, both by ascending id, in place.
class RowMerge {
 public:
  explicit RowMerge(float (*both)(float, float)) : both_(both) {}

  /// How many remain.
  size_t run(uint32_t* columns, float* values, size_t own, size_t all) {
    ids_.assign(columns, columns + all);
    weights_.assign(values, values + all);
    size_t a = 0, b = own, count = 0;
    while (a < own || b < all) {
      const bool left = b == all || (a < own && ids_[a] <= ids_[b]), two = left && b < all && ids_[a] == ids_[b];
      columns[count] = left ? ids_[a] : ids_[b];
      values[count] = two ? both_(weights_[a], weights_[b]) : left ? weights_[a] : weights_[b];
      ++count;
      if (left) ++a;
      if (!left || two) ++b;
    }
    return count;
  }

 private:
  float (*both_)(float, float);
  std::vector<uint32_t> ids_;
  std::vector<float> weights_;
};

/// Now and then: was a stop asked for?
bool poll(size_t row, const std::stop_token& stop) { return row % kTile == 0 && stop.stop_requested(); }

/// Room for `size` zeros, a piece at a time: the system takes a while to bring so much memory. False: stopped.
template <class T>
bool make_room(std::vector<T>& values, size_t size, const std::stop_token& stop) {
  constexpr size_t kPiece = size_t{1} << 19;
  values.reserve(size);
  while (values.size() < size) {
    if (stop.stop_requested()) return false;
    values.resize(std::min(size, values.size() + kPiece));
  }
  return true;
}

/// The first counts[i] entries of each row, without what is behind them. False: stopped.
template <class T>
bool close_gaps(std::vector<T>& values, const std::vector<size_t>& start, const std::vector<size_t>& counts, const std::stop_token& stop) {
  std::vector<T> closed;
  closed.reserve(std::accumulate(counts.begin(), counts.end(), size_t{0}));
  for (size_t i = 0; i < counts.size(); ++i) {
    if (poll(i, stop)) return false;
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(start[i]);
    closed.insert(closed.end(), from, from + static_cast<std::ptrdiff_t>(counts[i]));
  }
  values = std::move(closed);
  return true;
}

/// Each row's own k entries, then those of the rows that chose it. False: stopped.
bool scatter(const Array2<uint32_t>& ids, const FloatArray& weights, SparseGraph& graph, const std::stop_token& stop) {
  const size_t n = ids.rows, k = ids.cols;
  if (!make_room(graph.columns, graph.start[n], stop) || !make_room(graph.values, graph.start[n], stop)) return false;
  std::vector<size_t> next(n);
  for (size_t i = 0; i < n; ++i) next[i] = graph.start[i] + k;
  for (size_t i = 0; i < n; ++i) {
    if (poll(i, stop)) return false;
    for (size_t a = 0; a < k; ++a) {
      const uint32_t j = ids(i, a);
      graph.columns[graph.start[i] + a] = j;
      graph.values[graph.start[i] + a] = weights(i, a);
      graph.columns[next[j]] = static_cast<uint32_t>(i);
      graph.values[next[j]++] = weights(i, a);
    }
  }
  return true;
}

}  // namespace

Result<SparseGraph> symmetrised(Array2<uint32_t> ids, FloatArray weights, float (*both)(float, float), ComputePool& pool,
                                std::stop_token stop) {
  const Error stopped = fail(ErrorCode::cancelled, "map: stopped");
  const size_t n = ids.rows, k = ids.cols;
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    std::vector<std::pair<uint32_t, float>> room;
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) sort_by_id(ids.row(i), weights.row(i), room);
  });
  if (stop.stop_requested()) return stopped;
  SparseGraph graph;
  graph.n = n;
  graph.start.assign(n + 1, 0);
  for (const uint32_t j : ids.values) ++graph.start[j + 1];
  for (size_t i = 0; i < n; ++i) graph.start[i + 1] += graph.start[i] + k;
  if (!scatter(ids, weights, graph, stop)) return stopped;
  ids = {};  // a large graph is most of the memory that a map takes
  weights = {};
  std::vector<size_t> counts(n);
  for_tiles(pool, n, kTile, [&](size_t begin, size_t end) {
    RowMerge merge(both);
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      const size_t at = graph.start[i];
      counts[i] = merge.run(graph.columns.data() + at, graph.values.data() + at, k, graph.start[i + 1] - at);
    }
  });
  if (stop.stop_requested()) return stopped;
  if (!close_gaps(graph.columns, graph.start, counts, stop) || !close_gaps(graph.values, graph.start, counts, stop)) return stopped;
  graph.start[0] = 0;
  for (size_t i = 0; i < n; ++i) graph.start[i + 1] = graph.start[i] + counts[i];
  return graph;
}

SparseGraph renumbered(SparseGraph graph, std::span<const uint32_t> order, ComputePool& pool) {
  std::vector<uint32_t> place(graph.n);
  for (size_t r = 0; r < graph.n; ++r) place[order[r]] = static_cast<uint32_t>(r);
  std::vector<size_t> start(graph.n + 1, 0);
  for (size_t r = 0; r < graph.n; ++r) start[r + 1] = start[r] + graph.start[order[r] + 1] - graph.start[order[r]];
  // One after the other, so that at no time there are two of both.
  const auto reorder = [&](auto& entries, auto&& renamed) {
    std::decay_t<decltype(entries)> moved(entries.size());
    for_tiles(pool, graph.n, kTile, [&](size_t begin, size_t end) {
      for (size_t r = begin; r < end; ++r)
        for (size_t e = graph.start[order[r]], to = start[r]; to < start[r + 1]; ++e, ++to) moved[to] = renamed(entries[e]);
    });
    entries = std::move(moved);
  };
  reorder(graph.columns, [&](uint32_t column) { return place[column]; });
  reorder(graph.values, [](float value) { return value; });
  graph.start = std::move(start);
  return graph;
}

NeighbourGraph strongest_partners(const SparseGraph& graph, size_t k, ComputePool& pool) {
  NeighbourGraph partners;
  partners.ids.resize(graph.n, k);
  for_tiles(pool, graph.n, kTile, [&](size_t begin, size_t end) {
    std::vector<size_t> entries;
    for (size_t i = begin; i < end; ++i) {
      entries.resize(graph.start[i + 1] - graph.start[i]);
      std::iota(entries.begin(), entries.end(), graph.start[i]);
      std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(k - 1), entries.end(), [&](size_t a, size_t b) {
        return graph.values[a] > graph.values[b] || (graph.values[a] == graph.values[b] && graph.columns[a] < graph.columns[b]);
      });
      for (size_t a = 0; a < k; ++a) partners.ids(i, a) = graph.columns[entries[a]];
    }
  });
  return partners;
}

Result<NeighbourGraph> neighbours_again(FloatView points, const SparseGraph* older, size_t older_k, const GraphConfig& search,
                                        ComputePool& pool, std::stop_token stop) {
  LS_TRY(NeighbourGraph graph,
         older ? refined_graph(points, strongest_partners(*older, std::min(search.k, older_k), pool), search, pool, std::move(stop))
               : neighbour_graph(points, search, pool, std::move(stop)));
  spread_heaps(graph);
  return graph;
}

}  // namespace latentscape
