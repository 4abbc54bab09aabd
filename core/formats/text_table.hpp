// Text files: a text a line, or tables of texts whose cells stay as they are written; plain or gzip.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/log.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

/// lines: a line is a text. tabs: cells between tabs, a quote is a letter like others. commas: RFC 4180, with commas, semicolons or tabs.
enum class TextLayout { lines, tabs, commas };

/// Every line that is not blank, the first one too: columns[c][r] is cell c of line r.
struct TextCells {
  std::vector<std::vector<std::string>> columns;
  size_t rows() const { return columns.empty() ? 0 : columns[0].size(); }
};

/// What the name of a file says of its layout, with or without ".gz".
TextLayout text_layout_of(const std::filesystem::path& path);

/// The first `most` lines; 0: all. A byte order mark and Windows line ends are taken. Errors name the line: corrupt (empty, a line with
/// another number of cells than the first, an open quote, not UTF-8: with the byte's offset), unsupported (UTF-16, a line over 64 MB).
Result<TextCells> parse_text(ByteView bytes, TextLayout layout, std::string_view name, size_t most = 0);
/// gzip is told by its first bytes; over kMostUnpacked of text in it is unsupported.
Result<TextCells> read_text(const std::filesystem::path& path, TextLayout layout, size_t most = 0, std::stop_token stop = {},
                            const Progress& progress = {});

inline constexpr size_t kMostUnpacked = size_t{4} << 30;

/// A cell without the blanks and tabs around it.
std::string_view trimmed(std::string_view cell);

/// All bytes of a file, unpacked where it is gzip.
Result<Bytes> read_unpacked(const std::filesystem::path& path);

}  // namespace latentscape
