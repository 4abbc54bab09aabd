#include "core/formats/csv.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <deque>
#include <optional>
#include <unordered_set>

#include "core/formats/csv_records.hpp"
#include "core/formats/number_range.hpp"
#include "core/formats/text_table.hpp"

namespace latentscape {

namespace {

constexpr size_t kSampleRows = 1000;     // after which what was found of the columns is used to begin again
constexpr size_t kMostDigits = 64;       // of a number with a decimal comma
constexpr size_t kReportRows = 1 << 16;  // between two looks at stop and progress

bool is_missing(std::string_view cell) {
  switch (cell.size()) {
    case 0: return true;
    case 1: return cell == "?";
    case 2: return cell == "NA";
    case 3: return cell == "N/A" || cell == "NaN" || cell == "nan" || cell == "NAN";
    case 4: return cell == "null" || cell == "NULL" || cell == "Null" || cell == "None";
    default: return false;
  }
}

/// Digits, with a sign and a point at most: the same double as from_chars, in a third of its time. Both the digits as a whole number and
/// the power of ten are exact, so that their quotient is rounded once (Clinger 1990). False: not of this form, or too many digits.
bool parse_plain(std::string_view text, double& out) {
  constexpr std::array<double, 18> kTens = {1e0, 1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,
                                            1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17};
  constexpr uint64_t kLargestExact = uint64_t{1} << 53;
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  if (text.size() > kTens.size()) return false;
  uint64_t whole = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digits = [&] {
    const char* const first = at;
    for (; at != end && *at >= '0' && *at <= '9'; ++at) whole = whole * 10 + static_cast<uint64_t>(*at - '0');
    return static_cast<size_t>(at - first);
  };
  const size_t before = digits();
  const bool point = at != end && *at == '.';
  at += point;
  const size_t behind = point ? digits() : 0;
  if (at != end || before + behind == 0 || whole > kLargestExact) return false;
  const double value = static_cast<double>(whole) / kTens[behind];
  out = minus ? -value : value;
  return true;
}

/// All of the text is one number; infinite where it is too large.
bool parse_number(std::string_view text, double& out) {
  if (parse_plain(text, out)) return true;
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, out);
  if (next != end || error == std::errc::invalid_argument) return false;
  if (error == std::errc::result_out_of_range) out = std::strtod(std::string(text).c_str(), nullptr);  // 0 or infinite
  return true;
}

/// The same with a decimal comma.
bool parse_with_comma(std::string_view text, double& out) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos || text.find_first_of(",.", comma + 1) != std::string_view::npos || text.size() > kMostDigits)
    return false;
  std::array<char, kMostDigits> pointed;
  std::copy(text.begin(), text.end(), pointed.begin());
  pointed[comma] = '.';
  return text.find('.') > comma && parse_number({pointed.data(), text.size()}, out);
}

/// Different words, each with its number; small beside them, as a column of names has as many as rows.
class Dictionary {
 public:
  uint32_t number(std::string_view word) {
    if (2 * words_.size() >= places_.size()) grow();
    uint32_t& place = place_of(word);
    if (place == kNoWord) {
      place = static_cast<uint32_t>(words_.size());
      words_.emplace_back(word);
    }
    return place;
  }
  std::vector<std::string> take() { return std::move(words_); }

 private:
  uint32_t& place_of(std::string_view word) {
    size_t at = std::hash<std::string_view>()(word);
    for (;; ++at) {
      uint32_t& place = places_[at & (places_.size() - 1)];
      if (place == kNoWord || words_[place] == word) return place;
    }
  }
  void grow() {
    places_.assign(std::max<size_t>(64, 2 * places_.size()), kNoWord);
    for (uint32_t i = 0; i < words_.size(); ++i) place_of(words_[i]) = i;
  }

  std::vector<std::string> words_;
  std::vector<uint32_t> places_;  // numbers of words, near where their hash says; a power of two of them, half empty
};

/// A column while it is read.
class ColumnBuilder {
 public:
  /// `commas`: a number may have a decimal comma. `offset`: what is known of it.
  ColumnBuilder(std::string name, bool commas, std::optional<double> offset) : commas_(commas), offset_known_(offset.has_value()) {
    column_.name = std::move(name);
    column_.offset = offset.value_or(0.0);
  }

  void reserve(size_t rows) {
    if (!column_.numeric)
      column_.words.reserve(rows);
    else if (!found_word_)
      column_.numbers.reserve(rows);
  }

  void begin_again() {
    CsvColumn fresh;
    fresh.name = std::move(column_.name);
    fresh.numeric = column_.numeric && !found_word_;
    fresh.offset = column_.offset;
    if (wants_other_offset()) {
      offset_known_ = column_.offset != 0.0;  // a second change is the last
      fresh.offset = offset_known_ ? 0.0 : range_.least;
    }
    column_ = std::move(fresh);
    words_ = {};
    range_ = {};
    point_ = false;
  }

  /// All of it has to be read again.
  bool stale() const { return column_.numeric && (found_word_ || wants_other_offset()); }

  void add(std::string_view cell) {
    cell = trimmed(cell);
    if (!column_.numeric) {
      const bool missing = is_missing(cell);
      column_.missing += missing;
      column_.words.push_back(missing ? kNoWord : words_.number(cell));
      return;
    }
    if (found_word_) return;
    double value = std::numeric_limits<double>::quiet_NaN();
    if (is_missing(cell)) {
      ++column_.missing;
    } else if (!take_number(cell, value)) {
      found_word_ = true;
      return;
    }
    const auto plain = static_cast<float>(value);
    if (std::isinf(plain)) {
      ++column_.infinite;
      value = std::numeric_limits<double>::quiet_NaN();
    } else if (!std::isnan(plain)) {
      range_.take(value);
    }
    column_.numbers.push_back(static_cast<float>(value - column_.offset));
  }

  CsvColumn finish() {
    column_.dictionary = words_.take();
    column_.least = range_.least;
    column_.most = range_.most;
    double ignored = 0.0;
    if (!column_.numeric)
      column_.decimal_commas = std::any_of(column_.dictionary.begin(), column_.dictionary.end(),
                                           [&](const std::string& word) { return parse_with_comma(word, ignored); });
    return std::move(column_);
  }

 private:
  /// False: a word, or one with a comma among those with a point.
  bool take_number(std::string_view cell, double& value) {
    if (parse_number(cell, value)) {
      if (!commas_) return true;
      point_ = point_ || cell.find('.') != std::string_view::npos;
    } else {
      if (!commas_ || !parse_with_comma(cell, value)) return false;
      column_.decimal_commas = true;
    }
    return !point_ || !column_.decimal_commas;
  }

  bool wants_other_offset() const { return !offset_known_ && !range_.empty() && range_.narrow() != (column_.offset != 0.0); }

  CsvColumn column_;
  bool commas_, offset_known_;
  bool found_word_ = false;
  bool point_ = false;  // a number has one
  NumberRange range_;
  Dictionary words_;
};

class TableReader {
 public:
  TableReader(CsvBytes bytes, std::string_view name, std::stop_token stop, const Progress& progress, const CsvOffsets& offsets)
      : bytes_(std::move(bytes)), name_(name), stop_(std::move(stop)), progress_(progress), offsets_(offsets) {}

  Result<CsvTable> read() {
    // Every column is taken for numbers that are floats until something else is found in it; then the file is read again with what is
    // known of it.
    bool again = true;
    while (again) {
      LS_TRY(again, pass());
    }
    if (table_.rows == 0) return fail(ErrorCode::corrupt, "{}: has a header, but no rows", name_);
    for (ColumnBuilder& column : columns_) table_.columns.push_back(column.finish());
    return std::move(table_);
  }

 private:
  Status read_header(CsvRecords& records) {
    LS_CHECK(records.begin());
    table_.separator = records.separator();
    LS_TRY(const bool found, records.next(cells_));
    if (!found) return fail(ErrorCode::corrupt, "{}: has only blank lines, expected a header line with the names of the columns", name_);
    if (!columns_.empty()) {
      for (ColumnBuilder& column : columns_) column.begin_again();
      return {};
    }
    table_.header = !is_row(cells_);
    std::unordered_set<std::string> names;
    for (const std::string_view cell : cells_) {
      std::string name(table_.header ? trimmed(cell) : "");
      if (name.empty()) name = fmt::format("column {}", columns_.size() + 1);
      if (!names.insert(name).second) return records.wrong(fmt::format("two columns are named '{}'", name));
      const auto offset = offsets_.find(name);
      columns_.emplace_back(std::move(name), commas(), offset == offsets_.end() ? std::nullopt : std::optional(offset->second));
    }
    return {};
  }

  bool commas() const { return table_.separator != ','; }

  /// Names may be whole numbers (years) beside words, but hardly others.
  bool is_row(const std::vector<std::string_view>& cells) const {
    size_t numbers = 0, broken = 0, words = 0;
    for (const std::string_view cell : cells) {
      double value = 0.0;
      const std::string_view text = trimmed(cell);
      if (is_missing(text)) continue;
      const bool number = parse_number(text, value) || (commas() && parse_with_comma(text, value));
      numbers += number;
      broken += number && value != std::floor(value);
      words += !number;
    }
    return broken > 0 || (numbers > 0 && words == 0);
  }

  Status add_row(const CsvRecords& records) {
    if (cells_.size() != columns_.size())
      return records.wrong(fmt::format("has {} cell{}, expected {} as in the {}", cells_.size(), cells_.size() == 1 ? "" : "s",
                                       columns_.size(), table_.header ? "header" : "first line"));
    for (size_t k = 0; k < cells_.size(); ++k) columns_[k].add(cells_[k]);
    ++table_.rows;
    return {};
  }

  bool stale() const {
    return std::any_of(columns_.begin(), columns_.end(), [](const ColumnBuilder& column) { return column.stale(); });
  }

  /// All rows, or those until it is known that columns have to be read again: true.
  Result<bool> pass() {
    CsvRecords records(bytes_, name_);
    LS_CHECK(read_header(records));
    table_.rows = 0;
    if (!table_.header) LS_CHECK(add_row(records));
    for (;;) {
      LS_TRY(const bool found, records.next(cells_));
      if (!found) return stale();
      LS_CHECK(add_row(records));
      if (table_.rows == kSampleRows) {
        if (stale()) return true;
        reserve(records.read());
      }
      if (table_.rows % kReportRows == 0) LS_CHECK(report());
    }
  }

  /// For the rows of a file that goes on as it begins: its columns need not move as they grow.
  void reserve(size_t bytes) {
    const size_t rows = table_.rows * (bytes_.size() / bytes + 1);
    for (ColumnBuilder& column : columns_) column.reserve(rows);
  }

  Status report() const {
    if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "{}: reading was stopped", name_);
    if (progress_) progress_(bytes_.share(), "reading " + name_);
    return {};
  }

  CsvBytes bytes_;
  std::string name_;
  std::stop_token stop_;
  const Progress& progress_;
  const CsvOffsets& offsets_;
  CsvTable table_;
  std::deque<ColumnBuilder> columns_;
  std::vector<std::string_view> cells_;
};

}  // namespace

Result<CsvTable> parse_csv(ByteView bytes, std::string_view name, const CsvOffsets& offsets) {
  const Progress none;
  return TableReader(CsvBytes(bytes), name, {}, none, offsets).read();
}

Result<CsvTable> read_csv(const std::filesystem::path& path, std::stop_token stop, const Progress& progress, const CsvOffsets& offsets) {
  LS_TRY(CsvBytes bytes, CsvBytes::open(path));
  return TableReader(std::move(bytes), path.string(), std::move(stop), progress, offsets).read();
}

}  // namespace latentscape
