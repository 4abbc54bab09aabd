// IDX, the format of MNIST: unsigned bytes with one to eight dimensions, plain or gzip.
// Source: LeCun, Cortes, Burges, "The MNIST database", section "the IDX file format".
#pragma once

#include "core/formats/file.hpp"

namespace latentscape {

inline constexpr size_t kLongestIdxHeader = 36;  // bytes, of eight dimensions

struct IdxArray {
  std::vector<size_t> dims;  // rows first
  Bytes values;              // row-major, product of dims
};

/// Checks the magic number, the dimensions and that the length is exactly what the header promises; nothing is allocated from an unchecked
/// header. `expected_dims` (3: images, 1: labels, 0: any) refuses a file of the other sort. No rows is an error.
Result<IdxArray> parse_idx(ByteView bytes, std::string_view name, size_t expected_dims = 0);
Result<IdxArray> read_idx(const std::filesystem::path& path, size_t expected_dims = 0);
/// Its values behind those of `to`, without a second copy; the dimensions. On an error `to` holds part of them.
Result<std::vector<size_t>> append_idx(const std::filesystem::path& path, size_t expected_dims, Bytes& to);
/// How many values a file has by its header, at most as many as a file of its size can hold: what may be reserved for append_idx.
Result<size_t> idx_count(const std::filesystem::path& path, size_t expected_dims);

/// The file's bytes, not packed. dims.size() in 1 .. 8, each under 2^32, values as many as their product.
Bytes idx_bytes(const IdxArray& array);

}  // namespace latentscape
