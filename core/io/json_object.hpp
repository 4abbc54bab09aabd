// JsonObject: typed reading of one JSON object; errors name the file, the key and what was expected. Private to core/io.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

/// The JSON library stays behind this class: its headers are slow to compile and its exceptions stop here.
class JsonObject {
 public:
  /// `where` names the file (and line) in every message. Errors (corrupt): not JSON, not an object.
  static Result<JsonObject> parse(std::string_view text, std::string_view where);

  bool has(std::string_view key) const;
  bool is_list(std::string_view key) const;
  bool is_text(std::string_view key) const;
  /// An error (invalid_argument) for a key that is not in `known`, with the nearest one.
  Status only(std::initializer_list<std::string_view> known) const;
  /// An error (unsupported) where the key's number is above `supported`; a missing key means `supported`.
  Status check_version(std::string_view key, int supported) const;

  // Each writes `value` where the key is there and leaves it alone where it is not. Errors: corrupt (another type, out of range).
  Status read(std::string_view key, std::string& value) const;
  Status read(std::string_view key, bool& value) const;
  Status read(std::string_view key, double& value) const;  // null is NaN, "inf" and "-inf" are infinite
  Status read(std::string_view key, uint64_t& value) const;
  Status read(std::string_view key, std::vector<uint64_t>& value) const;
  Status read(std::string_view key, std::vector<double>& value) const;
  Status read(std::string_view key, std::vector<std::string>& value) const;
  Result<JsonObject> object(std::string_view key) const;
  Status require(std::initializer_list<std::string_view> keys) const;

  const std::string& where() const { return where_; }
  Error wrong(std::string_view key, std::string_view expected) const;

 private:
  struct Node;
  JsonObject(std::shared_ptr<const Node> node, std::string where, std::string prefix);
  std::shared_ptr<const Node> node_;
  std::string where_;
  std::string prefix_;  // "model." inside of model
};

/// Writes one JSON object, keys in the order given; doubles read back exactly. Text that is not UTF-8 gets replacement characters.
class JsonWriter {
 public:
  explicit JsonWriter(bool pretty) : pretty_(pretty) {}
  JsonWriter& add(std::string_view key, std::string_view value);
  JsonWriter& add(std::string_view key, const char* value) { return add(key, std::string_view(value)); }
  JsonWriter& add(std::string_view key, bool value);
  JsonWriter& add(std::string_view key, double value);
  JsonWriter& add(std::string_view key, uint64_t value);
  JsonWriter& add(std::string_view key, const std::vector<uint64_t>& values);
  JsonWriter& add(std::string_view key, const std::vector<double>& values);
  JsonWriter& add(std::string_view key, const std::vector<std::string>& values);
  JsonWriter& add(std::string_view key, const JsonWriter& object);
  std::string text() const;

 private:
  JsonWriter& raw(std::string_view key, std::string value);
  std::string text(int indent) const;
  bool pretty_;
  struct Field {
    std::string key;
    std::string value;               // JSON text where there is no object
    std::vector<JsonWriter> object;  // at most one
  };
  std::vector<Field> fields_;
};

/// ["a", "b"] and back: for metadata that holds a list in one string.
std::string json_from_texts(const std::vector<std::string>& texts);
Result<std::vector<std::string>> texts_from_json(std::string_view json, std::string_view where);

}  // namespace latentscape
