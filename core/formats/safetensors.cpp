#include "core/formats/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>

#include "core/formats/safetensors_header.hpp"

namespace latentscape {

namespace {

static_assert(std::endian::native == std::endian::little, "tensor bytes are copied as they lie in memory");

constexpr size_t kMaxHeader = 100'000'000;
constexpr size_t kAlignment = 8;

/// Bytes of a tensor, or nothing where they overflow.
Result<size_t> bytes_of(const std::vector<size_t>& shape, std::string_view dtype, std::string_view name, std::string_view tensor) {
  size_t out = dtype_size(dtype);
  if (out == 0) return fail(ErrorCode::unsupported, "{}: tensor '{}': unknown dtype '{}'", name, tensor, dtype);
  for (const size_t dim : shape) {
    if (dim != 0 && out > std::numeric_limits<size_t>::max() / dim)
      return fail(ErrorCode::corrupt, "{}: tensor '{}': shape promises more bytes than any file has", name, tensor);
    out *= dim;
  }
  return out;
}

template <class T>
Tensor tensor_of(std::string name, const char* dtype, std::vector<size_t> shape, std::span<const T> values) {
  Tensor out{std::move(name), dtype, std::move(shape), Bytes(values.size_bytes())};
  if (!values.empty()) std::memcpy(out.bytes.data(), values.data(), values.size_bytes());
  return out;
}

template <class T>
Result<std::vector<T>> values_of(const Safetensors& file, std::string_view name, std::string_view dtype) {
  const Tensor* tensor = file.find(name);
  if (!tensor) return fail(ErrorCode::corrupt, "tensor '{}' is missing", name);
  if (tensor->dtype != dtype || tensor->bytes.size() % sizeof(T) != 0)
    return fail(ErrorCode::corrupt, "tensor '{}' is {}, expected {}", name, tensor->dtype, dtype);
  std::vector<T> out(tensor->bytes.size() / sizeof(T));
  if (!out.empty()) std::memcpy(out.data(), tensor->bytes.data(), tensor->bytes.size());
  return out;
}

Status check_for_writing(const Safetensors& file) {
  std::set<std::string_view> seen;
  for (const Tensor& tensor : file.tensors) {
    const auto bad = [&](std::string_view what) {
      return fail(ErrorCode::invalid_argument, "safetensors: tensor '{}' {}", tensor.name, what);
    };
    if (tensor.name == kMetadataKey) return bad("has a reserved name");
    if (!is_utf8(tensor.name)) return bad("has a name that is not UTF-8");
    if (!seen.insert(tensor.name).second) return bad("is there twice");
    LS_TRY(const size_t expected, bytes_of(tensor.shape, tensor.dtype, "safetensors", tensor.name));
    if (tensor.bytes.size() != expected) return bad(fmt::format("has {} bytes, expected {}", tensor.bytes.size(), expected));
  }
  for (const auto& [key, value] : file.metadata)
    if (!is_utf8(key) || !is_utf8(value)) return fail(ErrorCode::invalid_argument, "safetensors: metadata '{}' is not UTF-8 text", key);
  return {};
}

}  // namespace

const Tensor* Safetensors::find(std::string_view name) const {
  for (const Tensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

size_t dtype_size(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64" || dtype == "U64") return 8;
  if (dtype == "F32" || dtype == "I32" || dtype == "U32") return 4;
  if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16") return 2;
  if (dtype == "U8" || dtype == "I8" || dtype == "BOOL" || dtype == "F8_E5M2" || dtype == "F8_E4M3") return 1;
  return 0;
}

Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const float> values) {
  return tensor_of(std::move(name), "F32", std::move(shape), values);
}
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const double> values) {
  return tensor_of(std::move(name), "F64", std::move(shape), values);
}
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const int64_t> values) {
  return tensor_of(std::move(name), "I64", std::move(shape), values);
}
Tensor tensor_from(std::string name, std::vector<size_t> shape, std::span<const uint8_t> values) {
  return tensor_of(std::move(name), "U8", std::move(shape), values);
}

Result<std::vector<float>> floats_of(const Safetensors& file, std::string_view name) { return values_of<float>(file, name, "F32"); }
Result<std::vector<double>> doubles_of(const Safetensors& file, std::string_view name) { return values_of<double>(file, name, "F64"); }
Result<std::vector<int64_t>> integers_of(const Safetensors& file, std::string_view name) { return values_of<int64_t>(file, name, "I64"); }

Result<Safetensors> parse_safetensors(ByteView bytes, std::string_view name) {
  if (bytes.size() < 8) return fail(ErrorCode::corrupt, "{}: truncated: expected at least 10 bytes, found {}", name, bytes.size());
  uint64_t header_size = 0;
  for (size_t i = 0; i < 8; ++i) header_size |= uint64_t{bytes[i]} << (8 * i);
  if (header_size > kMaxHeader)
    return fail(ErrorCode::corrupt, "{}: header claims {} bytes, expected at most {}: not a safetensors file", name, header_size,
                kMaxHeader);
  if (header_size > bytes.size() - 8)
    return fail(ErrorCode::corrupt, "{}: truncated in the header: expected {} bytes, found {}", name, header_size, bytes.size() - 8);
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()) + 8, static_cast<size_t>(header_size));
  LS_TRY(SafetensorsHeader header, parse_safetensors_header(json, name));
  const ByteView data = bytes.subspan(8 + static_cast<size_t>(header_size));

  std::stable_sort(header.entries.begin(), header.entries.end(),
                   [](const TensorEntry& a, const TensorEntry& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  size_t at = 0;
  for (const TensorEntry& entry : header.entries) {
    LS_TRY(const size_t expected, bytes_of(entry.shape, entry.dtype, name, entry.name));
    if (entry.end < entry.begin || entry.end - entry.begin != expected)
      return fail(ErrorCode::corrupt, "{}: tensor '{}': offsets {} to {} do not hold the {} bytes of its shape", name, entry.name,
                  entry.begin, entry.end, expected);
    if (entry.begin != at)
      return fail(ErrorCode::corrupt, "{}: tensor '{}' starts at byte {}, expected {} ({})", name, entry.name, entry.begin, at,
                  entry.begin < at ? "overlap" : "gap");
    if (entry.end > data.size())
      return fail(ErrorCode::corrupt, "{}: truncated: tensor '{}' ends at byte {}, found {}", name, entry.name, entry.end, data.size());
    at = entry.end;
  }
  if (at != data.size()) return fail(ErrorCode::corrupt, "{}: {} bytes follow the last tensor", name, data.size() - at);

  Safetensors out;
  out.metadata = std::move(header.metadata);
  out.tensors.reserve(header.entries.size());
  for (TensorEntry& entry : header.entries) {
    const ByteView part = data.subspan(entry.begin, entry.end - entry.begin);
    out.tensors.push_back({std::move(entry.name), std::move(entry.dtype), std::move(entry.shape), Bytes(part.begin(), part.end())});
  }
  return out;
}

Result<Safetensors> read_safetensors(const std::filesystem::path& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse_safetensors(bytes, path.string());
}

Result<Bytes> safetensors_bytes(const Safetensors& file) {
  LS_CHECK(check_for_writing(file));
  std::vector<size_t> order(file.tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return dtype_size(file.tensors[a].dtype) > dtype_size(file.tensors[b].dtype); });
  SafetensorsHeader header;
  header.metadata = file.metadata;
  size_t at = 0;
  for (const size_t i : order) {
    const Tensor& tensor = file.tensors[i];
    header.entries.push_back({tensor.name, tensor.dtype, tensor.shape, at, at + tensor.bytes.size()});
    at += tensor.bytes.size();
  }
  std::string json = safetensors_header_json(header);
  json.append((kAlignment - json.size() % kAlignment) % kAlignment, ' ');
  if (json.size() > kMaxHeader)
    return fail(ErrorCode::invalid_argument, "safetensors: header of {} bytes, expected at most {}", json.size(), kMaxHeader);
  Bytes out;
  out.reserve(8 + json.size() + at);
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<uint8_t>(uint64_t{json.size()} >> shift & 0xffu));
  out.insert(out.end(), json.begin(), json.end());
  for (const size_t i : order) out.insert(out.end(), file.tensors[i].bytes.begin(), file.tensors[i].bytes.end());
  return out;
}

Status write_safetensors(const std::filesystem::path& path, const Safetensors& file) {
  LS_TRY(const Bytes bytes, safetensors_bytes(file));
  return atomic_write_file(path, bytes);
}

}  // namespace latentscape
