// The files of shaders/ and assets/, compiled into the program, so that it runs from any prefix.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace latentscape {

/// Bytes of a file by its path from the project's root ("shaders/points.vert"); nothing where there is none of that name.
/// A zero byte follows the last one, so .data() of a text is a C string.
std::optional<std::string_view> embedded_file(std::string_view name);

/// All names, sorted.
std::vector<std::string_view> embedded_names();

}  // namespace latentscape
