#include <gmock/gmock.h>

#include "core/data/source.hpp"
#include "core/formats/npz.hpp"
#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NpzFolder : public ::testing::Test {
 protected:
  Result<std::shared_ptr<const Dataset>> load(const NamedArrays& arrays) const {
    const fs::path path = folder_ / "set.npz";
    EXPECT_TRUE(atomic_write_file(path, *npz_bytes(arrays)).ok());
    DataRequest request;
    request.spec = path.string();
    return load_dataset(request);
  }
  std::string message(const NamedArrays& arrays) const {
    const auto result = load(arrays);
    return result.ok() ? "ok" : result.error().message;
  }
  TemporaryFolder files_{"npz"};
  fs::path folder_ = files_.path();
};

NpyArray array(std::vector<size_t> dims, float first = 0.0f) {
  NpyArray out{std::move(dims), {}};
  size_t n = 1;
  for (const size_t d : out.dims) n *= d;
  for (size_t i = 0; i < n; ++i) out.values.push_back(first + static_cast<float>(i));
  return out;
}

TEST_F(NpzFolder, PartsAreTrainAndTestWithTheirLabels) {
  const auto data = load(
      {{"y_test", {{2}, {10, 9}}}, {"x_test", array({2, 2, 2}, 40)}, {"y_train", {{4}, {9, 10, 9, 2}}}, {"x_train", array({4, 2, 2})}});
  ASSERT_TRUE(data.ok()) << data.error().message;
  EXPECT_EQ((*data)->name, "set");
  EXPECT_EQ((*data)->shape, (std::vector<size_t>{2, 2}));
  EXPECT_EQ((*data)->ids_of(Split::test), (std::vector<uint32_t>{4, 5}));
  EXPECT_THAT((*data)->labels()->categories, ElementsAre("2", "9", "10"));
  EXPECT_THAT((*data)->labels()->values, ElementsAre(1, 2, 1, 0, 2, 1));
  EXPECT_EQ(std::get<std::vector<uint8_t>>((*data)->values)[4 * 4 + 1], 41);
}

TEST_F(NpzFolder, OneSetWithOrWithoutLabels) {
  EXPECT_EQ((*load({{"images", array({5, 2, 3, 1})}, {"labels", {{5, 1}, {0, 1, 0, 1, 1}}}}))->classes(), 2u);
  EXPECT_EQ((*load({{"images", array({5, 2, 3, 1})}}))->shape, (std::vector<size_t>{2, 3})) << "one channel is grey";
  const auto table = load({{"arr_0", array({5, 3}, -7)}});
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ((*table)->kind, DataKind::table);
  const auto numbers = load({{"x", array({3, 2})}, {"y", {{3}, {0.5f, 1, 2}}}});
  EXPECT_EQ((*numbers)->labels(), nullptr) << "not classes, but a column";
  EXPECT_THAT((*numbers)->columns[0].values, ElementsAre(0.5f, 1, 2));
}

TEST_F(NpzFolder, FaultsNameTheEntry) {
  EXPECT_THAT(message({{"a", array({2, 2})}, {"b", array({2})}}), HasSubstr("set.npz: holds a, b, expected x, data or images"));
  EXPECT_THAT(message({{"x", array({3, 2})}, {"y", array({2})}}), HasSubstr("set.npz, entry y: is 2, expected 3 numbers, one a row"));
  EXPECT_THAT(message({{"x_train", array({3, 2})}, {"x_test", array({3, 4})}}),
              HasSubstr("entry x_test: is 3 x 4, expected rows as in 3 x 2"));
  EXPECT_THAT(message({{"x_train", array({3, 2})}, {"x_test", array({3, 2})}, {"y_train", array({3})}}), HasSubstr("but no y_test"));
  EXPECT_THAT(message({{"x", array({4})}}), HasSubstr("entry x: has 1 dimensions"));
  ASSERT_TRUE(atomic_write_file(folder_ / "b.npz", std::string_view("no zip")).ok());
  DataRequest request;
  request.spec = (folder_ / "b.npz").string();
  EXPECT_THAT(load_dataset(request).error().message, HasSubstr("b.npz: is not a zip file"));
}

}  // namespace
}  // namespace latentscape
