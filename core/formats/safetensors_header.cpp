#include "core/formats/safetensors_header.hpp"

#include <cstdint>
#include <set>

#include "core/formats/digits.hpp"

namespace latentscape {

namespace {

constexpr size_t kMaxDims = 32;

class Parser {
 public:
  Parser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<SafetensorsHeader> parse() {
    SafetensorsHeader header;
    std::set<std::string> seen;
    if (text_.empty() || text_[0] != '{') return expected("'{'");
    ++at_;
    bool first = true;
    for (;;) {
      LS_TRY(const bool more, next_member(first));
      if (!more) break;
      LS_TRY(std::string key, key_of_member());
      if (!seen.insert(key).second) return fail(ErrorCode::corrupt, "{}: tensor '{}' is named twice in the header", name_, key);
      if (key == kMetadataKey) {
        LS_CHECK(metadata(header.metadata));
      } else {
        TensorEntry entry;
        entry.name = std::move(key);
        LS_CHECK(tensor(entry));
        header.entries.push_back(std::move(entry));
      }
    }
    skip_space();
    if (at_ != text_.size()) return expected("the end of the header");
    return header;
  }

 private:
  Error expected(std::string_view what) const { return fail(ErrorCode::corrupt, "{}: header: expected {} at byte {}", name_, what, at_); }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// Stands before a member (true) or has taken the closing brace (false).
  Result<bool> next_member(bool& first) {
    if (take('}')) return false;
    if (!first && !take(',')) return expected("',' or '}'");
    first = false;
    return true;
  }
  Result<std::string> key_of_member() {
    LS_TRY(std::string key, string());
    if (!take(':')) return expected("':'");
    return key;
  }

  Status metadata(std::map<std::string, std::string>& out) {
    if (!take('{')) return expected("'{'");
    bool first = true;
    for (;;) {
      LS_TRY(const bool more, next_member(first));
      if (!more) return {};
      LS_TRY(std::string key, key_of_member());
      LS_TRY(std::string value, string());
      if (!out.emplace(key, std::move(value)).second) return fail(ErrorCode::corrupt, "{}: metadata '{}' is named twice", name_, key);
    }
  }

  Status tensor(TensorEntry& entry) {
    if (!take('{')) return expected("'{'");
    bool first = true;
    std::set<std::string> seen;
    for (;;) {
      LS_TRY(const bool more, next_member(first));
      if (!more) break;
      LS_TRY(const std::string key, key_of_member());
      if (!seen.insert(key).second) return fail(ErrorCode::corrupt, "{}: tensor '{}': '{}' is there twice", name_, entry.name, key);
      if (key == "dtype") {
        LS_TRY(entry.dtype, string());
      } else if (key == "shape") {
        LS_TRY(entry.shape, numbers());
      } else if (key == "data_offsets") {
        LS_TRY(const std::vector<size_t> offsets, numbers());
        if (offsets.size() != 2) return fail(ErrorCode::corrupt, "{}: tensor '{}': expected two data_offsets", name_, entry.name);
        entry.begin = offsets[0];
        entry.end = offsets[1];
      } else {
        return fail(ErrorCode::corrupt, "{}: tensor '{}': unknown key '{}'", name_, entry.name, key);
      }
    }
    if (seen.size() != 3) return fail(ErrorCode::corrupt, "{}: tensor '{}' lacks one of dtype, shape, data_offsets", name_, entry.name);
    return {};
  }

  Result<std::vector<size_t>> numbers() {
    std::vector<size_t> out;
    if (!take('[')) return expected("'['");
    if (take(']')) return out;
    for (;;) {
      LS_TRY(const size_t value, number());
      if (out.size() == kMaxDims) return expected("a shorter list");
      out.push_back(value);
      if (take(']')) return out;
      if (!take(',')) return expected("',' or ']'");
    }
  }

  Result<size_t> number() {
    skip_space();
    const size_t start = at_;
    size_t out = 0;
    const Digits digits = take_digits(text_, at_, out);
    if (digits == Digits::too_large) return expected("a smaller number");
    const bool padded = at_ - start > 1 && text_[start] == '0';  // JSON has no 007
    if (digits == Digits::missing || padded) return expected("a whole number");
    return out;
  }

  Result<std::string> string() {
    if (!take('"')) return expected("'\"'");
    std::string out;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return out;
      if (static_cast<unsigned char>(c) < 0x20) return expected("no control character");
      if (c != '\\') {
        out += c;
        continue;
      }
      LS_CHECK(escape(out));
    }
    return expected("a closing quote");
  }

  Status escape(std::string& out) {
    static constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    if (at_ >= text_.size()) return expected("an escape");
    const char c = text_[at_++];
    if (const size_t i = kFrom.find(c); i != std::string_view::npos) {
      out += kTo[i];
      return {};
    }
    if (c != 'u') return expected("an escape");
    LS_TRY(uint32_t code, hex4());
    if (code >= 0xdc00 && code < 0xe000) return expected("a whole surrogate pair");
    if (code >= 0xd800 && code < 0xdc00) {
      if (text_.substr(at_, 2) != "\\u") return expected("a whole surrogate pair");
      at_ += 2;
      LS_TRY(const uint32_t low, hex4());
      if (low < 0xdc00 || low >= 0xe000) return expected("a whole surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, code);
    return {};
  }

  Result<uint32_t> hex4() {
    uint32_t out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : ' ';
      uint32_t digit;
      if (c >= '0' && c <= '9')
        digit = static_cast<uint32_t>(c - '0');
      else if (c >= 'a' && c <= 'f')
        digit = static_cast<uint32_t>(c - 'a' + 10);
      else if (c >= 'A' && c <= 'F')
        digit = static_cast<uint32_t>(c - 'A' + 10);
      else
        return expected("four hexadecimal digits");
      out = out << 4 | digit;
    }
    return out;
  }

  static void append_utf8(std::string& out, uint32_t code) {
    const auto push = [&](uint32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
      push(code);
    } else if (code < 0x800) {
      push(0xc0 | code >> 6);
      push(0x80 | (code & 63));
    } else if (code < 0x10000) {
      push(0xe0 | code >> 12);
      push(0x80 | (code >> 6 & 63));
      push(0x80 | (code & 63));
    } else {
      push(0xf0 | code >> 18);
      push(0x80 | (code >> 12 & 63));
      push(0x80 | (code >> 6 & 63));
      push(0x80 | (code & 63));
    }
  }

  std::string_view text_;
  std::string_view name_;
  size_t at_ = 0;
};

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

Result<SafetensorsHeader> parse_safetensors_header(std::string_view json, std::string_view name) {
  if (!is_utf8(json)) return fail(ErrorCode::corrupt, "{}: header is not UTF-8 text", name);
  return Parser(json, name).parse();
}

std::string safetensors_header_json(const SafetensorsHeader& header) {
  std::string out = "{";
  if (!header.metadata.empty()) {
    out += fmt::format("\"{}\":{{", kMetadataKey);
    bool first = true;
    for (const auto& [key, value] : header.metadata) {
      if (!first) out += ',';
      first = false;
      append_string(out, key);
      out += ':';
      append_string(out, value);
    }
    out += '}';
  }
  for (const TensorEntry& entry : header.entries) {
    if (out.size() > 1) out += ',';
    append_string(out, entry.name);
    out += ":{\"dtype\":";
    append_string(out, entry.dtype);
    out += ",\"shape\":[";
    for (size_t i = 0; i < entry.shape.size(); ++i) out += fmt::format("{}{}", i ? "," : "", entry.shape[i]);
    out += fmt::format("],\"data_offsets\":[{},{}]}}", entry.begin, entry.end);
  }
  return out + "}";
}

bool is_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned lead = byte(i);
    const size_t n = lead < 0x80 ? 1 : lead >> 5 == 6 ? 2 : lead >> 4 == 14 ? 3 : lead >> 3 == 30 ? 4 : 0;
    if (n == 0 || text.size() - i < n) return false;
    uint32_t code = n == 1 ? lead : lead & (0xffu >> (n + 1));
    for (size_t k = 1; k < n; ++k) {
      if (byte(i + k) >> 6 != 2) return false;
      code = code << 6 | (byte(i + k) & 63u);
    }
    static constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kLeast[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    i += n;
  }
  return true;
}

}  // namespace latentscape
