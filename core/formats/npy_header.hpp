// What an NPY file says of itself before its numbers, and one number of it.
#pragma once

#include "core/formats/file.hpp"

namespace latentscape {

/// So many bytes hold any header that is read.
inline constexpr size_t kMostNpyHeader = (size_t{1} << 20) + 12;

struct NpyHeader {
  char order = '<';
  char type = 'f';
  size_t size = 4;  // bytes a number
  bool fortran = false;
  std::vector<size_t> dims;
  size_t start = 0;  // of the numbers, in bytes
  size_t count = 1;  // of them
  bool has_descr = false, has_fortran = false, has_shape = false;

  bool plain_floats() const;                                         // float32 as this machine has them
  bool fits_floats() const;                                          // every number of the type is one
  bool bytes() const { return type == 'u' && size == 1; }            // unsigned
  bool columns_first() const { return fortran && dims.size() > 1; }  // not in C order
};

/// `front` is the start of a file, with the whole header. Errors: corrupt, unsupported.
Result<NpyHeader> parse_npy_header(ByteView front, std::string_view name);
/// Errors (corrupt): a file of `size` bytes is not what its header promises.
Status check_npy_length(const NpyHeader& header, uint64_t size, std::string_view name);

/// Several numbers that lie one behind the other.
void npy_numbers(const uint8_t* from, size_t count, const NpyHeader& header, float* out);
void npy_numbers(const uint8_t* from, size_t count, const NpyHeader& header, double* out);

/// Version 1.0, C order, as long as a multiple of `step` bytes (64 or more of them); `descr` as NumPy has it, "<f4" or "|u1".
Bytes npy_header_bytes(std::string_view descr, std::span<const size_t> dims, size_t step = 64);

}  // namespace latentscape
