#include "core/neighbours/descent.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "core/base/rng.hpp"
#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr size_t kTile = 512;       // points a task
constexpr size_t kReach = 16;       // nearest of a list, and of those that list a point, that a round looks through
constexpr double kSettled = 0.002;  // share of entries that a last round changes at most
constexpr uint32_t kNobody = std::numeric_limits<uint32_t>::max();

/// The nearest k of each point so far, nearest first, ties by the lower id; `fresh` ones came in the last round.
struct Lists {
  Array2<uint32_t> ids;
  FloatArray distances;
  Array2<uint8_t> fresh;

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

/// Halves the points by random directions until the parts are small; all of a part meet each other.
class Tree {
 public:
  Tree(FloatView points, size_t leaf, uint64_t seed, uint32_t number)
      : points_(points), leaf_(leaf), seed_(seed), number_(number), order_(points.rows), along_(points.rows) {
    std::iota(order_.begin(), order_.end(), 0u);
    parts_ = {{0, points.rows}};
  }

  void grow(ComputePool& pool, const std::stop_token& stop) {
    for (uint32_t level = 0; parts_[0].end - parts_[0].begin > leaf_ && !stop.stop_requested(); ++level) {
      std::vector<Part> halves(2 * parts_.size());
      pool.run(parts_.size(), [&](size_t p) {
        const Part part = parts_[p];
        const size_t middle = part.begin + (part.end - part.begin) / 2;
        halve(part, middle, Rng(seed_, RngStream::project, static_cast<uint64_t>(number_) << 32 | level, static_cast<uint32_t>(p)));
        halves[2 * p] = {part.begin, middle};
        halves[2 * p + 1] = {middle, part.end};
      });
      parts_ = std::move(halves);
    }
  }

  void meet(Lists& lists, ComputePool& pool, const std::stop_token& stop) const {
    pool.run(parts_.size(), [&](size_t p) {
      if (stop.stop_requested()) return;
      const std::span<const uint32_t> members(order_.data() + parts_[p].begin, parts_[p].end - parts_[p].begin);
      FloatArray rows(members.size(), points_.cols);
      for (size_t a = 0; a < members.size(); ++a) std::copy_n(points_.row_data(members[a]), points_.cols, rows.row_data(a));
      const PackedPoints packed(rows);
      std::vector<float> distances(padded_to_lanes(members.size()));
      for (size_t a = 0; a < members.size(); ++a) {
        packed.distances(rows.row_data(a), distances.data());
        for (size_t b = 0; b < members.size(); ++b)
          if (distances[b] <= lists.limit(members[a]) && a != b) lists.insert(members[a], distances[b], members[b]);
      }
    });
  }

 private:
  struct Part {
    size_t begin, end;
  };

  /// The lower half by the direction from one random member to another comes first.
  void halve(const Part& part, size_t middle, Rng rng) {
    const auto member = [&] { return points_.row_data(order_[part.begin + rng.below(static_cast<uint32_t>(part.end - part.begin))]); };
    const float *from = member(), *to = member();
    std::vector<float> direction(points_.cols);
    for (size_t j = 0; j < points_.cols; ++j) direction[j] = to[j] - from[j];
    for (size_t a = part.begin; a < part.end; ++a) {
      const float* row = points_.row_data(order_[a]);
      float sum = 0.0f;
      for (size_t j = 0; j < points_.cols; ++j) sum += row[j] * direction[j];
      along_[order_[a]] = sum;
    }
    const auto at = [&](size_t a) { return order_.begin() + static_cast<std::ptrdiff_t>(a); };
    std::nth_element(at(part.begin), at(middle), at(part.end),
                     [&](uint32_t a, uint32_t b) { return along_[a] < along_[b] || (along_[a] == along_[b] && a < b); });
  }

  FloatView points_;
  size_t leaf_;
  uint64_t seed_;
  uint32_t number_;
  std::vector<uint32_t> order_;
  std::vector<float> along_;
  std::vector<Part> parts_;
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
  Lists now = older ? lists_of(points, *older, k, pool) : Lists(n, k);
  const size_t leaf = std::max<size_t>(2 * k, 128);
  for (size_t t = 0; t < (older ? 0 : std::max<size_t>(1, config.trees)) && !stop.stop_requested(); ++t) {
    Tree tree(points, leaf, config.seed, static_cast<uint32_t>(t));
    tree.grow(pool, stop);
    tree.meet(now, pool, stop);
  }
  for (size_t round = 0; round < config.rounds && !stop.stop_requested(); ++round) {
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
