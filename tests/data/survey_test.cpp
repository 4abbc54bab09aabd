// Built-in `survey`: what is said to be known of the answers is true of them.
#include "core/data/survey.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/data/source.hpp"

namespace latentscape {
namespace {

/// Calls take(answers) for each of the 14,400 ways to answer.
template <class F>
void for_all_answers(const Survey& survey, const F& take) {
  std::vector<size_t> given(survey.answers().size(), 0);
  for (size_t q = 0; q < given.size();) {
    take(given);
    for (q = 0; q < given.size() && ++given[q] == survey.answers()[q]; ++q) given[q] = 0;
  }
}

TEST(Survey, ItsProbabilitiesSumToOneAndAreThoseOfTheDraws) {
  const Survey survey(3);
  double sum = 0.0, entropy = 0.0;
  for_all_answers(survey, [&](const std::vector<size_t>& given) {
    const double log_p = survey.log_probability(given);
    sum += std::exp(log_p);
    entropy -= std::exp(log_p) * log_p;
  });
  EXPECT_NEAR(sum, 1.0, 1e-12);
  constexpr size_t kDraws = 20'000;
  double mean = 0.0, squares = 0.0;
  std::vector<size_t> given(survey.answers().size());
  for (size_t i = 0; i < kDraws; ++i) {
    Rng rng(5, RngStream::general, 0, static_cast<uint32_t>(i));
    survey.draw(rng, given);
    const double v = -survey.log_probability(given);
    mean += v / kDraws;
    squares += v * v / kDraws;
  }
  EXPECT_NEAR(mean, entropy, 4.0 * std::sqrt((squares - mean * mean) / kDraws));
}

TEST(Survey, RowsAreOneHotGroupsWithTheirAnswersAndProbabilityAsColumns) {
  DataRequest request;
  request.spec = "survey";
  request.count = 300;
  request.seed = 4;
  const auto loaded = load_dataset(request);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const Dataset& data = **loaded;
  const Survey survey(4);
  EXPECT_EQ(data.categories, survey.answers());
  EXPECT_EQ(data.classes(), survey.classes());
  const Column& density = data.columns.back();
  EXPECT_EQ(density.name, "log_density");
  std::vector<float> row(data.width());
  std::vector<size_t> given(data.categories.size());
  for (size_t i = 0; i < data.rows; ++i) {
    data.copy_row(i, row.data());
    const float* group = row.data();
    for (size_t q = 0; q < given.size(); group += data.categories[q++]) {
      ASSERT_EQ(std::accumulate(group, group + data.categories[q], 0.0f), 1.0f);
      given[q] = static_cast<size_t>(data.columns[q].values[i]);
      ASSERT_EQ(group[given[q]], 1.0f);
    }
    ASSERT_EQ(density.values[i], static_cast<float>(survey.log_probability(given)));
  }
}

}  // namespace
}  // namespace latentscape
