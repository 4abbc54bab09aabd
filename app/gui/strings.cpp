#include "app/gui/strings.hpp"

#include <cstdlib>
#include <set>

#include "app/render/embedded.hpp"

namespace latentscape {
namespace {

/// Decodes UTF-8 leniently: a broken byte is skipped.
void add_code_points(std::string_view text, std::set<char32_t>& into) {
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (length == 0 || i + length > text.size()) {
      ++i;
      continue;
    }
    char32_t point = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length; ++k) point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3Fu);
    into.insert(point);
    i += length;
  }
}

}  // namespace

Result<Strings> Strings::parse(std::string_view tsv) {
  Strings strings;
  size_t number = 0;
  while (!tsv.empty()) {
    ++number;
    const size_t end = tsv.find('\n');
    std::string_view line = tsv.substr(0, end);
    tsv.remove_prefix(end == std::string_view::npos ? tsv.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const size_t first = line.find('\t');
    const size_t second = first == std::string_view::npos ? first : line.find('\t', first + 1);
    if (second == std::string_view::npos || line.find('\t', second + 1) != std::string_view::npos)
      return fail(ErrorCode::corrupt, "strings.tsv: line {}: expected three fields with tabs between them: key, English, Chinese", number);
    const std::string key(line.substr(0, first));
    std::array<std::string, 2> texts{std::string(line.substr(first + 1, second - first - 1)), std::string(line.substr(second + 1))};
    if (key.empty() || texts[0].empty() || texts[1].empty())
      return fail(ErrorCode::corrupt, "strings.tsv: line {}: key or text is empty", number);
    if (!strings.texts_.emplace(key, std::move(texts)).second)
      return fail(ErrorCode::corrupt, "strings.tsv: line {}: key '{}' is there twice", number, key);
  }
  return strings;
}

Result<Strings> Strings::embedded() {
  const auto text = embedded_file("assets/strings.tsv");
  if (!text) return fail(ErrorCode::internal, "assets/strings.tsv is not in the program");
  return parse(*text);
}

void Strings::set_language(std::string_view code) { language_ = code == "zh" ? 1 : 0; }

const char* Strings::operator()(std::string_view key) const {
  const auto it = texts_.find(key);
  return it == texts_.end() ? key.data() : it->second[language_].c_str();
}

std::vector<std::string> Strings::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, texts] : texts_) keys.push_back(key);
  return keys;
}

std::u32string Strings::code_points() const {
  std::set<char32_t> points;
  for (const auto& [key, texts] : texts_)
    for (const std::string& text : texts) add_code_points(text, points);
  return {points.begin(), points.end()};
}

std::string_view language_from_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value && *value) return std::string_view(value).substr(0, 2) == "zh" ? "zh" : "en";
  return "en";
}

}  // namespace latentscape
