#include "core/formats/svmlight.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

namespace latentscape {

namespace {

constexpr float kLargestWhole = 1 << 24;  // above it floats are no longer all whole numbers
constexpr size_t kShown = 30;             // bytes of a wrong word in an error

class Reader {
 public:
  Reader(ByteView bytes, std::string_view name) : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), name_(name) {}

  Result<SvmRows> read() {
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    while (!text_.empty()) {
      ++line_;
      const size_t end = text_.find('\n');
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + 1);
      LS_CHECK(add_line(line.substr(0, line.find('#'))));
    }
    if (rows_.rows() == 0) return fail(ErrorCode::corrupt, "{}: has no rows, expected lines of a label and index:count", name_);
    return std::move(rows_);
  }

 private:
  Error wrong(std::string_view what, std::string_view found) const {
    std::string shown;
    for (const char c : found.substr(0, kShown)) shown += c >= ' ' && c <= '~' ? c : '?';
    return fail(ErrorCode::corrupt, "{}: line {}: {}, found '{}'", name_, line_, what, shown);
  }

  static std::string_view next_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t\r";
    const size_t begin = std::min(line.find_first_not_of(blanks), line.size());
    const size_t end = std::min(line.find_first_of(blanks, begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
  }

  template <class T>
  static bool is_number(std::string_view text, T& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
  }

  static bool is_whole(float v) { return v == std::floor(v) && std::abs(v) < kLargestWhole; }

  Status add_line(std::string_view line) {
    std::string_view word = next_word(line);
    if (word.empty()) return {};
    float label = 0.0f;
    if (!is_number(word, label) || !is_whole(label)) return wrong("expected a label first, a whole number", word);
    entries_.clear();
    for (word = next_word(line); !word.empty(); word = next_word(line))
      if (!word.starts_with("qid:")) LS_CHECK(add_entry(word));
    std::sort(entries_.begin(), entries_.end());
    for (size_t k = 0; k < entries_.size(); ++k) {
      if (k && entries_[k].first == entries_[k - 1].first)
        return wrong("an index is there twice, expected each once", fmt::format("{}", entries_[k].first + 1));
      if (entries_[k].second == 0.0f) continue;
      rows_.index.push_back(entries_[k].first);
      rows_.count.push_back(entries_[k].second);
    }
    rows_.start.push_back(rows_.index.size());
    rows_.labels.push_back(label);
    return {};
  }

  Status add_entry(std::string_view word) {
    const size_t colon = word.find(':');
    uint64_t index = 0;
    float count = 0.0f;
    if (colon == std::string_view::npos || !is_number(word.substr(0, colon), index)) return wrong("expected index:count", word);
    if (index < 1 || index > kMostSvmIndex) return wrong(fmt::format("the index is {}, expected 1 to {}", index, kMostSvmIndex), word);
    if (!is_number(word.substr(colon + 1), count) || !is_whole(count) || count < 0.0f)
      return wrong("expected a count, a whole number from 0", word);
    rows_.width = std::max(rows_.width, static_cast<uint32_t>(index));
    entries_.emplace_back(static_cast<uint32_t>(index - 1), count);
    return {};
  }

  std::string_view text_;
  std::string name_;
  size_t line_ = 0;
  SvmRows rows_;
  std::vector<std::pair<uint32_t, float>> entries_;
};

}  // namespace

Result<SvmRows> parse_svmlight(ByteView bytes, std::string_view name) { return Reader(bytes, name).read(); }

}  // namespace latentscape
