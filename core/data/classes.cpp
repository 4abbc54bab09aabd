#include "core/data/classes.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace latentscape {

namespace {

std::optional<int64_t> whole_number(const std::string& word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
  return value;
}

}  // namespace

Column class_column(std::string name, const std::vector<std::string>& words, const std::vector<uint32_t>& index) {
  std::vector<bool> seen(words.size());
  for (const uint32_t i : index)
    if (i < words.size()) seen[i] = true;
  Column column;
  column.name = std::move(name);
  for (size_t i = 0; i < words.size(); ++i)
    if (seen[i]) column.categories.push_back(words[i]);
  std::vector<std::string>& sorted = column.categories;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (std::all_of(sorted.begin(), sorted.end(), [](const std::string& w) { return whole_number(w).has_value(); }))
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return *whole_number(a) < *whole_number(b); });
  std::map<std::string_view, float> place;
  for (size_t k = 0; k < sorted.size(); ++k) place[sorted[k]] = static_cast<float>(k);
  std::vector<float> class_of(words.size());
  for (size_t i = 0; i < words.size(); ++i)
    if (seen[i]) class_of[i] = place[words[i]];
  column.values.reserve(index.size());
  for (const uint32_t i : index) column.values.push_back(i < words.size() ? class_of[i] : std::numeric_limits<float>::quiet_NaN());
  return column;
}

Column class_column(std::string name, std::span<const float> numbers, double offset) {
  std::map<float, uint32_t> known;
  std::vector<std::string> words;
  std::vector<uint32_t> index;
  index.reserve(numbers.size());
  for (const float v : numbers) {
    if (std::isnan(v)) {
      index.push_back(std::numeric_limits<uint32_t>::max());
      continue;
    }
    const auto [place, added] = known.emplace(v, static_cast<uint32_t>(words.size()));
    if (added) words.push_back(std::to_string(static_cast<int64_t>(offset + static_cast<double>(v))));
    index.push_back(place->second);
  }
  return class_column(std::move(name), words, index);
}

}  // namespace latentscape
