#include "core/data/word_counts.hpp"

#include <algorithm>

namespace latentscape {

void WordCounts::add_row(std::span<const uint32_t> words, std::span<const float> counts) {
  word.insert(word.end(), words.begin(), words.end());
  count.insert(count.end(), counts.begin(), counts.end());
  start.push_back(word.size());
}

void WordCounts::copy_row(size_t i, size_t width, float* out) const {
  std::fill_n(out, width, 0.0f);
  for (size_t k = start[i]; k < start[i + 1]; ++k) out[word[k]] = count[k];
}

WordCounts WordCounts::rows_from(std::span<const uint32_t> rows) const {
  WordCounts out;
  out.start.reserve(rows.size() + 1);
  for (const uint32_t row : rows) out.add_row(words_of(row), counts_of(row));
  return out;
}

}  // namespace latentscape
