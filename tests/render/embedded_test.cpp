#include "app/render/embedded.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace latentscape {
namespace {

// An installed program has only these bytes: each file must be there, whole, under its path.
TEST(Embedded, HoldsEveryShaderAndAsset) {
  namespace fs = std::filesystem;
  const fs::path root = LS_SOURCE_DIR;
  size_t files = 0;
  for (const char* folder : {"shaders", "assets"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      const std::string name = fs::relative(entry.path(), root).generic_string();
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      const auto found = embedded_file(name);
      ASSERT_TRUE(found.has_value()) << name;
      EXPECT_TRUE(*found == bytes) << name;
      EXPECT_EQ(found->data()[found->size()], '\0') << name;
    }
  }
  const auto names = embedded_names();
  EXPECT_EQ(names.size(), files);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_FALSE(embedded_file("shaders").has_value());
  EXPECT_FALSE(embedded_file("").has_value());
}

}  // namespace
}  // namespace latentscape
