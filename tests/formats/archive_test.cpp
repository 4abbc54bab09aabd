#include "core/formats/archive.hpp"

#include <gtest/gtest.h>

#include "tests/support/archives.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

class ArchiveTest : public testing::TestWithParam<ArchiveKind> {
 protected:
  Result<ArchiveFiles> read(const ArchiveFiles& files, const ArchiveLimits& limits = {}) {
    write_archive(path_, GetParam(), files);
    return read_there(limits);
  }
  Result<ArchiveFiles> read_there(const ArchiveLimits& limits = {}) {
    ArchiveFiles found;
    LS_CHECK(read_archive(path_, limits, [&](const std::string& name, ByteView bytes) -> Status {
      found.emplace_back(name, std::string(bytes.begin(), bytes.end()));
      return {};
    }));
    return found;
  }
  std::string message(const ArchiveFiles& files, const ArchiveLimits& limits = {}) {
    const auto found = read(files, limits);
    return found.ok() ? "ok" : found.error().message;
  }
  TemporaryFolder folder_{"archive"};
  std::string path_ = folder_ / "a";
};

TEST_P(ArchiveTest, FilesComeInTheirOrderWithoutFolders) {
  const std::string large(200'000, 'x');
  const auto found = read({{"b/", ""}, {"b/one", "1"}, {"a..b", ""}, {"b/c/large", large}});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_EQ(*found, (ArchiveFiles{{"b/one", "1"}, {"a..b", ""}, {"b/c/large", large}}));
}

TEST_P(ArchiveTest, NamesThatLeadOutAndLinksAreRefused) {
  for (const char* name : {"/etc/passwd", "../up", "a/../../up", "a/..", "a\\..\\up"})
    EXPECT_NE(message({{"fine", "1"}, {name, "2"}}).find("expected names that stay within it"), std::string::npos) << name;
  EXPECT_NE(message({{"link@", "/etc/passwd"}}).find("link: is a link or a device"), std::string::npos);
}

TEST_P(ArchiveTest, ABombIsRefused) {
  ArchiveLimits limits;
  limits.file_bytes = 100'000;
  limits.all_bytes = 150'000;
  limits.files = 3;
  EXPECT_NE(message({{"bomb", std::string(10'000'000, '\0')}}, limits).find("bomb: is larger than 100000 bytes"), std::string::npos);
  const std::string half(90'000, '\0');
  EXPECT_NE(message({{"a", half}, {"b", half}}, limits).find("b: the archive holds more than 150000 bytes"), std::string::npos);
  EXPECT_NE(message({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}, limits).find("more than 3 files"), std::string::npos);
}

TEST_P(ArchiveTest, DamageIsAnError) {
  std::string varied;
  for (size_t i = 0; i < 50'000; ++i) varied += static_cast<char>((i * 2654435761u) >> 11);
  write_archive(path_, GetParam(), {{"file", varied}});
  const auto whole = read_file(path_);
  ASSERT_TRUE(whole.ok());
  ASSERT_TRUE(atomic_write_file(path_, ByteView(*whole).first(whole->size() / 2)).ok());
  EXPECT_FALSE(read_there().ok()) << "breaks off";
  ASSERT_TRUE(atomic_write_file(path_, std::string_view("no archive at all")).ok());
  EXPECT_FALSE(read_there().ok());
  EXPECT_EQ(read_archive(folder_ / "nothing", {}, [](const std::string&, ByteView) { return Status(); }).error().code, ErrorCode::io);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ArchiveTest, testing::Values(ArchiveKind::tar_gz, ArchiveKind::zip),
                         [](const auto& param) { return param.param == ArchiveKind::zip ? "zip" : "tar_gz"; });

}  // namespace
}  // namespace latentscape
