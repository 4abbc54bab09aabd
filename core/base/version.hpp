// The program's version, as stored in runs and shown by --version.
#pragma once

#include <string_view>

namespace latentscape {

inline constexpr std::string_view kVersion = "0.1.0";  // the same as in CMakeLists.txt; a test compares them

}  // namespace latentscape
