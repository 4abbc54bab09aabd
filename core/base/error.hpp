// An error with a code and a sentence for people.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace latentscape {

enum class ErrorCode {
  invalid_argument,  // a value out of its range, an unknown name
  not_found,         // a file, run or entry that is not there
  exists,            // refusing to overwrite
  corrupt,           // bytes that do not say what they should
  unsupported,       // understood, but not handled (a later version, another kind)
  io,                // the operating system said no
  out_of_memory,     // more than this machine or the budget has
  cancelled,         // a stop was requested
  no_display,        // no window system or no OpenGL 3.3
  non_finite,        // a loss or gradient that is not a number
  internal,          // a fault of the program
};

/// "invalid_argument", "not_found", ...: the spelling used in JSON output.
std::string_view to_string(ErrorCode code);

/// Message texts are lower case, name the file, the place and what was expected, and end without a full stop.
struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;

  /// The same error seen from one level up: "loading mnist: <message>".
  [[nodiscard]] Error context(std::string_view what) && {
    message = std::string(what) + ": " + message;
    return std::move(*this);
  }
};

}  // namespace latentscape
