#include "core/data/dataset.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/data/batches.hpp"
#include "core/data/preview.hpp"

namespace latentscape {
namespace {

/// n rows of one number; class k has a share of k + 1.
Dataset labelled(size_t n, size_t classes) {
  Dataset data;
  data.name = "made";
  data.kind = DataKind::table;
  data.shape = {1};
  data.rows = n;
  data.values = std::vector<float>(n, 0.5f);
  Column label{"label", {}, std::vector<float>(n)};
  for (size_t k = 0; k < classes; ++k) label.categories.push_back(std::to_string(k));
  const size_t period = classes * (classes + 1) / 2;
  for (size_t i = 0; i < n; ++i) {
    size_t left = i % period, k = 0;
    while (left > k) left -= ++k;
    label.values[i] = static_cast<float>(k);
  }
  data.columns.push_back(label);
  data.label_column = 0;
  data.split.assign(n, Split::train);
  return data;
}

std::vector<size_t> per_class(const Dataset& data, Split split) {
  std::vector<size_t> counts(data.classes());
  for (const uint32_t i : data.ids_of(split)) ++counts[static_cast<size_t>(data.label(i))];
  return counts;
}

TEST(Heldout, TakesItsShareOfEveryClassAndTestFirst) {
  Dataset data = labelled(6000, 3);
  assign_heldout(data, 1);
  EXPECT_EQ(data.ids_of(Split::test).size(), 1200u);
  EXPECT_EQ(data.ids_of(Split::heldout).size(), 240u);
  EXPECT_EQ(data.ids_of(Split::train).size(), 4560u);
  const std::vector<size_t> test = per_class(data, Split::test), held = per_class(data, Split::heldout);
  for (size_t k = 0; k < 3; ++k) {
    EXPECT_NEAR(static_cast<double>(test[k]), 200.0 * static_cast<double>(k + 1), 1.01);
    EXPECT_NEAR(static_cast<double>(held[k]), 40.0 * static_cast<double>(k + 1), 1.01);
  }
}

TEST(Folds, ArePartsOfTrainOfEveryClassAndLeaveTestAlone) {
  Dataset whole = labelled(6000, 3);
  assign_heldout(whole, 1);
  const std::vector<uint32_t> test = whole.ids_of(Split::test);
  std::vector<size_t> times(6000);
  for (size_t fold = 1; fold <= 7; ++fold) {
    Dataset data = labelled(6000, 3);
    ASSERT_TRUE(assign_fold(data, 1, fold, 7).ok());
    EXPECT_EQ(data.ids_of(Split::test), test);
    EXPECT_NEAR(static_cast<double>(data.ids_of(Split::heldout).size()), 4800.0 / 7, 1.0);
    const std::vector<size_t> held = per_class(data, Split::heldout), left = per_class(data, Split::train);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(static_cast<double>(held[k]), static_cast<double>(held[k] + left[k]) / 7, 1.0) << k;
    for (const uint32_t i : data.ids_of(Split::heldout)) ++times[i];
    const std::vector<Split> first = data.split;
    ASSERT_TRUE(assign_fold(data, 1, fold, 7).ok());
    EXPECT_EQ(data.split, first) << "not on top of an earlier choice";
    ASSERT_TRUE(assign_fold(data, 2, fold, 7).ok());
    EXPECT_NE(data.split, first);
  }
  for (size_t i = 0; i < times.size(); ++i) EXPECT_EQ(times[i], whole.split[i] == Split::test ? 0u : 1u) << i;
}

TEST(Folds, RefuseWhatCannotBe) {
  Dataset data = labelled(12, 2);  // two of them test
  EXPECT_TRUE(assign_fold(data, 1, 10, 10).ok());
  for (const auto& [fold, folds] : std::vector<std::pair<size_t, size_t>>{{1, 1}, {1, 11}, {0, 3}, {4, 3}})
    EXPECT_FALSE(assign_fold(data, 1, fold, folds).ok()) << fold << " of " << folds;
}

TEST(Heldout, LeavesTestRowsAloneAndIsTheSameWhenDoneAgain) {
  Dataset data = labelled(1000, 2);
  for (size_t i = 900; i < 1000; ++i) data.split[i] = Split::test;
  assign_heldout(data, 3);
  const std::vector<Split> first = data.split;
  for (size_t i = 0; i < 1000; ++i) EXPECT_EQ(data.split[i] == Split::test, i >= 900);
  assign_heldout(data, 3);
  EXPECT_EQ(data.split, first);
  assign_heldout(data, 4);
  EXPECT_NE(data.split, first);
  EXPECT_EQ(data.ids_of(Split::heldout).size(), 45u);
  assign_heldout(data, 4, 0.0);
  EXPECT_TRUE(data.ids_of(Split::heldout).empty());
}

TEST(Heldout, TinyDataKeepsARowForEachPurpose) {
  Dataset data = labelled(3, 1);
  assign_heldout(data, 1);
  EXPECT_EQ(data.ids_of(Split::train).size(), 1u);
  EXPECT_EQ(data.ids_of(Split::heldout).size(), 1u);
  EXPECT_EQ(data.ids_of(Split::test).size(), 1u);
}

TEST(DatasetTest, BytesAreReadAsShares) {
  Dataset data;
  data.shape = {1, 3};
  data.rows = 2;
  data.values = std::vector<uint8_t>{0, 51, 255, 1, 2, 3};
  const std::vector<uint32_t> ids = {1, 0};
  const FloatArray rows = data.gather(ids);
  EXPECT_EQ(rows(1, 0), 0.0f);
  EXPECT_EQ(rows(1, 1), 0.2f);
  EXPECT_EQ(rows(1, 2), 1.0f);
  EXPECT_EQ(rows(0, 2), 3.0f / 255.0f);
}

TEST(DatasetTest, NamesOfSplitsAreReadBack) {
  for (const Split s : {Split::train, Split::heldout, Split::test}) EXPECT_EQ(*split_from_name(to_string(s)), s);
  EXPECT_THAT(split_from_name("tset").error().message, ::testing::HasSubstr("did you mean 'test'"));
}

TEST(DatasetTest, MissingLabelIsMinusOne) {
  Dataset data = labelled(4, 2);
  data.columns[0].values[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(data.label(2), -1);
  EXPECT_EQ(data.label(0), 0);
  assign_heldout(data, 1);  // rows without a class are a class of their own here
  EXPECT_EQ(data.ids_of({Split::train, Split::heldout, Split::test}).size(), 4u);
}

TEST(FingerprintTest, ChangesWithValuesLabelsAndShape) {
  const auto print = [](Dataset data) {
    set_fingerprint(data);
    return data.fingerprint;
  };
  const Dataset data = labelled(100, 2);
  Dataset other = data;
  EXPECT_EQ(print(other).size(), 32u);
  other.name = "elsewhere";
  other.split[0] = Split::test;
  EXPECT_EQ(print(data), print(other));
  std::get<std::vector<float>>(other.values)[99] = 0.25f;
  EXPECT_NE(print(data), print(other));
  other = data;
  other.columns[0].values[0] = 1;
  EXPECT_NE(print(data), print(other));
  other = data;
  other.rows = 50;
  other.shape = {2};
  EXPECT_NE(print(data), print(other));
}

TEST(EpochOrderTest, VisitsEveryTrainRowOnceInAnotherOrderEachEpoch) {
  Dataset data = labelled(500, 2);
  assign_heldout(data, 1);
  const std::vector<uint32_t> train = data.ids_of(Split::train);
  EpochOrder order(data, 9);
  ASSERT_EQ(order.rows(), train.size());
  const std::vector<uint32_t> first(order.order(0).begin(), order.order(0).end());
  const std::vector<uint32_t> second(order.order(1).begin(), order.order(1).end());
  EXPECT_NE(first, second);
  EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), train.begin(), train.end()));
  EXPECT_TRUE(std::is_permutation(second.begin(), second.end(), train.begin(), train.end()));
  const std::vector<uint32_t> again(order.order(0).begin(), order.order(0).end());
  EXPECT_EQ(first, again);
}

TEST(Preview, LaysImagesOutWithGaps) {
  FloatArray images(3, 4);
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 4; ++j) images(i, j) = i == 2 ? 2.0f : 0.0f;
  images(0, 1) = std::numeric_limits<float>::quiet_NaN();
  const ImageGrid grid = make_grid(FloatView(images), 2, 2, 1, 2);
  EXPECT_EQ(grid.width, 6u);
  EXPECT_EQ(grid.height, 6u);
  EXPECT_EQ(grid.pixels[1], 0);
  EXPECT_EQ(grid.pixels[4 * 6 + 1], 255);      // third image, clamped
  EXPECT_EQ(grid.pixels[2], grid.pixels[3]);   // gap
  EXPECT_EQ(grid.pixels[2], grid.pixels[35]);  // empty place
  EXPECT_TRUE(make_grid(FloatView(images), 3, 2, 1, 2).pixels.empty());
  EXPECT_FALSE(make_grid(labelled(3, 1), std::vector<uint32_t>{0}, 2).ok());
}

TEST(EpochOrderTest, AWindowDrawsFromBlocksAllOverTheRowsAndVisitsEachOnce) {
  constexpr size_t kRows = 40 * kWindowBlocks, kWindow = 8 * kWindowBlocks, kBlock = kWindow / kWindowBlocks;
  std::vector<uint32_t> rows;
  for (uint32_t i = 0; i < kRows + 3; ++i) rows.push_back(2 * i);  // others lie between
  EpochOrder order(rows, 5, kWindow), again(rows, 5, kWindow);
  const auto one = order.order(1);
  std::vector<uint32_t> sorted(one.begin(), one.end());
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, rows);
  (void)again.order(0);
  const auto same = again.order(1);
  EXPECT_TRUE(std::equal(one.begin(), one.end(), same.begin())) << "a function of the epoch alone";
  std::set<uint32_t> blocks, other;
  for (size_t i = 0; i < kWindow; ++i) blocks.insert(one[i] / 2 / kBlock);
  EXPECT_LE(blocks.size(), kWindowBlocks + 1) << "reads are near each other";
  EXPECT_GE(blocks.size(), kWindowBlocks);
  EXPECT_GT(*blocks.rbegin() - *blocks.begin(), kRows / kBlock * 3 / 4) << "from all over";
  size_t neighbours = 0;
  for (size_t i = 1; i < kWindow; ++i) neighbours += one[i] / 2 / kBlock == one[i - 1] / 2 / kBlock;
  EXPECT_LT(neighbours, kWindow / 20) << "blocks are mixed";
  const auto next = order.order(2);
  for (size_t i = 0; i < kWindow; ++i) other.insert(next[i] / 2 / kBlock);
  EXPECT_NE(blocks, other);
}

TEST(EpochOrderTest, AWindowOfAllRowsIsTheOrderOfRowsInMemory) {
  std::vector<uint32_t> rows(50);
  std::iota(rows.begin(), rows.end(), 7u);
  EpochOrder whole(rows, 3), window(rows, 3, 50);
  const auto a = whole.order(4), b = window.order(4);
  EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin()));
}

}  // namespace
}  // namespace latentscape
