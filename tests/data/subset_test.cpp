#include "core/data/subset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

/// Six rows of two numbers; the row without a class is of no subset.
Dataset six_rows() {
  Dataset d;
  d.name = "six";
  d.kind = DataKind::table;
  d.shape = {2};
  d.rows = 6;
  d.values = std::vector<float>{0, 1, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51};
  d.columns = {{"digit", {"0", "1", "2"}, {0, 1, 0, NAN, 1, 2}}, {"weight", {}, {1, 2, 3, 4, 5, 6}}};
  d.label_column = 0;
  d.split = {Split::train, Split::train, Split::heldout, Split::train, Split::test, Split::test};
  d.row_names = {"a", "b", "c", "d", "e", "f"};
  d.fingerprint = "f";
  return d;
}

std::string error_of(const std::string& only) {
  const auto subset = only_rows(six_rows(), only);
  return subset.ok() ? "accepted" : subset.error().message;
}

TEST(OnlyRows, KeepsValuesColumnsSplitsAndFingerprint) {
  for (const std::string only : {"digit=0", "label=0"}) {
    const auto zero = only_rows(six_rows(), only);
    ASSERT_TRUE(zero.ok()) << zero.error().message;
    EXPECT_EQ(zero->rows, 2u);
    EXPECT_EQ(std::get<std::vector<float>>(zero->values), (std::vector<float>{0, 1, 20, 21}));
    EXPECT_EQ(zero->columns[1].values, (std::vector<float>{1, 3}));
    EXPECT_EQ(zero->row_names, (std::vector<std::string>{"a", "c"}));
    EXPECT_EQ(zero->split, (std::vector<Split>{Split::train, Split::heldout}));
    EXPECT_EQ(zero->classes(), 3u) << "classes keep their numbers";
    EXPECT_EQ(zero->fingerprint, "f");
  }
  const auto both = only_rows(six_rows(), "digit=1,0");
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->columns[1].values, (std::vector<float>{1, 2, 3, 5})) << "in the order of the data";
}

TEST(OnlyRows, SaysWhatItCannotFind) {
  EXPECT_THAT(error_of("digt=0"), HasSubstr("six: unknown column of classes 'digt', did you mean 'digit'"));
  EXPECT_THAT(error_of("weight=1"), HasSubstr("the column 'weight' holds numbers"));
  EXPECT_THAT(error_of("digit=7"), HasSubstr("six: unknown digit '7'"));
  EXPECT_EQ(error_of("digit=0,2"), "six: no train row has digit=2");
  EXPECT_THAT(error_of("digit="), HasSubstr("expected COLUMN=VALUE"));
}

}  // namespace
}  // namespace latentscape
