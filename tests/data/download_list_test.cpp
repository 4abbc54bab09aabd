// The table of public data sets: what is right in it is read, what is wrong is named with its line.
#include "core/data/download_list.hpp"

#include <gtest/gtest.h>

#include "core/formats/file.hpp"

namespace latentscape {
namespace {

constexpr const char* kSum = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db";

TEST(DownloadList, TheProgramsOwnTableIsRightAndKnown) {
  const auto text = read_file(LS_SOURCE_DIR "/assets/downloads.tsv");
  ASSERT_TRUE(text.ok());
  const auto sets = downloads_from_table({reinterpret_cast<const char*>(text->data()), text->size()}, "downloads.tsv");
  ASSERT_TRUE(sets.ok()) << sets.error().message;
  ASSERT_EQ(known_downloads().size(), sets->size());
  for (const DownloadSet& set : *sets) {
    EXPECT_TRUE(find_download(known_downloads(), set.name)) << set.name;
    for (const std::string* said : {&set.title, &set.credit, &set.licence, &set.page}) EXPECT_FALSE(said->empty()) << set.name;
  }
}

TEST(DownloadList, ReadsWhatASetIsAndWhereItsFilesAre) {
  const std::string table = std::string("# a comment\r\n\r\n") + "a\ttitle\tTwo words\na\tmirror\thttp://x/\na\tmirror\thttps://y/z/\n" +
                            "a\tfile\tone.gz\t12\tunpacked\t" + kSum + "\na\tfile\ttwo\t30\tpacked\t" + kSum + "\n";
  const auto sets = downloads_from_table(table, "t");
  ASSERT_TRUE(sets.ok()) << sets.error().message;
  ASSERT_EQ(sets->size(), 1u);
  const DownloadSet& set = sets->front();
  EXPECT_EQ(set.title, "Two words");
  EXPECT_EQ(set.mirrors, (std::vector<std::string>{"http://x/", "https://y/z/"}));
  EXPECT_EQ(set.bytes(), 42u);
  EXPECT_TRUE(set.files[0].unpacked);
  EXPECT_FALSE(set.files[1].unpacked);
  EXPECT_FALSE(find_download(*sets, "b"));
}

TEST(DownloadList, WhatIsWrongIsNamedWithItsLine) {
  const std::string good = std::string("a\tmirror\thttp://x/\na\tfile\tf\t1\tpacked\t") + kSum + "\n";
  const std::pair<std::string, const char*> cases[] = {
      {"a\ttitel\tx", "unknown word 'titel'"},
      {"a", "with tabs between"},
      {"a\ttexts\tzip", "expected the name of a layout"},
      {"a\tmirror\tftp://x/", "http or https"},
      {"a\tmirror\thttp://x", "ends with /"},
      {"a\tfile\t../f\t1\tpacked\t" + std::string(kSum), "without a folder"},
      {"a\tfile\tf\t1x\tpacked\t" + std::string(kSum), "number of bytes"},
      {"a\tfile\tf\t1\tpicked\t" + std::string(kSum), "expected packed or unpacked"},
      {"a\tfile\tf\t1\tpacked\tABC", "is no SHA-256"},
      {"a\tfile\tf\t1\tpacked", "expected 6"},
      {"a\ttitle\tx\ty", "expected 3"},
  };
  for (const auto& [line, said] : cases) {
    const auto sets = downloads_from_table(good + line + "\n", "t.tsv");
    ASSERT_FALSE(sets.ok()) << line;
    EXPECT_EQ(sets.error().code, ErrorCode::corrupt);
    EXPECT_NE(sets.error().message.find("t.tsv:3"), std::string::npos) << sets.error().message;
    EXPECT_NE(sets.error().message.find(said), std::string::npos) << sets.error().message;
  }
  EXPECT_FALSE(downloads_from_table("a\ttitle\tx\n", "t").ok()) << "no file";
  EXPECT_FALSE(downloads_from_table("a\tmirror\thttp://x/\nb\tmirror\thttp://x/\na\ttitle\ty\n", "t").ok()) << "in two places";
}

}  // namespace
}  // namespace latentscape
