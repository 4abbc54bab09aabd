#include "core/nn/zero_lists.hpp"

#include <algorithm>
#include <cstring>

#include "core/nn/kernels.hpp"
#include "core/nn/thread_room.hpp"

namespace latentscape {

namespace {

constexpr double kMostListed = 0.75;  // of the depth: beyond, whole chains are faster
constexpr size_t kStripsATile = 16;

/// The lists of so many strips by list_strips(begin, end, lists). What the first strips are like, the others mostly are: dense examples
/// cost a look at those.
template <class F>
const uint16_t* lists_of(ComputePool& pool, size_t strips, size_t strips_a_tile, size_t depth, const F& list_strips) {
  const size_t room = list_room(depth);
  uint16_t* const lists = thread_room<uint16_t>(strips * room);
  const auto tile = [&](size_t t) { list_strips(t * strips_a_tile, std::min(strips, (t + 1) * strips_a_tile), lists); };
  const auto worth_it = [&](size_t n) {
    size_t listed = 0;
    for (size_t s = 0; s < n; ++s) listed += lists[s * room];
    return static_cast<double>(listed) < kMostListed * static_cast<double>(n * depth);
  };
  pool.run(1, tile);
  if (!worth_it(std::min(strips, strips_a_tile))) return nullptr;
  pool.run((strips - 1) / strips_a_tile, [&](size_t t) { tile(t + 1); });
  return worth_it(strips) ? lists : nullptr;
}

}  // namespace

template <class S>
const uint16_t* lists_of_rows(ComputePool& pool, View2<const S> x, size_t strip) {
  if (x.rows == 0 || x.cols > kPanelDepth) return nullptr;
  return lists_of(pool, (x.rows + strip - 1) / strip, 1, x.cols, [&](size_t s, size_t, uint16_t* lists) {
    uint8_t lit[kPanelDepth] = {};
    for (size_t i = s * strip; i < std::min(x.rows, (s + 1) * strip); ++i) {
      const S* const row = x.row_data(i);
      for (size_t j = 0; j < x.cols; ++j) lit[j] = static_cast<uint8_t>(lit[j] | (row[j] != S(0)));
    }
    uint16_t* const list = lists + s * list_room(x.cols);
    size_t count = 0;
    for (size_t j = 0; j < x.cols; ++j) {
      list[1 + count] = static_cast<uint16_t>(j);
      count += lit[j];
    }
    list[0] = static_cast<uint16_t>(count);
  });
}

template <class S>
const uint16_t* lists_of_columns(ComputePool& pool, View2<const S> x) {
  if (x.cols == 0 || x.rows > kPanelDepth) return nullptr;
  return lists_of(pool, (x.cols + kStrip - 1) / kStrip, kStripsATile, x.rows, [&](size_t begin, size_t end, uint16_t* lists) {
    const size_t room = list_room(x.rows), cols = std::min(x.cols, end * kStrip) - begin * kStrip;
    bool lit[kStripsATile * kStrip] = {};
    uint64_t lit_strips[kStripsATile];
    static_assert(sizeof lit == sizeof lit_strips);
    size_t count[kStripsATile] = {};
    for (size_t i = 0; i < x.rows; ++i) {
      const S* const row = x.row_data(i) + begin * kStrip;
      for (size_t j = 0; j < cols; ++j) lit[j] = row[j] != S(0);
      std::memcpy(lit_strips, lit, sizeof lit);
      for (size_t s = 0; s < end - begin; ++s) {
        lists[(begin + s) * room + 1 + count[s]] = static_cast<uint16_t>(i);
        count[s] += lit_strips[s] != 0;
      }
    }
    for (size_t s = 0; s < end - begin; ++s) lists[(begin + s) * room] = static_cast<uint16_t>(count[s]);
  });
}

#define LS_INSTANTIATE(S)                                                          \
  template const uint16_t* lists_of_rows<S>(ComputePool&, View2<const S>, size_t); \
  template const uint16_t* lists_of_columns<S>(ComputePool&, View2<const S>);
LS_INSTANTIATE(float)
LS_INSTANTIATE(double)
#undef LS_INSTANTIATE

}  // namespace latentscape
