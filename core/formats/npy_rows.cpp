#include "core/formats/npy_rows.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/formats/number_range.hpp"

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

template <class T>
Status NpyRows::read_as(size_t first, size_t n, T* out) {
  if (header_.columns_first()) return read_columns(first, n, out);
  const uint64_t from = header_.start + uint64_t{first} * width_ * header_.size;
  if constexpr (std::is_same_v<T, float>)
    if (header_.plain_floats()) return source_->read(from, {reinterpret_cast<uint8_t*>(out), n * width_ * sizeof(float)});
  buffer_.resize(n * width_ * header_.size);
  LS_CHECK(source_->read(from, buffer_));
  npy_numbers(buffer_.data(), n * width_, header_, out);
  return {};
}

/// Fortran order: each position of a row lies apart, as a column of all rows.
template <class T>
Status NpyRows::read_columns(size_t first, size_t n, T* out) {
  const std::vector<size_t>& dims = header_.dims;
  std::vector<size_t> index(dims.size(), 0);
  buffer_.resize(n * header_.size);
  std::vector<T> column(n);
  for (size_t j = 0; j < width_; ++j) {
    uint64_t place = 0, stride = dims[0];
    for (size_t k = 1; k < dims.size(); ++k) {
      place += index[k] * stride;
      stride *= dims[k];
    }
    LS_CHECK(source_->read(header_.start + (place + first) * header_.size, buffer_));
    npy_numbers(buffer_.data(), n, header_, column.data());
    for (size_t i = 0; i < n; ++i) out[i * width_ + j] = column[i];
    for (size_t k = dims.size() - 1; k > 0 && ++index[k] == dims[k]; --k) index[k] = 0;
  }
  return {};
}

template Status NpyRows::read_as(size_t, size_t, float*);
template Status NpyRows::read_as(size_t, size_t, double*);

Status NpyRows::read(size_t first, size_t n, std::span<const double> offsets, float* out) {
  if (offsets.empty()) return read(first, n, out);
  wide_.resize(n * width_);
  LS_CHECK(read(first, n, wide_.data()));
  for (size_t i = 0; i < wide_.size(); ++i) out[i] = static_cast<float>(wide_[i] - offsets[i % width_]);
  return {};
}

Result<std::vector<double>> offsets_of(std::span<NpyRows> parts, const std::function<bool()>& keep_on) {
  std::vector<double> offsets;
  if (std::all_of(parts.begin(), parts.end(), [](const NpyRows& part) { return part.header().fits_floats(); })) return offsets;
  constexpr size_t kPiece = size_t{1} << 18;  // numbers
  const size_t width = parts[0].width(), most = std::max<size_t>(1, kPiece / std::max<size_t>(1, width));
  std::vector<NumberRange> ranges(width);
  std::vector<double> numbers;
  for (NpyRows& part : parts) {
    for (size_t first = 0; first < part.rows() && width > 0; first += most) {
      if (keep_on && !keep_on()) return fail(ErrorCode::cancelled, "{}: loading was stopped", part.name());
      const size_t n = std::min(most, part.rows() - first);
      numbers.resize(n * width);
      LS_CHECK(part.read(first, n, numbers.data()));
      for (size_t i = 0; i < numbers.size(); ++i)
        if (std::isfinite(numbers[i])) ranges[i % width].take(numbers[i]);
    }
  }
  if (std::none_of(ranges.begin(), ranges.end(), [](const NumberRange& range) { return range.narrow(); })) return offsets;
  for (const NumberRange& range : ranges) offsets.push_back(range.narrow() ? range.least : 0.0);
  return offsets;
}

}  // namespace latentscape
