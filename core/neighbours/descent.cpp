#include "core/neighbours/descent.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <vector>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 512;       // points a task
constexpr size_t kReach = 16;       // nearest of a list, and of those that list a point, that a round looks through
constexpr double kSettled = 0.002;  // share of entries that a last round changes at most
constexpr double kWhole = 0.9;      // share of points whose leaves said it all that makes a round needless
constexpr uint32_t kNobody = std::numeric_limits<uint32_t>::max();

/// The nearest k of each point so far, nearest first, ties by the lower id; `fresh` ones came in the last round.
struct Lists {
  Array2<uint32_t> ids;
  FloatArray distances;
  Array2<uint8_t> fresh;

  Lists() = default;
  explicit Lists(NeighbourLists lists)
      : ids(std::move(lists.ids)), distances(std::move(lists.squared_distances)), fresh(ids.rows, ids.cols, 1) {}
  Lists(size_t n, size_t k) : ids(n, k, kNobody), distances(n, k, std::numeric_limits<float>::infinity()), fresh(n, k, 0) {}

  float limit(size_t i) const { return distances(i, distances.cols - 1); }

  /// True where the list changed.
  bool insert(size_t i, float distance, uint32_t id) {
    const auto list = ids.row(i);
    const auto at_distance = distances.row(i);
    const size_t k = list.size();
    const auto before = [&](size_t a) { return at_distance[a] < distance || (at_distance[a] == distance && list[a] < id); };
    if (before(k - 1) || std::find(list.begin(), list.end(), id) != list.end()) return false;
    size_t at = k - 1;
    for (; at > 0 && !before(at - 1); --at) {
      list[at] = list[at - 1];
      at_distance[at] = at_distance[at - 1];
      fresh(i, at) = fresh(i, at - 1);
    }
    list[at] = id;
    at_distance[at] = distance;
    fresh(i, at) = 1;
    return true;
  }
};

/// Those whose kReach nearest hold a point, by ascending id.
struct Listed {
  std::vector<size_t> start;
  std::vector<uint32_t> by;

  explicit Listed(const Lists& lists) : start(lists.ids.rows + 1, 0) {
    const size_t n = lists.ids.rows, reach = std::min(kReach, lists.ids.cols);
    for (size_t i = 0; i < n; ++i)
      for (size_t a = 0; a < reach; ++a)
        if (lists.ids(i, a) != kNobody) ++start[lists.ids(i, a) + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    by.resize(start[n]);
    std::vector<size_t> next(start.begin(), start.end() - 1);
    for (size_t i = 0; i < n; ++i)
      for (size_t a = 0; a < reach; ++a)
        if (lists.ids(i, a) != kNobody) by[next[lists.ids(i, a)]++] = static_cast<uint32_t>(i);
  }
};

/// Ids seen for one point: a small open table that is emptied at once.
class Seen {
 public:
  void clear() { std::fill(std::begin(table_), std::end(table_), kNobody); }
  /// True the first time.
  bool add(uint32_t id) {
    for (size_t at = id * 2654435761u >> kShift;; at = (at + 1) % kSize) {
      if (table_[at] == id) return false;
      if (table_[at] != kNobody) continue;
      table_[at] = id;
      return true;
    }
  }

 private:
  static constexpr size_t kSize = 2048, kShift = 32 - 11;  // at most 2 kReach (kReach + 1) ids come in
  uint32_t table_[kSize];
};

/// One round: `now` are the lists of the last one. Returns how many entries changed.
size_t look_around(FloatView points, const Lists& now, size_t round, Lists& next, ComputePool& pool, const std::stop_token& stop) {
  const Listed listed(now);
  const size_t reach = std::min(kReach, now.ids.cols);
  std::atomic<size_t> changed{0};
  for_tiles(pool, points.rows, kTile, [&](size_t begin, size_t end) {
    Seen seen;
    size_t count = 0;
    for (size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      std::fill_n(next.fresh.row_data(i), next.fresh.cols, uint8_t{0});
      seen.clear();
      seen.add(static_cast<uint32_t>(i));
      const auto offer = [&](uint32_t id) {
        if (!seen.add(id)) return;
        const float distance = squared_distance(points.row_data(i), points.row_data(id), points.cols);
        if (distance <= next.limit(i) && next.insert(i, distance, id)) ++count;
      };
      const auto through = [&](uint32_t j, bool fresh) {
        for (size_t b = 0; b < reach; ++b)
          if (now.ids(j, b) != kNobody && (fresh || now.fresh(j, b))) offer(now.ids(j, b));
      };
      for (size_t a = 0; a < reach; ++a)
        if (now.ids(i, a) != kNobody) through(now.ids(i, a), now.fresh(i, a) != 0);
      // Of many that list this point, others each round.
      const size_t first = listed.start[i], many = listed.start[i + 1] - first;
      for (size_t a = 0; a < std::min(kReach, many); ++a) {
        const uint32_t j = listed.by[first + (a + round * kReach) % many];
        offer(j);
        through(j, true);
      }
    }
    changed.fetch_add(count, std::memory_order_relaxed);
  });
  return changed.load();
}

/// Lists of older neighbours at the points' present places.
Lists lists_of(FloatView points, const NeighbourLists& older, size_t k, ComputePool& pool) {
  Lists lists(points.rows, k);
  for_tiles(pool, points.rows, kTile, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i)
      for (const uint32_t j : older.ids.row(i))
        if (j != i && j < points.rows) lists.insert(i, squared_distance(points.row_data(i), points.row_data(j), points.cols), j);
  });
  return lists;
}

}  // namespace

Result<NeighbourLists> descend_neighbours(FloatView points, const NeighbourLists* older, const DescentConfig& config, ComputePool& pool,
                                          std::stop_token stop) {
  const size_t n = points.rows, k = config.k;
  LS_CHECK(check_finite(points, "neighbours: points"));
  if (k < 1 || k >= n || n >= kNobody)
    return fail(ErrorCode::invalid_argument, "neighbours: k is {} among {} points, expected at least 1 and less than the points", k, n);
  if (older && older->ids.rows != n)
    return fail(ErrorCode::invalid_argument, "neighbours: the older graph has {} rows, expected {}", older->ids.rows, n);
  size_t rounds = config.rounds;
  Lists now;
  if (older) {
    now = lists_of(points, *older, k, pool);
  } else {
    LS_TRY(LeafNeighbours start, leaf_neighbours_within(points, k, config.leaves, pool, stop));
    if (start.whole >= kWhole) return std::move(start.lists);
    now = Lists(std::move(start.lists));
    rounds = 1;
  }
  for (size_t round = 0; round < rounds && !stop.stop_requested(); ++round) {
    Lists next = now;
    const size_t changed = look_around(points, now, round, next, pool, stop);
    now = std::move(next);
    if (static_cast<double>(changed) < kSettled * static_cast<double>(n * k)) break;
  }
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "neighbours: stopped");
  if (!std::all_of(now.ids.values.begin(), now.ids.values.end(), [](uint32_t id) { return id != kNobody; }))
    return fail(ErrorCode::non_finite, "neighbours: squared distances overflow, expected numbers below 1e18");
  return NeighbourLists{std::move(now.ids), std::move(now.distances)};
}

}  // namespace latentscape
