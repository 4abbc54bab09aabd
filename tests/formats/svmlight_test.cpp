#include "core/formats/svmlight.hpp"

#include <gmock/gmock.h>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message(std::string_view text) {
  const auto rows = parse_svmlight(view_of(text), "w.svm");
  return rows.ok() ? "ok" : rows.error().message;
}

TEST(Svmlight, RowsComeInOrderWithTheirIndicesSorted) {
  const auto rows = parse_svmlight(view_of("\xef\xbb\xbf"
                                           "2 7:1 3:2.0 # words\r\n\n-1 qid:4 1:0 2:+5\n3"),
                                   "w.svm");
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_THAT(rows->labels, ElementsAre(2, -1, 3));
  EXPECT_THAT(rows->start, ElementsAre(0, 2, 3, 3));
  EXPECT_THAT(rows->index, ElementsAre(2, 6, 1)) << "from 0";
  EXPECT_THAT(rows->count, ElementsAre(2, 1, 5)) << "a count of 0 is none";
  EXPECT_EQ(rows->width, 7u);
}

TEST(Svmlight, WrongLinesAreNamed) {
  EXPECT_THAT(message("1 1:1\n1 0:2\n"), HasSubstr("w.svm: line 2: the index is 0, expected 1 to 1000000"));
  EXPECT_THAT(message("1 4000000000:1\n"), HasSubstr("the index is 4000000000"));
  EXPECT_THAT(message("1 99999999999999999999999:1\n"), HasSubstr("expected index:count"));
  EXPECT_THAT(message("1 3:1 2:1 3:4\n"), HasSubstr("line 1: an index is there twice, expected each once, found '3'"));
  EXPECT_THAT(message("1 3:-1\n"), HasSubstr("expected a count, a whole number from 0, found '3:-1'"));
  EXPECT_THAT(message("1 3:0.5\n"), HasSubstr("a whole number from 0"));
  EXPECT_THAT(message("1 3:nan\n"), HasSubstr("a whole number from 0"));
  EXPECT_THAT(message("1 3:inf\n"), HasSubstr("a whole number from 0"));
  EXPECT_THAT(message("3:1 4:1\n"), HasSubstr("expected a label first, a whole number, found '3:1'"));
  EXPECT_THAT(message("0.5 4:1\n"), HasSubstr("expected a label first"));
  EXPECT_THAT(message(""), HasSubstr("has no rows"));
  EXPECT_THAT(message("# nothing\n\n"), HasSubstr("has no rows"));
}

TEST(Svmlight, DamagedFilesAreReadOrRefused) {
  const std::string text = "1 1:1 2:3 17:2\n-1 2:1 9:12 # x\n2 40:7\n";
  const Bytes whole(text.begin(), text.end());
  size_t refused = 0;
  for (uint32_t k = 0; k < 300; ++k) {
    const auto rows = parse_svmlight(mutated(whole, k), "w.svm");
    refused += !rows.ok();
    if (!rows.ok()) continue;
    ASSERT_EQ(rows->start.back(), rows->index.size());
    for (const uint32_t i : rows->index) ASSERT_LT(i, rows->width);
  }
  EXPECT_GT(refused, 50u);
}

}  // namespace
}  // namespace latentscape
