// UTF-8: is it?
#pragma once

#include <optional>
#include <string_view>

namespace latentscape {

/// Where the first byte stands that is zero or begins no character of UTF-8 (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF).
std::optional<size_t> first_bad_byte(std::string_view text);

}  // namespace latentscape
