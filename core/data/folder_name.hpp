// What data from a path is called.
#pragma once

#include <filesystem>
#include <string>

namespace latentscape {

/// The folder's own name, also for "." and with a slash at the end.
inline std::string folder_name(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, error);
  std::string name = (error ? std::filesystem::path(path) : whole).filename().string();
  if (name.empty() && whole.has_parent_path()) name = whole.parent_path().filename().string();
  return name.empty() ? path : name;
}

}  // namespace latentscape
