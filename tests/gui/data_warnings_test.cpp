// What core says of data, in the window's words. The sentences here are core's own: where one changes, its row of the table has to follow.
#include "app/gui/data_warnings.hpp"

#include <gtest/gtest.h>

#include "core/data/source.hpp"
#include "core/formats/file.hpp"
#include "core/formats/npz.hpp"
#include "tests/support/loading.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

class DataWarnings : public testing::Test {
 protected:
  void SetUp() override {
    auto embedded = Strings::embedded();
    ASSERT_TRUE(embedded.ok()) << embedded.error().message;
    tr_ = std::move(embedded).value();
    tr_.set_language("zh");
  }
  DataRequest request(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(atomic_write_file(folder_ / name, std::string_view(text)).ok());
    DataRequest r;
    r.spec = folder_ / name;
    return r;
  }
  void expect_chinese(const std::string& sentence) const {
    const std::string text = told(tr_, sentence);
    EXPECT_NE(text, sentence) << "it is not in the table";
    EXPECT_EQ(text.find("--set"), std::string::npos) << text;
  }

  TemporaryFolder folder_{"warnings"};
  Strings tr_;
};

TEST_F(DataWarnings, OfATableAreSaidInChinese) {
  std::string text = "id,size,hole,colour,same,name,nothing,label\n";
  for (int i = 0; i < 40; ++i)
    text += fmt::format("{},{},{},{},7,w{},,{}\n", i, 0.5 * (i * i % 17),
                        i % 10 == 3   ? ""
                        : i % 10 == 4 ? "inf"
                                      : fmt::format("{}", i % 7),
                        i % 9 == 2 ? ""
                        : i % 2    ? "red"
                                   : "blue",
                        i, i);
  const auto data = loaded(request("t.csv", text));
  EXPECT_EQ(data->warnings.size(), 8u);
  for (const std::string& warning : data->warnings) expect_chinese(warning);
}

TEST_F(DataWarnings, OfWhatWasUnderstoodOfATableAreSaidInChinese) {
  std::string text = "1,5;2;3,5;x;0\n";  // no line of names
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{},5;{};{},25;{};{}\n", i % 7, i % 3 == 2 ? "" : "9.5", i % 5, i % 4 ? "1,5" : "y", i % 2);
  DataRequest r = request("bare.csv", text);
  r.reading.missing = MissingValues::drop;
  const auto bare = loaded(r);
  EXPECT_EQ(bare->warnings.size(), 4u) << fmt::format("{}", fmt::join(bare->warnings, "\n"));
  for (const std::string& warning : bare->warnings) expect_chinese(warning);
  text = "size,target\n";
  for (int i = 0; i < 200; ++i) text += fmt::format("{},{}\n", i * 7 % 31, i * i % 97);
  const auto quantity = loaded(request("quantity.csv", text));
  ASSERT_EQ(quantity->warnings.size(), 1u);
  expect_chinese(quantity->warnings[0]);
  EXPECT_EQ(told(tr_, quantity->warnings[0]).find("setting"), std::string::npos);
  const auto missing = loaded(request("missing.csv", "x,label\n1,a\n2,\n4,b\n8,a\n"));
  ASSERT_EQ(missing->warnings.size(), 1u);
  expect_chinese(missing->warnings[0]);
}

TEST_F(DataWarnings, OfOtherDataForAModelAreSaidInChinese) {
  std::string text = "size,colour,label\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{}\n", 0.5 * (i * i % 17), i % 2 ? "red" : "blue", i % 3 ? "a" : "b");
  DataRequest other = request("other.csv", "size,colour\n1.5,green\n2,red\n0.5,blue\n");
  other.preprocessing = loaded(request("t.csv", text))->preprocessing;
  other.reading.label = "label";
  const auto data = loaded(other);
  EXPECT_EQ(data->warnings.size(), 2u);
  for (const std::string& warning : data->warnings) expect_chinese(warning);
}

TEST_F(DataWarnings, OfArraysNameNoSettingThatTheFormLacks) {
  const auto load = [&](std::vector<float> labels) {
    NpyArray x{{20, 64}, {}};
    for (size_t i = 0; i < 20 * 64; ++i) x.values.push_back(static_cast<float>(i % 256));
    EXPECT_TRUE(atomic_write_file(folder_ / "set.npz", *npz_bytes({{"x", x}, {"y", {{20}, std::move(labels)}}})).ok());
    DataRequest r;
    r.spec = folder_ / "set.npz";
    return loaded(r);
  };
  std::vector<float> labels(20);
  labels[3] = -1.0f;
  labels[4] = 2.0f;
  for (const float first : {0.0f, 1.5f}) {
    labels[0] = first;
    const auto data = load(labels);
    EXPECT_EQ(data->warnings.size(), 2u);
    for (const std::string& warning : data->warnings) {
      expect_chinese(warning);
      EXPECT_EQ(told(tr_, warning).find("standardise"), std::string::npos);
    }
  }
}

TEST_F(DataWarnings, OfTextsNameTheFieldOfTheForm) {
  std::string text = "mood\tbody\n";
  for (int i = 0; i < 60; ++i)
    text += fmt::format("{}\tthe {} soup was {} on day number {}\n", i % 2 ? "glad" : "sad", i % 3 ? "warm" : "cold",
                        i % 2 ? "good" : "bad", i % 5);
  const auto data = loaded(request("t.tsv", text));
  ASSERT_EQ(data->warnings.size(), 1u);
  expect_chinese(data->warnings[0]);
  tr_.set_language("en");
  EXPECT_NE(told(tr_, data->warnings[0]).find("Common from"), std::string::npos) << told(tr_, data->warnings[0]);
}

TEST_F(DataWarnings, FaultsThatAChoiceBringsNameTheChoice) {
  DataRequest r = request("t.csv", "a,b\n1,2\n3,1\n2,5\n");
  r.reading.leave_out = {"a", "b"};
  const auto data = load_dataset(r);
  ASSERT_FALSE(data.ok());
  expect_chinese(data.error().message);
}

TEST_F(DataWarnings, OneIsNotMany) {
  tr_.set_language("en");
  EXPECT_EQ(told(tr_, "1 images are copies of another, byte for byte"), "One image is a copy of another, byte for byte");
  EXPECT_EQ(told(tr_, "3 images are copies of another, byte for byte"), "3 images are copies of another, byte for byte");
  EXPECT_EQ(told(tr_, "1 of 9 rows has none of the 5 words that are counted; it stays"),
            "One of 9 rows has none of the 5 words that are counted; it stays");
  EXPECT_NE(
      told(tr_, "1 word is in more than 50 % of the train texts and is not counted (setting `common` to 1 takes it)").find("Common from"),
      std::string::npos);
  EXPECT_EQ(told(tr_, "a sentence of a later day"), "a sentence of a later day");
}

TEST_F(DataWarnings, OfRowsThatWereAddedKeepTheNameOfTheirData) {
  const std::string text = told(tr_, "more: the label 'kind' has one class alone");
  EXPECT_EQ(text.rfind("more: ", 0), 0u);
  EXPECT_EQ(text.find("alone"), std::string::npos) << text;
}

}  // namespace
}  // namespace latentscape
