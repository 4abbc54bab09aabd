#include "core/formats/idx.hpp"

#include <algorithm>
#include <limits>

#include "core/formats/byte_source.hpp"
#include "core/formats/inflate.hpp"

namespace latentscape {

namespace {

constexpr size_t kMaxDims = 8;
constexpr size_t kMaxHeader = kLongestIdxHeader;
constexpr uint8_t kUnsignedByte = 0x08;
constexpr size_t kFront = size_t{1} << 16;
constexpr size_t kMaxRatio = 1100;  // deflate packs at most about 1032 to 1

struct Header {
  std::vector<size_t> dims;
  size_t bytes = 0;  // of the header
  size_t total = 0;  // header and values
};

std::string_view sort_of(size_t dims) { return dims == 1 ? " (labels)" : dims == 3 ? " (images)" : ""; }

uint32_t big_endian(ByteView bytes, size_t at) {
  return uint32_t{bytes[at]} << 24 | uint32_t{bytes[at + 1]} << 16 | uint32_t{bytes[at + 2]} << 8 | uint32_t{bytes[at + 3]};
}

Result<Header> parse_header(ByteView bytes, std::string_view name, size_t expected_dims) {
  if (bytes.empty()) return fail(ErrorCode::corrupt, "{}: is empty, expected an IDX file", name);
  if (bytes.size() < 4) return fail(ErrorCode::corrupt, "{}: truncated: expected at least 8 bytes, found {}", name, bytes.size());
  const uint32_t magic = big_endian(bytes, 0);
  const size_t count = magic & 0xffu;
  const uint32_t want = (uint32_t{kUnsignedByte} << 8) | static_cast<uint32_t>(expected_dims);
  if (magic >> 16 != 0)
    return fail(ErrorCode::corrupt, "{}: magic number is {}, expected {}{}: not an IDX file", name, magic, expected_dims ? want : 2051u,
                sort_of(expected_dims ? expected_dims : 3));
  if ((magic >> 8 & 0xffu) != kUnsignedByte)
    return fail(ErrorCode::unsupported, "{}: element type is 0x{:02x}, expected 0x08 (unsigned bytes)", name, magic >> 8 & 0xffu);
  if (count < 1 || count > kMaxDims) return fail(ErrorCode::corrupt, "{}: has {} dimensions, expected 1 to {}", name, count, kMaxDims);
  if (expected_dims != 0 && count != expected_dims)
    return fail(ErrorCode::corrupt, "{}: magic number is {}{}, expected {}{}", name, magic, sort_of(count), want, sort_of(expected_dims));
  Header header;
  header.bytes = 4 + 4 * count;
  if (bytes.size() < header.bytes)
    return fail(ErrorCode::corrupt, "{}: truncated in the header: expected {} bytes, found {}", name, header.bytes, bytes.size());
  size_t product = 1;
  for (size_t i = 0; i < count; ++i) {
    const size_t dim = big_endian(bytes, 4 + 4 * i);
    if (dim == 0 && i == 0) return fail(ErrorCode::corrupt, "{}: has no rows", name);
    if (dim == 0) return fail(ErrorCode::corrupt, "{}: dimension {} is 0", name, i + 1);
    if (product > (std::numeric_limits<size_t>::max() - header.bytes) / dim)
      return fail(ErrorCode::corrupt, "{}: the header promises more bytes than any file has (dimension {} is {})", name, i + 1, dim);
    product *= dim;
    header.dims.push_back(dim);
  }
  header.total = header.bytes + product;
  return header;
}

Status check_length(size_t expected, size_t found, std::string_view name) {
  if (found < expected) return fail(ErrorCode::corrupt, "{}: truncated: expected {} bytes, found {}", name, expected, found);
  return {};
}

Status check_plain_length(const Header& header, size_t found, std::string_view name) {
  LS_CHECK(check_length(header.total, found, name));
  if (found == header.total) return {};
  return fail(ErrorCode::corrupt, "{}: {} bytes too many: expected {}, found {}", name, found - header.total, header.total, found);
}

/// As much as holds the header of a packed file, too.
Result<Bytes> front_of(ByteSource& source) {
  Bytes front(std::min<uint64_t>(source.size(), kFront));
  LS_CHECK(source.read(0, front));
  return front;
}

/// The values of a gzip file behind those of `to`.
Result<std::vector<size_t>> append_packed(ByteView packed, std::string_view name, size_t expected_dims, Bytes& to) {
  LS_TRY(const Inflated start, inflate_gzip(packed, kMaxHeader, name));
  LS_TRY(Header header, parse_header(start.bytes, name, expected_dims));
  const size_t before = to.size();
  LS_TRY(const bool complete, inflate_gzip_behind(packed, header.total, name, to));
  LS_CHECK(check_length(header.total, to.size() - before, name));
  if (!complete) return fail(ErrorCode::corrupt, "{}: unpacks to more than the {} bytes that its header promises", name, header.total);
  const auto begin = to.begin() + static_cast<std::ptrdiff_t>(before);
  to.erase(begin, begin + static_cast<std::ptrdiff_t>(header.bytes));
  return std::move(header.dims);
}

}  // namespace

Result<IdxArray> parse_idx(ByteView bytes, std::string_view name, size_t expected_dims) {
  if (!is_gzip(bytes)) {
    LS_TRY(Header header, parse_header(bytes, name, expected_dims));
    LS_CHECK(check_plain_length(header, bytes.size(), name));
    return IdxArray{std::move(header.dims), Bytes(bytes.begin() + static_cast<std::ptrdiff_t>(header.bytes), bytes.end())};
  }
  IdxArray array;
  LS_TRY(array.dims, append_packed(bytes, name, expected_dims, array.values));
  return array;
}

Result<IdxArray> read_idx(const std::filesystem::path& path, size_t expected_dims) {
  IdxArray array;
  LS_TRY(array.dims, append_idx(path, expected_dims, array.values));
  return array;
}

Result<std::vector<size_t>> append_idx(const std::filesystem::path& path, size_t expected_dims, Bytes& to) {
  const std::string name = path.string();
  LS_TRY(const auto source, bytes_in_file(path));
  LS_TRY(const Bytes front, front_of(*source));
  if (is_gzip(front)) {
    LS_TRY(const Bytes packed, read_file(path));
    return append_packed(packed, name, expected_dims, to);
  }
  LS_TRY(Header header, parse_header(front, name, expected_dims));
  LS_CHECK(check_plain_length(header, source->size(), name));
  const size_t before = to.size();
  to.resize(before + header.total - header.bytes);
  LS_CHECK(source->read(header.bytes, std::span(to).subspan(before)));
  return std::move(header.dims);
}

Result<size_t> idx_count(const std::filesystem::path& path, size_t expected_dims) {
  LS_TRY(const auto source, bytes_in_file(path));
  LS_TRY(Bytes front, front_of(*source));
  const bool packed = is_gzip(front);
  if (packed) {
    LS_TRY(Inflated start, inflate_gzip(front, kMaxHeader, path.string()));
    front = std::move(start.bytes);
  }
  LS_TRY(const Header header, parse_header(front, path.string(), expected_dims));
  return std::min<size_t>(header.total - header.bytes, source->size() * (packed ? kMaxRatio : 1));
}

Bytes idx_bytes(const IdxArray& array) {
  Bytes out = {0, 0, kUnsignedByte, static_cast<uint8_t>(array.dims.size())};
  out.reserve(4 + 4 * array.dims.size() + array.values.size());
  for (const size_t dim : array.dims)
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<uint8_t>(dim >> shift & 0xffu));
  out.insert(out.end(), array.values.begin(), array.values.end());
  return out;
}

}  // namespace latentscape
