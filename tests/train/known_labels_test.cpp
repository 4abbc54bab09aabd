#include "core/train/known_labels.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

/// 70 rows of class a, 20 of b, 10 of c; every tenth is a test row.
Dataset three_classes() {
  Dataset data;
  data.name = "three";
  data.shape = {1};
  data.rows = 100;
  data.values = std::vector<float>(100, 0.0f);
  data.columns.push_back({"label", {"a", "b", "c"}, {}});
  for (size_t i = 0; i < 100; ++i) data.columns[0].values.push_back(i < 70 ? 0.0f : i < 90 ? 1.0f : 2.0f);
  data.label_column = 0;
  data.split.assign(100, Split::train);
  for (size_t i = 9; i < 100; i += 10) data.split[i] = Split::test;
  return data;
}

std::vector<size_t> counts_of(const Dataset& data, const KnownLabels& known) {
  std::vector<size_t> counts(3);
  for (const uint32_t row : known.rows()) {
    EXPECT_EQ(data.split[row], Split::train);
    EXPECT_EQ(known.label(row), data.label(row));
    ++counts[static_cast<size_t>(known.label(row))];
  }
  return counts;
}

TEST(KnownLabels, ABudgetFollowsTheClassesAndLeavesNoneOut) {
  const Dataset data = three_classes();
  for (const auto& [count, expected] :
       {std::pair<size_t, std::vector<size_t>>{10, {7, 2, 1}}, {3, {1, 1, 1}}, {45, {32, 9, 4}}, {90, {63, 18, 9}}}) {
    const auto known = KnownLabels::of(data, LabelBudget{count}, 1);
    ASSERT_TRUE(known.ok()) << known.error().message;
    const std::vector<size_t> counts = counts_of(data, *known);
    EXPECT_EQ(counts[0] + counts[1] + counts[2], count);
    for (size_t c = 0; c < 3; ++c)
      EXPECT_NEAR(static_cast<double>(counts[c]), static_cast<double>(expected[c]), 1.0) << count << ", class " << c;
  }
}

TEST(KnownLabels, AShareBelowOneForEachClassSaysWhatWouldBeEnough) {
  const Dataset data = three_classes();
  const auto too_few = KnownLabels::of(data, *label_budget_from_text("0.02"), 1);
  ASSERT_FALSE(too_few.ok());
  EXPECT_EQ(too_few.error().message,
            "labels is 0.02, a share of the 90 labelled train rows that comes to 2, expected at least one for each of the 3 classes: a "
            "count from 3, or a share from 0.0334");
  EXPECT_TRUE(KnownLabels::of(data, *label_budget_from_text("0.0334"), 1).ok());
  EXPECT_EQ(KnownLabels::of(data, *label_budget_from_text("0.5"), 1)->rows().size(), 45u) << "a point makes a share";
  EXPECT_EQ(KnownLabels::of(data, *label_budget_from_text("1.0"), 1)->rows().size(), 90u);
  EXPECT_EQ(KnownLabels::of(data, *label_budget_from_text("5"), 1)->rows().size(), 5u);
}

TEST(KnownLabels, TheSeedChoosesTheRows) {
  const Dataset data = three_classes();
  const auto rows = [&](uint64_t seed) {
    const auto known = KnownLabels::of(data, LabelBudget{10}, seed);
    return std::vector<uint32_t>(known->rows().begin(), known->rows().end());
  };
  EXPECT_EQ(rows(1), rows(1));
  EXPECT_NE(rows(1), rows(2));
}

TEST(KnownLabels, WithoutABudgetAllTrainLabelsAreKnown) {
  const Dataset data = three_classes();
  const auto known = KnownLabels::of(data, std::nullopt, 1);
  EXPECT_EQ(known->rows().size(), 90u);
  EXPECT_EQ(known->label(9), -1) << "a test row";
}

TEST(KnownLabels, SaysWhatIsWrongWithABudget) {
  Dataset data = three_classes();
  const auto message = [&](LabelBudget budget) {
    const auto known = KnownLabels::of(data, budget, 1);
    return known.ok() ? std::string("no error") : known.error().message;
  };
  EXPECT_THAT(message({91}), HasSubstr("three has 90 labelled train rows"));
  EXPECT_THAT(message({2}), HasSubstr("at least one for each of the 3 classes"));
  EXPECT_THAT(message({0, 0.01}), HasSubstr("0.01, a share of the 90"));
  for (size_t i = 90; i < 100; ++i) data.columns[0].values[i] = 0.0f;
  EXPECT_THAT(message({10}), HasSubstr("no train row of class 'c'"));
  data.label_column = -1;
  EXPECT_THAT(message({10}), HasSubstr("has no labels"));
}

TEST(KnownLabels, APersonNamesRows) {
  const Dataset data = three_classes();
  auto known = KnownLabels::of(data, LabelBudget{3}, 1).value();
  uint32_t row = 0;
  while (known.label(row) >= 0) ++row;
  ASSERT_TRUE(known.set(data, row, 2).ok());
  EXPECT_EQ(known.label(row), 2);
  EXPECT_EQ(known.rows().size(), 4u);
  ASSERT_TRUE(known.set(data, row, 1).ok());
  EXPECT_EQ(known.rows().size(), 4u) << "named again";
  EXPECT_THAT(known.set(data, 9, 0).error().message, HasSubstr("is a test row"));
  EXPECT_THAT(known.set(data, 100, 0).error().message, HasSubstr("has 100 rows"));
  EXPECT_THAT(known.set(data, row, 3).error().message, HasSubstr("has 3 classes"));
}

TEST(LabelBudget, ReadsCountsAndShares) {
  EXPECT_EQ(label_budget_from_text("100").value(), (LabelBudget{100, 0.0}));
  EXPECT_EQ(label_budget_from_text("0.05").value(), (LabelBudget{0, 0.05}));
  EXPECT_EQ(label_budget_from_text("1.0").value(), (LabelBudget{0, 1.0}));
  for (const char* text : {"100", "0.05", "1.0"}) EXPECT_EQ(to_string(label_budget_from_text(text).value()), text);
  for (const char* text : {"", "0", "-1", "0.0", "1.5", "ten", "5x", "nan"}) EXPECT_FALSE(label_budget_from_text(text).ok()) << text;
}

}  // namespace
}  // namespace latentscape
