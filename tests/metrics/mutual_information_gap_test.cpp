#include "core/metrics/mutual_information_gap.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

/// All combinations of 5 x 4 x 3 levels, each `times` times.
std::vector<Factor> grid(size_t times) {
  std::vector<Factor> factors = {{"five", {}, 5}, {"four", {}, 4}, {"three", {}, 3}};
  for (uint32_t i = 0; i < 60 * times; ++i) {
    factors[0].level.push_back(i % 5);
    factors[1].level.push_back(i / 5 % 4);
    factors[2].level.push_back(i / 20 % 3);
  }
  return factors;
}

TEST(MutualInformationGap, APerfectCodeIsOne) {
  const std::vector<Factor> factors = grid(4);
  FloatArray latents(factors[0].level.size(), 4);  // the last dimension does not move
  for (size_t i = 0; i < latents.rows; ++i) {
    latents(i, 0) = -2.5f * static_cast<float>(factors[2].level[i]);
    latents(i, 1) = 7.0f + static_cast<float>(factors[0].level[i]);
    latents(i, 2) = std::exp(static_cast<float>(factors[1].level[i]));
  }
  const auto mig = mutual_information_gap(latents, factors);
  ASSERT_TRUE(mig.ok()) << mig.error().message;
  EXPECT_NEAR(mig->value, 1.0, 1e-12);
  EXPECT_EQ(mig->factors[0].best, 1u);
  EXPECT_EQ(mig->factors[1].best, 2u);
  EXPECT_EQ(mig->factors[2].best, 0u);
  EXPECT_NEAR(mig->factors[0].entropy, std::log(5.0), 1e-12);
}

TEST(MutualInformationGap, NoiseAndACodeSplitOverTwoDimensionsAreNearNothing) {
  const std::vector<Factor> factors = grid(100);
  FloatArray noise(factors[0].level.size(), 5);
  Rng(3, RngStream::general).fill_normal(noise.values);
  EXPECT_LT(mutual_information_gap(noise, factors)->value, 0.01);
  FloatArray twice(factors[0].level.size(), 6);
  for (size_t i = 0; i < twice.rows; ++i)
    for (size_t j = 0; j < 6; ++j) twice(i, j) = static_cast<float>(factors[j / 2].level[i]);
  EXPECT_NEAR(mutual_information_gap(twice, factors)->value, 0.0, 1e-12) << "both tell the same";
}

// mutual_info_score of scikit-learn 1.2.1 on latents binned by numpy.
TEST(MutualInformationGap, AgreesWithScikitLearn) {
  const size_t n = 200;
  FloatArray latents(n, 3);
  std::vector<Factor> factors = {{"a", {}, 4}, {"b", {}, 5}};
  for (size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i);
    latents(i, 0) = static_cast<float>(std::sin(0.7 * t) + 0.1 * static_cast<double>(i % 4));
    latents(i, 1) = static_cast<float>(std::cos(1.9 * t));
    latents(i, 2) = static_cast<float>(0.3 * static_cast<double>(i % 5) + 0.2 * std::sin(3.1 * t));
    factors[0].level.push_back(static_cast<uint32_t>(i % 4));
    factors[1].level.push_back(static_cast<uint32_t>(i % 5));
  }
  const auto mig = mutual_information_gap(latents, factors);
  ASSERT_TRUE(mig.ok());
  EXPECT_NEAR(mig->factors[0].informations[0], 0.4607989837099119, 1e-12);
  EXPECT_NEAR(mig->factors[0].informations[1], 0.0443536104552495, 1e-12);
  EXPECT_NEAR(mig->factors[1].informations[2], 1.1891773035056281, 1e-12);
  EXPECT_NEAR(mig->value, 0.45536226488324316, 1e-12);
}

Dataset data_with(std::vector<Column> columns, size_t rows) {
  Dataset data;
  data.name = "made";
  data.rows = rows;
  data.columns = std::move(columns);
  return data;
}

TEST(MutualInformationGap, FactorsAreClassesAndNumbersOfFewValues) {
  const size_t n = 200;
  std::vector<Column> columns = {
      {"kind", {"a", "b"}, {}}, {"size", {}, {}}, {"many", {}, {}}, {"same", {}, {}}, {"missing", {"x", "y"}, {}}};
  std::vector<uint32_t> rows;
  for (size_t i = 0; i < n; ++i) {
    const std::vector<float> values = {static_cast<float>(i % 2), 0.5f * static_cast<float>(i % 3), static_cast<float>(i), 4.0f,
                                       i == 6 ? NAN : static_cast<float>(i / 100)};
    for (size_t c = 0; c < columns.size(); ++c) columns[c].values.push_back(values[c]);
    if (i % 4 != 3) rows.push_back(static_cast<uint32_t>(i));
  }
  const auto factors = factors_of(data_with(columns, n), rows);
  ASSERT_TRUE(factors.ok()) << factors.error().message;
  ASSERT_EQ(factors->size(), 2u);
  EXPECT_EQ((*factors)[0].name, "kind");
  EXPECT_EQ((*factors)[1].name, "size");
  EXPECT_EQ((*factors)[1].levels, 3u);
  EXPECT_EQ((*factors)[1].level[2], 2u);
  EXPECT_EQ((*factors)[1].level.size(), rows.size());

  columns.erase(columns.begin());
  const auto one = factors_of(data_with(columns, n), rows);
  ASSERT_FALSE(one.ok());
  EXPECT_EQ(one.error().message.find("made has one (size) column of factors, mig needs at least two"), 0u) << one.error().message;
  EXPECT_EQ(factors_of(data_with({}, n), rows).error().message.find("made has no column of factors"), 0u);
}

TEST(MutualInformationGap, RefusesWhatDoesNotFit) {
  const std::vector<Factor> factors = grid(1);
  EXPECT_FALSE(mutual_information_gap(FloatArray(60, 2), {}).ok());
  EXPECT_FALSE(mutual_information_gap(FloatArray(59, 2), factors).ok());
  EXPECT_FALSE(mutual_information_gap(FloatArray(0, 2), factors).ok());
  EXPECT_FALSE(mutual_information_gap(FloatArray(60, 2), factors, 0).ok());
  EXPECT_FALSE(mutual_information_gap(FloatArray(60, 2), {{"level 5 of 5", std::vector<uint32_t>(60, 5), 5}}).ok());
  EXPECT_FALSE(mutual_information_gap(FloatArray(60, 2), {{"the same", std::vector<uint32_t>(60, 1), 5}}).ok());
  FloatArray bad(60, 2);
  bad(5, 1) = NAN;
  EXPECT_EQ(mutual_information_gap(bad, factors).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
