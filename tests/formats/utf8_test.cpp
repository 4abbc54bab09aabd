// The beginning of a text ends between two characters.
#include "core/formats/utf8.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(Utf8, ABeginningCutsNoCharacter) {
  const std::string_view text = "ab电影🙂z";  // of 1, 1, 3, 3, 4 and 1 bytes
  EXPECT_EQ(first_bytes(text, 2), "ab");
  EXPECT_EQ(first_bytes(text, 3), "ab");
  EXPECT_EQ(first_bytes(text, 4), "ab");
  EXPECT_EQ(first_bytes(text, 5), "ab电");
  EXPECT_EQ(first_bytes(text, 11), "ab电影");
  EXPECT_EQ(first_bytes(text, 12), "ab电影🙂");
  EXPECT_EQ(first_bytes(text, 13), text);
  EXPECT_EQ(first_bytes(text, 1000), text);
  EXPECT_EQ(first_bytes(text, 0), "");
  EXPECT_EQ(first_bytes("\xbf\xbf\xbf", 2), "") << "bytes that begin no character";
}

}  // namespace
}  // namespace latentscape
