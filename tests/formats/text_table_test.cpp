#include "core/formats/text_table.hpp"

#include <gmock/gmock.h>

#include "core/formats/utf8.hpp"
#include "tests/formats/mutations.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message(std::string_view text, TextLayout layout) {
  const auto cells = parse_text(view_of(text), layout, "t");
  return cells.ok() ? "ok" : cells.error().message;
}

TEST(TextTable, LinesKeepWhateverTheyHold) {
  const auto cells = parse_text(view_of("\xef\xbb\xbfone, \"two\"\r\n\r\n\n\tthree\nlast"), TextLayout::lines, "t");
  ASSERT_TRUE(cells.ok()) << cells.error().message;
  ASSERT_EQ(cells->columns.size(), 1u);
  EXPECT_THAT(cells->columns[0], ElementsAre("one, \"two\"", "\tthree", "last"));
}

TEST(TextTable, AQuoteIsALetterBetweenTabsAndAQuoteBetweenCommas) {
  const auto tabs = parse_text(view_of("a\t\"b, c\nd\t\"e\" f\n"), TextLayout::tabs, "t");
  ASSERT_TRUE(tabs.ok()) << tabs.error().message;
  EXPECT_THAT(tabs->columns[1], ElementsAre("\"b, c", "\"e\" f"));
  const auto commas = parse_text(view_of("a,\"b, \"\"c\"\"\"\nd,\"e\nf\"\n"), TextLayout::commas, "t", 1);
  ASSERT_TRUE(commas.ok()) << commas.error().message;
  EXPECT_THAT(commas->columns[1], ElementsAre("b, \"c\"")) << "the first line alone";
}

TEST(TextTable, WrongTextIsNamed) {
  EXPECT_THAT(message("", TextLayout::lines), HasSubstr("t: is empty, expected a text a line"));
  EXPECT_THAT(message("\n\r\n\n", TextLayout::lines), HasSubstr("has only blank lines"));
  EXPECT_THAT(message("a\tb\nc\td\te\n", TextLayout::tabs), HasSubstr("t: line 2: has 3 cells, expected 2 as in the first line"));
  EXPECT_THAT(message("a\nb\xff\n", TextLayout::lines), HasSubstr("line 2: byte 3 of the file (0xff) is no character, expected UTF-8"));
  EXPECT_THAT(message(std::string_view("a\0b\n", 4), TextLayout::lines), HasSubstr("byte 1 of the file (0x00) is zero"));
  EXPECT_THAT(message("\xff\xfe"
                      "a",
                      TextLayout::lines),
              HasSubstr("UTF-16"));
}

TEST(TextTable, GzipIsUnpackedAndALineHasALimit) {
  const TemporaryFolder folder("texts");
  const std::string text = "one\ntwo\n";
  ASSERT_TRUE(atomic_write_file(folder / "t.txt.gz", gzip(view_of(text))).ok());
  const auto cells = read_text(folder / "t.txt.gz", TextLayout::lines);
  ASSERT_TRUE(cells.ok()) << cells.error().message;
  EXPECT_THAT(cells->columns[0], ElementsAre("one", "two"));
  EXPECT_EQ(text_layout_of("a/b.tsv.gz"), TextLayout::tabs);
  EXPECT_EQ(text_layout_of("b.csv"), TextLayout::commas);
  const auto refused = parse_text(Bytes(size_t{66} << 20, 'a'), TextLayout::lines, "long.txt");
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("long.txt: line 1: is longer than 64 MB"));
  EXPECT_THAT(read_text(folder / "none.txt", TextLayout::lines).error().message, HasSubstr("no such file"));
}

TEST(Utf8, CharactersAreTakenApart) {
  const std::string text = "a\xc3\xa9\xe7\x94\xb5\xf0\x9f\x99\x82\xff";
  std::vector<char32_t> codes;
  for (size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    codes.push_back(c.code);
    at += c.bytes;
  }
  EXPECT_THAT(codes, ElementsAre(U'a', 0xe9, 0x7535, 0x1f642, 0xfffd));
}

}  // namespace
}  // namespace latentscape
