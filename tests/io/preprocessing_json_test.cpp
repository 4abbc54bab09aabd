#include "core/io/preprocessing_json.hpp"

#include <gmock/gmock.h>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

Preprocessing example() {
  return {
      {{"size, \"big\"", {}, 1.0 / 3.0, 1e-7, 0.1}, {"colour", {"red", "", "gr\xc3\xbcn"}, 0.0, 1.0, 2.0}, {"n", {}, -1e300, 2.5, 4.0}}};
}

std::string message(std::string_view json) {
  const auto read = preprocessing_from_json(json, "c");
  return read.ok() ? "ok" : read.error().message;
}

TEST(PreprocessingJson, ReadsBackAsItWas) {
  const auto back = preprocessing_from_json(json_from_preprocessing(example()), "c");
  ASSERT_TRUE(back.ok()) << back.error().message;
  EXPECT_EQ(*back, example());
  Preprocessing words;
  words.words = {"don't", "\"", "电"};
  const auto vocabulary = preprocessing_from_json(json_from_preprocessing(words), "c");
  ASSERT_TRUE(vocabulary.ok()) << vocabulary.error().message;
  EXPECT_EQ(*vocabulary, words);
}

TEST(PreprocessingJson, WhatCannotBeIsRefused) {
  EXPECT_THAT(message("[]"), HasSubstr("c"));
  EXPECT_THAT(message(R"({"words":[]})"), HasSubstr("has no words"));
  EXPECT_THAT(message(R"({"words":["a",1]})"), HasSubstr("words"));
  EXPECT_THAT(message(R"({"names":["a"],"means":[1],"scales":[1],"fills":[],"categories":{}})"), HasSubstr("1 scales and 0 fills"));
  EXPECT_THAT(message(R"({"names":["a"],"means":[1],"scales":[0],"fills":[1],"categories":{}})"),
              HasSubstr("column 'a' has mean 1, scale 0"));
  EXPECT_THAT(message(R"({"names":["a"],"means":[0],"scales":[1],"fills":[2],"categories":{"0":["x","y"]}})"), HasSubstr("fill 2"));
  EXPECT_THAT(message(R"({"names":["a"],"means":[0],"scales":[1],"categories":{}})"), HasSubstr("fills"));
}

}  // namespace
}  // namespace latentscape
