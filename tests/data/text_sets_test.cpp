#include "core/data/text_sets.hpp"

#include <gtest/gtest.h>

#include "core/formats/file.hpp"
#include "tests/support/archives.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

class TextSets : public testing::Test {
 protected:
  Status unpack(const char* layout, ArchiveKind kind, const ArchiveFiles& files) {
    write_archive(folder_ / "archive", kind, files);
    return unpack_texts(layout, folder_ / "archive", folder_.path());
  }
  std::string text(const char* name) const {
    const auto bytes = read_file(folder_ / name);
    return bytes.ok() ? std::string(bytes->begin(), bytes->end()) : "";
  }
  TemporaryFolder folder_{"text_sets"};
};

TEST_F(TextSets, PostsAreWithoutHeadersQuotesAndSignatures) {
  const std::string head = "From: a@b\nSubject: x\n\n";
  const Status done = unpack("newsgroups", ArchiveKind::tar_gz,
                             {{"20news-bydate-train/", ""},
                              {"20news-bydate-train/sci.space/1", head + "When will\tit fly?\n> it will\nSoon.\n\n--\nA. Body\n"},
                              {"20news-bydate-train/rec.autos/2", head + "In article <1> b@c wrote:\n> all of it\n"},
                              {"20news-bydate-test/sci.space/3", head + "A caf\xe9.\x01\n"},
                              {"20news-bydate-test/sci.space/4", "no empty line"},
                              {"notes.txt", head + "not a post"}});
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(text("train.tsv"), "label\ttext\nsci.space\tWhen will it fly? Soon.\n");
  EXPECT_EQ(text("test.tsv"), "label\ttext\nsci.space\tA caf\xc3\xa9.\n");
  EXPECT_TRUE(texts_unpacked(folder_.path()));
}

TEST_F(TextSets, SentencesOfGlueGetTheirLabelsInWords) {
  const Status done = unpack("glue-sentiment", ArchiveKind::zip,
                             {{"SST-2/train.tsv", "sentence\tlabel\nhide new secretions \t0\ngood fun \t1\n"},
                              {"SST-2/dev.tsv", "sentence\tlabel\na fine film\t1\r\n"},
                              {"SST-2/test.tsv", "index\tsentence\n0\tuneasy mishmash\n"},
                              {"SST-2/original/train.tsv", "other"}});
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(text("train.tsv"), "label\ttext\nnegative\thide new secretions\npositive\tgood fun\n");
  EXPECT_EQ(text("test.tsv"), "label\ttext\npositive\ta fine film\n") << "GLUE keeps its test labels to itself";
}

TEST_F(TextSets, WhatIsNotSuchAnArchiveWritesNothing) {
  const std::pair<ArchiveFiles, const char*> cases[] = {
      {{{"SST-2/train.tsv", "sentence\tlabel\nfine\t2\n"}}, "SST-2/train.tsv, line 2: expected a sentence, a tab and 0 or 1"},
      {{{"SST-2/train.tsv", "sentence\tlabel\n\xff\t1\n"}}, "is not UTF-8"},
      {{{"SST-2/train.tsv", "sentence\tlabel\nfine\t1\n"}}, "holds no texts for test.tsv"},
      {{{"../train.tsv", "sentence\tlabel\nfine\t1\n"}}, "stay within it"}};
  for (const auto& [files, expected] : cases) {
    const Status done = unpack("glue-sentiment", ArchiveKind::zip, files);
    ASSERT_FALSE(done.ok()) << expected;
    EXPECT_EQ(done.error().code, ErrorCode::corrupt);
    EXPECT_NE(done.error().message.find(expected), std::string::npos) << done.error().message;
  }
  EXPECT_FALSE(texts_unpacked(folder_.path()));
  EXPECT_EQ(text("train.tsv"), "");
}

}  // namespace
}  // namespace latentscape
