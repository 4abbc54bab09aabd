// Rows of another set that join train: in their place, with their class, and nothing where they do not fit.
#include "core/data/join.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "core/data/source.hpp"
#include "core/formats/idx.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

/// Pixel j of row i is first + i; classes in turn.
Dataset images(std::string name, size_t rows, uint8_t first, std::vector<std::string> classes) {
  Dataset data;
  data.name = data.origin = std::move(name);
  data.shape = {2, 2};
  data.rows = rows;
  std::vector<uint8_t> values;
  for (size_t i = 0; i < rows; ++i) values.insert(values.end(), 4, static_cast<uint8_t>(first + i));
  data.values = std::move(values);
  data.split.assign(rows, Split::train);
  if (!classes.empty()) {
    data.columns.push_back({"label", std::move(classes), {}});
    for (size_t i = 0; i < rows; ++i) data.columns[0].values.push_back(static_cast<float>(i % data.columns[0].categories.size()));
    data.label_column = 0;
  }
  set_fingerprint(data);
  return data;
}

TEST(JoinTrain, PutsTheRowsBehindAsTrainWithTheClassOfTheSameNameOrNumber) {
  Dataset data = images("own", 5, 10, {"cat", "dog", "owl"});
  data.columns.push_back({"size", {}, std::vector<float>(5, 2.0f)});
  data.split[1] = Split::heldout;
  const std::string own = data.fingerprint;
  Dataset other = images("other", 3, 100, {"2", "dog"});
  other.split[1] = Split::test;  // its own test rows are not for training
  other.row_names = {"x.png", "y.png", "z.png"};
  ASSERT_TRUE(join_train(data, other).ok());
  ASSERT_EQ(data.rows, 7u);
  EXPECT_EQ(data.row_names, (std::vector<std::string>{"", "", "", "", "", "x.png", "z.png"}));
  EXPECT_EQ(data.extra, 2u);
  EXPECT_EQ(data.own_rows(), 5u);
  EXPECT_EQ(data.ids_of(Split::train), (std::vector<uint32_t>{0, 2, 3, 4, 5, 6}));
  EXPECT_EQ(data.label(5), 2);
  EXPECT_EQ(data.label(6), 2);
  EXPECT_TRUE(std::isnan(data.columns[1].values[5]));
  EXPECT_EQ(std::get<std::vector<uint8_t>>(data.values)[6 * 4], 102);
  EXPECT_NE(data.fingerprint, own);
  EXPECT_EQ(own_fingerprint(data.fingerprint), own);
}

TEST(TakeClasses, AreTakenByTheirNameAndNotByTheirPlace) {
  Dataset data = images("other", 3, 0, {"dog", "owl"});
  data.columns[0].values[2] = NAN;
  const std::vector<std::string> known = {"cat", "dog", "owl"};
  ASSERT_TRUE(take_classes(data, known, "run").ok());
  EXPECT_EQ(data.labels()->categories, known);
  EXPECT_EQ(data.label(0), 1);
  EXPECT_EQ(data.label(1), 2);
  EXPECT_EQ(data.label(2), -1);
  Dataset counted = images("counted", 2, 0, {"0", "2"});
  ASSERT_TRUE(take_classes(counted, known, "run").ok()) << "data without names counts its classes";
  EXPECT_EQ(counted.label(1), 2);
  Dataset fox = images("zoo", 2, 0, {"cat", "fox"});
  EXPECT_EQ(take_classes(fox, known, "run").error().message, "zoo: its class 'fox' is not one of run (cat, dog, owl)");
  Dataset zero = images("zero", 2, 0, {"0", "1"});
  EXPECT_FALSE(take_classes(zero, {"1", "2"}, "run").ok()) << "a number is a name among numbers";
}

TEST(JoinTrain, BytesBesideFloatsBecomeFloats) {
  Dataset data = images("own", 2, 51, {"a", "b"});
  Dataset other = images("other", 1, 0, {"b"});
  other.values = std::vector<float>{0.25f, 0.5f, 0.75f, 1.0f};
  set_fingerprint(other);
  ASSERT_TRUE(join_train(data, other).ok());
  std::vector<float> row(4);
  data.copy_row(0, row.data());
  EXPECT_EQ(row[0], 0.2f);
  data.copy_row(2, row.data());
  EXPECT_EQ(row, (std::vector<float>{0.25f, 0.5f, 0.75f, 1.0f}));
  EXPECT_EQ(data.label(2), 1);
}

TEST(JoinTrain, WhatDoesNotFitIsNamedAndNothingChanges) {
  const Dataset before = images("own", 4, 10, {"a", "b"});
  Dataset wide = images("wide", 2, 0, {"a"});
  wide.shape = {4, 1};
  Dataset grouped = images("grouped", 2, 0, {"a"});
  grouped.categories = {2, 2};
  for (const auto& [other, expected] :
       std::vector<std::pair<Dataset, std::string>>{{wide, "wide: its examples are images of 4 x 1, expected images of 2 x 2 as own has"},
                                                    {images("more", 3, 0, {"a", "c"}), "more: its class 'c' is not one of own (a, b)"},
                                                    {grouped, "other categories"},
                                                    {before, "own: is own itself"}}) {
    Dataset data = before;
    const Status joined = join_train(data, other);
    ASSERT_FALSE(joined.ok()) << expected;
    EXPECT_THAT(joined.error().message, HasSubstr(expected));
    EXPECT_EQ(data.rows, 4u);
    EXPECT_EQ(data.fingerprint, before.fingerprint);
  }
}

TEST(JoinTrain, LoadingJoinsAfterTheSplitsAreMade) {
  const auto folder = std::filesystem::temp_directory_path() / "latentscape-join";
  std::filesystem::create_directories(folder);
  const auto write = [&](const char* name, const IdxArray& array) {
    const Bytes bytes = idx_bytes(array);
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  write("train-images-idx3-ubyte", {{6, 28, 28}, Bytes(6 * 784, 7)});
  write("train-labels-idx1-ubyte", {{6}, {9, 9, 3, 3, 0, 0}});
  DataRequest request;
  request.spec = "strokes";
  request.count = 200;
  const auto alone = load_dataset(request);
  request.extra = folder.string();
  const auto joined = load_dataset(request);
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(alone.ok() && joined.ok()) << joined.error().message;
  EXPECT_EQ((*joined)->rows, (*alone)->rows + 6);
  EXPECT_EQ((*joined)->ids_of(Split::test), (*alone)->ids_of(Split::test));
  EXPECT_EQ((*joined)->ids_of(Split::heldout), (*alone)->ids_of(Split::heldout));
  EXPECT_EQ((*joined)->label((*alone)->rows), 9);
  EXPECT_EQ(own_fingerprint((*joined)->fingerprint), (*alone)->fingerprint);
}

}  // namespace
}  // namespace latentscape
