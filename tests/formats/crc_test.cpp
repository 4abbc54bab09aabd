#include "core/formats/crc.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

TEST(Crc32, IsTheOneOfTheStandardInOnePieceOrTwo) {
  const std::string text = "123456789";  // the check value of ISO 3309
  const ByteView bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  EXPECT_EQ(crc32_of(bytes), 0xcbf43926u);
  EXPECT_EQ(crc32_of(bytes.subspan(4), crc32_of(bytes.first(4))), 0xcbf43926u);
  EXPECT_EQ(crc32_of({}), 0u);
}

}  // namespace
}  // namespace latentscape
