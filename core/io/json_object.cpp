#include "core/io/json_object.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/registry.hpp"

namespace latentscape {

namespace {

using Json = nlohmann::json;

std::string text_json(std::string_view text) { return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string number_text(double value) {
  if (std::isnan(value)) return "null";  // JSON has neither NaN nor infinities
  if (std::isinf(value)) return value > 0 ? "\"inf\"" : "\"-inf\"";
  return Json(value).dump();  // the shortest text that reads back as the same double
}

bool number_from(const Json& value, double& out) {
  if (value.is_number()) {
    out = value.get<double>();
  } else if (value.is_null()) {
    out = std::numeric_limits<double>::quiet_NaN();
  } else if (value.is_string() && value.get_ref<const std::string&>() == "inf") {
    out = std::numeric_limits<double>::infinity();
  } else if (value.is_string() && value.get_ref<const std::string&>() == "-inf") {
    out = -std::numeric_limits<double>::infinity();
  } else {
    return false;
  }
  return true;
}

bool whole_from(const Json& value, uint64_t& out) {
  if (!value.is_number_unsigned()) return false;
  out = value.get<uint64_t>();
  return true;
}

bool text_from(const Json& value, std::string& out) {
  if (!value.is_string()) return false;
  out = value.get_ref<const std::string&>();
  return true;
}

template <class T, class From>
bool list_from(const Json& value, std::vector<T>& out, From from) {
  if (!value.is_array()) return false;
  std::vector<T> list(value.size());
  for (size_t i = 0; i < list.size(); ++i)
    if (!from(value[i], list[i])) return false;
  out = std::move(list);
  return true;
}

template <class T, class Text>
std::string list_text(const std::vector<T>& values, Text text) {
  std::string json = "[";
  for (const T& value : values) json += (json.size() > 1 ? ", " : "") + text(value);
  return json + "]";
}

/// Parses without exceptions; says at which byte it stopped making sense.
Result<Json> parse_json(std::string_view text, std::string_view where) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    return fail(ErrorCode::corrupt, "{}: byte {} is not what JSON expects there (or the text breaks off)", where, e.byte);
  } catch (const std::exception& e) {
    return fail(ErrorCode::corrupt, "{}: cannot be read as JSON: {}", where, e.what());
  }
}

}  // namespace

struct JsonObject::Node {
  Json value;
  const Json* find(std::string_view key) const {
    const auto it = value.find(std::string(key));
    return it == value.end() ? nullptr : &*it;
  }
};

JsonObject::JsonObject(std::shared_ptr<const Node> node, std::string where, std::string prefix)
    : node_(std::move(node)), where_(std::move(where)), prefix_(std::move(prefix)) {}

Result<JsonObject> JsonObject::parse(std::string_view text, std::string_view where) {
  LS_TRY(Json value, parse_json(text, where));
  if (!value.is_object()) return fail(ErrorCode::corrupt, "{}: holds a JSON {}, expected an object", where, value.type_name());
  auto node = std::make_shared<Node>();
  node->value = std::move(value);
  return JsonObject(std::move(node), std::string(where), "");
}

bool JsonObject::has(std::string_view key) const { return node_->find(key) != nullptr; }
bool JsonObject::is_list(std::string_view key) const { return has(key) && node_->find(key)->is_array(); }
bool JsonObject::is_text(std::string_view key) const { return has(key) && node_->find(key)->is_string(); }

Status JsonObject::only(std::initializer_list<std::string_view> known) const {
  const std::vector<std::string> names(known.begin(), known.end());
  for (const auto& item : node_->value.items()) {
    if (std::find(names.begin(), names.end(), item.key()) != names.end()) continue;
    const std::string what = prefix_.empty() ? "key" : "key of " + prefix_.substr(0, prefix_.size() - 1);
    return unknown_name(what, item.key(), names).context(where_);
  }
  return {};
}

Status JsonObject::check_version(std::string_view key, int supported) const {
  uint64_t version = static_cast<uint64_t>(supported);
  LS_CHECK(read(key, version));
  if (version == 0) return wrong(key, "a version from 1 on");
  if (version > static_cast<uint64_t>(supported))
    return fail(ErrorCode::unsupported, "{}: written by a later version (format {}, this program reads up to {})", where_, version,
                supported);
  return {};
}

Error JsonObject::wrong(std::string_view key, std::string_view expected) const {
  const Json* value = node_->find(key);
  std::string got = value ? value->dump(-1, ' ', true, Json::error_handler_t::replace) : "nothing";
  if (got.size() > 40) got = got.substr(0, 37) + "...";
  return fail(ErrorCode::corrupt, "{}: key '{}{}' is {}, expected {}", where_, prefix_, key, got, expected);
}

Status JsonObject::read(std::string_view key, std::string& value) const {
  const Json* found = node_->find(key);
  if (found && !text_from(*found, value)) return wrong(key, "text");
  return {};
}

Status JsonObject::read(std::string_view key, bool& value) const {
  const Json* found = node_->find(key);
  if (!found) return {};
  if (!found->is_boolean()) return wrong(key, "true or false");
  value = found->get<bool>();
  return {};
}

Status JsonObject::read(std::string_view key, double& value) const {
  const Json* found = node_->find(key);
  if (found && !number_from(*found, value)) return wrong(key, "a number");
  return {};
}

Status JsonObject::read(std::string_view key, uint64_t& value) const {
  const Json* found = node_->find(key);
  if (found && !whole_from(*found, value)) return wrong(key, "a whole number from 0 on");
  return {};
}

Status JsonObject::read(std::string_view key, std::vector<uint64_t>& value) const {
  const Json* found = node_->find(key);
  if (found && !list_from(*found, value, whole_from)) return wrong(key, "a list of whole numbers from 0 on");
  return {};
}

Status JsonObject::read(std::string_view key, std::vector<double>& value) const {
  const Json* found = node_->find(key);
  if (found && !list_from(*found, value, number_from)) return wrong(key, "a list of numbers");
  return {};
}

Status JsonObject::read(std::string_view key, std::vector<std::string>& value) const {
  const Json* found = node_->find(key);
  if (found && !list_from(*found, value, text_from)) return wrong(key, "a list of texts");
  return {};
}

Result<JsonObject> JsonObject::object(std::string_view key) const {
  const Json* found = node_->find(key);
  if (!found || !found->is_object()) return wrong(key, "an object");
  auto node = std::make_shared<Node>();
  node->value = *found;
  return JsonObject(std::move(node), where_, fmt::format("{}{}.", prefix_, key));
}

Status JsonObject::require(std::initializer_list<std::string_view> keys) const {
  for (const std::string_view key : keys)
    if (!has(key)) return fail(ErrorCode::corrupt, "{}: key '{}{}' is missing", where_, prefix_, key);
  return {};
}

JsonWriter& JsonWriter::raw(std::string_view key, std::string value) {
  fields_.push_back({std::string(key), std::move(value), {}});
  return *this;
}

JsonWriter& JsonWriter::add(std::string_view key, std::string_view value) { return raw(key, text_json(value)); }
JsonWriter& JsonWriter::add(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
JsonWriter& JsonWriter::add(std::string_view key, double value) { return raw(key, number_text(value)); }
JsonWriter& JsonWriter::add(std::string_view key, uint64_t value) { return raw(key, std::to_string(value)); }
JsonWriter& JsonWriter::add(std::string_view key, const std::vector<uint64_t>& values) {
  return raw(key, list_text(values, [](uint64_t v) { return std::to_string(v); }));
}
JsonWriter& JsonWriter::add(std::string_view key, const std::vector<double>& values) { return raw(key, list_text(values, number_text)); }
JsonWriter& JsonWriter::add(std::string_view key, const std::vector<std::string>& values) { return raw(key, list_text(values, text_json)); }
JsonWriter& JsonWriter::add(std::string_view key, const JsonWriter& object) {
  fields_.push_back({std::string(key), "", {object}});
  return *this;
}

std::string JsonWriter::text() const { return text(0); }

std::string JsonWriter::text(int indent) const {
  const std::string pad = pretty_ ? "\n" + std::string(static_cast<size_t>(indent) + 2, ' ') : "";
  std::string json = "{";
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Field& f = fields_[i];
    if (i) json += pretty_ ? "," : ", ";
    json += pad + text_json(f.key) + ": " + (f.object.empty() ? f.value : f.object.front().text(indent + 2));
  }
  return json + (pretty_ ? "\n" + std::string(static_cast<size_t>(indent), ' ') : "") + "}";
}

std::string json_from_texts(const std::vector<std::string>& texts) { return list_text(texts, text_json); }

Result<std::vector<std::string>> texts_from_json(std::string_view json, std::string_view where) {
  LS_TRY(const Json value, parse_json(json, where));
  std::vector<std::string> texts;
  if (!list_from(value, texts, text_from)) return fail(ErrorCode::corrupt, "{}: expected a list of texts", where);
  return texts;
}

}  // namespace latentscape
