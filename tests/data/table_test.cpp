#include <gmock/gmock.h>

#include <cmath>

#include "core/data/source.hpp"
#include "core/data/table_fit.hpp"
#include "core/formats/file.hpp"
#include "core/formats/npy.hpp"
#include "tests/support/loading.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Tables : public ::testing::Test {
 protected:
  DataRequest request(const std::string& text, const std::string& name = "t.csv") const {
    EXPECT_TRUE(atomic_write_file(folder_ / name, std::string_view(text)).ok());
    DataRequest r;
    r.spec = folder_ / name;
    return r;
  }
  TemporaryFolder folder_{"tables"};
};

/// n rows: an index, a number, its double with a hole at each tenth, a colour, a constant, a name, a class.
std::string people(size_t n) {
  std::string text = "id,size,twice,colour,same,name,Class\n";
  for (size_t i = 0; i < n; ++i) {
    const double v = 10.0 + static_cast<double>(i * i % 17) * 0.5;
    text += fmt::format("{},{},{},{},7,w{},{}\n", i + 100, v, i % 10 == 3 ? "" : fmt::format("{}", 2 * v),
                        i % 3 == 0   ? "red"
                        : i % 3 == 1 ? "blue"
                                     : "red",
                        i, i % 2 ? "b" : "a");
  }
  return text;
}

TEST_F(Tables, NumbersTooAlikeForFloatsAreTrainedOnAndComeBack) {
  std::string text = "size,millis,seconds,year\n";
  for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{},{}\n", i * i % 17, 1700000000000 + i * 100, 1700000000 + i * i, 1990 + i % 30);
  const auto data = loaded(request(text));
  EXPECT_THAT(data->warnings, IsEmpty());
  ASSERT_EQ(data->preprocessing.inputs.size(), 4u);
  EXPECT_EQ(data->preprocessing.inputs[1].offset, 1700000000000.0);
  EXPECT_EQ(data->preprocessing.inputs[2].offset, 1700000000.0);
  EXPECT_EQ(data->preprocessing.inputs[3].offset, 0.0);
  EXPECT_EQ(data->columns[1].number(7), 1700000000700.0);
  const FloatArray examples = data->gather(std::vector<uint32_t>{7, 8});
  const Array2<double> units = in_units(data->preprocessing, examples);
  EXPECT_NEAR(units(0, 1), 1700000000700.0, 0.01);
  EXPECT_NEAR(units(1, 2), 1700000064.0, 0.01);
  EXPECT_THAT(cells_of(data->preprocessing, examples.row(1))[1], HasSubstr("1700000000800"));
  // Later rows are read by the same offsets, whatever their own range is.
  DataRequest later = request("size,millis,seconds,year\n1,1700000000700,0,1990\n1,0,1700000064,1991\n", "later.csv");
  later.preprocessing = data->preprocessing;
  const Array2<double> others = in_units(data->preprocessing, loaded(later)->gather(std::vector<uint32_t>{0, 1}));
  EXPECT_NEAR(others(0, 1), 1700000000700.0, 0.01);
  EXPECT_NEAR(others(1, 2), 1700000064.0, 0.01);
  // The run's own data is still its own.
  later = request(text);
  later.preprocessing = data->preprocessing;
  EXPECT_EQ(loaded(later)->fingerprint, data->fingerprint);
}

TEST_F(Tables, WhatWasUnderstoodOfAFileIsSaid) {
  const auto data = loaded(request("1;2,5;a\n2;3,5;b\n7;4,5;a\n1;9,25;b\n"));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("the first line is numbers, not names")));
  EXPECT_THAT(data->warnings, Contains("a comma is the decimal point in the column column 2"));
  EXPECT_EQ(data->rows, 4u);
  EXPECT_EQ(data->columns[1].values[3], 9.25f);
  EXPECT_THAT(loaded(request("a;b\n1,5;1\n2.5;2\n1;4\n"))->warnings,
              Contains(HasSubstr("column 'a': some of its cells are like numbers with a decimal comma")));
  EXPECT_THAT(loaded(request("x,label\n1,a\n2,\n4,b\n8,a\n"))->warnings, Contains("the label 'label' is missing in 1 of 4 rows"));
}

TEST_F(Tables, AQuantityThatIsCalledTargetIsNoLabelUnlessItIsAskedFor) {
  std::string text = "x,target\n";
  for (int i = 0; i < 200; ++i) text += fmt::format("{},{}\n", i * 7 % 31, i * i % 97);
  DataRequest r = request(text);
  EXPECT_EQ(loaded(r)->labels(), nullptr);
  EXPECT_THAT(loaded(r)->warnings,
              Contains(HasSubstr("different whole numbers in 200 rows, a quantity more than a class (as setting `label` it is one)")));
  const auto quantity = loaded(r);
  DataRequest again = r;
  again.preprocessing = quantity->preprocessing;
  EXPECT_EQ(loaded(again)->fingerprint, quantity->fingerprint) << "a run's own data, when it goes on";
  r.reading.label = "target";
  const auto label = loaded(r);
  EXPECT_NE(label->labels(), nullptr);
  again = r;
  again.preprocessing = label->preprocessing;
  EXPECT_EQ(loaded(again)->fingerprint, label->fingerprint);
}

TEST_F(Tables, InfiniteNumbersAreNoRunningNumber) {
  EXPECT_EQ(loaded(request("a,b\n0,1\n1,5\ninf,2\n3,4\n"))->preprocessing.inputs.size(), 2u);
}

TEST_F(Tables, NumbersStayAsTheyAreWhereAsked) {
  DataRequest r = request("a,b\n10,0.5\n20,1.5\n30,2.5\n50,4.5\n");
  r.reading.standardise = Standardise::no;
  EXPECT_EQ(loaded(r)->number(2, 0), 30.0f);
  EXPECT_EQ(loaded(r)->number(3, 1), 4.5f);
}

TEST_F(Tables, ColumnsBecomeStandardisedNumbersAndOneHotGroups) {
  const auto data = loaded(request(people(200)));
  EXPECT_EQ(data->kind, DataKind::table);
  EXPECT_EQ(data->shape, std::vector<size_t>{4});
  ASSERT_EQ(data->preprocessing.inputs.size(), 3u);
  EXPECT_EQ(data->preprocessing.inputs[0].name, "size");
  EXPECT_THAT(data->preprocessing.inputs[2].categories, ElementsAre("blue", "red"));
  EXPECT_EQ(data->labels()->name, "Class");
  EXPECT_THAT(data->labels()->categories, ElementsAre("a", "b"));
  EXPECT_THAT(data->warnings, Contains("column 'id' only numbers the rows and is left out"));
  EXPECT_THAT(data->warnings, Contains("column 'same' is the same in every row and is left out"));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("column 'name' is text (200 different values")));
  EXPECT_THAT(data->warnings, Contains(HasSubstr("column 'twice': 20 missing values are taken for the train rows' mean, ")));
  EXPECT_THAT(data->categories, IsEmpty()) << "numbers among them";
  // Standardised on train rows alone: there the mean is 0 and the deviation 1.
  double sum = 0.0, squares = 0.0;
  const auto train = data->ids_of(Split::train);
  std::vector<float> row(4);
  for (const uint32_t i : train) {
    data->copy_row(i, row.data());
    sum += static_cast<double>(row[0]);
    squares += static_cast<double>(row[0]) * static_cast<double>(row[0]);
    EXPECT_EQ(row[2] + row[3], 1.0f);
    EXPECT_EQ(row[3], i % 3 == 1 ? 0.0f : 1.0f);
    if (i % 10 == 3) {
      EXPECT_EQ(row[1], 0.0f) << "the mean, where it is missing";
    }
  }
  const auto n = static_cast<double>(train.size());
  EXPECT_NEAR(sum / n, 0.0, 1e-6);
  EXPECT_NEAR(squares / n, 1.0, 1e-5);
}

// The fit must not see test or held-out rows: an outlier there leaves the mean alone.
TEST_F(Tables, GzipOfOneIsTheSameData) {
  const std::string text = people(200);
  ASSERT_TRUE(atomic_write_file(folder_ / "p.csv.gz", gzip({reinterpret_cast<const uint8_t*>(text.data()), text.size()})).ok());
  DataRequest packed;
  packed.spec = folder_ / "p.csv.gz";
  const auto data = loaded(packed);
  EXPECT_EQ(data->name, "p");
  EXPECT_EQ(data->kind, DataKind::table);
  EXPECT_EQ(data->fingerprint, loaded(request(text))->fingerprint);
}

TEST_F(Tables, TheFitIsOfTrainRowsAlone) {
  std::string text = "a,b\n";
  for (int i = 0; i < 50; ++i) text += fmt::format("{},{}\n", i % 7, i % 5 + 0.5);
  const auto first = loaded(request(text));
  const uint32_t test_row = first->ids_of(Split::test)[0];
  std::string changed = "a,b\n";
  for (int i = 0; i < 50; ++i) changed += fmt::format("{},{}\n", i % 7, i == static_cast<int>(test_row) ? 1e6 : i % 5 + 0.5);
  const auto second = loaded(request(changed));
  EXPECT_EQ(second->preprocessing, first->preprocessing);
  EXPECT_NE(second->fingerprint, first->fingerprint);
}

TEST_F(Tables, RowsGoBackToTheirUnitsAndWords) {
  const auto data = loaded(request(people(60)));
  const FloatArray examples = data->gather(std::vector<uint32_t>{4, 7});
  const Array2<double> rows = in_units(data->preprocessing, examples);
  EXPECT_NEAR(rows(0, 0), 10.0 + 16 % 17 * 0.5, 1e-4);
  EXPECT_NEAR(rows(1, 1), 2 * (10.0 + 49 % 17 * 0.5), 1e-4);
  const auto cells = cells_of(data->preprocessing, examples.row(0));
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_NEAR(std::stod(cells[0]), 18.0, 1e-4);
  EXPECT_EQ(cells[2], "blue");
}

TEST_F(Tables, LaterDataIsMatchedByName) {
  const auto trained = loaded(request(people(60)));
  DataRequest later = request("colour,extra,twice,size\nred,1,30,12\ngreen,2,,14\nblue,2,28,15\n", "later.csv");
  later.preprocessing = trained->preprocessing;
  const auto data = loaded(later);
  EXPECT_EQ(data->shape, trained->shape);
  EXPECT_EQ(data->preprocessing, trained->preprocessing) << "not fitted anew";
  const Array2<double> rows = in_units(data->preprocessing, data->gather(std::vector<uint32_t>{0, 1, 2}));
  EXPECT_NEAR(rows(0, 0), 12, 1e-4);
  EXPECT_NEAR(rows(0, 1), 30, 1e-4);
  EXPECT_EQ(rows(2, 2), 1.0f);
  EXPECT_EQ(rows(1, 3), 1.0f) << "green is not known: the commonest";
  EXPECT_THAT(data->warnings,
              Contains(HasSubstr("column 'colour': 1 values are no category that the model knows and are taken for 'red'")));
  later = request("colour,size\nred,12\nblue,3\n", "later.csv");
  later.preprocessing = trained->preprocessing;
  EXPECT_THAT(message(later),
              HasSubstr("has no column 'twice', expected it as in the data that the model was trained on; it has colour, size"));
  later = request("colour,size,twice\nred,small,2\nblue,large,3\n", "later.csv");
  later.preprocessing = trained->preprocessing;
  EXPECT_THAT(message(later), HasSubstr("column 'size' holds words ('large'), expected numbers"));
  ASSERT_TRUE(atomic_write_file(folder_ / "later.npy", npy_bytes(FloatArray(5, 4))).ok());
  later.spec = folder_ / "later.npy";
  EXPECT_THAT(message(later), HasSubstr("has no named columns, expected a table"));
}

TEST_F(Tables, ColumnsThatAreLeftOutAreThereToColourBy) {
  DataRequest r = request(people(40));
  r.reading.leave_out = {"twice", "name"};
  const auto data = loaded(r);
  ASSERT_EQ(data->preprocessing.inputs.size(), 2u);
  EXPECT_EQ(data->preprocessing.inputs[0].name, "size");
  EXPECT_EQ(data->preprocessing.inputs[1].name, "colour");
  const auto named = [](const std::string& name) { return ::testing::Field(&Column::name, name); };
  EXPECT_THAT(data->columns, Contains(named("twice")));
  EXPECT_THAT(data->warnings, Not(Contains(HasSubstr("'twice'"))));
  EXPECT_THAT(data->warnings, Not(Contains(HasSubstr("'name'")))) << "what was asked for is no news";
  r.reading.leave_out = {"sise"};
  EXPECT_THAT(message(r), HasSubstr("size"));
  r.reading.leave_out = {"size", "twice", "colour", "id", "same", "name"};
  EXPECT_THAT(message(r), HasSubstr("no column is left to train on"));
}

TEST_F(Tables, RowsWithHolesAreLeftOutWhereAsked) {
  DataRequest r = request(people(40));
  r.reading.missing = MissingValues::drop;
  const auto data = loaded(r);
  EXPECT_EQ(data->rows, 36u);
  EXPECT_EQ(data->columns[1].values.size(), 36u);
  EXPECT_THAT(data->warnings, Contains("4 of 40 rows have missing values and are left out; the others keep their numbers"));
  EXPECT_EQ(data->row_number(2), 2u);
  EXPECT_EQ(data->row_number(3), 4u) << "row 3 has a hole";
  EXPECT_EQ(data->columns.back().name, "row");
  EXPECT_EQ(data->columns.back().values[35], 39.0f);
  r.only = "Class=b";
  EXPECT_EQ(loaded(r)->row_number(1), 5u) << "rows 1, 5, ...: 3 has a hole";
  r.only.clear();
  r.extra = request(people(30) + "500,1,2,red,7,x,a\n", "more.csv").spec;
  const auto joined = loaded(r);
  ASSERT_GT(joined->rows, 36u);
  EXPECT_LT(joined->row_number(joined->rows - 1), 31u) << "rows that joined have the numbers of their own file";
  r.extra.clear();
  r = request("a,b\n1,\n,2\n3,\n,5\n");
  r.reading.missing = MissingValues::drop;
  EXPECT_THAT(message(r), HasSubstr("every row has a missing value"));
}

TEST_F(Tables, CategoriesAloneAreDataOfCategories) {
  std::string text = "q1\tq2\n";
  for (int i = 0; i < 30; ++i) text += fmt::format("{}\t{}\n", i % 2 ? "yes" : "no", i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c");
  const auto data = loaded(request(text, "t.tsv"));
  EXPECT_EQ(data->categories, (std::vector<size_t>{2, 3}));
  EXPECT_EQ(data->labels(), nullptr);
}

TEST_F(Tables, TheLabelIsChosenByNameAndMustBeOne) {
  const std::string text = "x,y,label,kind\n1.5,4,0.25,1\n2.5,5,0.5,2\n3.5,4,0.75,1\n0.5,5,1.5,10\n9,4,2,2\n";
  DataRequest r = request(text);
  const auto automatic = loaded(r);
  EXPECT_EQ(automatic->labels(), nullptr);
  EXPECT_THAT(automatic->warnings, Contains("column 'label' holds numbers that are not whole: it is neither a label nor trained on"));
  EXPECT_EQ(automatic->preprocessing.inputs.size(), 3u);
  r.reading.label = "kind";
  EXPECT_THAT(loaded(r)->labels()->categories, ElementsAre("1", "2", "10"));
  r.reading.label = "label";
  EXPECT_THAT(message(r), HasSubstr("column 'label' holds numbers that are not whole, expected a label of a few classes"));
  r.reading.label = "kinds";
  EXPECT_THAT(message(r), HasSubstr("unknown column 'kinds', did you mean 'kind'"));
  r = request("x,class\n1,a\n2.5,b\n4,c\n");
  r.reading.label = "class";
  EXPECT_THAT(message(r), HasSubstr("column 'class' is different in every row"));
  EXPECT_THAT(loaded(request("x,class\n1,a\n2.5,a\n4,a\n"))->warnings, Contains("the label 'class' has one class alone"));
}

TEST_F(Tables, WithoutALabelAllColumnsAreTrainedOn) {
  DataRequest r = request(people(60));
  r.reading.label = "none";
  const auto data = loaded(r);
  EXPECT_EQ(data->labels(), nullptr);
  EXPECT_EQ(data->preprocessing.inputs.back().name, "Class");
  DataRequest unclear = request("size,none\n1,a\n2,b\n3,a\n4,b\n5,a\n6,b\n7,a\n8,b\n", "u.csv");
  unclear.reading.label = "none";
  EXPECT_THAT(message(unclear), HasSubstr("label=none means no label, and a column is called so"));
}

TEST_F(Tables, FaultsAreSentences) {
  EXPECT_THAT(message(request("a,b\n1,2\n1\n")), HasSubstr("t.csv: line 3: has 1 cell, expected 2"));
  EXPECT_THAT(message(request("a,b\n1,x\n1,x\n")), HasSubstr("no column is left to train on: column 'a' is the same in every row"));
  EXPECT_THAT(loaded(request("a,b\n1,2\ninf,3\n4.5,1\n5,9\n"))->warnings, Contains("column 'a': 1 infinite values count as missing"));
}

}  // namespace
}  // namespace latentscape
