// Settings: what the window remembers between sessions, in $XDG_CONFIG_HOME/latentscape/settings.json.
#pragma once

#include <string>
#include <vector>

#include "app/gui/view_state.hpp"
#include "core/base/result.hpp"

namespace latentscape {

struct Settings {
  LookView look;
  LayoutView layout;
  bool hints_dismissed = false;
  std::vector<std::string> recent;  // data and runs opened by path, newest first, at most 8
  std::string last_run;             // the run directory of the last session
  bool operator==(const Settings&) const = default;

  void remember(const std::string& spec);
  void forget(const std::string& spec);
};

std::string json_from_settings(const Settings& settings);
/// Never fails: what cannot be read is the default.
Settings settings_from_json(std::string_view text);

/// $XDG_CONFIG_HOME/latentscape/settings.json, else below ~/.config; empty where neither is known.
std::string settings_path();
Settings load_settings(const std::string& path);
Status save_settings(const Settings& settings, const std::string& path);  // atomic

}  // namespace latentscape
