#include "core/formats/csv_records.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "core/formats/text_table.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

constexpr size_t kBlock = size_t{4} << 20;
constexpr unsigned kPackedBlock = 1u << 18;
constexpr size_t kMostLine = size_t{64} << 20;
constexpr size_t kMostCells = 100'000;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The candidate that stands in the header most often, outside of quotes; a comma where there is none.
char separator_of(std::string_view text) {
  constexpr std::array<char, 3> candidates = {',', ';', '\t'};
  std::array<size_t, 3> counts = {};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    for (size_t k = 0; k < candidates.size(); ++k) counts[k] += c == candidates[k];
  }
  return candidates[static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

/// Where the first `a` or `b` stands in [from, end); `end` where there is none. Bytes behind `end` are not read.
size_t find_either(const char* text, size_t from, size_t end, char a, char b) {
#ifdef __SSE2__
  const __m128i as = _mm_set1_epi8(a), bs = _mm_set1_epi8(b);
  for (; from + 16 <= end; from += 16) {
    const __m128i letters = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + from));
    const __m128i found = _mm_or_si128(_mm_cmpeq_epi8(letters, as), _mm_cmpeq_epi8(letters, bs));
    const auto places = static_cast<uint32_t>(_mm_movemask_epi8(found));
    if (places) return from + static_cast<size_t>(std::countr_zero(places));
  }
#endif
  while (from < end && text[from] != a && text[from] != b) ++from;
  return from;
}

}  // namespace

void CsvBytes::Close::operator()(gzFile_s* file) const { gzclose(file); }

Result<CsvBytes> CsvBytes::open(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return fail(ErrorCode::not_found, "{}: no such file", path.string());
  if (!std::filesystem::is_regular_file(path, error)) return fail(ErrorCode::io, "{}: is not a file, expected a table", path.string());
  CsvBytes out;
  out.size_ = std::filesystem::file_size(path, error);
  out.name_ = path.string();
  out.file_.reset(gzopen(path.c_str(), "rbe"));  // plain files as they are
  if (out.file_) gzbuffer(out.file_.get(), kPackedBlock);
  if (error || !out.file_) return fail(ErrorCode::io, "{}: cannot be opened for reading", path.string());
  return out;
}

void CsvBytes::rewind() {
  at_ = 0;
  if (file_) gzrewind(file_.get());
}

double CsvBytes::share() const {
  const double done = file_ ? static_cast<double>(gzoffset(file_.get())) : static_cast<double>(at_);
  return size_ ? done / static_cast<double>(size_) : 0.0;
}

Result<size_t> CsvBytes::read(uint8_t* to, size_t room) {
  if (!file_) {
    const size_t n = std::min(room, bytes_.size() - at_);
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), n, to);
    at_ += n;
    return n;
  }
  size_t n = 0;
  while (n < room) {
    const int came = gzread(file_.get(), to + n, static_cast<unsigned>(std::min<size_t>(room - n, std::numeric_limits<int>::max())));
    if (came <= 0) break;
    n += static_cast<size_t>(came);
  }
  at_ += n;
  int code = Z_OK;
  gzerror(file_.get(), &code);
  if (code == Z_ERRNO) return fail(ErrorCode::io, "{}: cannot be read", name_);
  if (code != Z_OK && code != Z_STREAM_END)
    return fail(ErrorCode::corrupt, "{}: gzip stream {} after {} bytes", name_, code == Z_BUF_ERROR ? "breaks off" : "is damaged", at_);
  if (at_ > kMostUnpacked && !gzdirect(file_.get()))
    return fail(ErrorCode::unsupported, "{}: unpacks to more than {} bytes", name_, kMostUnpacked);
  return n;
}

Error CsvRecords::wrong(std::string_view what) const { return fail(ErrorCode::corrupt, "{}: line {}: {}", name_, line_, what); }

Error CsvRecords::too_long() const {
  return fail(ErrorCode::unsupported, "{}: line {}: is longer than 64 MB{}", name_, line_,
              rules_ == CellRules::comma ? ", or a quote that opens in it is never closed" : "");
}

Status CsvRecords::refill() {
  if (end_ - begin_ > kMostLine) return too_long();
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  passed_ += begin_;
  end_ -= begin_;
  begin_ = 0;
  // Twice as much each time, so that a long line is not cut over and over; no more than a small file has.
  const size_t room = std::max(std::min(kBlock, bytes_.size() + 1), end_);
  if (buffer_.size() < end_ + room) buffer_.resize(end_ + room);
  LS_TRY(const size_t n, bytes_.read(buffer_.data() + end_, room));
  end_ += n;
  whole_ = n < room;
  return {};
}

Status CsvRecords::begin() {
  bytes_.rewind();
  LS_CHECK(refill());
  const std::string_view text(reinterpret_cast<const char*>(buffer_.data()), end_);
  if (text.empty())
    return fail(ErrorCode::corrupt, "{}: is empty, expected {}", name_,
                rules_ == CellRules::line ? "a text a line" : "a header line with the names of the columns");
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return fail(ErrorCode::unsupported, "{}: is UTF-16, expected UTF-8", name_);
  if (text.starts_with(kByteOrderMark)) begin_ = next_ = kByteOrderMark.size();
  // A zero byte is in no text: nothing parts the line then.
  separator_ = rules_ == CellRules::comma ? separator_of(text.substr(begin_)) : rules_ == CellRules::tab ? '\t' : '\0';
  return {};
}

Status CsvRecords::check_text(size_t end) const {
  const auto bad = first_bad_byte({reinterpret_cast<const char*>(buffer_.data()) + begin_, end - begin_});
  if (!bad) return {};
  const uint8_t byte = buffer_[begin_ + *bad];
  return wrong(fmt::format("byte {} of the file (0x{:02x}) is {}, expected UTF-8 text", passed_ + begin_ + *bad, byte,
                           byte == 0 ? "zero" : "no character"));
}

Result<CsvRecords::Cut> CsvRecords::cut_quoted(size_t& at, std::string_view& cell) {
  const auto* const text = reinterpret_cast<const char*>(buffer_.data());
  const size_t start = at + 1;
  bool doubled = false;
  for (size_t from = start;;) {
    const auto* const quote = static_cast<const char*>(std::memchr(text + from, '"', end_ - from));
    if (!quote && whole_) return wrong("a quote opens in it and is never closed");
    if (!quote) return Cut::more;
    from = static_cast<size_t>(quote - text) + 1;
    if (from == end_ && !whole_) return Cut::more;
    if (from < end_ && text[from] == '"') {
      doubled = true;
      ++from;
      continue;
    }
    cell = {text + start, from - 1 - start};
    at = from;
    break;
  }
  if (doubled) {
    std::string& plain = unquoted_.emplace_back();
    for (size_t i = 0; i < cell.size(); ++i) {
      plain += cell[i];
      if (cell[i] == '"') ++i;
    }
    cell = plain;
  }
  if (at < end_ && text[at] == '\r') ++at;
  if (at == end_) return whole_ ? Cut::whole : Cut::more;
  if (text[at] != separator_ && text[at] != '\n') return wrong("a quote closes in the middle of a cell");
  return Cut::whole;
}

/// From begin_ to the end of a record; `more` where the buffer ends before.
Result<CsvRecords::Cut> CsvRecords::cut(std::vector<std::string_view>& cells) {
  const auto* const text = reinterpret_cast<const char*>(buffer_.data());
  cells.clear();
  unquoted_.clear();
  if (begin_ == end_) return whole_ ? Cut::end : Cut::more;
  size_t at = begin_, lines = 1;
  for (;;) {
    std::string_view cell;
    if (rules_ == CellRules::comma && at < end_ && text[at] == '"') {
      const size_t from = at;
      LS_TRY(const Cut quoted, cut_quoted(at, cell));
      if (quoted == Cut::more) return Cut::more;
      lines += static_cast<size_t>(std::count(text + from, text + at, '\n'));
    } else {
      const size_t from = at;
      at = find_either(text, at, end_, separator_, '\n');
      if (at == end_ && !whole_) return Cut::more;
      cell = {text + from, at - from};
      if ((at == end_ || text[at] == '\n') && cell.ends_with('\r')) cell.remove_suffix(1);
    }
    if (cells.size() == kMostCells)
      return fail(ErrorCode::unsupported, "{}: line {}: has over {} columns, expected at most as many", name_, line_, kMostCells);
    cells.push_back(cell);
    if (at == end_ || text[at] == '\n') break;
    ++at;
  }
  next_ = std::min(at + 1, end_);
  next_line_ = line_ + lines;
  return Cut::whole;
}

Result<bool> CsvRecords::next(std::vector<std::string_view>& cells) {
  for (;;) {
    begin_ = next_;
    line_ = next_line_;
    LS_TRY(Cut state, cut(cells));
    while (state == Cut::more) {
      LS_CHECK(refill());
      LS_TRY(state, cut(cells));
    }
    if (state == Cut::end) {
      next_ = begin_;
      return false;
    }
    if (next_ - begin_ > kMostLine) return too_long();
    LS_CHECK(check_text(next_));
    if (cells.size() > 1 || !cells[0].empty() || buffer_[begin_] == '"') return true;
  }
}

}  // namespace latentscape
