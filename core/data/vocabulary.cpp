#include "core/data/vocabulary.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "core/data/tokens.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

constexpr size_t kLeastTexts = 2;  // that a word is in
constexpr size_t kLeastWords = 2;  // that a vocabulary has, where there are as many
constexpr size_t kShownWords = 20;

struct Candidate {
  std::string word;
  size_t texts = 0;
};

/// Every word of the train texts, those of the most texts first.
std::vector<Candidate> candidates_of(const Dataset& data, std::span<const uint32_t> rows) {
  struct Seen {
    size_t texts = 0;
    uint32_t last = UINT32_MAX;  // the row that counted it last
  };
  std::unordered_map<std::string, Seen> seen;
  std::string word;
  for (const uint32_t row : rows) {
    Tokens tokens(data.texts[row]);
    while (tokens.next(word)) {
      Seen& s = seen[word];
      if (s.last == row) continue;
      s.last = row;
      ++s.texts;
    }
  }
  std::vector<Candidate> all;
  all.reserve(seen.size());
  for (auto& [text, s] : seen) all.push_back({text, s.texts});
  std::sort(all.begin(), all.end(),
            [](const Candidate& a, const Candidate& b) { return a.texts != b.texts ? a.texts > b.texts : a.word < b.word; });
  return all;
}

/// Entries of one row in the order of the words, each word once.
void add_sorted(WordCounts& counts, std::vector<std::pair<uint32_t, float>>& entries) {
  std::sort(entries.begin(), entries.end());
  for (size_t k = 0; k < entries.size(); ++k) {
    if (counts.word.size() > counts.start.back() && counts.word.back() == entries[k].first) {
      counts.count.back() += entries[k].second;
    } else {
      counts.word.push_back(entries[k].first);
      counts.count.push_back(entries[k].second);
    }
  }
  counts.start.push_back(counts.word.size());
}

using Places = std::unordered_map<std::string_view, uint32_t>;

Places places_of(const std::vector<std::string>& words) {
  Places places;
  for (size_t k = 0; k < words.size(); ++k) places.emplace(words[k], static_cast<uint32_t>(k));
  return places;
}

WordCounts count_texts(const std::vector<std::string>& texts, const Places& places) {
  WordCounts counts;
  std::vector<std::pair<uint32_t, float>> entries;
  std::string word;
  for (const std::string& text : texts) {
    entries.clear();
    Tokens tokens(text);
    while (tokens.next(word))
      if (const auto place = places.find(word); place != places.end()) entries.emplace_back(place->second, 1.0f);
    add_sorted(counts, entries);
  }
  return counts;
}

/// Counts over other words, by their names.
WordCounts renamed(const WordCounts& counts, const std::vector<std::string>& from, const Places& places) {
  WordCounts out;
  std::vector<std::pair<uint32_t, float>> entries;
  for (size_t i = 0; i < counts.rows(); ++i) {
    entries.clear();
    const auto words = counts.words_of(i);
    for (size_t k = 0; k < words.size(); ++k)
      if (const auto place = places.find(from[words[k]]); place != places.end())
        entries.emplace_back(place->second, counts.counts_of(i)[k]);
    add_sorted(out, entries);
  }
  return out;
}

void warn_of_empty_rows(Dataset& data) {
  const auto& counts = std::get<WordCounts>(data.values);
  size_t empty = 0;
  for (size_t i = 0; i < counts.rows(); ++i) empty += counts.words_of(i).empty();
  if (empty)
    data.warnings.push_back(fmt::format("{} of {} rows {} none of the {} words that are counted; {}", empty, data.rows,
                                        empty == 1 ? "has" : "have", data.preprocessing.words.size(),
                                        empty == 1 ? "it stays" : "they stay, and all look alike"));
}

}  // namespace

Status fit_vocabulary(Dataset& data, const Reading& reading) {
  if (data.texts.empty()) {
    warn_of_empty_rows(data);
    return {};
  }
  const std::vector<uint32_t> rows = data.ids_of(Split::train);
  const std::vector<Candidate> all = candidates_of(data, rows);
  if (all.empty()) return fail(ErrorCode::corrupt, "{}: there is no word in its {} train texts, expected texts", data.origin, rows.size());
  const auto most = static_cast<size_t>(std::floor(reading.common * static_cast<double>(rows.size())));
  std::vector<std::string> words;
  size_t common = 0;
  for (const Candidate& c : all) {
    common += c.texts > most && c.texts >= kLeastTexts;
    if (c.texts <= most && c.texts >= kLeastTexts && words.size() < reading.words) words.push_back(c.word);
  }
  if (words.size() < kLeastWords) {
    words.clear();
    for (size_t k = 0; k < std::min(all.size(), reading.words); ++k) words.push_back(all[k].word);
  } else if (common) {
    data.warnings.push_back(fmt::format("{} in more than {:g} % of the train texts and {} not counted (setting `common` to 1 takes {})",
                                        common == 1 ? "1 word is" : fmt::format("{} words are", common), 100.0 * reading.common,
                                        common == 1 ? "is" : "are", common == 1 ? "it" : "them"));
  }
  return count_words(data, words);
}

Status count_words(Dataset& data, const std::vector<std::string>& words) {
  const Places places = places_of(words);
  if (!data.texts.empty()) {
    data.values = count_texts(data.texts, places);
  } else if (data.preprocessing.words != words) {
    const std::vector<std::string>& own = data.preprocessing.words;
    if (std::none_of(own.begin(), own.end(), [&](const std::string& word) { return places.count(word) > 0; }))
      return fail(ErrorCode::invalid_argument, "{}: counts {} words, none of which is one of the {} that the model knows ('{}', ...)",
                  data.origin, own.size(), words.size(), words.empty() ? "" : words[0]);
    data.values = renamed(std::get<WordCounts>(data.values), own, places);
  }
  data.preprocessing = {{}, words};
  data.shape = {words.size()};
  warn_of_empty_rows(data);
  return {};
}

std::vector<WordShare> largest_words(std::span<const float> numbers, const std::vector<std::string>& words, size_t most) {
  std::vector<uint32_t> order(std::min(numbers.size(), words.size()));
  for (size_t k = 0; k < order.size(); ++k) order[k] = static_cast<uint32_t>(k);
  const size_t n = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                    [&](uint32_t a, uint32_t b) { return numbers[a] != numbers[b] ? numbers[a] > numbers[b] : a < b; });
  std::vector<WordShare> out;
  for (size_t k = 0; k < n && numbers[order[k]] > 0.0f; ++k) out.push_back({words[order[k]], numbers[order[k]]});
  return out;
}

std::string words_line(std::span<const float> numbers, const std::vector<std::string>& words, size_t most) {
  std::string line;
  for (const WordShare& w : largest_words(numbers, words, most)) line += (line.empty() ? "" : ", ") + std::string(w.word);
  return line;
}

void to_shares(FloatArray& counts) {
  for (size_t i = 0; i < counts.rows; ++i) {
    const std::span<float> row = counts.row(i);
    const float all = std::accumulate(row.begin(), row.end(), 0.0f);
    if (all > 0.0f)
      for (float& v : row) v /= all;
  }
}

std::string text_of(const Dataset& data, size_t i, size_t most_bytes) {
  if (!data.texts.empty()) return std::string(first_bytes(data.texts[i], most_bytes));
  std::vector<float> counts(data.width());
  data.copy_row(i, counts.data());
  return words_line(counts, data.preprocessing.words, kShownWords);
}

}  // namespace latentscape
