// The JSON header of a safetensors file: exactly the JSON it needs and no more.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

struct TensorEntry {
  std::string name;
  std::string dtype;
  std::vector<size_t> shape;
  size_t begin = 0;  // byte offsets after the header
  size_t end = 0;
};

struct SafetensorsHeader {
  std::vector<TensorEntry> entries;
  std::map<std::string, std::string> metadata;
};

inline constexpr std::string_view kMetadataKey = "__metadata__";

/// Strict and without recursion. Errors (corrupt) name `name` and the byte. Offsets are not checked here.
Result<SafetensorsHeader> parse_safetensors_header(std::string_view json, std::string_view name);
std::string safetensors_header_json(const SafetensorsHeader& header);
bool is_utf8(std::string_view text);

}  // namespace latentscape
