// UTF-8: is it, one character after the other, and its beginning.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace latentscape {

/// Where the first byte stands that is zero or begins no character of UTF-8 (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF).
std::optional<size_t> first_bad_byte(std::string_view text);

struct Character {
  char32_t code = 0;
  size_t bytes = 1;
};
/// The character that begins at `at`, which is in the text; a byte that begins none is U+FFFD.
Character character_at(std::string_view text, size_t at);

/// The beginning of the text, `most` bytes of it or a little less: a character is not cut.
std::string_view first_bytes(std::string_view text, size_t most);

}  // namespace latentscape
