// Data over the memory budget: the same numbers as in memory, from a cache that is never stale, cut, damaged or half full.
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "core/data/memory_budget.hpp"
#include "core/data/source.hpp"
#include "core/data/value_cache.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"
#include "core/formats/npz.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr size_t kTiny = 256;  // bytes

class LargerThanMemory : public ::testing::Test {
 protected:
  LargerThanMemory() { ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1); }
  ~LargerThanMemory() override { ::unsetenv("XDG_CACHE_HOME"); }

  Result<std::shared_ptr<const Dataset>> load(size_t memory, const std::string& only = "") const {
    DataRequest request;
    request.spec = path_;
    request.memory = memory;
    request.only = only;
    return load_dataset(request);
  }
  std::shared_ptr<const Dataset> loaded(size_t memory, const std::string& only = "") const {
    auto data = load(memory, only);
    EXPECT_TRUE(data.ok()) << data.error().message;
    return data.ok() ? *data : std::make_shared<Dataset>();
  }
  /// Mapped, and in everything else as in memory.
  void expect_same(const std::string& only = "") const {
    const auto here = loaded(0, only), there = loaded(kTiny, only);
    EXPECT_FALSE(here->mapped());
    EXPECT_TRUE(there->mapped());
    EXPECT_EQ(there->fingerprint, here->fingerprint);
    EXPECT_EQ(there->shape, here->shape);
    EXPECT_EQ(there->split, here->split);
    ASSERT_EQ(there->rows, here->rows);
    ASSERT_EQ(there->columns.size(), here->columns.size());
    for (size_t i = 0; i < here->rows; ++i) {
      EXPECT_EQ(there->label(i), here->label(i));
      for (size_t j = 0; j < here->width(); ++j) ASSERT_EQ(there->number(i, j), here->number(i, j)) << i << ", " << j;
    }
    for (const std::string& warning : here->warnings) EXPECT_THAT(there->warnings, Contains(warning));
  }
  void write_table(size_t rows, float first) {
    path_ = folder_ / "table.npy";
    std::vector<float> values;
    for (size_t i = 0; i < rows * 5; ++i) values.push_back(first + static_cast<float>(i) * 0.37f);
    ASSERT_TRUE(atomic_write_file(path_, npy_bytes(std::vector<size_t>{rows, 5}, values)).ok());
  }
  std::vector<std::string> cache_files(const std::string& extension) const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_ / "cache/latentscape/values", none))
      if (entry.path().string().ends_with(extension)) names.push_back(entry.path().string());
    return names;
  }

  TemporaryFolder folder_{"larger"};
  std::string path_;
  std::stop_source stop_;
};

std::string with_python_header(const std::string& descr, bool fortran, const std::string& shape, const std::string& data) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}\n", descr, fortran ? "True" : "False", shape);
  std::string out = "\x93NUMPY\x01";
  out += '\0';
  out += static_cast<char>(header.size());
  out += '\0';
  return out + header + data;
}

TEST_F(LargerThanMemory, ATableIsMappedFromACacheThatIsFilledOnce) {
  write_table(200, -3.0f);
  expect_same();
  ASSERT_EQ(cache_files(".npy").size(), 1u);
  EXPECT_EQ(cache_files("").size(), 2u) << "the numbers and what is to be known of them";
  struct stat before = {}, after = {};
  ASSERT_EQ(::stat(cache_files(".npy")[0].c_str(), &before), 0);
  const auto again = loaded(kTiny);
  ASSERT_EQ(::stat(cache_files(".npy")[0].c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino) << "found, not filled again";
  EXPECT_EQ(again->window, kTiny / 4 / 20);
  EXPECT_THAT(again->warnings, Contains(HasSubstr("more than the 256 bytes of memory for data")));
  EXPECT_EQ(read_npy(cache_files(".npy")[0])->values[3], std::get<MappedValues<float>>(again->values).data()[3]) << "any program reads it";
}

TEST_F(LargerThanMemory, EveryTypeAndOrderBecomesTheSameNumbers) {
  path_ = folder_ / "a.npy";
  std::string doubles, big;
  for (int i = 0; i < 90; ++i) {
    const double v = 0.25 * i;
    doubles.append(reinterpret_cast<const char*>(&v), sizeof v);
    big += static_cast<char>(i / 40);
    big += static_cast<char>(i * 7);
  }
  for (const std::string& file : {with_python_header("<f8", true, "15, 6", doubles), with_python_header(">i2", false, "15, 6", big),
                                  with_python_header("<f8", true, "10, 3, 3", doubles), with_python_header("|u1", false, "20, 3, 3", big),
                                  with_python_header("|u1", true, "20, 3, 3, 1", big), with_python_header("|b1", false, "20, 3, 3", big)}) {
    SCOPED_TRACE(file.substr(10, 60));
    ASSERT_TRUE(atomic_write_file(path_, std::string_view(file)).ok());
    DataRequest request;
    request.spec = path_;
    request.reading.standardise = Standardise::no;
    const auto here = load_dataset(request);
    request.memory = 100;
    const auto there = load_dataset(request);
    ASSERT_TRUE(here.ok() && there.ok()) << (here.ok() ? there.error().message : here.error().message);
    EXPECT_TRUE((*there)->mapped());
    EXPECT_EQ((*there)->holds_bytes(), (*here)->holds_bytes());
    EXPECT_EQ((*there)->fingerprint, (*here)->fingerprint);
    const NpyArray whole = *read_npy(path_);
    if ((*here)->kind != DataKind::table) continue;
    for (size_t i = 0; i < whole.values.size(); ++i) ASSERT_EQ((*there)->number(i / 6, i % 6), whole.values[i]) << i;
  }
}

TEST_F(LargerThanMemory, AFileThatChangedIsNeverServedStale) {
  write_table(100, 1.0f);
  const std::string before = loaded(kTiny)->fingerprint;
  const auto time = fs::last_write_time(path_);
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);  // in place: the same size, inode and date
  file.seekp(400);
  file.put('\x11');
  file.close();
  fs::last_write_time(path_, time);
  EXPECT_NE(loaded(kTiny)->fingerprint, before);
  expect_same();
}

TEST_F(LargerThanMemory, ADamagedEntryIsMadeAgain) {
  write_table(100, 1.0f);
  const std::string right = loaded(kTiny)->fingerprint;
  const std::string values = cache_files(".npy").at(0), notes = cache_files(".txt").at(0);
  const auto change = [](const std::string& path, std::streamoff at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(at);
    file.put('\x7f');
  };
  change(values, 700);  // a number
  EXPECT_EQ(loaded(kTiny)->fingerprint, right);
  change(values, 12);  // the header
  EXPECT_EQ(loaded(kTiny)->fingerprint, right);
  fs::resize_file(values, 900);
  EXPECT_EQ(loaded(kTiny)->fingerprint, right);
  fs::resize_file(notes, 60);
  EXPECT_EQ(loaded(kTiny)->fingerprint, right);
  fs::remove(values);
  EXPECT_EQ(loaded(kTiny)->fingerprint, right);
  expect_same();
}

TEST_F(LargerThanMemory, WhatAKillLeftIsNoEntryAndIsRemoved) {
  write_table(100, 1.0f);
  (void)loaded(kTiny);
  const std::string values = cache_files(".npy").at(0), half = values + ".filling-1-0";
  fs::remove(cache_files(".txt").at(0));  // killed before it was an entry
  fs::resize_file(values, 1000);
  ASSERT_TRUE(atomic_write_file(half, std::string_view("half")).ok());
  expect_same();
  EXPECT_FALSE(fs::exists(half));
  EXPECT_EQ(cache_files("").size(), 2u);
}

TEST_F(LargerThanMemory, WhatAnotherFillsOrHasJustFilledStays) {
  const std::vector<size_t> dims = {2};
  const Bytes numbers(2, 7);
  auto first = CacheFilling::begin("first", 2, "first");
  ASSERT_TRUE(first.ok() && first->append(numbers).ok());
  ASSERT_TRUE(CacheFilling::begin("second", 2, "second").ok());
  auto filled = first->finish("|u1", dims);
  ASSERT_TRUE(filled.ok()) << filled.error().message;
  const std::string notes = folder_ / "cache/latentscape/values/.first.txt.tmp-1-0";
  ASSERT_TRUE(atomic_write_file(notes, std::string_view("being renamed")).ok());
  ASSERT_TRUE(CacheFilling::begin("second", 2, "second").ok());
  EXPECT_TRUE(fs::exists(filled->values)) << "while its numbers are looked at, before it is an entry";
  EXPECT_TRUE(fs::exists(notes));
  ASSERT_TRUE(clear_cache().ok());
  ASSERT_TRUE(keep_entry(*filled).ok());
  EXPECT_TRUE(cache_files(".txt").empty()) << "no entry of what was cleared meanwhile";
  auto killed = CacheFilling::begin("killed", 2, "killed");
  ASSERT_TRUE(killed.ok() && killed->append(numbers).ok());
  ASSERT_TRUE(clear_cache().ok());
  filled = killed->finish("|u1", dims);
  ASSERT_TRUE(filled.ok()) << filled.error().message << ": it was cleared while it was filled";
  filled->filled.reset();  // as after a kill
  ASSERT_TRUE(CacheFilling::begin("second", 2, "second").ok());
  EXPECT_FALSE(fs::exists(filled->values));
}

TEST_F(LargerThanMemory, NumbersOfASmallRangeFarFromZeroAreTheSameFromTheDisk) {
  std::string doubles;
  for (int i = 0; i < 200; ++i)
    for (const double v : {1.7e12 + i, 0.5 * (i % 7)}) doubles.append(reinterpret_cast<const char*>(&v), sizeof v);
  path_ = folder_ / "far.npy";
  ASSERT_TRUE(atomic_write_file(path_, std::string_view(with_python_header("<f8", false, "200, 2", doubles))).ok());
  expect_same();
  const auto there = loaded(kTiny);
  ASSERT_EQ(there->preprocessing.inputs.size(), 2u);
  EXPECT_EQ(there->preprocessing.inputs[0].offset, 1.7e12);
  EXPECT_NE(there->number(0, 0), there->number(1, 0));
}

TEST_F(LargerThanMemory, WhoComesSecondWaitsForTheEntryOfTheFirst) {
  DataRequest request;
  request.spec = "table";
  auto first = CacheTurn::take("key", request);
  ASSERT_TRUE(first.ok()) << first.error().message;
  size_t waited = 0;
  request.progress = [&](double, const std::string& what) {
    EXPECT_THAT(what, HasSubstr("waiting for another process"));
    if (++waited == 2) (*first)->end();
  };
  const auto second = CacheTurn::take("key", request);
  ASSERT_TRUE(second.ok()) << second.error().message;
  EXPECT_EQ(waited, 2u);
  request.progress = [&](double, const std::string&) { stop_.request_stop(); };
  request.stop = stop_.get_token();
  EXPECT_EQ(CacheTurn::take("key", request).error().code, ErrorCode::cancelled);
  (*second)->end();
  EXPECT_TRUE(cache_files("").empty());
  // A whole load leaves its turn, too, though its data stays in use.
  write_table(200, -3.0f);
  const auto data = loaded(kTiny);
  EXPECT_EQ(cache_files("").size(), 2u);
  EXPECT_TRUE(loaded(kTiny)->mapped());
}

TEST_F(LargerThanMemory, ARowLargerThanTheBudgetIsRefused) {
  path_ = folder_ / "row.npy";
  ASSERT_TRUE(atomic_write_file(path_, npy_bytes(std::vector<size_t>{2, 65}, std::vector<float>(130, 0.5f))).ok());
  EXPECT_THAT(load(kTiny).error().message, HasSubstr("row.npy: one row alone is 260 bytes, more than the 256 bytes of memory for data"));
}

TEST_F(LargerThanMemory, AReadOnlyFileIsMappedWhereItLies) {
  write_table(100, 1.0f);
  fs::permissions(path_, fs::perms::owner_read);
  expect_same();
  EXPECT_TRUE(cache_files("").empty());
}

TEST_F(LargerThanMemory, AnArchiveWithPartsAndLabels) {
  path_ = folder_ / "set.npz";
  NpyArray train{{40, 2, 3}, {}}, test{{10, 2, 3}, {}}, train_y{{40}, {}}, test_y{{10}, {}};
  for (size_t i = 0; i < 240; ++i) train.values.push_back(static_cast<float>(i % 256));
  for (size_t i = 0; i < 60; ++i) test.values.push_back(static_cast<float>(255 - i));
  for (size_t i = 0; i < 40; ++i) train_y.values.push_back(static_cast<float>(i % 3));
  test_y.values.assign(10, 1.0f);
  ASSERT_TRUE(atomic_write_file(path_, *npz_bytes({{"x_train", train}, {"y_train", train_y}, {"x_test", test}, {"y_test", test_y}})).ok());
  expect_same();
  expect_same("label=0,2");
  EXPECT_LT(loaded(kTiny, "label=0,2")->rows, 40u);
}

TEST_F(LargerThanMemory, AFolderOfImagesAlsoWhereTheLastOneIsTheFirstInColour) {
  path_ = folder_ / "photos";
  for (size_t i = 0; i < 30; ++i) {
    const std::string place = path_ + (i % 2 ? "/a" : "/b");
    fs::create_directories(place);
    Image image{4, 3, i == 29 ? size_t{3} : size_t{1}, {}};
    for (size_t k = 0; k < 12 * image.channels; ++k) image.pixels.push_back(static_cast<uint8_t>(k * 13 + i / 2));
    ASSERT_TRUE(atomic_write_file(place + fmt::format("/{:02}.png", i), *encode_png(image)).ok());
  }
  ASSERT_TRUE(atomic_write_file(path_ + "/a/05.png", std::string_view("no image")).ok());
  for (int time = 0; time < 2; ++time) expect_same();
  EXPECT_EQ(cache_files(".npy").size(), 1u);
  EXPECT_EQ(loaded(kTiny)->shape, (std::vector<size_t>{3, 4, 3}));
  EXPECT_THAT(loaded(kTiny)->warnings, Contains(HasSubstr("1 of 30 images cannot be read")));
  Image other{4, 3, 1, Bytes(12, 200)};
  ASSERT_TRUE(atomic_write_file(path_ + "/b/00.png", *encode_png(other)).ok());
  expect_same();
  EXPECT_EQ(cache_files(".npy").size(), 2u);
}

TEST_F(LargerThanMemory, ADiskThatIsTooSmallLeavesNothing) {
  write_table(4000, 1.0f);
  struct rlimit usual = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
  struct rlimit small = usual;
  small.rlim_cur = 20000;
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto failed = load(kTiny);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  EXPECT_THAT(failed.error().message, HasSubstr("cannot be written"));
  EXPECT_TRUE(cache_files("").empty());
  expect_same();
}

TEST_F(LargerThanMemory, TheCacheIsBounded) {
  write_table(1000, 1.0f);
  ASSERT_TRUE(set_cache_limit(10000).ok());
  EXPECT_THAT(load(kTiny).error().message, HasSubstr("table.npy: needs 20256 bytes in the cache"));
  ASSERT_TRUE(set_cache_limit(45000).ok());
  const std::string first = loaded(kTiny)->fingerprint;
  const std::string oldest = cache_files(".npy").at(0);
  fs::last_write_time(cache_files(".txt").at(0), fs::file_time_type::clock::now() - std::chrono::hours(1));
  write_table(1000, 2.0f);
  (void)loaded(kTiny);
  EXPECT_TRUE(fs::exists(oldest)) << "two fit";
  write_table(1000, 3.0f);
  (void)loaded(kTiny);
  EXPECT_FALSE(fs::exists(oldest)) << "the one that was not used for longest made room";
  const auto state = look_at_cache();
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state->entries, 2u);
  EXPECT_LE(state->bytes, 45000u);
  ASSERT_TRUE(set_cache_limit(25000).ok());
  EXPECT_EQ(look_at_cache()->entries, 1u) << "a smaller limit makes it smaller at once";
  ASSERT_TRUE(set_cache_limit(45000).ok());
  (void)loaded(kTiny);
  write_table(1000, 4.0f);
  (void)loaded(kTiny);
  EXPECT_GT(*clear_cache(), 40000u);
  EXPECT_EQ(look_at_cache()->entries, 0u);
}

TEST_F(LargerThanMemory, ItIsStoppedWhileItFills) {
  write_table(500, 1.0f);
  DataRequest request;
  request.spec = path_;
  request.memory = kTiny;
  request.stop = stop_.get_token();
  bool filling = false;
  request.progress = [&](double, const std::string& what) {
    filling = filling || what == "reading the values";
    if (filling) stop_.request_stop();
  };
  EXPECT_EQ(load_dataset(request).error().code, ErrorCode::cancelled);
  EXPECT_TRUE(filling);
  EXPECT_TRUE(cache_files("").empty());
}

TEST_F(LargerThanMemory, OtherRowsJoinInMemoryAlone) {
  write_table(100, 1.0f);
  DataRequest request;
  request.spec = path_;
  request.memory = kTiny;
  request.extra = folder_ / "more.npy";
  ASSERT_TRUE(atomic_write_file(request.extra, npy_bytes(std::vector<size_t>{2, 5}, std::vector<float>(10, 0.5f))).ok());
  EXPECT_THAT(load_dataset(request).error().message, HasSubstr("table is larger than the memory for it"));
}

TEST(MemoryBudget, BytesAreReadWithTheirUnits) {
  EXPECT_EQ(bytes_from_text("1500").value(), 1500u);
  EXPECT_EQ(bytes_from_text("1.5K").value(), 1536u);
  EXPECT_EQ(bytes_from_text("2G").value(), size_t{2} << 30);
  EXPECT_EQ(bytes_from_text("50%").value(), memory_budget(0));
  for (const char* text : {"", "G", "-1G", "0", "nan", "1T", "1 G", "2GB", "1e300"}) EXPECT_FALSE(bytes_from_text(text).ok()) << text;
}

}  // namespace
}  // namespace latentscape
