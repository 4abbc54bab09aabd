// CSV and TSV, read in blocks: each column becomes numbers or words. Source: RFC 4180; comma, semicolon or tab.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/log.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

/// More different words than this in a column are text, not categories.
inline constexpr size_t kMostCategories = 100;
inline constexpr uint32_t kNoWord = std::numeric_limits<uint32_t>::max();

enum class CsvType { numeric, category, text };

/// Of columns by their names, see CsvColumn.
using CsvOffsets = std::map<std::string, double>;

/// A column of numbers where every cell is one (or missing), else of words. Missing are an empty cell, NA, N/A, NaN, null, None and ?.
struct CsvColumn {
  std::string name;
  bool numeric = true;
  std::vector<float> numbers;                              // one a row, less `offset`, NaN where missing or infinite
  double offset = 0.0;                                     // not 0 where floats alone would lose what tells the numbers apart
  std::vector<uint32_t> words;                             // of a column of words: one a row, index into dictionary; kNoWord where missing
  std::vector<std::string> dictionary;                     // in the order of their first rows
  double least = std::numeric_limits<double>::infinity();  // of the numbers as they are written; of a column without any, above `most`
  double most = -std::numeric_limits<double>::infinity();
  bool decimal_commas = false;
  size_t missing = 0;
  size_t infinite = 0;
  CsvType type() const { return numeric ? CsvType::numeric : dictionary.size() <= kMostCategories ? CsvType::category : CsvType::text; }
};

struct CsvTable {
  char separator = ',';
  bool header = true;  // else columns are called "column 1", ...
  size_t rows = 0;
  std::vector<CsvColumn> columns;
};

/// The separator is the one that the first line has most of; that line is the header, unless it is all numbers or has one that is not
/// whole. Numbers have a decimal point, or in all of a column a comma, where that does not separate cells. A column whose numbers differ by
/// less than 1 / 256 of the largest, and are not exactly floats, has an offset, the least one or that of `offsets`. A byte order mark and
/// Windows line ends are taken, blank lines left out. Errors name the line: corrupt (no header, no rows, a row with another number of
/// cells, an open quote, not UTF-8: with the byte's offset), unsupported (UTF-16, a line over 64 MB, over 100,000 columns).
Result<CsvTable> parse_csv(ByteView bytes, std::string_view name, const CsvOffsets& offsets = {});
/// The file may be gzip. Errors more: io, not_found, corrupt (damaged gzip), unsupported (over 4 GB unpacked), cancelled.
Result<CsvTable> read_csv(const std::filesystem::path& path, std::stop_token stop = {}, const Progress& progress = {},
                          const CsvOffsets& offsets = {});

}  // namespace latentscape
