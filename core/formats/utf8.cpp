#include "core/formats/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace latentscape {

namespace {

constexpr uint64_t kOnes = 0x0101010101010101u, kHighBits = 0x8080808080808080u;

/// Eight letters of ASCII, none of them zero.
bool plain_word(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return ((word | ((word - kOnes) & ~word)) & kHighBits) == 0;
}

/// How many bytes the character at `at` has; 0: it is none.
size_t character_bytes(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : uint8_t{0}; };
  const auto follows = [&](size_t i, uint8_t least = 0x80, uint8_t most = 0xbf) { return byte(i) >= least && byte(i) <= most; };
  const uint8_t first = byte(0);
  if (first == 0) return 0;
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) return follows(1, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf) && follows(2) ? 3 : 0;
  if (first >= 0xf0 && first <= 0xf4)
    return follows(1, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf) && follows(2) && follows(3) ? 4 : 0;
  return 0;
}

}  // namespace

std::optional<size_t> first_bad_byte(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && plain_word(text.data() + at)) {
      at += 8;
      continue;
    }
    const size_t bytes = character_bytes(text, at);
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::nullopt;
}

Character character_at(std::string_view text, size_t at) {
  const size_t bytes = character_bytes(text, at);
  if (bytes == 0) return {0xfffd, 1};
  const auto first = static_cast<uint8_t>(text[at]);
  if (bytes == 1) return {first, 1};
  char32_t code = first & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) code = code << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3fu);
  return {code, bytes};
}

std::string_view first_bytes(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  const auto continues = [&](size_t at) { return (static_cast<uint8_t>(text[at]) & 0xc0u) == 0x80u; };
  size_t end = most;
  while (end > 0 && continues(end)) --end;
  return text.substr(0, end);
}

}  // namespace latentscape
