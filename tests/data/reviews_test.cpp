#include "core/data/review_grammar.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/data/source.hpp"

namespace latentscape {
namespace {

std::shared_ptr<const Dataset> reviews(uint64_t seed, size_t count) {
  DataRequest request;
  request.spec = "reviews";
  request.seed = seed;
  request.count = count;
  auto data = load_dataset(request);
  EXPECT_TRUE(data.ok()) << data.error().message;
  return data.ok() ? *data : std::make_shared<Dataset>();
}

TEST(Reviews, AreTheSameBySeedAndAllDifferent) {
  const auto a = reviews(1, 6000), b = reviews(1, 6000), c = reviews(2, 6000);
  EXPECT_EQ(a->texts, b->texts);
  EXPECT_EQ(a->fingerprint, b->fingerprint);
  EXPECT_NE(a->texts, c->texts);
  EXPECT_EQ(std::set<std::string>(a->texts.begin(), a->texts.end()).size(), 6000u) << "no text of test is one of train";
  EXPECT_EQ(a->ids_of(Split::test).size(), 1200u);
  EXPECT_EQ(a->labels()->name, "topic");
  ASSERT_EQ(a->columns.size(), 4u);
}

TEST(Reviews, TheTextSaysWhatTheColumnsKnow) {
  const auto data = reviews(3, 3000);
  // Words that only one topic has are in texts of no other.
  for (size_t i = 0; i < data->rows; ++i) {
    const bool mentions = data->texts[i].find("waiter") != std::string::npos;
    if (mentions) {
      ASSERT_EQ(data->labels()->categories[static_cast<size_t>(data->label(i))], "restaurant") << data->texts[i];
    }
    const char end = data->texts[i].back();
    ASSERT_TRUE(end == '.' || end == '!') << data->texts[i];
    ASSERT_EQ(data->texts[i].find("{}"), std::string::npos) << data->texts[i];
  }
  // Every value of every column occurs, and sentiment is even but for the mixed ones.
  for (const Column& column : data->columns) {
    std::vector<size_t> seen(column.categories.size());
    for (const float v : column.values) ++seen[static_cast<size_t>(v)];
    for (const size_t n : seen) EXPECT_GT(n, 50u) << column.name;
  }
}

}  // namespace
}  // namespace latentscape
