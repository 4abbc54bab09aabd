// Tokens: the words of a text, as they are counted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace latentscape {

/// A word is a run of letters and digits with at least one letter, ASCII in lower case; an apostrophe between two of them belongs to it
/// ("don't"), everything else parts words. Numbers alone are no words. Chinese characters, kana and emoji are a word each, as nothing parts
/// them. Words over kMostTokenBytes are left out.
class Tokens {
 public:
  static constexpr size_t kMostTokenBytes = 100;

  explicit Tokens(std::string_view text) : text_(text) {}

  /// False at the end; else `word` is the next one.
  bool next(std::string& word);

 private:
  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace latentscape
