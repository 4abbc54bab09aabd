// What the project's flags must keep compilers from doing.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace latentscape {
namespace {

// g++ 12.2 with AVX-512 took a constant whose upper half is zero for one number repeated.
[[gnu::noinline]] void store_doubles(std::vector<double>& out) { out = {0.5, 0.5, 0.0, 0.0}; }
[[gnu::noinline]] void store_words(uint64_t* out) {
  const uint64_t words[4] = {7, 7, 0, 0};
  std::memcpy(out, words, sizeof words);
}
[[gnu::noinline]] void store_floats(float* out) {
  const float numbers[8] = {1, 1, 1, 1, 0, 0, 0, 0};
  std::memcpy(out, numbers, sizeof numbers);
}

TEST(Compiler, StoresConstantsWithZerosAtTheirEnd) {
  std::vector<double> doubles;
  store_doubles(doubles);
  EXPECT_EQ(doubles, (std::vector<double>{0.5, 0.5, 0.0, 0.0}));
  EXPECT_EQ(doubles[3], 0.0);
  uint64_t words[4];
  store_words(words);
  EXPECT_EQ(words[1], 7u);
  EXPECT_EQ(words[3], 0u);
  float floats[8];
  store_floats(floats);
  EXPECT_EQ(floats[3], 1.0f);
  EXPECT_EQ(floats[7], 0.0f);
}

}  // namespace
}  // namespace latentscape
