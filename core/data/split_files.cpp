#include "core/data/split_files.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/data/path_names.hpp"

namespace latentscape {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPacked = ".gz";
constexpr std::array<std::pair<std::string_view, Split>, 7> kNames = {{{"train", Split::train},
                                                                       {"dev", Split::heldout},
                                                                       {"val", Split::heldout},
                                                                       {"valid", Split::heldout},
                                                                       {"validation", Split::heldout},
                                                                       {"heldout", Split::heldout},
                                                                       {"test", Split::test}}};

std::string without_packed(std::string name) {
  if (name.ends_with(kPacked)) name.resize(name.size() - kPacked.size());
  return name;
}

bool has_one(const std::string& path, std::span<const std::string_view> extensions) {
  const std::string name = without_packed(path);
  return std::any_of(extensions.begin(), extensions.end(), [&](std::string_view e) { return name.ends_with(e); });
}

}  // namespace

std::vector<SplitFile> split_files(const std::string& path, std::span<const std::string_view> extensions) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored) && has_one(path, extensions)) return {{path, Split::train}};
  std::vector<SplitFile> found;
  if (!fs::is_directory(path, ignored)) return found;
  for (const auto& [name, split] : kNames) {
    if (split != Split::train && found.empty()) break;  // without train they are no splits
    if (split == Split::heldout && found.back().split == Split::heldout) continue;
    for (const std::string_view extension : extensions) {
      const std::string file = std::string(name) + std::string(extension);
      const fs::path plain = fs::path(path) / file, packed = fs::path(path) / (file + std::string(kPacked));
      const bool is_plain = fs::is_regular_file(plain, ignored);
      if (!is_plain && !fs::is_regular_file(packed, ignored)) continue;
      found.push_back({is_plain ? plain : packed, split});
      break;
    }
  }
  return found;
}

std::string name_of_files(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored) ? folder_name(path) : file_name(without_packed(path));
}

}  // namespace latentscape
