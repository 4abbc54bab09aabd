// The lines of a CSV file, one after the other, cut into cells; a block of the file in memory at a time. Private to core/formats.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/formats/file.hpp"

struct gzFile_s;  // of zlib

namespace latentscape {

/// Bytes from a file, unpacked where it is gzip, or from memory; from the start as often as wanted.
class CsvBytes {
 public:
  explicit CsvBytes(ByteView bytes) : bytes_(bytes), size_(bytes.size()) {}
  static Result<CsvBytes> open(const std::filesystem::path& path);

  size_t size() const { return size_; }  // packed
  double share() const;                  // of it that has been read
  void rewind();
  /// How many came; fewer than `room` at the end alone. Errors: io, corrupt (gzip), unsupported (over kMostUnpacked).
  Result<size_t> read(uint8_t* to, size_t room);

 private:
  struct Close {
    void operator()(gzFile_s* file) const;
  };
  CsvBytes() = default;
  ByteView bytes_;
  std::unique_ptr<gzFile_s, Close> file_;
  std::string name_;
  size_t size_ = 0;
  size_t at_ = 0;
};

/// What parts a line into cells. comma: what the header has most of, and quotes as in RFC 4180; tab: tabs alone, a quote is a letter;
/// line: nothing, a line is a cell.
enum class CellRules { comma, tab, line };

class CsvRecords {
 public:
  CsvRecords(CsvBytes& bytes, std::string_view name, CellRules rules = CellRules::comma) : bytes_(bytes), name_(name), rules_(rules) {}

  /// Reads the first block, skips a byte order mark and settles the separator.
  Status begin();
  /// The cells of the next line that is not blank, until the next call; false at the end.
  Result<bool> next(std::vector<std::string_view>& cells);

  char separator() const { return separator_; }
  size_t line() const { return line_; }            // where the last record began, from 1
  size_t read() const { return passed_ + next_; }  // bytes of the text up to the next record
  Error wrong(std::string_view what) const;

 private:
  enum class Cut { whole, more, end };
  Status refill();
  Result<Cut> cut(std::vector<std::string_view>& cells);
  Result<Cut> cut_quoted(size_t& at, std::string_view& cell);
  Error too_long() const;
  Status check_text(size_t end) const;

  CsvBytes& bytes_;
  std::string name_;
  CellRules rules_;
  Bytes buffer_;
  size_t begin_ = 0, end_ = 0;  // of what is not cut yet, in the buffer
  size_t next_ = 0;             // where the next record begins
  size_t passed_ = 0;           // bytes of the text before the buffer
  bool whole_ = false;          // the file's end is in the buffer
  char separator_ = ',';
  size_t line_ = 0, next_line_ = 1;
  std::deque<std::string> unquoted_;  // cells with doubled quotes
};

}  // namespace latentscape
