// Paths of data: what the data is called, and whether the path is a file of a kind.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace latentscape {

/// The folder's own name, also for "." and with a slash at the end.
inline std::string folder_name(const std::string& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, error);
  std::string name = (error ? std::filesystem::path(path) : whole).filename().string();
  if (name.empty() && whole.has_parent_path()) name = whole.parent_path().filename().string();
  return name.empty() ? path : name;
}

/// A file's own name without its extension.
inline std::string file_name(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// Is it a file that ends with this (".npy")?
inline bool is_file_with(const std::string& path, std::string_view extension) {
  std::error_code ignored;
  return path.ends_with(extension) && std::filesystem::is_regular_file(path, ignored);
}

}  // namespace latentscape
