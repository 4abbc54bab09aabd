#include "core/formats/npy_rows.hpp"

#include <algorithm>

namespace latentscape {

Result<NpyRows> NpyRows::open(std::unique_ptr<ByteSource> source, std::string name) {
  NpyRows rows;
  rows.source_ = std::move(source);
  rows.name_ = std::move(name);
  // Headers are short, but may be long: as much as is needed, and no more of a packed array.
  Bytes front;
  constexpr size_t kUsual = 4096;
  for (const size_t most : {kUsual, kMostNpyHeader}) {
    front.resize(std::min<uint64_t>(rows.source_->size(), most));
    LS_CHECK(rows.source_->read(0, front));
    const bool whole = front.size() < most || most == kMostNpyHeader;
    auto header = parse_npy_header(front, rows.name_);
    if (!header.ok() && !whole) continue;
    LS_TRY(rows.header_, std::move(header));
    break;
  }
  LS_CHECK(check_npy_length(rows.header_, rows.source_->size(), rows.name_));
  for (size_t k = 1; k < rows.header_.dims.size(); ++k) rows.width_ *= rows.header_.dims[k];
  return rows;
}

Result<NpyRows> NpyRows::open(const std::filesystem::path& path) {
  LS_TRY(std::unique_ptr<ByteSource> source, bytes_in_file(path));
  return open(std::move(source), path.string());
}

Status NpyRows::read(size_t first, size_t n, float* out) {
  if (header_.columns_first()) return read_columns(first, n, out);
  const uint64_t from = header_.start + uint64_t{first} * width_ * header_.size;
  if (header_.plain_floats()) return source_->read(from, {reinterpret_cast<uint8_t*>(out), n * width_ * sizeof(float)});
  buffer_.resize(n * width_ * header_.size);
  LS_CHECK(source_->read(from, buffer_));
  npy_floats(buffer_.data(), n * width_, header_, out);
  return {};
}

/// Fortran order: each position of a row lies apart, as a column of all rows.
Status NpyRows::read_columns(size_t first, size_t n, float* out) {
  const std::vector<size_t>& dims = header_.dims;
  std::vector<size_t> index(dims.size(), 0);
  buffer_.resize(n * header_.size);
  for (size_t j = 0; j < width_; ++j) {
    uint64_t place = 0, stride = dims[0];
    for (size_t k = 1; k < dims.size(); ++k) {
      place += index[k] * stride;
      stride *= dims[k];
    }
    LS_CHECK(source_->read(header_.start + (place + first) * header_.size, buffer_));
    for (size_t i = 0; i < n; ++i) out[i * width_ + j] = npy_element(buffer_.data() + i * header_.size, header_);
    for (size_t k = dims.size() - 1; k > 0 && ++index[k] == dims[k]; --k) index[k] = 0;
  }
  return {};
}

}  // namespace latentscape
