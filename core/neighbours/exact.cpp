#include "core/neighbours/exact.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/neighbours/leaf_order.hpp"
#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr size_t kQueries = 8;  // queries that share one read of a group
constexpr size_t kTile = 128;   // queries a task
constexpr size_t kFew = 16;     // one query to so many points is too few to put the points in order
constexpr size_t kFirstLeaves = 16;
constexpr float kFarthest = std::numeric_limits<float>::max();
constexpr size_t kBlocks = kTile / kQueries;
static_assert(kBlocks % kLanes == 0, "a lane a block");

/// How far a float sum of d products or squares can be off, relative to the sum of both squared lengths; generous.
float rounding(size_t d) { return static_cast<float>(4 * d + 16) * 0.5f * std::numeric_limits<float>::epsilon(); }

float squared_length(std::span<const float> row) {
  double sum = 0.0;
  for (const float v : row) sum += static_cast<double>(v) * static_cast<double>(v);
  return static_cast<float>(sum);
}

/// A distance, or what it is at least (>= 0), above an id: as whole numbers they sort by both.
uint64_t candidate(float distance, uint32_t id) { return static_cast<uint64_t>(std::bit_cast<uint32_t>(distance)) << 32 | id; }
float distance_of(uint64_t c) { return std::bit_cast<float>(static_cast<uint32_t>(c >> 32)); }
uint32_t id_of(uint64_t c) { return static_cast<uint32_t>(c); }

/// The points of a search, packed leaf by leaf, and what is known of each.
struct Ground {
  FloatView points;
  LeafOrder order;
  float rounding_share;
  std::vector<float> lengths;         // squared, less what rounding adds at most
  PackedPoints packed;                // in that order
  std::vector<float> packed_lengths;  // in that order; infinite past n

  Ground(FloatView p, LeafOrder o)
      : points(p),
        order(std::move(o)),
        rounding_share(rounding(p.cols)),
        lengths(p.rows),
        packed(p, order.ids),
        packed_lengths(padded_to_lanes(p.rows), std::numeric_limits<float>::infinity()) {
    for (size_t i = 0; i < p.rows; ++i) lengths[i] = (1.0f - rounding_share) * squared_length(p.row(i));
    for (size_t a = 0; a < p.rows; ++a) packed_lengths[a] = lengths[order.ids[a]];
  }
};

/// The candidates of one query. They come with lower bounds of their distances, which are below them by what rounding may do: a strict
/// comparison with what k of them are at most loses nobody. Only of points in the query's own place, where both are 0, it keeps the first
/// that come, which are those of the lowest ids.
class Nearest {
 public:
  void reset(const Ground& ground, const float* query, float length, size_t k, size_t without) {
    ground_ = &ground;
    query_ = query;
    length_ = length;
    k_ = k;
    without_ = without;
    limit_ = std::numeric_limits<float>::infinity();
    room_ = std::max<size_t>(4 * k, 256);
    held_.clear();
    held_.reserve(room_ + kLanes);
  }
  float limit() const { return limit_; }

  /// Bounds of the packed points first .. first + kLanes - 1. False: the bounds say too little.
  bool offer(Lanes bounds, size_t first) {
    for (uint32_t below = lanes_below(bounds, fill_lanes(limit_)); below; below &= below - 1) {
      const size_t lane = static_cast<size_t>(__builtin_ctz(below)), at = first + lane;
      if (at < ground_->points.rows && ground_->order.ids[at] != without_)
        held_.push_back(candidate(std::max(0.0f, static_cast<float>(bounds[lane])), ground_->order.ids[at]));
    }
    return held_.size() < room_ || shrink();
  }

  /// Nearest first; false where fewer than k have a finite distance.
  bool write(uint32_t* ids, float* distances) {
    if (held_.size() > k_) shrink();
    measure();
    std::sort(held_.begin(), held_.end());
    if (held_.size() < k_ || !std::isfinite(distance_of(held_[k_ - 1]))) return false;
    for (size_t i = 0; i < k_; ++i) {
      distances[i] = distance_of(held_[i]);
      ids[i] = id_of(held_[i]);
    }
    return true;
  }

 private:
  void measure() {
    for (uint64_t& c : held_) c = candidate(squared_distance(ground_->points.row_data(id_of(c)), query_, ground_->points.cols), id_of(c));
  }

  bool shrink() {
    const auto kth = held_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(held_.begin(), kth, held_.end());
    // k points are this near, whatever the others are.
    float longest = 0.0f;
    for (auto c = held_.begin(); c != kth + 1; ++c) longest = std::max(longest, ground_->lengths[id_of(*c)]);
    limit_ = std::min(limit_,
                      distance_of(*kth) * (1.0f + 4.0f * ground_->rounding_share) + 3.0f * ground_->rounding_share * (length_ + longest));
    held_.erase(std::remove_if(kth + 1, held_.end(), [&](uint64_t c) { return distance_of(c) > limit_; }), held_.end());
    if (held_.size() <= room_ / 2) return true;
    measure();
    std::nth_element(held_.begin(), kth, held_.end());
    limit_ = std::min(limit_, distance_of(*kth));
    held_.resize(k_);
    return false;
  }

  const Ground* ground_ = nullptr;
  const float* query_ = nullptr;
  float length_ = 0.0f, limit_ = 0.0f;
  size_t k_ = 0, room_ = 0, without_ = 0;
  std::vector<uint64_t> held_;
};

/// Eight queries beside each other: d x kQueries, as they are for differences and times -2 for products.
struct QueryBlock {
  size_t count = 0;
  bool by_products = true;
  std::vector<float> plain, doubled;
  float lengths[kQueries] = {};
};

/// The boxes of a task's query blocks, dimension by dimension and a block a lane.
class BlockBoxes {
 public:
  explicit BlockBoxes(size_t d)
      : low_(d * kBlocks, std::numeric_limits<float>::infinity()), high_(d * kBlocks, -std::numeric_limits<float>::infinity()) {}

  void add(size_t block, std::span<const float> query) {
    for (size_t j = 0; j < query.size(); ++j) {
      low_[j * kBlocks + block] = std::min(low_[j * kBlocks + block], query[j]);
      high_[j * kBlocks + block] = std::max(high_[j * kBlocks + block], query[j]);
    }
  }

  /// Squared distances of each to another box; infinite for a lane without a block.
  void distances(const float* low, const float* high, size_t d, float* out) const {
    for (size_t b = 0; b < kBlocks; b += kLanes) {
      Lanes sum{};
      for (size_t j = 0; j < d; ++j) {
        const Lanes above = fill_lanes(low[j]) - load_lanes(high_.data() + j * kBlocks + b),
                    below = load_lanes(low_.data() + j * kBlocks + b) - fill_lanes(high[j]);
        const Lanes apart = choose_lanes(above > below, above, below);
        sum += choose_lanes(apart > 0.0f, apart * apart, Lanes{});
      }
      store_lanes(out + b, sum);
    }
  }

 private:
  std::vector<float> low_, high_;  // d x kBlocks
};

struct Wanted {
  size_t k;
  bool without_self = false;
  size_t most_leaves = std::numeric_limits<size_t>::max();
};

/// |p|^2 + |q|^2 - 2 p q, less what rounding can have added, sorts out nearly all points at half the work of differences. What remains is
/// measured by differences, and where lengths dwarf distances, so that products say too little, everything is. Leaves farther away than
/// what was found are passed over; of the others each query looks into `most_leaves` at most, those in the middle of their task aside.
class Search {
 public:
  Search(FloatView points, LeafOrder order, FloatView queries, std::span<const uint32_t> query_order, const Wanted& wanted,
         const std::stop_token& stop, NeighbourLists& out)
      : ground_(points, std::move(order)), queries_(queries), query_order_(query_order), wanted_(wanted), stop_(stop), out_(out) {}

  /// Queries [begin, end) of their order, at most kTile of them; false where distances overflow or a stop came.
  bool run(size_t begin, size_t end) const {
    Task task(end - begin, queries_.cols);
    for (size_t b = 0; b < task.blocks.size(); ++b)
      load(task.blocks[b], begin + b * kQueries, std::min(kQueries, end - begin - b * kQueries));
    for (size_t q = begin; q < end; ++q) {
      const uint32_t id = query_order_[q];
      const size_t block = (q - begin) / kQueries;
      task.nearest[q - begin].reset(ground_, queries_.row_data(id), task.blocks[block].lengths[(q - begin) % kQueries], wanted_.k,
                                    wanted_.without_self ? id : std::numeric_limits<size_t>::max());
      task.boxes.add(block, queries_.row(id));
    }
    bool whole = true;
    if (!visit(task, leaves_of(task, begin, end), whole)) return false;
    if (whole) whole_.fetch_add(end - begin, std::memory_order_relaxed);
    for (size_t q = begin; q < end; ++q) {
      const uint32_t id = query_order_[q];
      if (!task.nearest[q - begin].write(out_.ids.row_data(id), out_.squared_distances.row_data(id))) return false;
    }
    return true;
  }

  size_t whole() const { return whole_.load(); }

 private:
  struct Task {
    std::vector<QueryBlock> blocks;
    std::vector<Nearest> nearest;
    BlockBoxes boxes;
    float limits[kBlocks];  // of each block: nothing as far is looked for
    size_t met = 0;         // leaves by blocks

    Task(size_t queries, size_t d) : blocks((queries + kQueries - 1) / kQueries), nearest(queries), boxes(d) {
      std::fill_n(limits, kBlocks, -1.0f);
      std::fill_n(limits, blocks.size(), std::numeric_limits<float>::infinity());
    }
    float limit() const { return *std::max_element(limits, limits + blocks.size()); }
  };

  struct Leaf {
    float apart;  // squared distance of the middles; 0 where the boxes touch
    float bound;  // no point of it is nearer to any query of the task
    uint32_t number;
    bool operator<(const Leaf& other) const { return apart < other.apart || (apart == other.apart && number < other.number); }
  };

  /// All leaves. Those that touch come first and in their order, so that of points in one place the lowest ids do; then near middles.
  std::vector<Leaf> leaves_of(const Task& task, size_t begin, size_t end) const {
    const size_t d = queries_.cols;
    std::vector<float> middle(d, 0.0f);
    for (size_t q = begin; q < end; ++q)
      for (size_t j = 0; j < d; ++j) middle[j] += queries_(query_order_[q], j) / static_cast<float>(end - begin);
    std::vector<Leaf> leaves(ground_.order.leaves());
    float distances[kBlocks];
    for (size_t l = 0; l < leaves.size(); ++l) {
      leaf_distances(task.boxes, l, distances);
      float apart = 0.0f;
      for (size_t j = 0; j < d; ++j) {
        const float difference = middle[j] - 0.5f * ground_.order.low(l, j) - 0.5f * ground_.order.high(l, j);
        apart += difference * difference;
      }
      const float bound = *std::min_element(distances, distances + task.blocks.size());
      leaves[l] = {!(bound > 0.0f) ? 0.0f : apart < kFarthest ? apart : kFarthest, bound, static_cast<uint32_t>(l)};
    }
    return leaves;
  }

  /// False: stopped. `whole`: no leaf was left out that could have mattered.
  bool visit(Task& task, std::vector<Leaf> leaves, bool& whole) const {
    // The first few say how far the others matter.
    const auto first = leaves.begin() + static_cast<std::ptrdiff_t>(std::min(kFirstLeaves, leaves.size()));
    std::partial_sort(leaves.begin(), first, leaves.end());
    for (auto leaf = leaves.begin(); leaf != first; ++leaf)
      if (!visit(task, *leaf)) return false;
    const float limit = task.limit();
    leaves.erase(std::remove_if(first, leaves.end(), [limit](const Leaf& l) { return l.bound >= limit; }), leaves.end());
    std::sort(first, leaves.end());
    const size_t most = wanted_.most_leaves < leaves.size() ? wanted_.most_leaves * task.blocks.size() : std::numeric_limits<size_t>::max();
    for (auto leaf = first; leaf != leaves.end(); ++leaf) {
      whole = task.met < most;
      if (!whole) return true;
      if (!visit(task, *leaf)) return false;
    }
    return true;
  }

  /// False: stopped.
  bool visit(Task& task, const Leaf& leaf) const {
    if (stop_.stop_requested()) return false;
    float distances[kBlocks];
    leaf_distances(task.boxes, leaf.number, distances);
    const size_t begin = leaf.number * LeafOrder::kLeaf / kLanes,
                 end = std::min(ground_.packed.groups(), begin + LeafOrder::kLeaf / kLanes);
    for (size_t b = 0; b < task.blocks.size(); ++b) {
      if (distances[b] >= task.limits[b]) continue;
      Nearest* const nearest = task.nearest.data() + b * kQueries;
      meet(task.blocks[b], begin, end, nearest);
      ++task.met;
      task.limits[b] = 0.0f;
      for (size_t q = 0; q < task.blocks[b].count; ++q) task.limits[b] = std::max(task.limits[b], nearest[q].limit());
    }
    return true;
  }

  /// What the points of a leaf are away from each block at least.
  void leaf_distances(const BlockBoxes& boxes, size_t leaf, float* out) const {
    boxes.distances(ground_.order.low.row_data(leaf), ground_.order.high.row_data(leaf), queries_.cols, out);
    for (size_t b = 0; b < kBlocks; ++b) out[b] *= 1.0f - ground_.rounding_share;
  }

  void load(QueryBlock& block, size_t begin, size_t count) const {
    const size_t d = ground_.points.cols;
    block.count = count;
    block.plain.assign(d * kQueries, 0.0f);
    block.doubled.assign(d * kQueries, 0.0f);
    for (size_t q = 0; q < count; ++q) {
      const float* row = queries_.row_data(query_order_[begin + q]);
      for (size_t j = 0; j < d; ++j) {
        block.plain[j * kQueries + q] = row[j];
        block.doubled[j * kQueries + q] = -2.0f * row[j];
      }
      block.lengths[q] = (1.0f - ground_.rounding_share) * squared_length(queries_.row(query_order_[begin + q]));
    }
  }

  /// Groups [begin, end) meet a block of queries.
  void meet(QueryBlock& block, size_t begin, size_t end, Nearest* nearest) const {
    constexpr size_t kGroups = 2;
    Lanes found[kQueries * kGroups];
    for (size_t g = begin; g < end;) {
      const bool by_products = block.by_products;  // of what is found now: an offer below may change it for the next
      const size_t groups = by_products && g + kGroups <= end ? kGroups : 1;
      if (!by_products) {
        ground_.packed.group_distances<kQueries>(block.plain.data(), g, reinterpret_cast<float*>(found));
        for (Lanes& f : found) f *= 1.0f - ground_.rounding_share;
      } else if (groups == kGroups) {
        ground_.packed.group_products<kQueries, kGroups>(block.doubled.data(), g, ground_.packed_lengths.data(), found);
      } else {
        ground_.packed.group_products<kQueries, 1>(block.doubled.data(), g, ground_.packed_lengths.data(), found);
      }
      for (size_t q = 0; q < block.count; ++q)
        for (size_t v = 0; v < groups; ++v) {
          const Lanes bounds = by_products ? found[q * groups + v] + block.lengths[q] : found[q];
          if (!any_below(bounds, fill_lanes(nearest[q].limit()))) continue;
          if (!nearest[q].offer(bounds, (g + v) * kLanes)) block.by_products = false;
        }
      g += groups;
    }
  }

  Ground ground_;
  FloatView queries_;
  std::span<const uint32_t> query_order_;
  Wanted wanted_;
  mutable std::atomic<size_t> whole_{0};  // queries that had no leaf left
  const std::stop_token& stop_;
  NeighbourLists& out_;
};

Result<LeafNeighbours> search(FloatView points, FloatView queries, const Wanted& wanted, ComputePool& pool, std::stop_token stop) {
  LS_CHECK(check_finite(points, "neighbours: points"));
  if (!wanted.without_self) LS_CHECK(check_finite(queries, "neighbours: queries"));
  const bool few = queries.rows < points.rows / kFew;
  LeafOrder order = few ? given_order(points) : leaf_order(points, pool, stop);
  const std::vector<uint32_t> query_order = wanted.without_self ? order.ids
                                            : few               ? given_order(queries).ids
                                                                : leaf_order(queries, pool, stop).ids;
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "neighbours: stopped");
  NeighbourLists lists{Array2<uint32_t>(queries.rows, wanted.k), FloatArray(queries.rows, wanted.k)};
  const Search job(points, std::move(order), queries, query_order, wanted, stop, lists);
  std::atomic<bool> whole{true};
  for_tiles(pool, queries.rows, kTile, [&](size_t begin, size_t end) {
    if (!stop.stop_requested() && !job.run(begin, end)) whole.store(false, std::memory_order_relaxed);
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "neighbours: stopped");
  if (!whole.load()) return fail(ErrorCode::non_finite, "neighbours: squared distances overflow, expected numbers below 1e18");
  return LeafNeighbours{std::move(lists), static_cast<double>(job.whole()) / static_cast<double>(std::max<size_t>(1, queries.rows))};
}

Result<LeafNeighbours> search_within(FloatView points, const Wanted& wanted, ComputePool& pool, std::stop_token stop) {
  if (wanted.k < 1 || wanted.k >= points.rows)
    return fail(ErrorCode::invalid_argument, "neighbours: k is {} among {} points, expected at least 1 and less than the points", wanted.k,
                points.rows);
  return search(points, points, wanted, pool, std::move(stop));
}

}  // namespace

float squared_distance(const float* a, const float* b, size_t d) {
  Lanes sum{};
  size_t j = 0;
  for (; j + kLanes <= d; j += kLanes) {
    const Lanes difference = load_lanes(a + j) - load_lanes(b + j);
    sum += difference * difference;
  }
  float rest = 0.0f;
  for (; j < d; ++j) rest += (a[j] - b[j]) * (a[j] - b[j]);
  return rest + (d < kLanes ? 0.0f : add_lanes(sum));
}

Result<NeighbourLists> exact_neighbours(FloatView points, FloatView queries, size_t k, ComputePool& pool, std::stop_token stop) {
  if (points.cols != queries.cols)
    return fail(ErrorCode::invalid_argument, "neighbours: queries have {} columns, expected {} as the points have", queries.cols,
                points.cols);
  if (k < 1 || k > points.rows) return fail(ErrorCode::invalid_argument, "neighbours: k is {}, expected 1 to {}", k, points.rows);
  LS_TRY(LeafNeighbours found, search(points, queries, {k}, pool, std::move(stop)));
  return std::move(found.lists);
}

Result<NeighbourLists> exact_neighbours_within(FloatView points, size_t k, ComputePool& pool, std::stop_token stop) {
  LS_TRY(LeafNeighbours found, search_within(points, {k, true}, pool, std::move(stop)));
  return std::move(found.lists);
}

Result<LeafNeighbours> leaf_neighbours_within(FloatView points, size_t k, size_t leaves, ComputePool& pool, std::stop_token stop) {
  return search_within(points, {k, true, std::max(leaves, 1 + 2 * k / LeafOrder::kLeaf)}, pool, std::move(stop));
}

}  // namespace latentscape
