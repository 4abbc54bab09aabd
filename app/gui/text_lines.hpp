// Where the lines of a text end, and which part of a line too long for its field is shown.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace latentscape {

using TextWidth = std::function<float(std::string_view)>;  // in pixels

/// The bytes of the first line of `text`, at least a character: it ends between words (in Chinese between characters, no punctuation
/// first), never inside of a number; a word wider than the line is cut.
size_t line_length(std::string_view text, float width, const TextWidth& width_of);

/// The text with line feeds where its lines end.
std::string wrapped(std::string_view text, float width, const TextWidth& width_of);

/// As much of a line around the word that begins at byte `at` as has room, with an ellipsis where it is cut.
struct Excerpt {
  std::string text;
  size_t at = 0, size = 0;  // the word in it
};
Excerpt excerpt_around(std::string_view line, size_t at, float width, const TextWidth& width_of);

/// Where the word at byte `at` of a network's spec ends.
size_t end_of_word(std::string_view text, size_t at);

}  // namespace latentscape
