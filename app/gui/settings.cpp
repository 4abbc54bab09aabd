#include "app/gui/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/user_folders.hpp"
#include "core/formats/file.hpp"

namespace latentscape {

using Json = nlohmann::ordered_json;

void Settings::remember(const std::string& spec) {
  if (spec.empty()) return;
  forget(spec);
  recent.insert(recent.begin(), spec);
  if (recent.size() > 8) recent.resize(8);
}

void Settings::forget(const std::string& spec) { recent.erase(std::remove(recent.begin(), recent.end(), spec), recent.end()); }

std::string json_from_settings(const Settings& settings) {
  ViewState view;
  view.look = settings.look;
  view.layout = settings.layout;
  view.layout.map_only = false;
  const Json whole = Json::parse(json_from_view(view));
  Json out;
  out["look"] = whole["look"];
  out["layout"] = whole["layout"];
  out["hints_dismissed"] = settings.hints_dismissed;
  out["recent"] = settings.recent;
  out["last_run"] = settings.last_run;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Settings settings_from_json(std::string_view text) {
  Settings settings;
  // Look and layout are read, and clamped, by the reader of view.json.
  const ViewState view = view_from_json(text);
  settings.look = view.look;
  settings.layout = view.layout;
  settings.hints_dismissed = view.hints_dismissed;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return settings;
  if (json.contains("recent") && json["recent"].is_array())
    for (const Json& one : json["recent"])
      if (one.is_string() && settings.recent.size() < 8) settings.recent.push_back(one.get<std::string>());
  if (json.contains("last_run") && json["last_run"].is_string()) settings.last_run = json["last_run"].get<std::string>();
  return settings;
}

std::string settings_path() {
  const auto folder = user_folder(UserFolder::config);
  return folder.ok() ? (*folder / "settings.json").string() : std::string();
}

Settings load_settings(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes.ok()) return {};
  return settings_from_json(std::string_view(reinterpret_cast<const char*>(bytes.value().data()), bytes.value().size()));
}

Status save_settings(const Settings& settings, const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), failed);
  if (failed) return fail(ErrorCode::io, "{}: cannot make the folder: {}", path, failed.message());
  return atomic_write_file(path, std::string_view(json_from_settings(settings)));
}

}  // namespace latentscape
