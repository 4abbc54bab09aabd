#include "core/neighbours/exact.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>
#include <vector>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr size_t kQueries = 8;        // queries that share one read of a group
constexpr size_t kTile = 64;          // queries a task
constexpr size_t kPollGroups = 4096;  // groups between two looks at the stop token
using Candidate = std::pair<float, uint32_t>;

/// The k smallest (distance, id) seen so far: a max-heap, so that most candidates are refused by one comparison.
class Nearest {
 public:
  void reset(size_t k) {
    k_ = k;
    heap_.clear();
    worst_ = std::numeric_limits<float>::infinity();
  }
  float worst() const { return worst_; }

  /// Ids arrive in ascending order, so a strict comparison keeps the lower id of equals.
  void offer(float distance, uint32_t id) {
    if (!(distance < worst_)) return;
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = {distance, id};
    } else {
      heap_.emplace_back(distance, id);
    }
    std::push_heap(heap_.begin(), heap_.end());
    if (heap_.size() == k_) worst_ = heap_.front().first;
  }

  /// Nearest first; false where fewer than k had a finite distance.
  bool write(uint32_t* ids, float* distances) {
    if (heap_.size() < k_) return false;
    std::sort_heap(heap_.begin(), heap_.end());
    for (size_t i = 0; i < k_; ++i) {
      distances[i] = heap_[i].first;
      ids[i] = heap_[i].second;
    }
    return true;
  }

 private:
  size_t k_ = 0;
  float worst_ = 0.0f;
  std::vector<Candidate> heap_;
};

struct Search {
  const PackedPoints& points;
  FloatView queries;
  size_t k;
  bool without_self;
  std::stop_token stop;
  NeighbourLists& out;

  /// Queries [begin, end), at most kQueries of them; false where distances overflow or a stop came.
  bool run(size_t begin, size_t end, std::vector<float>& transposed, Nearest* nearest) const {
    const size_t d = points.dimensions();
    transposed.assign(d * kQueries, 0.0f);
    for (size_t q = begin; q < end; ++q)
      for (size_t j = 0; j < d; ++j) transposed[j * kQueries + (q - begin)] = queries(q, j);
    for (size_t q = 0; q < end - begin; ++q) nearest[q].reset(k);

    float distances[kQueries * kLanes];
    for (size_t g = 0; g < points.groups(); ++g) {
      if (g % kPollGroups == 0 && stop.stop_requested()) return false;
      points.group_distances<kQueries>(transposed.data(), g, distances);
      for (size_t q = 0; q < end - begin; ++q) {
        const float* row = distances + q * kLanes;
        if (!any_below(load_lanes(row), fill_lanes(nearest[q].worst()))) continue;
        for (size_t l = 0; l < kLanes; ++l) {
          const size_t id = g * kLanes + l;
          if (without_self && id == begin + q) continue;
          nearest[q].offer(row[l], static_cast<uint32_t>(id));
        }
      }
    }
    for (size_t q = begin; q < end; ++q)
      if (!nearest[q - begin].write(out.ids.row_data(q), out.squared_distances.row_data(q))) return false;
    return true;
  }
};

Result<NeighbourLists> search(FloatView points, FloatView queries, size_t k, bool without_self, ComputePool& pool, std::stop_token stop) {
  LS_CHECK(check_finite(points, "neighbours: points"));
  if (!without_self) LS_CHECK(check_finite(queries, "neighbours: queries"));
  NeighbourLists lists{Array2<uint32_t>(queries.rows, k), FloatArray(queries.rows, k)};
  const PackedPoints packed(points);
  const Search job{packed, queries, k, without_self, stop, lists};
  std::atomic<bool> whole{true};
  for_tiles(pool, queries.rows, kTile, [&](size_t begin, size_t end) {
    std::vector<float> transposed;
    Nearest nearest[kQueries];
    for (size_t q = begin; q < end && !stop.stop_requested(); q += kQueries)
      if (!job.run(q, std::min(q + kQueries, end), transposed, nearest)) whole.store(false, std::memory_order_relaxed);
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "neighbours: stopped");
  if (!whole.load()) return fail(ErrorCode::non_finite, "neighbours: squared distances overflow, expected numbers below 1e18");
  return lists;
}

}  // namespace

Result<NeighbourLists> exact_neighbours(FloatView points, FloatView queries, size_t k, ComputePool& pool, std::stop_token stop) {
  if (points.cols != queries.cols)
    return fail(ErrorCode::invalid_argument, "neighbours: queries have {} columns, expected {} as the points have", queries.cols,
                points.cols);
  if (k < 1 || k > points.rows) return fail(ErrorCode::invalid_argument, "neighbours: k is {}, expected 1 to {}", k, points.rows);
  return search(points, queries, k, false, pool, std::move(stop));
}

Result<NeighbourLists> exact_neighbours_within(FloatView points, size_t k, ComputePool& pool, std::stop_token stop) {
  if (k < 1 || k >= points.rows)
    return fail(ErrorCode::invalid_argument, "neighbours: k is {} among {} points, expected at least 1 and less than the points", k,
                points.rows);
  return search(points, points, k, true, pool, std::move(stop));
}

}  // namespace latentscape
