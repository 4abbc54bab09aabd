#include "core/neighbours/exact.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "core/neighbours/packed_points.hpp"

namespace latentscape {
namespace {

constexpr size_t kQueries = 8;              // queries that share one read of a group
constexpr size_t kTile = 128;               // queries a task
constexpr size_t kChunkFloats = 64 * 1024;  // of points that stay in the second cache while a task's queries meet them

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

/// The points of a search and what is known of each.
struct Ground {
  FloatView points;
  PackedPoints packed;
  float rounding_share;
  std::vector<float> lengths;  // squared, less what rounding adds at most; infinite past n

  explicit Ground(FloatView p)
      : points(p), packed(p), rounding_share(rounding(p.cols)), lengths(padded_to_lanes(p.rows), std::numeric_limits<float>::infinity()) {
    for (size_t i = 0; i < p.rows; ++i) lengths[i] = (1.0f - rounding_share) * squared_length(p.row(i));
  }
};

/// The candidates of one query. They come with lower bounds of their distances, in ascending order of their ids, so a strict comparison
/// with what k of them are at most keeps the lower id of equals.
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

  /// Bounds of the points first .. first + kLanes - 1. False: the bounds say too little.
  bool offer(Lanes bounds, size_t first) {
    for (uint32_t below = lanes_below(bounds, fill_lanes(limit_)); below; below &= below - 1) {
      const size_t lane = static_cast<size_t>(__builtin_ctz(below)), id = first + lane;
      if (id < ground_->points.rows && id != without_)
        held_.push_back(candidate(std::max(0.0f, static_cast<float>(bounds[lane])), static_cast<uint32_t>(id)));
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
  size_t begin = 0, count = 0;
  bool by_products = true;
  std::vector<float> plain, doubled;
  float lengths[kQueries] = {};
};

/// |p|^2 + |q|^2 - 2 p q, less what rounding can have added, sorts out nearly all points at half the work of differences. What remains is
/// measured by differences, and where lengths dwarf distances, so that products say too little, everything is.
class Search {
 public:
  Search(FloatView points, FloatView queries, size_t k, bool without_self, const std::stop_token& stop, NeighbourLists& out)
      : ground_(points), queries_(queries), k_(k), without_self_(without_self), stop_(stop), out_(out) {}

  /// Queries [begin, end), at most kTile of them; false where distances overflow or a stop came.
  bool run(size_t begin, size_t end) const {
    std::vector<QueryBlock> blocks((end - begin + kQueries - 1) / kQueries);
    std::vector<Nearest> nearest(end - begin);
    for (size_t b = 0; b < blocks.size(); ++b) load(blocks[b], begin + b * kQueries, std::min(kQueries, end - begin - b * kQueries));
    for (size_t q = begin; q < end; ++q)
      nearest[q - begin].reset(ground_, queries_.row_data(q), blocks[(q - begin) / kQueries].lengths[(q - begin) % kQueries], k_,
                               without_self_ ? q : std::numeric_limits<size_t>::max());
    const size_t chunk = std::max<size_t>(2, kChunkFloats / (kLanes * std::max<size_t>(1, ground_.points.cols)) / 2 * 2);
    const size_t groups = ground_.packed.groups();
    for (size_t first = 0; first < groups; first += chunk)
      for (size_t b = 0; b < blocks.size(); ++b) {
        if (stop_.stop_requested()) return false;
        meet(blocks[b], first, std::min(groups, first + chunk), nearest.data() + b * kQueries);
      }
    for (size_t q = begin; q < end; ++q)
      if (!nearest[q - begin].write(out_.ids.row_data(q), out_.squared_distances.row_data(q))) return false;
    return true;
  }

 private:
  void load(QueryBlock& block, size_t begin, size_t count) const {
    const size_t d = ground_.points.cols;
    block.begin = begin;
    block.count = count;
    block.plain.assign(d * kQueries, 0.0f);
    block.doubled.assign(d * kQueries, 0.0f);
    for (size_t q = 0; q < count; ++q) {
      const float* row = queries_.row_data(begin + q);
      for (size_t j = 0; j < d; ++j) {
        block.plain[j * kQueries + q] = row[j];
        block.doubled[j * kQueries + q] = -2.0f * row[j];
      }
      block.lengths[q] = (1.0f - ground_.rounding_share) * squared_length(queries_.row(begin + q));
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
        ground_.packed.group_products<kQueries, kGroups>(block.doubled.data(), g, ground_.lengths.data(), found);
      } else {
        ground_.packed.group_products<kQueries, 1>(block.doubled.data(), g, ground_.lengths.data(), found);
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
  size_t k_;
  bool without_self_;
  const std::stop_token& stop_;
  NeighbourLists& out_;
};

Result<NeighbourLists> search(FloatView points, FloatView queries, size_t k, bool without_self, ComputePool& pool, std::stop_token stop) {
  LS_CHECK(check_finite(points, "neighbours: points"));
  if (!without_self) LS_CHECK(check_finite(queries, "neighbours: queries"));
  NeighbourLists lists{Array2<uint32_t>(queries.rows, k), FloatArray(queries.rows, k)};
  const Search job(points, queries, k, without_self, stop, lists);
  std::atomic<bool> whole{true};
  for_tiles(pool, queries.rows, kTile, [&](size_t begin, size_t end) {
    if (!stop.stop_requested() && !job.run(begin, end)) whole.store(false, std::memory_order_relaxed);
  });
  if (stop.stop_requested()) return fail(ErrorCode::cancelled, "neighbours: stopped");
  if (!whole.load()) return fail(ErrorCode::non_finite, "neighbours: squared distances overflow, expected numbers below 1e18");
  return lists;
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
  return search(points, queries, k, false, pool, std::move(stop));
}

Result<NeighbourLists> exact_neighbours_within(FloatView points, size_t k, ComputePool& pool, std::stop_token stop) {
  if (k < 1 || k >= points.rows)
    return fail(ErrorCode::invalid_argument, "neighbours: k is {} among {} points, expected at least 1 and less than the points", k,
                points.rows);
  return search(points, points, k, true, pool, std::move(stop));
}

}  // namespace latentscape
