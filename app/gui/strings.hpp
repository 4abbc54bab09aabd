// All words of the window: assets/strings.tsv, one line a key (key, English, Simplified Chinese), embedded in the program.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

class Strings {
 public:
  /// Parses the table; a line without its three fields or a key twice is an error that names the line.
  static Result<Strings> parse(std::string_view tsv);
  static Result<Strings> embedded();

  void set_language(std::string_view code);  // "en", "zh"; anything else is English
  /// The text of a key in the current language; the key itself where it is missing (a test finds those).
  const char* operator()(std::string_view key) const;
  bool has(std::string_view key) const { return texts_.find(key) != texts_.end(); }
  std::vector<std::string> keys() const;
  /// Every code point of the table in any language: what the font atlas must hold.
  std::u32string code_points() const;

 private:
  std::map<std::string, std::array<std::string, 2>, std::less<>> texts_;
  size_t language_ = 0;
};

std::string_view language_from_environment();  // LC_ALL, LC_MESSAGES, LANG: "zh" or "en"

}  // namespace latentscape
