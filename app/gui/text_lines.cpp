#include "app/gui/text_lines.hpp"

#include <algorithm>

namespace latentscape {

namespace {

constexpr std::string_view kEllipsis = "…";

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t next_character(std::string_view text, size_t at) {
  ++at;
  while (at < text.size() && continues(text[at])) ++at;
  return at;
}

size_t character_before(std::string_view text, size_t at) {
  --at;
  while (at > 0 && continues(text[at])) --at;
  return at;
}

/// Chinese characters and their punctuation: U+3000 to U+FFFF, three bytes each.
bool is_wide(std::string_view character) { return character.size() == 3 && static_cast<unsigned char>(character[0]) >= 0xE3; }

bool is_one_of(std::string_view character, std::string_view all) { return character.size() == 3 && all.find(character) != all.npos; }

bool may_end_line(std::string_view text, size_t at) {
  if (at == text.size() || text[at] == ' ' || text[at] == '\n') return true;
  const size_t from = character_before(text, at);
  const std::string_view before = text.substr(from, at - from), after = text.substr(at, next_character(text, at) - at);
  if (is_one_of(after, "，。、；：！？）」”") || is_one_of(before, "（「“")) return false;
  return is_wide(before) || is_wide(after);
}

}  // namespace

size_t line_length(std::string_view text, float width, const TextWidth& width_of) {
  size_t fits = 0;
  for (size_t at = 0; at < text.size() && text[at] != '\n';) {
    at = next_character(text, at);
    if (!may_end_line(text, at)) continue;
    if (width_of(text.substr(0, at)) > width) break;
    fits = at;
  }
  if (fits > 0 || text.empty() || text[0] == '\n') return fits;
  fits = next_character(text, 0);
  for (size_t at = fits; at < text.size() && text[at] != '\n' && width_of(text.substr(0, at)) <= width; at = next_character(text, at))
    fits = at;
  return fits;
}

std::string wrapped(std::string_view text, float width, const TextWidth& width_of) {
  std::string lines;
  while (true) {
    const size_t length = line_length(text, width, width_of);
    lines += text.substr(0, length);
    text.remove_prefix(length);
    while (!text.empty() && text[0] == ' ') text.remove_prefix(1);
    if (text.empty()) return lines;
    if (text[0] == '\n') text.remove_prefix(1);
    lines += '\n';
  }
}

size_t end_of_word(std::string_view text, size_t at) {
  at = std::min(at, text.size());
  return std::min(text.find_first_of(" ,", at), text.size());
}

Excerpt excerpt_around(std::string_view line, size_t at, float width, const TextWidth& width_of) {
  at = std::min(at, line.size());
  const size_t end = end_of_word(line, at);
  size_t from = at, to = end;
  const auto shown = [&](size_t first, size_t last) {
    std::string text(first > 0 ? kEllipsis : "");
    text += line.substr(first, last - first);
    if (last < line.size()) text += kEllipsis;
    return text;
  };
  while (to > next_character(line, at) && width_of(shown(from, to)) > width) to = character_before(line, to);
  // What comes before the word tells where it is, a little of what follows it that more is there.
  for (bool grows = to == end; grows;) {
    grows = false;
    for (int i = 0; i < 2 && from > 0; ++i) {
      const size_t first = character_before(line, from);
      if (width_of(shown(first, to)) > width) break;
      from = first;
      grows = true;
    }
    if (to == line.size()) continue;
    const size_t last = next_character(line, to);
    if (width_of(shown(from, last)) > width) continue;
    to = last;
    grows = true;
  }
  const size_t cut = from > 0 ? kEllipsis.size() : 0;
  return {shown(from, to), cut + at - from, std::min(to, end) - at};
}

}  // namespace latentscape
