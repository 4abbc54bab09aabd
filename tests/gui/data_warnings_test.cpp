// What core says of data, in the window's words. The sentences here are core's own: where one changes, its row of the table has to follow.
#include "app/gui/data_warnings.hpp"

#include <gtest/gtest.h>

#include "core/data/source.hpp"
#include "core/formats/file.hpp"
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
  EXPECT_EQ(told(tr_, "a sentence of a later day"), "a sentence of a later day");
}

}  // namespace
}  // namespace latentscape
