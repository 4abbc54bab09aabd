#include "core/data/tokens.hpp"

#include <algorithm>
#include <array>

#include "core/base/lower.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

enum class Sign { parts, joins, digit, letter, word };  // word: one by itself

struct Block {
  char32_t first, last;
  Sign sign;
};

/// Of Unicode, what is not a letter or parts of which are words; in order.
constexpr std::array<Block, 22> kBlocks = {{
    {0x80, 0xa9, Sign::parts},       // controls, Latin-1 punctuation
    {0xab, 0xb4, Sign::parts},       //
    {0xb6, 0xb9, Sign::parts},       //
    {0xbb, 0xbf, Sign::parts},       //
    {0xd7, 0xd7, Sign::parts},       // multiplication sign
    {0xf7, 0xf7, Sign::parts},       // division sign
    {0x2000, 0x206f, Sign::parts},   // general punctuation
    {0x20a0, 0x20cf, Sign::parts},   // currencies
    {0x2100, 0x25ff, Sign::parts},   // letter-like symbols, arrows, mathematics, boxes
    {0x2600, 0x27bf, Sign::word},    // weather, hearts and other pictures
    {0x27c0, 0x2bff, Sign::parts},   // more mathematics and arrows
    {0x2e80, 0x2fdf, Sign::word},    // CJK radicals
    {0x3000, 0x3004, Sign::parts},   // CJK punctuation
    {0x3008, 0x3020, Sign::parts},   //
    {0x3040, 0x30ff, Sign::word},    // kana
    {0x3400, 0x9fff, Sign::word},    // CJK
    {0xf900, 0xfaff, Sign::word},    //
    {0xfe00, 0xfe6f, Sign::parts},   // variation selectors, CJK and small forms
    {0xff00, 0xff0f, Sign::parts},   // full-width punctuation
    {0xff1a, 0xff20, Sign::parts},   //
    {0xff3b, 0xffff, Sign::parts},   // and half-width forms
    {0x1f000, 0x3ffff, Sign::word},  // emoji, more CJK
}};
constexpr char32_t kTypographicApostrophe = 0x2019;

Sign sign_of(char32_t code) {
  if (code < 0x80) {
    const bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
    return letter ? Sign::letter : code >= '0' && code <= '9' ? Sign::digit : code == '\'' ? Sign::joins : Sign::parts;
  }
  if (code == kTypographicApostrophe) return Sign::joins;
  const auto block = std::lower_bound(kBlocks.begin(), kBlocks.end(), code, [](const Block& b, char32_t c) { return b.last < c; });
  return block != kBlocks.end() && code >= block->first ? block->sign : Sign::letter;
}

}  // namespace

bool Tokens::next(std::string& word) {
  while (at_ < text_.size()) {
    word.clear();
    bool letters = false, joined = false;
    size_t begin = at_;
    for (; at_ < text_.size();) {
      const Character c = character_at(text_, at_);
      const Sign sign = sign_of(c.code);
      if (sign == Sign::word) {
        if (at_ != begin) break;  // it is the next word
        at_ += c.bytes;
        word.assign(text_.substr(begin, c.bytes));
        return true;
      }
      if (sign == Sign::parts || (sign == Sign::joins && (word.empty() || joined))) {
        at_ += c.bytes;
        break;
      }
      if (sign == Sign::joins) {
        joined = true;
      } else {
        if (joined) word += '\'';
        joined = false;
        letters = letters || sign == Sign::letter;
        word.append(text_.substr(at_, c.bytes));
      }
      at_ += c.bytes;
    }
    if (!letters || word.size() > kMostTokenBytes) continue;
    word = lower(std::move(word));
    return true;
  }
  return false;
}

}  // namespace latentscape
