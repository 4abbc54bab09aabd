// NPY, NumPy's array format, versions 1 to 3: numbers of any width in, float32 out.
// Source: NumPy Enhancement Proposal 1, "A simple file format for NumPy arrays", and numpy.lib.format.
#pragma once

#include "core/base/array.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

/// Any number of dimensions, row-major (C order).
struct NpyArray {
  std::vector<size_t> dims;  // empty: one number
  std::vector<float> values;
  bool operator==(const NpyArray&) const = default;
};

/// Reads bool, integers of 1 to 8 bytes, float16, float32, float64; either byte order; C or Fortran order. All are converted to float32.
/// Errors: corrupt (header, length), unsupported (strings, objects, complex numbers).
Result<NpyArray> parse_npy(ByteView bytes, std::string_view name);
Result<NpyArray> read_npy(const std::filesystem::path& path);

/// How long a file is by its header; `front` is its start, with the whole header. Errors: those of the header.
Result<size_t> npy_size(ByteView front, std::string_view name);

/// Version 1.0, '<f4', C order, data aligned to 64 bytes. values.size() is the product of dims.
Bytes npy_bytes(std::span<const size_t> dims, std::span<const float> values);
/// The same as '<f8', and as '<i8'.
Bytes npy_bytes(std::span<const size_t> dims, std::span<const double> values);
Bytes npy_bytes(std::span<const size_t> dims, std::span<const int64_t> values);
inline Bytes npy_bytes(const NpyArray& array) { return npy_bytes(array.dims, array.values); }
inline Bytes npy_bytes(const FloatArray& array) { return npy_bytes(std::vector<size_t>{array.rows, array.cols}, array.values); }

}  // namespace latentscape
