#include "core/formats/file.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "tests/formats/mutations.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  FileTest() : folder_(fs::temp_directory_path() / fmt::format("latentscape-file-{}", ::getpid())) { fs::create_directories(folder_); }
  ~FileTest() override {
    std::error_code ignored;
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    fs::remove_all(folder_, ignored);
  }
  size_t entries() const { return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator())); }
  fs::path folder_;
};

TEST_F(FileTest, WritesThenReadsTheSameBytesAndLeavesNothingElse) {
  const Bytes bytes = {0, 255, 10, 13, 0};
  ASSERT_TRUE(atomic_write_file(folder_ / "a.bin", bytes).ok());
  EXPECT_EQ(*read_file(folder_ / "a.bin"), bytes);
  ASSERT_TRUE(atomic_write_file(folder_ / "a.bin", "new").ok());
  EXPECT_EQ(read_file(folder_ / "a.bin")->size(), 3u);
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FileTest, EmptyFileIsEmptyNotAnError) {
  ASSERT_TRUE(atomic_write_file(folder_ / "empty", Bytes{}).ok());
  EXPECT_TRUE(read_file(folder_ / "empty")->empty());
}

TEST_F(FileTest, MissingFileAndFolderSayWhich) {
  const auto missing = read_file(folder_ / "no.bin");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("no.bin"));
  const auto folder = read_file(folder_);
  ASSERT_FALSE(folder.ok());
  EXPECT_THAT(folder.error().message, HasSubstr("is a folder"));
  const Status written = atomic_write_file(folder_ / "none" / "a.bin", "x");
  ASSERT_FALSE(written.ok());
  EXPECT_THAT(written.error().message, HasSubstr("a.bin"));
  EXPECT_FALSE(atomic_write_file(folder_, "x").ok());
}

TEST_F(FileTest, ReadOnlyFolderKeepsTheOldFile) {
  if (::geteuid() == 0) GTEST_SKIP() << "root writes to read-only folders";
  ASSERT_TRUE(atomic_write_file(folder_ / "a", "old").ok());
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  const Status written = atomic_write_file(folder_ / "a", "new");
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_EQ(read_file(folder_ / "a")->at(0), 'o');
}

TEST_F(FileTest, FailedRenameRemovesTheTemporaryFile) {
  // A folder at the target that appears as a file name: rename cannot replace it.
  fs::create_directories(folder_ / "target" / "inside");
  EXPECT_FALSE(atomic_write_file(folder_ / "target", "x").ok());
  EXPECT_EQ(entries(), 1u);
}

TEST_F(FileTest, WriteThatStopsHalfwayKeepsTheOldFileAndNothingElse) {
  // A limit on file sizes stands in for a full disk: write() fails after some of the bytes.
  ASSERT_TRUE(atomic_write_file(folder_ / "a", "old").ok());
  struct rlimit before = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Status written = atomic_write_file(folder_ / "a", Bytes(5000, 1));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::io);
  EXPECT_THAT(written.error().message, HasSubstr("a: cannot write after 1000 of 5000 bytes"));
  EXPECT_EQ(read_file(folder_ / "a")->size(), 3u);
  EXPECT_EQ(entries(), 1u);
}

TEST(Gzip, RoundTripOfSeveralSizesAndConcatenatedMembers) {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{70'000}, size_t{300'001}}) {
    Bytes bytes(n);
    for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<uint8_t>(i * i >> 5);
    Bytes packed = gzip(bytes);
    EXPECT_EQ(*gunzip(packed, n, "t"), bytes);
    packed.insert(packed.end(), packed.begin(), packed.end());
    EXPECT_EQ(gunzip(packed, 2 * n, "t")->size(), 2 * n);
  }
}

TEST(Gzip, LimitStopsABombBeforeItsMemory) {
  const Bytes packed = gzip(Bytes(20'000'000, 0));
  const auto small = inflate_gzip(packed, 1000, "bomb.gz");
  ASSERT_TRUE(small.ok());
  EXPECT_FALSE(small->complete);
  EXPECT_LE(small->bytes.size(), 1000u);
  EXPECT_THAT(gunzip(packed, 1000, "bomb.gz").error().message, HasSubstr("more than the 1000 bytes"));
}

TEST(Gzip, BrokenStreamsSayWhere) {
  const Bytes packed = gzip(Bytes(100'000, 3));
  const Bytes cut(packed.begin(), packed.end() - 20);
  EXPECT_THAT(gunzip(cut, 1 << 20, "x.gz").error().message, HasSubstr("x.gz: gzip stream breaks off after"));
  Bytes tail = packed;
  tail.push_back(7);
  EXPECT_THAT(gunzip(tail, 1 << 20, "x.gz").error().message, HasSubstr("1 bytes follow the end"));
  EXPECT_THAT(gunzip(Bytes{1, 2, 3}, 9, "x.gz").error().message, HasSubstr("not a gzip stream"));
  for (uint32_t i = 0; i < 3000; ++i) (void)gunzip(mutated(packed, i), 200'000, "m");
}

}  // namespace
}  // namespace latentscape
