#include "core/nn/network_spec.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

NetworkSpec spec_of(const char* text) { return parse_network_spec(text).value(); }

TEST(NetworkSpec, ReadsWhatItWrites) {
  for (const char* text :
       {"none", "400", "400,200", "conv 32x4s2, conv 64x4s2, dense 256", "dense 10, upconv 8x3", "dense 400 norm, dense 200",
        "dense 40 norm dropout 0.25, res 40 dropout 0.5", "conv 8x4s2p1 norm, resconv 8x3"}) {
    const auto spec = parse_network_spec(text);
    ASSERT_TRUE(spec.ok()) << text;
    EXPECT_EQ(to_string(*spec), text);
  }
  EXPECT_EQ(spec_of(" dense 4 ,5 "), (NetworkSpec{4, 5}));
  EXPECT_EQ(to_string(spec_of("4  norm  dropout .5 ,5")), "dense 4 norm dropout 0.5, dense 5");
  EXPECT_EQ(short_text(spec_of("conv 32x4s2 norm, resconv 32x3, dense 256 dropout 0.1, res 256")), "c32-rc32-256-r256");
  EXPECT_EQ(to_string(mirrored(spec_of("conv 32x4s2p1 norm dropout 0.2, resconv 32x3, 8 norm, res 8, res 8 norm, 4"))),
            "dense 4, dense 8 norm, res 8 norm, res 8, resconv 32x3, upconv 32x4s2p1 norm dropout 0.2");
  EXPECT_EQ(short_text(spec_of("conv 32x4s2, dense 256")), "c32-256");
  EXPECT_EQ(short_text({}), "linear");
  EXPECT_EQ(to_string(mirrored(spec_of("conv 32x4s2, dense 256"))), "dense 256, upconv 32x4s2");
}

TEST(NetworkSpec, AnErrorPointsAtThePlace) {
  const auto error = [](const char* text) { return parse_network_spec(text).error().message; };
  EXPECT_EQ(error("conv 32y4s2, dense 256"),
            "expected 'x' and the kernel's side, as in conv 32x4s2, at character 8\n  conv 32y4s2, dense 256\n         ^");
  EXPECT_EQ(error("conf 3x3"), "expected dense, res, conv, resconv or upconv (did you mean conv?) at character 1\n  conf 3x3\n  ^");
  EXPECT_EQ(error("9, pool 2"), "expected dense, res, conv, resconv or upconv at character 4\n  9, pool 2\n     ^");
  EXPECT_EQ(error("9, norm"), "expected a layer; norm and dropout follow theirs without a comma at character 4\n  9, norm\n     ^");
  EXPECT_EQ(error("9 nrom, 4"), "expected norm, then dropout, a comma or the end (did you mean norm?) at character 3\n  9 nrom, 4\n    ^");
  EXPECT_EQ(error("9 dropout 0.2 norm"),
            "expected norm before dropout, as in norm dropout 0.2, at character 15\n  9 dropout 0.2 norm\n                ^");
  EXPECT_EQ(error("9 dropout 1"), "expected a share above 0 and below 1, as in dropout 0.2, at character 11\n  9 dropout 1\n            ^");
  EXPECT_EQ(error("conv 8x3p3"), "expected a padding below the kernel's side, from 0 to 2 at character 10\n  conv 8x3p3\n           ^");
  EXPECT_EQ(error("400,"), "expected a layer size (as in 400,200) from 1 to 1000000 at character 5\n  400,\n      ^");
  EXPECT_EQ(error("400 200"), "expected a comma or the end at character 5\n  400 200\n      ^");
  EXPECT_EQ(error("conv 8x3s4"), "expected a stride of at most the kernel's 3 at character 10\n  conv 8x3s4\n           ^");
  for (const char* bad : {"",
                          ",",
                          "0",
                          "-3",
                          "conv",
                          "conv 0x3",
                          "conv 3x",
                          "conv 3x3s",
                          "dense",
                          "99999999999999999999",
                          "4;5",
                          "res",
                          "res 4x3",
                          "resconv 4",
                          "resconv 4x3s2",
                          "conv 3x3p1s2",
                          "4 dropout 0.2 norm",
                          "4 norm norm",
                          "4 dropout",
                          "4 dropout nan"})
    EXPECT_FALSE(parse_network_spec(bad).ok()) << bad;
}

}  // namespace
}  // namespace latentscape
