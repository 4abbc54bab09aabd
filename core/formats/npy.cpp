#include "core/formats/npy.hpp"

#include <bit>

#include "core/formats/npy_header.hpp"

namespace latentscape {

namespace {

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

NpyArray array_of(ByteView bytes, NpyHeader header) {
  NpyArray out;
  out.values.resize(header.count);
  npy_numbers(bytes.data() + header.start, header.count, header, out.values.data());
  if (header.columns_first()) out.values = transposed(out.values, header.dims);
  out.dims = std::move(header.dims);
  return out;
}

}  // namespace

Result<size_t> npy_size(ByteView front, std::string_view name) {
  LS_TRY(const NpyHeader header, parse_npy_header(front, name));
  return header.start + header.count * header.size;
}

Result<NpyArray> parse_npy(ByteView bytes, std::string_view name) {
  LS_TRY(NpyHeader header, parse_npy_header(bytes, name));
  LS_CHECK(check_npy_length(header, bytes.size(), name));
  return array_of(bytes, std::move(header));
}

Result<NpyArray> read_npy(const std::filesystem::path& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse_npy(bytes, path.string());
}

namespace {

template <class Bits, class T>
Bytes bytes_of(std::string_view descr, std::span<const size_t> dims, std::span<const T> values) {
  Bytes out = npy_header_bytes(descr, dims);
  const size_t start = out.size();
  out.resize(start + values.size() * sizeof(T));
  uint8_t* p = out.data() + start;
  for (const T value : values) {
    const auto bits = std::bit_cast<Bits>(value);
    for (size_t k = 0; k < sizeof(T); ++k) *p++ = static_cast<uint8_t>(bits >> (8 * k) & 0xffu);
  }
  return out;
}

}  // namespace

Bytes npy_bytes(std::span<const size_t> dims, std::span<const float> values) { return bytes_of<uint32_t>("<f4", dims, values); }
Bytes npy_bytes(std::span<const size_t> dims, std::span<const double> values) { return bytes_of<uint64_t>("<f8", dims, values); }
Bytes npy_bytes(std::span<const size_t> dims, std::span<const int64_t> values) { return bytes_of<uint64_t>("<i8", dims, values); }

}  // namespace latentscape
