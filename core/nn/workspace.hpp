// Workspace: the memory of a pass, kept from one pass to the next.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace latentscape {

/// Buffers that a pass reuses; grown on first use, then no allocation. One a thread that runs passes.
template <class S>
class Workspace {
 public:
  /// Buffer `slot`, at least `size` long; contents kept between calls with the same slot and size.
  std::span<S> buffer(size_t slot, size_t size) {
    if (slot >= buffers_.size()) buffers_.resize(slot + 1);
    if (buffers_[slot].size() < size) buffers_[slot].resize(size);
    return {buffers_[slot].data(), size};
  }

  /// The same in double, for sums that are reported.
  std::span<double> doubles(size_t slot, size_t size) {
    if (slot >= doubles_.size()) doubles_.resize(slot + 1);
    if (doubles_[slot].size() < size) doubles_[slot].resize(size);
    return {doubles_[slot].data(), size};
  }

 private:
  std::vector<std::vector<S>> buffers_;
  std::vector<std::vector<double>> doubles_;
};

}  // namespace latentscape
