// WordCounts: how often each row has each word, only those that it has; rows of a sparse matrix (compressed sparse rows).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace latentscape {

struct WordCounts {
  std::vector<size_t> start = {0};  // rows + 1: where the entries of each row begin
  std::vector<uint32_t> word;       // of each entry, rising within a row
  std::vector<float> count;         // whole numbers above 0

  size_t rows() const { return start.size() - 1; }
  size_t bytes() const { return start.size() * sizeof(size_t) + word.size() * (sizeof(uint32_t) + sizeof(float)); }
  std::span<const uint32_t> words_of(size_t row) const { return {word.data() + start[row], start[row + 1] - start[row]}; }
  std::span<const float> counts_of(size_t row) const { return {count.data() + start[row], start[row + 1] - start[row]}; }

  /// One more row; the words rise.
  void add_row(std::span<const uint32_t> words, std::span<const float> counts);
  /// Row `i` as `width` numbers.
  void copy_row(size_t i, size_t width, float* out) const;
  /// These rows, in their order.
  WordCounts rows_from(std::span<const uint32_t> rows) const;
};

}  // namespace latentscape
