// Where lines end, and the excerpt of a line around a word; here each character is one wide.
#include "app/gui/text_lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace latentscape {
namespace {

float characters(std::string_view text) {
  return static_cast<float>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string lines(std::string_view text, float width) { return wrapped(text, width, characters); }

TEST(TextLines, EndBetweenWordsAndNotInsideNumbers) {
  EXPECT_EQ(lines("number 3 is 1.0121647, too many", 14), "number 3 is\n1.0121647, too\nmany");
  EXPECT_EQ(lines("up to 2.5e+28", 8), "up to\n2.5e+28");
  EXPECT_EQ(lines("short", 14), "short");
  EXPECT_EQ(lines("", 14), "");
  EXPECT_EQ(lines("one\n\ntwo three", 5), "one\n\ntwo\nthree");
}

TEST(TextLines, AWordWiderThanALineIsCut) {
  EXPECT_EQ(lines("a reconstruction", 6), "a\nrecons\ntructi\non");
  EXPECT_EQ(lines("abc", 0.5f), "a\nb\nc");
}

TEST(TextLines, ChineseEndsBetweenCharactersButNotBeforePunctuation) {
  EXPECT_EQ(lines("编码器和解码器读取标签，只需风格", 11), "编码器和解码器读取标\n签，只需风格");
  EXPECT_EQ(lines("每个小批量 1.0121647 个", 9), "每个小批量\n1.0121647\n个");
}

TEST(Excerpt, ShowsTheWordAndWhatIsAroundIt) {
  const std::string spec = "conv 32x4s2 norm, dense 256 dropout 1.5";
  const auto word = [](const Excerpt& e) { return e.text.substr(e.at, e.size); };
  for (const float width : {5.0f, 8.0f, 20.0f, 30.0f, 100.0f}) {
    const Excerpt last = excerpt_around(spec, 36, width, characters), middle = excerpt_around(spec, 18, std::max(7.0f, width), characters);
    EXPECT_EQ(word(last), "1.5") << width;
    EXPECT_EQ(word(middle), "dense") << width;
    EXPECT_LE(characters(last.text), width);
    EXPECT_LE(characters(middle.text), std::max(7.0f, width));
  }
  EXPECT_EQ(excerpt_around(spec, 36, 20, characters).text, "…nse 256 dropout 1.5");
  EXPECT_EQ(excerpt_around(spec, 36, 100, characters).text, spec);
  EXPECT_EQ(excerpt_around("abcdefghij", 0, 5, characters).text, "abcd…");
  const Excerpt end = excerpt_around("conv 32x4s2, ", 13, 8, characters);
  EXPECT_EQ(end.at, end.text.size()) << "where a word is missing";
  EXPECT_EQ(end.size, 0u);
}

}  // namespace
}  // namespace latentscape
