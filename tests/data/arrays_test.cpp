#include <gmock/gmock.h>

#include <cmath>

#include "core/data/source.hpp"
#include "core/data/summary.hpp"
#include "core/data/table_fit.hpp"
#include "core/formats/npy.hpp"
#include "core/formats/npz.hpp"
#include "tests/support/loading.hpp"
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

TEST_F(NpzFolder, WhyAnArrayIsNoLabelIsSaid) {
  const auto warning_of = [&](std::vector<float> labels) {
    const size_t n = labels.size();
    const auto data = load({{"x", array({n, 2})}, {"y", {{n}, std::move(labels)}}});
    EXPECT_TRUE(data.ok());
    return (*data)->warnings.empty() ? "" : (*data)->warnings[0];
  };
  EXPECT_THAT(warning_of({0, 1.5f, 2}), HasSubstr("entry y: row 1 is 1.5, which is no class, so it is a column to colour by and no label"));
  std::vector<float> many(1200);
  for (size_t i = 0; i < many.size(); ++i) many[i] = static_cast<float>(i);
  EXPECT_THAT(warning_of(many), HasSubstr("entry y: has more than 1000 different values"));
  many[0] = NAN;
  EXPECT_THAT(warning_of(many), HasSubstr("entry y: has more than 1000 different values")) << "a first row without one hides none";
  EXPECT_THAT(warning_of({0, -1, 2, -1}), HasSubstr("entry y: 2 of 4 rows have no label"));
  EXPECT_EQ(warning_of({-1, 1, 1, -1}), "") << "two classes";
  EXPECT_EQ(warning_of({-1, 0, 1, -1}), "") << "three: against, neither, for";
  EXPECT_EQ(warning_of({-2, -1, 0, 1}), "") << "a scale";
  EXPECT_THAT(warning_of({0, NAN, 1, 1}), HasSubstr("entry y: 1 of 4 rows have no label"));
  EXPECT_EQ(warning_of({0, 1, 1, 0}), "");
}

class ArrayTables : public NpzFolder {
 protected:
  DataRequest of(const NpyArray& x) const {
    EXPECT_TRUE(atomic_write_file(folder_ / "x.npy", npy_bytes(x)).ok());
    DataRequest request;
    request.spec = (folder_ / "x.npy").string();
    return request;
  }
};

TEST_F(ArrayTables, ColumnsOfDifferentScalesAreStandardisedAsThoseOfTables) {
  NpyArray x{{60, 2}, {}};
  for (size_t i = 0; i < 60; ++i)
    x.values.insert(x.values.end(), {static_cast<float>(i % 7) * 1000.0f, 0.001f * static_cast<float>(i % 5)});
  DataRequest request = of(x);
  const auto data = loaded(request);
  ASSERT_EQ(data->preprocessing.inputs.size(), 2u);
  EXPECT_EQ(data->preprocessing.inputs[1].name, "x2");
  for (size_t j = 0; j < 2; ++j) {
    double sum = 0.0, squares = 0.0;
    const auto train = data->ids_of(Split::train);
    for (const uint32_t i : train) {
      sum += static_cast<double>(data->number(i, j));
      squares += std::pow(static_cast<double>(data->number(i, j)), 2);
    }
    EXPECT_NEAR(sum / static_cast<double>(train.size()), 0.0, 1e-6);
    EXPECT_NEAR(squares / static_cast<double>(train.size()), 1.0, 1e-5);
  }
  const Array2<double> units = in_units(data->preprocessing, data->gather(std::vector<uint32_t>{3}));
  EXPECT_NEAR(units(0, 0), 3000.0, 0.01);
  EXPECT_NEAR(units(0, 1), 0.003, 1e-8);
  const DataSummary summary = summarise(*data);
  EXPECT_NEAR(summary.columns[0].most, 6000.0, 0.01) << "in the array's own units";
  // Later rows go by the model's fit, not by their own.
  DataRequest later = of({{2, 2}, {3000.0f, 0.003f, 0.0f, 0.0f}});
  later.preprocessing = data->preprocessing;
  EXPECT_EQ(loaded(later)->number(0, 0), data->number(3, 0));
  // A model that was trained on numbers as they are has them so, and a setting chooses it.
  later.preprocessing = Preprocessing();
  EXPECT_EQ(loaded(later)->number(0, 0), 3000.0f);
  request = of(x);
  request.reading.standardise = Standardise::no;
  EXPECT_EQ(loaded(request)->number(3, 0), 3000.0f);
  EXPECT_EQ(loaded(request)->fingerprint, data->fingerprint) << "the same data, read differently";
}

TEST_F(ArrayTables, NumbersFromZeroToOneAndPixelsKeepOneScale) {
  NpyArray shares{{20, 2}, {}}, pixels{{20, 64}, {}};
  for (size_t i = 0; i < 40; ++i) shares.values.push_back(static_cast<float>(i % 9) / 8.0f);
  for (size_t i = 0; i < 20 * 64; ++i) pixels.values.push_back(static_cast<float>(i % 256));
  EXPECT_TRUE(loaded(of(shares))->preprocessing.empty());
  EXPECT_EQ(loaded(of(shares))->number(2, 1), 5.0f / 8.0f);
  const auto images = loaded(of(pixels));
  EXPECT_EQ(images->number(0, 51), 0.2f);
  EXPECT_THAT(images->warnings, ElementsAre(HasSubstr("whole ones from 0 to 255, as of pixels, and are divided by 255")));
  EXPECT_NEAR(in_units(images->preprocessing, images->gather(std::vector<uint32_t>{0}))(0, 51), 51.0, 1e-4);
  DataRequest request = of(shares);
  request.reading.standardise = Standardise::yes;
  EXPECT_FALSE(loaded(request)->preprocessing.empty());
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
