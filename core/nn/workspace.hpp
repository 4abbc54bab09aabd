// Workspace: the memory of a pass, kept from one pass to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace latentscape {

/// Buffers that a pass reuses; grown on first use, then no allocation. One a thread that runs passes.
template <class S>
class Workspace {
 public:
  /// Buffer `slot`, at least `size` long; contents kept between calls with the same slot and size.
  std::span<S> buffer(size_t slot, size_t size) { return grown(buffers_, slot, size); }
  /// The same in double, for sums that are reported.
  std::span<double> doubles(size_t slot, size_t size) { return grown(doubles_, slot, size); }
  /// The same of whole numbers, for labels and places.
  std::span<int32_t> integers(size_t slot, size_t size) { return grown(integers_, slot, size); }

 private:
  template <class T>
  static std::span<T> grown(std::vector<std::vector<T>>& all, size_t slot, size_t size) {
    if (slot >= all.size()) all.resize(slot + 1);
    if (all[slot].size() < size) all[slot].resize(size);
    return {all[slot].data(), size};
  }

  std::vector<std::vector<S>> buffers_;
  std::vector<std::vector<double>> doubles_;
  std::vector<std::vector<int32_t>> integers_;
};

}  // namespace latentscape
