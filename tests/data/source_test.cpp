#include "core/data/source.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <fstream>

#include "core/formats/idx.hpp"
#include "core/formats/npy.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

Result<std::shared_ptr<const Dataset>> load(const std::string& spec, uint64_t seed = 1, size_t count = 0) {
  DataRequest request;
  request.spec = spec;
  request.seed = seed;
  request.count = count;
  return load_dataset(request);
}

std::string message(const std::string& spec, size_t count = 0) {
  const auto result = load(spec, 1, count);
  return result.ok() ? "ok" : result.error().message;
}

/// A folder of IDX files: 10 train and 4 test images of 3 x 2.
class IdxFolder : public ::testing::Test {
 protected:
  IdxFolder() : folder_(fs::temp_directory_path() / fmt::format("latentscape-idx-{}", ::getpid())) {
    fs::create_directories(folder_);
    write("train-images-idx3-ubyte", images(10, 3, 2));
    write("train-labels-idx1-ubyte", labels({0, 1, 2, 0, 1, 26, 0, 1, 2, 0}));
    write("t10k-images-idx3-ubyte", images(4, 3, 2));
    write("t10k-labels-idx1-ubyte", labels({1, 2, 200, 1}));
  }
  ~IdxFolder() override {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  static IdxArray images(size_t n, size_t h, size_t w) {
    IdxArray array{{n, h, w}, Bytes(n * h * w)};
    for (size_t i = 0; i < array.values.size(); ++i) array.values[i] = static_cast<uint8_t>(i * 7);
    return array;
  }
  static IdxArray labels(Bytes values) { return {{values.size()}, values}; }
  void write(const std::string& name, const IdxArray& array) { ASSERT_TRUE(atomic_write_file(folder_ / name, idx_bytes(array)).ok()); }
  void pack(const std::string& name) {
    ASSERT_TRUE(atomic_write_file(folder_ / (name + ".gz"), gzip(*read_file(folder_ / name))).ok());
    fs::remove(folder_ / name);
  }
  fs::path folder_;
};

TEST_F(IdxFolder, LoadsSplitsShapesAndClassesNamedByTheirNumber) {
  const auto result = load(folder_.string());
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  EXPECT_EQ(data.rows, 14u);
  EXPECT_EQ(data.shape, (std::vector<size_t>{3, 2}));
  EXPECT_EQ(data.ids_of(Split::test), (std::vector<uint32_t>{10, 11, 12, 13}));
  EXPECT_EQ(data.ids_of(Split::heldout).size(), 1u);
  EXPECT_EQ(data.labels()->categories, (std::vector<std::string>{"0", "1", "2", "26", "200"}));
  EXPECT_EQ(data.label(5), 3);
  EXPECT_EQ(data.label(12), 4);
  EXPECT_EQ(data.origin, folder_.string());
  EXPECT_EQ(data.name, folder_.filename().string());
}

TEST_F(IdxFolder, FingerprintDoesNotDependOnPacking) {
  const std::string plain = (*load(folder_.string()))->fingerprint;
  for (const char* name : {"train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}) pack(name);
  const auto packed = load(folder_.string());
  ASSERT_TRUE(packed.ok()) << packed.error().message;
  EXPECT_EQ((*packed)->fingerprint, plain);
}

TEST_F(IdxFolder, LabelsAndTestFilesMayBeAbsent) {
  fs::remove(folder_ / "t10k-labels-idx1-ubyte");
  const auto half = load(folder_.string());
  ASSERT_TRUE(half.ok()) << half.error().message;
  EXPECT_EQ((*half)->label(13), -1);
  EXPECT_EQ((*half)->warnings.size(), 1u);
  fs::remove(folder_ / "t10k-images-idx3-ubyte");
  fs::remove(folder_ / "train-labels-idx1-ubyte");
  const auto bare = load(folder_.string());
  ASSERT_TRUE(bare.ok()) << bare.error().message;
  EXPECT_EQ((*bare)->labels(), nullptr);
  EXPECT_EQ((*bare)->ids_of(Split::test).size(), 2u);
}

TEST_F(IdxFolder, EachFaultIsOneSentenceThatNamesTheFile) {
  write("train-labels-idx1-ubyte", labels({1, 2, 3}));
  EXPECT_THAT(message(folder_.string()), HasSubstr("train-labels-idx1-ubyte: has 3 labels, expected 10"));
  write("train-labels-idx1-ubyte", images(10, 3, 2));
  EXPECT_THAT(message(folder_.string()), HasSubstr("train-labels-idx1-ubyte: magic number is 2051 (images), expected 2049 (labels)"));
  write("train-labels-idx1-ubyte", labels(Bytes(10, 1)));
  write("t10k-images-idx3-ubyte", images(4, 2, 2));
  EXPECT_THAT(message(folder_.string()), HasSubstr("t10k-images-idx3-ubyte: images are 2 x 2, expected 3 x 2 as in train"));
  fs::remove(folder_ / "t10k-images-idx3-ubyte");
  EXPECT_THAT(message(folder_.string()), HasSubstr("t10k-images-idx3-ubyte is missing"));
  fs::remove(folder_ / "train-images-idx3-ubyte");
  EXPECT_THAT(message(folder_.string()), HasSubstr("train-images-idx3-ubyte is missing, expected it or train-images-idx3-ubyte.gz"));
  ASSERT_TRUE(atomic_write_file(folder_ / "train-images-idx3-ubyte", Bytes{}).ok());
  EXPECT_THAT(message(folder_.string()), HasSubstr("train-images-idx3-ubyte: is empty"));
}

TEST_F(IdxFolder, NpyOfTheSamePixelsHasTheSameFingerprint) {
  for (const char* name : {"train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte", "t10k-images-idx3-ubyte"}) fs::remove(folder_ / name);
  const IdxArray array = images(10, 3, 2);
  const std::vector<float> values(array.values.begin(), array.values.end());
  ASSERT_TRUE(atomic_write_file(folder_ / "same.npy", npy_bytes(array.dims, values)).ok());
  const auto idx = load(folder_.string()), npy = load((folder_ / "same.npy").string());
  ASSERT_TRUE(idx.ok() && npy.ok());
  EXPECT_EQ((*idx)->fingerprint, (*npy)->fingerprint);
  EXPECT_EQ((*npy)->kind, DataKind::image);
}

TEST_F(IdxFolder, NpyTablesAndTheirFaults) {
  const auto write_npy = [&](std::vector<size_t> dims, std::vector<float> values) {
    EXPECT_TRUE(atomic_write_file(folder_ / "t.npy", npy_bytes(dims, values)).ok());
    return (folder_ / "t.npy").string();
  };
  const auto table = load(write_npy({5, 2}, std::vector<float>(10, -3.0f)));
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ((*table)->kind, DataKind::table);
  EXPECT_EQ((*table)->shape, std::vector<size_t>{2});
  EXPECT_THAT(message(write_npy({2, 2}, {1, 2, NAN, 3})), HasSubstr("row 1, position 0: nan is not a finite number"));
  EXPECT_THAT(message(write_npy({4}, {1, 2, 3, 4})), HasSubstr("has 1 dimensions"));
  EXPECT_THAT(message(write_npy({0, 4}, {})), HasSubstr("has no rows"));
  EXPECT_THAT(message(write_npy({2, 1, 1}, {1, 300})), HasSubstr("image 1: value 300"));
  EXPECT_THAT(message(write_npy({1, 2}, {1, 2})), HasSubstr("ok"));
}

TEST(Sources, UnknownDataNamesTheNearestAndThePath) {
  EXPECT_THAT(message("stroks"), HasSubstr("did you mean 'strokes'"));
  EXPECT_EQ(load("nowhere/at/all").error().code, ErrorCode::not_found);
  EXPECT_THAT(message(""), HasSubstr("no data named"));
  EXPECT_THAT(message(LS_SOURCE_DIR "/cmake"), AllOf(HasSubstr("/cmake: not recognised as data, it is a folder with"), HasSubstr(" .cmake"),
                                                     HasSubstr("; expected images")));
  DataRequest request;
  request.spec = "strokes";
  request.kind = "idxx";
  EXPECT_THAT(load_dataset(request).error().message, HasSubstr("did you mean 'idx'"));
}

// Its figure would be a picture to learn.
TEST(Sources, ASweepIsNoData) {
  const TemporaryFolder folder("sweep");
  std::ofstream(folder / "sweep.json") << "{}";
  std::ofstream(folder / "sweep.png") << "";
  EXPECT_THAT(message(folder.path()), Not(HasSubstr("is a sweep"))) << "a file of that name alone";
  std::ofstream(folder / "sweep.csv") << "";
  EXPECT_THAT(message(folder.path()), AllOf(HasSubstr("is a sweep"), HasSubstr("open one of its folders")));
}

TEST(Sources, MixtureIsStandardisedAndSeeded) {
  const auto result = load("mixture", 5);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  EXPECT_EQ(data.kind, DataKind::table);
  EXPECT_EQ(data.shape, std::vector<size_t>{2});
  EXPECT_EQ(data.ids_of(Split::test).size(), data.rows / 5);
  EXPECT_GE(data.classes(), 2u);
  const std::vector<float>& values = std::get<std::vector<float>>(data.values);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < values.size(); i += 2) {
    sum += values[i];
    squares += values[i] * values[i];
    ASSERT_EQ(values[i], data.columns[0].values[i / 2]);
  }
  EXPECT_NEAR(sum / static_cast<double>(data.rows), 0.0, 1e-4);
  EXPECT_NEAR(squares / static_cast<double>(data.rows), 1.0, 1e-4);
  EXPECT_EQ((*load("mixture", 5))->fingerprint, data.fingerprint);
  EXPECT_NE((*load("mixture", 6))->fingerprint, data.fingerprint);
}

TEST(Sources, MnistWhereItIs) {
  const std::string folder = "../shared/data/mnist";
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) GTEST_SKIP() << folder << " is not there";
  const auto result = load(folder);
  ASSERT_TRUE(result.ok()) << result.error().message;
  const Dataset& data = **result;
  EXPECT_EQ(data.name, "mnist");
  EXPECT_EQ(data.rows, 70'000u);
  EXPECT_EQ(data.ids_of(Split::test).size(), 10'000u);
  EXPECT_EQ(data.ids_of(Split::heldout).size(), 3'000u);
  EXPECT_EQ(data.label(0), 5);
  EXPECT_EQ(data.label(60'000), 7);
  EXPECT_EQ(data.classes(), 10u);
  const std::vector<uint8_t>& pixels = std::get<std::vector<uint8_t>>(data.values);
  double sum = 0;
  for (size_t i = 0; i < size_t{60'000} * 784; ++i) sum += pixels[i];
  EXPECT_NEAR(sum / 255 / 60'000 / 784, 0.1307, 5e-5);  // the mean that everyone normalises with
}

}  // namespace
}  // namespace latentscape
