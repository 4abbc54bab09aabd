// Vocabulary: the words that are counted, fitted on train rows; and counts back into words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/data/dataset.hpp"
#include "core/data/reading.hpp"

namespace latentscape {

/// Chooses the words of data.texts that are counted, by how many train texts have them: the `words` of the most, none of more than the
/// share `common` and none of one text alone (unless that would leave fewer than two words); where two are in as many, the one that comes
/// first in the order of their bytes. Then counts them. Data that came as counts keeps its own. Errors (corrupt): there is no word at all.
Status fit_vocabulary(Dataset& data, const Reading& reading);

/// Counts these words in data.texts, or finds them by name among data's own counts, and makes them its preprocessing. Rows without any of
/// them stay, with a warning that says how many. Errors (invalid_argument): data that came as counts has none of the words.
Status count_words(Dataset& data, const std::vector<std::string>& words);

struct WordShare {
  std::string_view word;
  float share = 0.0f;
};
/// The `most` words of the largest numbers above 0, largest first; `numbers` are one a word, such as a decoder's probabilities.
std::vector<WordShare> largest_words(std::span<const float> numbers, const std::vector<std::string>& words, size_t most);
/// The same in a line: "film, good, story".
std::string words_line(std::span<const float> numbers, const std::vector<std::string>& words, size_t most);

/// Counts as shares of their row, which is what the multinomial likelihood decodes to; rows without a word stay 0.
void to_shares(FloatArray& counts);

/// What a person reads of row i of text: the text, or where the data came as counts the commonest words of the row. Of a text at most so
/// many bytes, no character cut.
std::string text_of(const Dataset& data, size_t i, size_t most_bytes = SIZE_MAX);

}  // namespace latentscape
