// Whole numbers in the headers of binary files. Private to core/formats.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

namespace latentscape {

enum class Digits { ok, missing, too_large };

/// Reads the decimal digits at `at` and moves it behind them.
inline Digits take_digits(std::string_view text, size_t& at, size_t& value) {
  const size_t start = at;
  value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    const size_t digit = static_cast<size_t>(text[at] - '0');
    if (value > (std::numeric_limits<size_t>::max() - digit) / 10) return Digits::too_large;
    value = value * 10 + digit;
  }
  return at == start ? Digits::missing : Digits::ok;
}

}  // namespace latentscape
