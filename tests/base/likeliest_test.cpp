#include "core/base/likeliest.hpp"

#include <gtest/gtest.h>

#include <span>
#include <vector>

namespace latentscape {
namespace {

TEST(Likeliest, IsTheFirstOfTheLargest) {
  const std::vector<double> scores = {-3.0, -1.0, -2.0, -1.0};
  EXPECT_EQ(likeliest(scores), 1u);
  EXPECT_EQ(likeliest(std::span(scores).subspan(2)), 1u);
  EXPECT_EQ(likeliest(std::vector<float>()), 0u);
}

}  // namespace
}  // namespace latentscape
