#include "core/formats/npy_header.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/formats/digits.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxHeader = kMostNpyHeader - 12;
constexpr size_t kMaxDims = 32;  // NumPy's own limit before version 2

/// The Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } and nothing else.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<NpyHeader> parse() {
    NpyHeader header;
    if (!take('{')) return expected("'{'");
    while (!take('}')) {
      LS_TRY(const std::string_view key, string());
      if (!take(':')) return expected("':'");
      LS_CHECK(value_of(key, header));
      if (take(',')) continue;
      if (!peek('}')) return expected("',' or '}'");
    }
    skip_space();
    if (at_ != text_.size()) return expected("the end of the header");
    if (!header.has_descr || !header.has_fortran || !header.has_shape)
      return fail(ErrorCode::corrupt, "{}: NPY header lacks one of 'descr', 'fortran_order', 'shape'", name_);
    return header;
  }

 private:
  Error expected(std::string_view what) const {
    return fail(ErrorCode::corrupt, "{}: NPY header: expected {} at character {}", name_, what, at_);
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  bool peek(char c) {
    skip_space();
    return at_ < text_.size() && text_[at_] == c;
  }
  bool take(char c) {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  Result<std::string_view> string() {
    skip_space();
    if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return expected("a quoted name");
    const char quote = text_[at_++];
    const size_t end = text_.find(quote, at_);
    if (end == std::string_view::npos) return expected("a closing quote");
    const std::string_view out = text_.substr(at_, end - at_);
    at_ = end + 1;
    return out;
  }

  Status value_of(std::string_view key, NpyHeader& header) {
    if (key == "descr" && !header.has_descr) return descr(header);
    if (key == "shape" && !header.has_shape) return shape(header);
    if (key == "fortran_order" && !header.has_fortran) {
      header.has_fortran = true;
      header.fortran = take_word("True");
      if (!header.fortran && !take_word("False")) return expected("True or False");
      return {};
    }
    return fail(ErrorCode::corrupt, "{}: NPY header: unknown or repeated key '{}'", name_, key);
  }

  Status descr(NpyHeader& header) {
    header.has_descr = true;
    if (peek('[')) return fail(ErrorCode::unsupported, "{}: records are not read, expected plain numbers", name_);
    LS_TRY(const std::string_view text, string());
    const auto unsupported = [&] {
      return fail(ErrorCode::unsupported, "{}: element type '{}' is not read, expected bool, integers or floats of up to 8 bytes", name_,
                  text);
    };
    if (text.ends_with('O')) return fail(ErrorCode::unsupported, "{}: holds Python objects (a pickle), expected plain numbers", name_);
    if (text.size() != 3) return unsupported();
    header.order = text[0];
    header.type = text[1];
    header.size = static_cast<size_t>(text[2] - '0');
    if (std::string_view("<>|=").find(header.order) == std::string_view::npos) return unsupported();
    const size_t n = header.size;
    const bool whole = n == 1 || n == 2 || n == 4 || n == 8;
    const bool known =
        (header.type == 'f' && whole && n != 1) || ((header.type == 'i' || header.type == 'u') && whole) || (header.type == 'b' && n == 1);
    if (!known) return unsupported();
    return {};
  }

  Status shape(NpyHeader& header) {
    header.has_shape = true;
    if (!take('(')) return expected("'('");
    while (!take(')')) {
      LS_TRY(const size_t dim, number());
      header.dims.push_back(dim);
      if (header.dims.size() > kMaxDims) return fail(ErrorCode::corrupt, "{}: NPY header: more than {} dimensions", name_, kMaxDims);
      if (take(',')) continue;
      if (!peek(')')) return expected("',' or ')'");
    }
    return {};
  }

  Result<size_t> number() {
    skip_space();
    size_t out = 0;
    const Digits digits = take_digits(text_, at_, out);
    if (digits != Digits::ok) return expected(digits == Digits::too_large ? "a smaller number" : "a number");
    return out;
  }

  std::string_view text_;
  std::string_view name_;
  size_t at_ = 0;
};

float half(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const float mantissa = static_cast<float>(bits & 1023);
  float value;
  if (exponent == 31)
    value = mantissa == 0 ? std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
  else if (exponent == 0)
    value = std::ldexp(mantissa, -24);
  else
    value = std::ldexp(mantissa + 1024.0f, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

}  // namespace

namespace {

template <class T>
T number_at(const uint8_t* p, const NpyHeader& header) {
  // The bytes of one number, least significant first, as an integer.
  const bool big = header.order == '>' || (header.order == '=' && std::endian::native == std::endian::big);
  uint64_t bits = 0;
  for (size_t i = 0; i < header.size; ++i) bits |= uint64_t{p[big ? header.size - 1 - i : i]} << (8 * i);
  if (header.type == 'f') {
    if (header.size == 4) return static_cast<T>(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    if (header.size == 8) return static_cast<T>(std::bit_cast<double>(bits));
    return static_cast<T>(half(static_cast<uint16_t>(bits)));
  }
  if (header.type == 'b') return bits ? T{1} : T{0};
  if (header.type == 'u') return static_cast<T>(bits);
  const unsigned unused = static_cast<unsigned>(64 - 8 * header.size);
  return static_cast<T>(static_cast<int64_t>(bits << unused) >> unused);
}

}  // namespace

void npy_numbers(const uint8_t* from, size_t count, const NpyHeader& header, float* out) {
  if (count != 0 && header.plain_floats())
    std::memcpy(out, from, count * sizeof(float));
  else
    for (size_t i = 0; i < count; ++i) out[i] = number_at<float>(from + i * header.size, header);
}

void npy_numbers(const uint8_t* from, size_t count, const NpyHeader& header, double* out) {
  for (size_t i = 0; i < count; ++i) out[i] = number_at<double>(from + i * header.size, header);
}

bool NpyHeader::fits_floats() const { return type == 'b' || (type == 'f' ? size <= 4 : size <= 2); }

bool NpyHeader::plain_floats() const { return type == 'f' && size == 4 && order == '<' && std::endian::native == std::endian::little; }

Result<NpyHeader> parse_npy_header(ByteView bytes, std::string_view name) {
  const size_t fixed = kMagic.size() + 2;
  if (bytes.size() < fixed + 2 || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
    return fail(ErrorCode::corrupt, "{}: does not start with \\x93NUMPY, expected an NPY file", name);
  const int version = bytes[6];
  if (version < 1 || version > 3) return fail(ErrorCode::unsupported, "{}: NPY version {} is not read, expected 1 to 3", name, version);
  const size_t length_bytes = version == 1 ? 2 : 4;
  if (bytes.size() < fixed + length_bytes) return fail(ErrorCode::corrupt, "{}: truncated in the NPY header", name);
  size_t header_size = 0;
  for (size_t i = 0; i < length_bytes; ++i) header_size |= size_t{bytes[fixed + i]} << (8 * i);
  size_t start = fixed + length_bytes;
  if (header_size > kMaxHeader || header_size > bytes.size() - start)
    return fail(ErrorCode::corrupt, "{}: truncated: NPY header is {} bytes long, found {}", name, header_size, bytes.size() - start);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + start, header_size);
  LS_TRY(NpyHeader header, HeaderParser(text, name).parse());
  header.start = start + header_size;
  for (const size_t dim : header.dims) {
    if (dim != 0 && header.count > std::numeric_limits<size_t>::max() / 16 / dim)
      return fail(ErrorCode::corrupt, "{}: the NPY header promises more numbers than any file has", name);
    header.count *= dim;
  }
  return header;
}

Status check_npy_length(const NpyHeader& header, uint64_t size, std::string_view name) {
  const uint64_t found = size - header.start, expected = header.count * header.size;
  if (found == expected) return {};
  return fail(ErrorCode::corrupt, "{}: {}: expected {} bytes of numbers, found {}", name, found < expected ? "truncated" : "too long",
              expected, found);
}

Bytes npy_header_bytes(std::string_view descr, std::span<const size_t> dims, size_t step) {
  std::string shape;
  for (size_t i = 0; i < dims.size(); ++i) shape += fmt::format("{}{}", i ? ", " : "", dims[i]);
  if (dims.size() == 1) shape += ',';
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  const size_t fixed = kMagic.size() + 4;
  header.append(step - 1 - (fixed + header.size()) % step, ' ');
  header += '\n';
  Bytes out(fixed + header.size());
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  out[6] = 1;
  out[8] = static_cast<uint8_t>(header.size() & 0xffu);
  out[9] = static_cast<uint8_t>(header.size() >> 8);
  std::memcpy(out.data() + fixed, header.data(), header.size());
  return out;
}

}  // namespace latentscape
