#include "core/formats/npy.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/formats/digits.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMaxHeader = size_t{1} << 20;
constexpr size_t kMaxDims = 32;  // NumPy's own limit before version 2

struct Header {
  char order = '<';
  char type = 'f';
  size_t size = 4;
  bool fortran = false;
  std::vector<size_t> dims;
  bool has_descr = false, has_fortran = false, has_shape = false;
};

/// The Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), } and nothing else.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  Result<Header> parse() {
    Header header;
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

  Status value_of(std::string_view key, Header& header) {
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

  Status descr(Header& header) {
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

  Status shape(Header& header) {
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

float element(const uint8_t* p, const Header& header) {
  // The bytes of one number, least significant first, as an integer.
  const bool big = header.order == '>' || (header.order == '=' && std::endian::native == std::endian::big);
  uint64_t bits = 0;
  for (size_t i = 0; i < header.size; ++i) bits |= uint64_t{p[big ? header.size - 1 - i : i]} << (8 * i);
  if (header.type == 'f') {
    if (header.size == 4) return std::bit_cast<float>(static_cast<uint32_t>(bits));
    if (header.size == 8) return static_cast<float>(std::bit_cast<double>(bits));
    return half(static_cast<uint16_t>(bits));
  }
  if (header.type == 'b') return bits ? 1.0f : 0.0f;
  if (header.type == 'u') return static_cast<float>(bits);
  const unsigned unused = static_cast<unsigned>(64 - 8 * header.size);
  return static_cast<float>(static_cast<int64_t>(bits << unused) >> unused);
}

/// Fortran order in, C order out.
std::vector<float> transposed(const std::vector<float>& values, const std::vector<size_t>& dims) {
  std::vector<float> out(values.size());
  std::vector<size_t> stride(dims.size(), 1);
  for (size_t k = dims.size() - 1; k-- > 0;) stride[k] = stride[k + 1] * dims[k + 1];
  std::vector<size_t> index(dims.size(), 0);
  size_t target = 0;
  for (const float value : values) {
    out[target] = value;
    for (size_t k = 0; k < dims.size(); ++k) {
      target += stride[k];
      if (++index[k] < dims[k]) break;
      target -= stride[k] * dims[k];
      index[k] = 0;
    }
  }
  return out;
}

/// Where the numbers begin, and how many there are.
struct Layout {
  Header header;
  size_t start = 0;
  size_t count = 1;
};

Result<Layout> layout_of(ByteView bytes, std::string_view name) {
  const size_t fixed = kMagic.size() + 2;
  if (bytes.size() < fixed + 2 || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
    return fail(ErrorCode::corrupt, "{}: does not start with \\x93NUMPY, expected an NPY file", name);
  const int version = bytes[6];
  if (version < 1 || version > 3) return fail(ErrorCode::unsupported, "{}: NPY version {} is not read, expected 1 to 3", name, version);
  const size_t length_bytes = version == 1 ? 2 : 4;
  if (bytes.size() < fixed + length_bytes) return fail(ErrorCode::corrupt, "{}: truncated in the NPY header", name);
  size_t header_size = 0;
  for (size_t i = 0; i < length_bytes; ++i) header_size |= size_t{bytes[fixed + i]} << (8 * i);
  Layout layout;
  layout.start = fixed + length_bytes;
  if (header_size > kMaxHeader || header_size > bytes.size() - layout.start)
    return fail(ErrorCode::corrupt, "{}: truncated: NPY header is {} bytes long, found {}", name, header_size, bytes.size() - layout.start);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + layout.start, header_size);
  layout.start += header_size;
  LS_TRY(layout.header, HeaderParser(text, name).parse());
  for (const size_t dim : layout.header.dims) {
    if (dim != 0 && layout.count > std::numeric_limits<size_t>::max() / 16 / dim)
      return fail(ErrorCode::corrupt, "{}: the NPY header promises more numbers than any file has", name);
    layout.count *= dim;
  }
  return layout;
}

Status check_length(const Layout& layout, size_t size, std::string_view name) {
  const size_t found = size - layout.start, expected = layout.count * layout.header.size;
  if (found == expected) return {};
  return fail(ErrorCode::corrupt, "{}: {}: expected {} bytes of numbers, found {}", name, found < expected ? "truncated" : "too long",
              expected, found);
}

NpyArray array_of(ByteView bytes, Layout layout) {
  const Header& header = layout.header;
  NpyArray out;
  const uint8_t* data = bytes.data() + layout.start;
  out.values.resize(layout.count);
  if (layout.count != 0 && header.type == 'f' && header.size == 4 && header.order == '<' && std::endian::native == std::endian::little) {
    std::memcpy(out.values.data(), data, layout.count * 4);
  } else {
    for (size_t i = 0; i < layout.count; ++i) out.values[i] = element(data + i * header.size, header);
  }
  if (header.fortran && header.dims.size() > 1) out.values = transposed(out.values, header.dims);
  out.dims = std::move(layout.header.dims);
  return out;
}

}  // namespace

Result<size_t> npy_size(ByteView front, std::string_view name) {
  LS_TRY(const Layout layout, layout_of(front, name));
  return layout.start + layout.count * layout.header.size;
}

Result<NpyArray> parse_npy(ByteView bytes, std::string_view name) {
  LS_TRY(Layout layout, layout_of(bytes, name));
  LS_CHECK(check_length(layout, bytes.size(), name));
  return array_of(bytes, std::move(layout));
}

Result<NpyNumbers> take_npy(Bytes file, std::string_view name) {
  LS_TRY(Layout layout, layout_of(file, name));
  LS_CHECK(check_length(layout, file.size(), name));
  const Header& header = layout.header;
  if (header.type == 'u' && header.size == 1 && !(header.fortran && header.dims.size() > 1)) {
    file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(layout.start));
    return NpyNumbers{std::move(layout.header.dims), std::move(file)};
  }
  NpyArray array = array_of(file, std::move(layout));
  return NpyNumbers{std::move(array.dims), std::move(array.values)};
}

Result<NpyArray> read_npy(const std::filesystem::path& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse_npy(bytes, path.string());
}

Bytes npy_bytes(std::span<const size_t> dims, std::span<const float> values) {
  std::string shape;
  for (size_t i = 0; i < dims.size(); ++i) shape += fmt::format("{}{}", i ? ", " : "", dims[i]);
  if (dims.size() == 1) shape += ',';
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape);
  const size_t fixed = kMagic.size() + 4;
  header.append(63 - (fixed + header.size()) % 64, ' ');
  header += '\n';
  Bytes out(fixed + header.size() + values.size() * 4);
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  out[6] = 1;
  out[8] = static_cast<uint8_t>(header.size() & 0xffu);
  out[9] = static_cast<uint8_t>(header.size() >> 8);
  std::memcpy(out.data() + fixed, header.data(), header.size());
  uint8_t* p = out.data() + fixed + header.size();
  for (const float value : values) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) *p++ = static_cast<uint8_t>(bits >> shift & 0xffu);
  }
  return out;
}

}  // namespace latentscape
