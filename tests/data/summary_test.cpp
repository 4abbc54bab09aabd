// What is said of data at a glance: counts by hand.
#include "core/data/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/data/source.hpp"
#include "core/formats/file.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

std::shared_ptr<const Dataset> table(const std::string& text) {
  const TemporaryFolder folder("summary");
  EXPECT_TRUE(atomic_write_file(folder / "t.csv", std::string_view(text)).ok());
  DataRequest request;
  request.spec = folder / "t.csv";
  const auto data = load_dataset(request);
  EXPECT_TRUE(data.ok()) << data.error().message;
  return data.ok() ? *data : nullptr;
}

TEST(Summary, TellsOfEachColumnInItsOwnUnits) {
  std::string text = "height,colour,class,id\n";
  for (int i = 0; i < 40; ++i)
    text += i == 7 ? ",red,a,7\n" : fmt::format("{},{},{},{}\n", 100 + i, i % 4 ? "red" : "blue", i % 2 ? "a" : "b", i);
  const auto data = table(text);
  ASSERT_NE(data, nullptr);
  const DataSummary summary = summarise(*data);
  EXPECT_EQ(summary.splits[0] + summary.splits[1] + summary.splits[2], 40u);
  EXPECT_EQ(summary.splits[2], 8u) << "a fifth becomes test";
  EXPECT_EQ(summary.classes, (std::vector<size_t>{20, 20}));
  ASSERT_EQ(summary.columns.size(), 4u);
  EXPECT_EQ(summary.columns[0].name, "class");
  EXPECT_EQ(summary.columns[0].role, ColumnRole::label);

  const ColumnSummary& height = summary.columns[1];
  EXPECT_EQ(height.name, "height");
  EXPECT_EQ(height.role, ColumnRole::input);
  EXPECT_EQ(height.missing, 1u);
  EXPECT_EQ(height.least, 100.0);
  EXPECT_EQ(height.most, 139.0);
  EXPECT_NEAR(height.mean, (40 * 119.5 - 107) / 39, 1e-9);
  EXPECT_EQ(std::accumulate(height.counts.begin(), height.counts.end(), size_t{0}), 39u);
  // The units of the model lead back to the column's.
  std::vector<float> x(data->width());
  data->copy_row(3, x.data());
  EXPECT_NEAR(height.centre + height.unit * static_cast<double>(x[height.first]), 103.0, 1e-4);

  const ColumnSummary& colour = summary.columns[2];
  EXPECT_EQ(colour.categories, (std::vector<std::string>{"blue", "red"}));
  EXPECT_EQ(colour.counts, (std::vector<size_t>{10, 30}));
  EXPECT_EQ(colour.first, 1u);
  EXPECT_EQ(summary.columns[3].role, ColumnRole::other) << "it only numbers the rows";
}

TEST(Summary, KnowsWhatCanBeALabel) {
  std::string text = "x,grade,name,n\n";
  for (int i = 0; i < 30; ++i) text += fmt::format("{},{},{},{}\n", 0.5 + i, i % 3, i % 2 ? "p" : "q", i == 9 ? "" : std::to_string(i * 2));
  const auto data = table(text);
  ASSERT_NE(data, nullptr);
  std::vector<std::string> labels;
  for (const ColumnSummary& column : summarise(*data).columns)
    if (column.can_be_label) labels.push_back(column.name);
  EXPECT_EQ(labels, (std::vector<std::string>{"grade", "name"})) << "neither fractions nor a number of its own in each row";
}

TEST(Summary, TellsOfTheWordsThatAreCounted) {
  Dataset data;
  data.kind = DataKind::text;
  data.rows = 4;
  data.split.assign(4, Split::train);
  data.preprocessing.words = {"film", "soup", "bed"};
  data.shape = {3};
  WordCounts counts;
  counts.add_row(std::vector<uint32_t>{0, 1}, std::vector<float>{1.0f, 5.0f});
  counts.add_row(std::vector<uint32_t>{0}, std::vector<float>{2.0f});
  counts.add_row({}, {});
  counts.add_row(std::vector<uint32_t>{0}, std::vector<float>{2.0f});
  data.values = std::move(counts);
  const auto words = summarise(data).words;
  ASSERT_TRUE(words);
  EXPECT_EQ(words->vocabulary, 3u);
  EXPECT_EQ(words->words, 10.0);
  EXPECT_EQ(words->words_a_text, 2.5);
  ASSERT_EQ(words->commonest.size(), 2u) << "bed is in no text";
  EXPECT_EQ(words->commonest[0].word, "film");
  EXPECT_EQ(words->commonest[0].texts, 3u);
  EXPECT_EQ(words->commonest[1].word, "soup");
  EXPECT_EQ(words->commonest[1].texts, 1u) << "texts that have it, not how often";
  Dataset numbers;
  numbers.values = std::vector<float>(4);
  EXPECT_FALSE(summarise_words(numbers)) << "not word counts";
}

TEST(Summary, NumbersWithoutNamesAreNumbered) {
  Dataset data;
  data.kind = DataKind::table;
  data.shape = {2};
  data.rows = 4;
  data.values = std::vector<float>{0, 5, 1, 5, 2, 5, 3, NAN};
  data.split.assign(4, Split::train);
  const DataSummary summary = summarise(data);
  ASSERT_EQ(summary.columns.size(), 2u);
  EXPECT_EQ(summary.columns[1].name, "x2");
  EXPECT_EQ(summary.columns[1].missing, 1u);
  EXPECT_EQ(summary.columns[1].least, 5.0);
  EXPECT_EQ(summary.columns[0].deviation, std::sqrt(1.25));
  EXPECT_EQ(summary.columns[0].counts.front(), 1u);
  EXPECT_EQ(summary.columns[0].counts.back(), 1u);
  EXPECT_EQ(summary.rows_seen, 4u);
}

}  // namespace
}  // namespace latentscape
