#include "core/formats/csv.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <bit>
#include <cmath>
#include <cstdlib>

#include "core/formats/utf8.hpp"
#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CsvTable parsed(std::string_view text) {
  auto table = parse_csv(view_of(text), "t.csv");
  EXPECT_TRUE(table.ok()) << table.error().message;
  return table.ok() ? std::move(table).value() : CsvTable{};
}

std::string message(std::string_view text) {
  const auto table = parse_csv(view_of(text), "t.csv");
  return table.ok() ? "ok" : table.error().message;
}

std::string word(const CsvColumn& column, size_t row) { return column.words[row] == kNoWord ? "-" : column.dictionary[column.words[row]]; }

TEST(CsvTest, ColumnsAreNumbersOrWords) {
  const CsvTable t = parsed("a,b,c\n1,x,+2.5\n-3e2, y ,\n,x,1e-60\n");
  ASSERT_EQ(t.columns.size(), 3u);
  EXPECT_EQ(t.rows, 3u);
  EXPECT_EQ(t.columns[0].type(), CsvType::numeric);
  EXPECT_EQ(t.columns[0].numbers[0], 1.0f);
  EXPECT_EQ(t.columns[0].numbers[1], -300.0f);
  EXPECT_TRUE(std::isnan(t.columns[0].numbers[2]));
  EXPECT_EQ(t.columns[0].missing, 1u);
  EXPECT_EQ(t.columns[1].type(), CsvType::category);
  EXPECT_THAT(t.columns[1].dictionary, ElementsAre("x", "y"));
  EXPECT_THAT(t.columns[1].words, ElementsAre(0u, 1u, 0u));
  EXPECT_EQ(t.columns[2].numbers[0], 2.5f);
  EXPECT_EQ(t.columns[2].numbers[2], 0.0f);
}

TEST(CsvTest, QuotesMarksAndLineEnds) {
  const CsvTable t = parsed("\xef\xbb\xbf\"na\"\"me\";b\r\n\"one; two\nthree\";\"say \"\"so\"\"\"\r\n\r\nfour;five\"six\r\n");
  EXPECT_EQ(t.separator, ';');
  EXPECT_EQ(t.columns[0].name, "na\"me");
  EXPECT_EQ(t.rows, 2u);
  EXPECT_EQ(word(t.columns[0], 0), "one; two\nthree");
  EXPECT_EQ(word(t.columns[1], 0), "say \"so\"");
  EXPECT_EQ(word(t.columns[1], 1), "five\"six");
  EXPECT_EQ(parsed("a\tb\n1\t2").separator, '\t');
  EXPECT_EQ(parsed("a\n1\n\n2\n").rows, 2u) << "one column, no end of line at the end, a blank line";
  EXPECT_EQ(parsed(",b\n1,2\n").columns[0].name, "column 1");
}

TEST(CsvTest, MissingAndInfiniteAreCounted) {
  const CsvTable t = parsed("a,b\nNA,u\ninf,?\n1e99,NULL\nnan,\n4,None\n");
  EXPECT_EQ(t.columns[0].missing, 2u);
  EXPECT_EQ(t.columns[0].infinite, 2u);
  EXPECT_EQ(t.columns[0].numbers[4], 4.0f);
  EXPECT_EQ(t.columns[1].missing, 4u);
  EXPECT_EQ(word(t.columns[1], 1), "-");
}

// The first word of column b is in the last row, long after its numbers were taken for numbers.
TEST(CsvTest, AWordLateInAColumnMakesAllOfItWords) {
  std::string text = "a,b\n";
  for (int i = 0; i < 3000; ++i) text += fmt::format("{},{:04}\n", i, i % 7);
  text += "3000,x\n";
  const CsvTable t = parsed(text);
  EXPECT_EQ(t.rows, 3001u);
  EXPECT_TRUE(t.columns[0].numeric);
  EXPECT_EQ(t.columns[0].numbers[3000], 3000.0f);
  EXPECT_EQ(t.columns[1].dictionary.size(), 8u);
  EXPECT_EQ(word(t.columns[1], 1), "0001") << "its own text, not that of a number";
  EXPECT_EQ(t.columns[1].words.size(), 3001u);
}

TEST(CsvTest, NumbersAreRoundedOnceFromTheirText) {
  std::vector<std::string> cells = {"1.",
                                    ".5",
                                    "-0",
                                    "+7",
                                    "0.1",
                                    "16777217",
                                    "9007199254740993",
                                    "123456789012345678",
                                    "1e5",
                                    "-2.5E3",
                                    "00.250",
                                    "3.402823",
                                    "0.00000000000000000000001",
                                    "0.12345678901234567"};
  for (int i = 0; i < 500; ++i) cells.push_back(fmt::format("{:.{}f}", (i % 2 ? -1e-3 : 1e2) * i * i / 7.0, i % 14));
  const CsvTable t = parsed(fmt::format("a\n{}\n", fmt::join(cells, "\n")));
  ASSERT_TRUE(t.columns[0].numeric);
  for (size_t i = 0; i < cells.size(); ++i) {
    const auto expected = static_cast<float>(std::strtod(cells[i].c_str(), nullptr));
    EXPECT_EQ(std::bit_cast<uint32_t>(t.columns[0].numbers[i]), std::bit_cast<uint32_t>(expected)) << cells[i];
  }
  for (const char* const word : {".", "-", "+", "-.", "1.2.3", "1,", "--1", "+-1", "1 2"})
    EXPECT_FALSE(parsed(fmt::format("a\n\"{}\"\n", word)).columns[0].numeric) << word;
}

TEST(CsvTest, GzipIsReadAsWhatIsInIt) {
  std::string text = "name,n\n";
  while (text.size() < size_t{9} << 20) text += fmt::format("w{},{}\n", text.size() % 13, text.size());
  const Bytes packed = gzip(view_of(text));
  const auto path = std::filesystem::temp_directory_path() / fmt::format("latentscape-csv-{}.csv.gz", ::getpid());
  const auto read = [&](ByteView bytes) {
    EXPECT_TRUE(atomic_write_file(path, bytes).ok());
    double seen = 0.0;
    auto table = read_csv(path, {}, [&](double fraction, const std::string&) { seen = fraction; });
    EXPECT_LE(seen, 1.0) << "of the packed bytes";
    return table;
  };
  const auto whole = read(packed);
  const auto cut = read(ByteView(packed).first(packed.size() / 2));
  Bytes wrong = packed;
  wrong[wrong.size() - 6] ^= 1;  // of the checksum
  const auto damaged = read(wrong);
  std::filesystem::remove(path);
  ASSERT_TRUE(whole.ok()) << whole.error().message;
  EXPECT_EQ(whole->columns[0].words, parsed(text).columns[0].words);
  EXPECT_EQ(whole->columns[1].numbers, parsed(text).columns[1].numbers);
  EXPECT_THAT(cut.error().message, HasSubstr("gzip stream breaks off after"));
  EXPECT_THAT(damaged.error().message, HasSubstr("gzip stream is damaged after"));
}

TEST(CsvTest, ManyWordsAreText) {
  std::string text = "a\n";
  for (size_t i = 0; i <= kMostCategories; ++i) text += fmt::format("w{}\n", i);
  EXPECT_EQ(parsed(text).columns[0].type(), CsvType::text);
}

TEST(CsvTest, AFirstLineOfNumbersIsARow) {
  const CsvTable numbers = parsed("1,2\n3,4\n");
  EXPECT_FALSE(numbers.header);
  EXPECT_EQ(numbers.rows, 2u);
  EXPECT_EQ(numbers.columns[1].name, "column 2");
  EXPECT_EQ(numbers.columns[1].numbers, (std::vector<float>{2, 4}));
  const CsvTable flowers = parsed("5.1,3.5,setosa\n4.9,3,setosa\n");
  EXPECT_FALSE(flowers.header) << "no name is 5.1";
  EXPECT_EQ(flowers.columns[2].words, (std::vector<uint32_t>{0, 0}));
  EXPECT_TRUE(parsed("town,2019,2020\na,1,2\n").header) << "years are names";
  EXPECT_THAT(message("1,2\n3\n"), HasSubstr("line 2: has 1 cell, expected 2 as in the first line"));
}

TEST(CsvTest, ACommaIsADecimalPointWhereAllOfAColumnHasIt) {
  const CsvTable table = parsed("a;b;c;d\n1,5;1,5;2;1,5\n-2;2.5;3;x\n0,25;1;4;2\n");
  EXPECT_EQ(table.columns[0].numbers, (std::vector<float>{1.5f, -2.0f, 0.25f}));
  EXPECT_TRUE(table.columns[0].decimal_commas);
  EXPECT_FALSE(table.columns[1].numeric) << "both in one column are no numbers";
  EXPECT_TRUE(table.columns[1].decimal_commas);
  EXPECT_FALSE(table.columns[2].decimal_commas);
  EXPECT_FALSE(table.columns[3].numeric);
  EXPECT_FALSE(parsed("a,b\n\"1,5\",2\n").columns[0].numeric) << "there it separates cells";
}

TEST(CsvTest, NumbersOfASmallRangeFarFromZeroKeepTheirDifferences) {
  for (const size_t rows : {60, 3000}) {
    std::string text = "millis,size,wide\n";
    for (size_t i = 0; i < rows; ++i)
      text += fmt::format("{},{},{}\n", 1700000000000 + i * i % 5000, 0.1 * static_cast<double>(i % 7),
                          i % 9 ? 1e9 + static_cast<double>(i) : 0.0);
    const CsvTable table = parsed(text);
    const CsvColumn& millis = table.columns[0];
    EXPECT_EQ(millis.offset, 1700000000000.0);
    for (size_t i = 0; i < rows; ++i) ASSERT_EQ(millis.numbers[i], static_cast<float>(i * i % 5000)) << i;
    EXPECT_EQ(millis.most, 1700000000000.0 + (rows == 60 ? 3481 : 4996));
    EXPECT_EQ(table.columns[1].offset, 0.0);
    EXPECT_EQ(table.columns[2].offset, 0.0) << "one number near 0 is far from the others";
  }
  const auto known = parse_csv(view_of("millis\n1700000000007\n0\n"), "t.csv", {{"millis", 1.7e12}});
  ASSERT_TRUE(known.ok());
  EXPECT_EQ(known->columns[0].numbers[0], 7.0f) << "what is known of a column holds for any rows";
  // The first thousand rows are near each other, and all are not.
  std::string text = "a\n";
  for (size_t i = 0; i < 2000; ++i) text += fmt::format("{}\n", i < 1500 ? 1e9 + static_cast<double>(i) : 3.25);
  EXPECT_EQ(parsed(text).columns[0].offset, 0.0);
  EXPECT_EQ(parsed(text).columns[0].numbers.back(), 3.25f);
}

TEST(CsvTest, EachFaultNamesTheLine) {
  EXPECT_THAT(message(""), HasSubstr("t.csv: is empty, expected a header"));
  EXPECT_THAT(message("\n\n"), HasSubstr("only blank lines"));
  EXPECT_THAT(message("a,b\n"), HasSubstr("has a header, but no rows"));
  EXPECT_THAT(message("a,a\n1,2\n"), HasSubstr("two columns are named 'a'"));
  EXPECT_THAT(message("a,b\n1,2\n\"x\n\",2\n1\n"), HasSubstr("line 5: has 1 cell, expected 2"));
  EXPECT_THAT(message("a,b\n1,2,3\n"), HasSubstr("line 2: has 3 cells, expected 2"));
  EXPECT_THAT(message("a,b\n\"1,2\n"), HasSubstr("line 2: a quote opens in it and is never closed"));
  EXPECT_THAT(message("a,b\n\"1\"2,3\n"), HasSubstr("line 2: a quote closes in the middle of a cell"));
  EXPECT_THAT(message("a,b\nx\xff,3\n"), HasSubstr("line 2: byte 5 of the file (0xff) is no character, expected UTF-8"));
  EXPECT_THAT(message(std::string("a,b\nx\0,3\n", 9)), HasSubstr("line 2: byte 5 of the file (0x00) is zero"));
  EXPECT_THAT(message("\xff\xfe"
                      "a\0"),
              HasSubstr("is UTF-16, expected UTF-8"));
  EXPECT_THAT(read_csv("no/such/file.csv").error().message, HasSubstr("no/such/file.csv: no such file"));
  EXPECT_THAT(read_csv(LS_SOURCE_DIR).error().message, HasSubstr("is not a file"));
}

TEST(CsvTest, ALineOver64MegabytesIsRefused) {
  std::string text = "a\n\"";
  text.append(size_t{66} << 20, 'x');
  EXPECT_THAT(message(text + "\"\n"), HasSubstr("line 2: is longer than 64 MB"));
  EXPECT_THAT(message("a,b\n" + std::string(100'001, ',')), HasSubstr("over 100000 columns"));
}

// Records over the edges of the blocks that the file is read in.
TEST(CsvTest, AFileOfSeveralBlocksIsReadAsFromMemory) {
  std::string text = "name,\"x, y\",n\n";
  while (text.size() < size_t{9} << 20)
    text += fmt::format("\"w{}\nand \"\"more\"\"\",{},{}\r\n", text.size() % 13, text.size() % 1000, -0.25);
  const auto path = std::filesystem::temp_directory_path() / fmt::format("latentscape-csv-{}.csv", ::getpid());
  ASSERT_TRUE(atomic_write_file(path, std::string_view(text)).ok());
  const auto file = read_csv(path);
  double seen = 0.0;
  EXPECT_TRUE(read_csv(path, {}, [&](double fraction, const std::string&) { seen = fraction; }).ok());
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = read_csv(path, stop.get_token());
  std::filesystem::remove(path);
  ASSERT_TRUE(file.ok()) << file.error().message;
  const CsvTable memory = parsed(text);
  EXPECT_EQ(file->rows, memory.rows);
  EXPECT_EQ(file->columns[0].words, memory.columns[0].words);
  EXPECT_EQ(file->columns[1].numbers, memory.columns[1].numbers);
  EXPECT_EQ(file->columns[2].numbers, std::vector<float>(file->rows, -0.25f));
  EXPECT_EQ(file->columns[0].dictionary.size(), 13u);
  EXPECT_GT(seen, 0.5);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
}

TEST(CsvTest, DamagedFilesAreAnErrorOrAWholeTable) {
  const std::string_view valid = "a;b;c\n1;\"x\"\"y\";2.5\r\n2;z;NA\n-1e3;\"\xc3\xa4\n\";4\n";
  for (uint32_t i = 0; i < 5000; ++i) {
    const auto table = parse_csv(mutated(Bytes(valid.begin(), valid.end()), i), "m");
    if (!table.ok()) continue;
    for (const CsvColumn& column : table->columns) {
      ASSERT_EQ(column.numeric ? column.numbers.size() : column.words.size(), table->rows);
      for (const uint32_t w : column.words) ASSERT_TRUE(w == kNoWord || w < column.dictionary.size());
    }
  }
}

TEST(Utf8Test, TakesEveryCharacterAndNothingElse) {
  EXPECT_FALSE(first_bad_byte("plain text of ASCII, longer than a word"));
  EXPECT_FALSE(first_bad_byte("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"));
  EXPECT_EQ(first_bad_byte("12345678\x80"), 8u);
  EXPECT_EQ(first_bad_byte("ab\xc1\xbf"), 2u) << "overlong";
  EXPECT_EQ(first_bad_byte("\xe0\x9f\xbf"), 0u) << "overlong";
  EXPECT_EQ(first_bad_byte("x\xed\xa0\x80"), 1u) << "a surrogate";
  EXPECT_EQ(first_bad_byte("x\xf4\x90\x80\x80"), 1u) << "past the last character";
  EXPECT_EQ(first_bad_byte("1234567\xc3"), 7u) << "breaks off";
  EXPECT_EQ(first_bad_byte(std::string_view("12345678abcd\0fgh", 16)), 12u);
}

}  // namespace
}  // namespace latentscape
