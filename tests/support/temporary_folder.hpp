// A folder of the test's own, gone afterwards.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace latentscape {

class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& name = "test") {
    std::string pattern = (std::filesystem::temp_directory_path() / ("latentscape-" + name + "-XXXXXX")).string();
    path_ = ::mkdtemp(pattern.data()) ? pattern : "";
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace latentscape
