#include "core/data/batches.hpp"

#include <algorithm>
#include <utility>

#include "core/base/rng.hpp"

namespace latentscape {

namespace {

// Rows of RngStream::shuffle: 0 shuffles all rows, or the blocks; window w uses w + 1.
constexpr uint32_t kWhole = 0;

constexpr size_t kApart = size_t{64} << 10;  // bytes that are rather read than passed over

}  // namespace

void read_ahead(const Dataset& data, std::span<const uint32_t> rows) {
  if (!data.mapped()) return;
  const size_t apart = 1 + kApart / (data.width() * (data.holds_bytes() ? 1 : sizeof(float)));
  for (size_t first = 0; first < rows.size();) {
    size_t last = first;
    while (last + 1 < rows.size() && rows[last + 1] > rows[last] && rows[last + 1] - rows[last] <= apart) ++last;
    data.will_need(rows[first], rows[last]);
    first = last + 1;
  }
}

EpochOrder::EpochOrder(std::vector<uint32_t> rows, uint64_t seed, size_t window) : rows_(std::move(rows)), seed_(seed), window_(window) {
  if (window_ >= rows_.size()) window_ = 0;
}

EpochOrder::EpochOrder(const Dataset& data, uint64_t seed, size_t window) : EpochOrder(data.ids_of(Split::train), seed, window) {}

std::span<const uint32_t> EpochOrder::order(uint64_t epoch) {
  if (ready_ && epoch == epoch_) return order_;
  if (window_) {
    shuffle_windows(epoch);
  } else {
    order_ = random_permutation(static_cast<uint32_t>(rows_.size()), Rng(seed_, RngStream::shuffle, epoch, kWhole));
    for (uint32_t& i : order_) i = rows_[i];
  }
  epoch_ = epoch;
  ready_ = true;
  return order_;
}

void EpochOrder::shuffle_windows(uint64_t epoch) {
  const size_t n = rows_.size(), block = std::max<size_t>(1, window_ / kWindowBlocks);
  const auto count = static_cast<uint32_t>((n + block - 1) / block);
  blocks_.clear();
  for (const uint32_t b : random_permutation(count, Rng(seed_, RngStream::shuffle, epoch, kWhole)))
    blocks_.insert(blocks_.end(), rows_.begin() + static_cast<std::ptrdiff_t>(b * block),
                   rows_.begin() + static_cast<std::ptrdiff_t>(std::min(n, (b + 1) * block)));
  order_.resize(n);
  uint32_t w = kWhole;
  for (size_t first = 0; first < n; first += window_) {
    const auto size = static_cast<uint32_t>(std::min(window_, n - first));
    const std::vector<uint32_t> places = random_permutation(size, Rng(seed_, RngStream::shuffle, epoch, ++w));
    for (size_t i = 0; i < size; ++i) order_[first + i] = blocks_[first + places[i]];
  }
}

void EpochOrder::read_ahead(const Dataset& data, size_t position, size_t n) const {
  if (blocks_.empty()) return;
  const size_t end = std::min(blocks_.size(), position + n + window_);
  const size_t first = position == 0 ? 0 : std::min(end, position + window_);
  latentscape::read_ahead(data, std::span(blocks_).subspan(first, end - first));
}

}  // namespace latentscape
