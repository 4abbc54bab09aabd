// JSON lines on disk: each line appended with one write, a torn last line ignored. Private to core/io.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

/// Appends `line` and a line end with one write; cuts a torn line first; a write that stops half way (full disk) is taken back.
/// One writer at a time. Errors (io) name the path.
Status append_line(const std::string& path, std::string_view line);

/// The whole lines; no file means none.
Result<std::vector<std::string>> read_lines(const std::string& path);

/// Keeps the lines for which keep(line, number from 1) says so; atomic, and untouched where nothing changes.
Status filter_lines(const std::string& path, const std::function<Result<bool>(std::string_view line, size_t number)>& keep);

}  // namespace latentscape
