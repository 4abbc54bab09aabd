// The sources of texts and word counts: what is a text and what the label, splits, and what is refused.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "core/data/source.hpp"
#include "core/data/text_columns.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/file.hpp"
#include "tests/support/loading.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Texts : public ::testing::Test {
 protected:
  DataRequest request(const std::string& name) const {
    DataRequest r;
    r.spec = folder_ / name;
    return r;
  }
  DataRequest request(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    EXPECT_TRUE(atomic_write_file(folder_ / name, std::string_view(text)).ok());
    return request(name);
  }
  TemporaryFolder folder_{"texts"};
};

/// n rows of a label and a sentence.
std::string labelled(size_t n, const std::string& header = "label\ttext\n") {
  const std::array<const char*, 4> things = {"soup", "film", "bed", "book"};
  std::string text = header;
  for (size_t i = 0; i < n; ++i)
    text += fmt::format("{}\tthe {} number w{} is {} \"so\n", i % 2 ? "good" : "bad", things[i % 4], i % 7, i % 3 ? "fine" : "odd");
  return text;
}

TEST_F(Texts, ATableOfLabelsAndTextsIsTrainedOnByItsWords) {
  const auto data = loaded(request("a.tsv", labelled(40)));
  EXPECT_EQ(data->kind, DataKind::text);
  EXPECT_THAT(data->reason, HasSubstr("column 'text' holds 7.0 words a row"));
  EXPECT_EQ(data->rows, 40u);
  EXPECT_EQ(data->texts[1], "the film number w1 is fine \"so") << "a quote between tabs is a letter";
  EXPECT_THAT(data->labels()->categories, ElementsAre("bad", "good"));
  EXPECT_THAT(data->preprocessing.words, Contains("film"));
  EXPECT_THAT(data->preprocessing.words, ::testing::Not(Contains("the"))) << "in every text";
  std::vector<float> row(data->width());
  data->copy_row(1, row.data());
  EXPECT_EQ(std::count(row.begin(), row.end(), 1.0f), 2) << "film and w1; the others are in more than half of the texts";
}

TEST_F(Texts, ALabelCanBeRefused) {
  DataRequest r = request("a.tsv", labelled(40));
  r.reading.label = "none";
  const auto data = loaded(r);
  EXPECT_EQ(data->labels(), nullptr);
  ASSERT_EQ(data->columns.size(), 1u) << "still there to colour by";
  EXPECT_EQ(data->columns[0].name, "label");
  DataRequest lines = request("a.txt", "good soup\nbad soup\ngood film\nbad film\nodd film\n");
  lines.reading.label = "none";
  EXPECT_EQ(loaded(lines)->labels(), nullptr);
  DataRequest built_in;
  built_in.spec = "reviews";
  built_in.count = 50;
  built_in.reading.label = "none";
  EXPECT_EQ(loaded(built_in)->labels(), nullptr);
  DataRequest unclear = request("b.tsv", labelled(40, "none\ttext\n"));
  unclear.reading.label = "none";
  EXPECT_THAT(message(unclear), HasSubstr("label=none means no label, and a column is called so"));
}

TEST_F(Texts, TheNamesOfAllColumnsAreThereToChooseFrom) {
  EXPECT_THAT(text_column_names(request("a.tsv", labelled(40)).spec, {}), ElementsAre("label", "text"));
  request("d/train.csv", "label,text\ngood,a fine film\nbad,a poor film\n");
  EXPECT_THAT(text_column_names(request("d").spec, {}), ElementsAre("label", "text"));
  EXPECT_THAT(text_column_names(request("b.tsv", "good\ta fine old film\nbad\ta poor old film\n").spec, {}),
              ElementsAre("column 1", "column 2"));
  EXPECT_TRUE(text_column_names(request("a.txt", "a fine film\na poor film\n").spec, {}).empty());
  EXPECT_TRUE(text_column_names(request("absent.tsv").spec, {}).empty());
}

TEST_F(Texts, TablesOfNumbersStayTables) {
  const std::string titanic =
      "Survived,Name,Age,Fare\n0,\"Braund, Mr. Owen Harris\",22,7.25\n1,\"Cumings, Mrs. John Bradley\",38,71.28\n1,\"Heikkinen, Miss. "
      "Laina "
      "Maria\",26,7.92\n";
  const auto table = loaded(request("t.csv", titanic));
  EXPECT_EQ(table->kind, DataKind::table) << table->reason;
  EXPECT_THAT(table->reason, HasSubstr("has 3 columns of numbers beside the sentences of 'Name'"));
  DataRequest forced = request("t.csv");
  forced.kind = "text";
  EXPECT_EQ(loaded(forced)->texts[0], "Braund, Mr. Owen Harris");
  EXPECT_EQ(loaded(request("n.csv", "a,b\n1,2\n3,5\n"))->reason, "has no column of texts (a, b)");
  forced = request("n.csv");
  forced.kind = "text";
  EXPECT_THAT(message(forced), HasSubstr("n.csv: has no column of texts (a, b)"));
  DataRequest as_table = request("a.tsv", labelled(40));
  as_table.kind = "table";
  EXPECT_EQ(loaded(as_table)->kind, DataKind::table);
}

TEST_F(Texts, WithoutAHeaderTheFirstLineIsAText) {
  const auto data = loaded(request("h.tsv", labelled(20, "")));
  EXPECT_EQ(data->rows, 20u);
  EXPECT_THAT(data->labels()->categories, ElementsAre("bad", "good")) << "the only other column, of few words";
  const auto lines = loaded(request("l.txt", "\xef\xbb\xbfgood film here\r\n\r\ngood soup here\r\nbad film\r\nbad soup\r\n"));
  EXPECT_THAT(lines->texts, ElementsAre("good film here", "good soup here", "bad film", "bad soup"));
  EXPECT_EQ(lines->labels(), nullptr);
  DataRequest label = request("l.txt");
  label.reading.label = "class";
  EXPECT_THAT(message(label), HasSubstr("is a text a line, and so there is no column 'class'"));
}

TEST_F(Texts, AFolderHasItsSplitsAndPackedFilesAreRead) {
  request("set/train.tsv", labelled(30));
  request("set/dev.tsv", labelled(6));
  const std::string test = "text\tlabel\nfilm film fine\tgood\n";  // the columns in another order
  ASSERT_TRUE(atomic_write_file(folder_ / "set/test.tsv.gz", gzip({reinterpret_cast<const uint8_t*>(test.data()), test.size()})).ok());
  const auto data = loaded(request("set"));
  EXPECT_EQ(data->name, "set");
  EXPECT_EQ(data->ids_of(Split::train).size(), 30u);
  EXPECT_EQ(data->ids_of(Split::heldout).size(), 6u);
  EXPECT_THAT(data->ids_of(Split::test), ElementsAre(36u));
  EXPECT_EQ(data->texts[36], "film film fine");
  EXPECT_EQ(data->label(36), 1);
  request("set/dev.tsv", "class\ttext\na\tb c d\n");
  EXPECT_THAT(message(request("set")), HasSubstr("dev.tsv: has no column 'label', expected it as in the first file"));
}

TEST_F(Texts, TwoColumnsOfOneNameAreTwo) {
  std::string train = "text\tnote\tnote\n";
  for (int i = 0; i < 6; ++i) train += fmt::format("a film of number {0}\tleft{0}\tright{0}\n", i % 3);
  request("twice/train.tsv", train);
  request("twice/test.tsv", train);
  const auto data = loaded(request("twice"));
  ASSERT_EQ(data->columns.size(), 2u);
  EXPECT_THAT(data->columns[0].categories, ElementsAre("left0", "left1", "left2"));
  EXPECT_THAT(data->columns[1].categories, ElementsAre("right0", "right1", "right2"));
  EXPECT_EQ(data->columns[1].values[7], 1.0f);
  request("twice/test.tsv", "note\ttext\nleft0\ta film of number\n");
  EXPECT_THAT(message(request("twice")), HasSubstr("test.tsv: has one column 'note', expected two of that name"));
}

TEST_F(Texts, LaterDataIsReadWithTheWordsOfTheModel) {
  const auto data = loaded(request("a.tsv", labelled(40)));
  DataRequest later = request("new.txt", "film film unheard\nnothing known\n");
  later.preprocessing = data->preprocessing;
  later.reading.label = "label";
  const auto counted = loaded(later);
  EXPECT_EQ(counted->width(), data->width());
  EXPECT_THAT(counted->warnings, Contains(HasSubstr("1 of 2 rows has none of the")));
  EXPECT_EQ(std::get<WordCounts>(counted->values).counts_of(0)[0], 2.0f);
  later = request("n.csv", "a,b\n1,2\n3,5\n");
  later.preprocessing = data->preprocessing;
  EXPECT_THAT(message(later), HasSubstr("is not text, expected text as in the data that the model was trained on"));
  DataRequest table = request("a.tsv");
  table.preprocessing = loaded(request("n.csv"))->preprocessing;
  EXPECT_THAT(message(table), HasSubstr("is text, expected numbers"));
}

TEST_F(Texts, WrongFilesAreNamed) {
  EXPECT_THAT(message(request("e.txt", "")), HasSubstr("is empty, expected a text a line"));
  EXPECT_THAT(message(request("r.tsv", labelled(5) + "good\n")), HasSubstr("r.tsv: line 7: has 1 cell, expected 2"));
  EXPECT_THAT(message(request("u.txt", "fine\nna\xefve\n")), HasSubstr("line 2: byte 7 of the file (0xef)"));
  DataRequest unique = request("u.csv", "id,text\na,one word more\nb,two words more\nc,three words more\n");
  EXPECT_EQ(loaded(unique)->labels(), nullptr);
  unique.reading.label = "id";
  EXPECT_THAT(message(unique), HasSubstr("column 'id' is different in every row, expected a label of a few classes"));
  unique.reading.label = "if";
  EXPECT_THAT(message(unique), HasSubstr("did you mean 'id'"));
  const auto one = loaded(request("one.csv", "label,text\na,one word more\na,two words more\na,three words more\n"));
  EXPECT_THAT(one->warnings, Contains("the label 'label' has one class alone"));
}

TEST_F(Texts, SvmlightCountsComeWithTheirWords) {
  request("bow/train.svm", "1 2:1 1:3\n2 3:2\n1 1:1\n2 2:2\n");
  request("bow/test.svm", "2 3:1 1:1\n");
  request("bow/vocab.txt", "film 9\nsoup 4\nhotel 2\nbook 1\n");
  const auto data = loaded(request("bow"));
  EXPECT_EQ(data->kind, DataKind::text);
  EXPECT_EQ(data->shape, std::vector<size_t>{4}) << "as many words as vocab.txt has";
  EXPECT_THAT(data->preprocessing.words, ElementsAre("film", "soup", "hotel", "book"));
  EXPECT_THAT(data->labels()->categories, ElementsAre("1", "2"));
  EXPECT_EQ(text_of(*data, 0), "film, soup");
  EXPECT_THAT(data->ids_of(Split::test), ElementsAre(4u));
  EXPECT_EQ(loaded(request("bow/train.svm"))->rows, 4u) << "a file alone, with the words beside it";
  request("bow/vocab.txt", "film\nsoup\n");
  EXPECT_THAT(message(request("bow")), HasSubstr("counts word 3, but vocab.txt has 2 words"));
  request("bow/vocab.txt", "film\n\nsoup\nhotel\n");
  EXPECT_THAT(message(request("bow")), HasSubstr("vocab.txt: line 2 begins with no word")) << "else the words behind it change places";
  EXPECT_THAT(loaded(request("alone.svm", "1 2:1\n1 1:2\n1 2:2\n"))->preprocessing.words, ElementsAre("word 1", "word 2"));
}

TEST_F(Texts, TheBagOfWordsOf20NewsIsRead) {
  DataRequest news;
  news.spec = "../shared/data/20news-bow";
  if (!std::filesystem::exists(news.spec)) GTEST_SKIP() << "needs ../shared/data/20news-bow";
  const auto data = loaded(news);
  EXPECT_EQ(data->rows, 11268u + 7505u);
  EXPECT_EQ(data->ids_of(Split::test).size(), 7505u);
  EXPECT_EQ(data->width(), 2000u);
  EXPECT_EQ(data->classes(), 20u);
}

}  // namespace
}  // namespace latentscape
