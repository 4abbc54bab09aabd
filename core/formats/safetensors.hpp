// safetensors: named tensors as raw little-endian bytes behind a small JSON header.
// Source: https://github.com/huggingface/safetensors, section "Format".
#pragma once

#include <map>

#include "core/formats/file.hpp"

namespace latentscape {

struct Tensor {
  std::string name;
  std::string dtype;          // "F32", "F64", "I64", "U8", ...
  std::vector<size_t> shape;  // empty: one number
  Bytes bytes;                // little-endian, row-major
  bool operator==(const Tensor&) const = default;
};

struct Safetensors {
  std::vector<Tensor> tensors;
  std::map<std::string, std::string> metadata;
  const Tensor* find(std::string_view name) const;
};

/// Bytes of one element, 0 for an unknown dtype.
size_t dtype_size(std::string_view dtype);

/// Copies of numbers as tensors. values.size() is the product of shape.
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const float> values);    // F32
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const double> values);   // F64
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const int64_t> values);  // I64
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const uint8_t> values);  // U8

/// The numbers back; an error (corrupt) where the tensor is missing or of another dtype.
Result<std::vector<float>> floats_of(const Safetensors& file, std::string_view name);      // F32
Result<std::vector<double>> doubles_of(const Safetensors& file, std::string_view name);    // F64
Result<std::vector<int64_t>> integers_of(const Safetensors& file, std::string_view name);  // I64

/// Strict: known dtypes, unique names, offsets inside the file that neither overlap nor leave gaps, header at most 100 MB. Tensors come in
/// file order.
Result<Safetensors> parse_safetensors(ByteView bytes, std::string_view name);
Result<Safetensors> read_safetensors(const std::filesystem::path& path);

/// Wide elements first (readers want each tensor aligned), otherwise in the order given; the same input gives the same bytes.
/// Errors: invalid_argument (duplicate or reserved names, size not that of the shape, text that is not UTF-8).
Result<Bytes> safetensors_bytes(const Safetensors& file);
/// The same through atomic_write_file.
Status write_safetensors(const std::filesystem::path& path, const Safetensors& file);

}  // namespace latentscape
