#include "core/data/batches.hpp"

#include <utility>

#include "core/base/rng.hpp"

namespace latentscape {

EpochOrder::EpochOrder(std::vector<uint32_t> rows, uint64_t seed) : rows_(std::move(rows)), seed_(seed) {}

EpochOrder::EpochOrder(const Dataset& data, uint64_t seed) : EpochOrder(data.ids_of(Split::train), seed) {}

std::span<const uint32_t> EpochOrder::order(uint64_t epoch) {
  if (!ready_ || epoch != epoch_) {
    order_ = random_permutation(static_cast<uint32_t>(rows_.size()), Rng(seed_, RngStream::shuffle, epoch));
    for (uint32_t& i : order_) i = rows_[i];
    epoch_ = epoch;
    ready_ = true;
  }
  return order_;
}

}  // namespace latentscape
