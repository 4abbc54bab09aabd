#include "core/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

#include "core/base/registry.hpp"

namespace latentscape {
namespace {

Result<int> positive(int v) {
  if (v <= 0) return fail(ErrorCode::invalid_argument, "{} is not positive", v);
  return v;
}

Result<int> sum(int a, int b, int& reached) {
  LS_TRY(const int x, positive(a));
  ++reached;
  LS_TRY(const int y, positive(b));
  ++reached;
  return x + y;
}

Status both(int a, int b) {
  LS_CHECK(positive(a));
  LS_CHECK(positive(b).context("second"));
  return {};
}

TEST(Result, TryBindsTheValueOrReturnsTheError) {
  int reached = 0;
  const Result<int> good = sum(1, 2, reached);
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  EXPECT_EQ(reached, 2);

  reached = 0;
  const Result<int> bad = sum(1, -2, reached);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(bad.error().message, "-2 is not positive");
  EXPECT_EQ(reached, 1);
}

TEST(Result, CheckPassesErrorsOn) {
  EXPECT_TRUE(both(1, 1).ok());
  EXPECT_EQ(both(0, 1).error().message, "0 is not positive");
  EXPECT_EQ(both(1, 0).error().message, "second: 0 is not positive");
}

TEST(Result, ContextReadsFromOutsideIn) {
  auto r = positive(-1).context("row 3").context("loading mnist");
  EXPECT_EQ(r.error().message, "loading mnist: row 3: -1 is not positive");
  EXPECT_EQ(r.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(*positive(4).context("unused"), 4);
  EXPECT_TRUE(Status().context("unused").ok());
}

Result<std::unique_ptr<int>> make_owned(int v) {
  LS_TRY(const int checked, positive(v));
  return std::make_unique<int>(checked);
}

TEST(Result, CarriesWhatCanOnlyMove) {
  auto r = make_owned(5);
  ASSERT_TRUE(r);
  const std::unique_ptr<int> owned = std::move(r).value();
  EXPECT_EQ(*owned, 5);
}

// Scripts read these; two codes with one spelling, or an unnamed one, would mislead them.
TEST(ErrorCode, SpellingsDiffer) {
  std::set<std::string_view> names;
  int count = 0;
  for (int c = 0; c <= static_cast<int>(ErrorCode::internal); ++c, ++count) names.insert(to_string(static_cast<ErrorCode>(c)));
  EXPECT_EQ(names.size(), static_cast<size_t>(count));
  EXPECT_EQ(to_string(ErrorCode::no_display), "no_display");
}

const std::vector<std::string> kNames = {"mlp", "conv", "beta", "learning_rate"};

TEST(NearestName, FindsMisspeltNamesOnly) {
  EXPECT_EQ(nearest_name("mpl", kNames), "mlp");
  EXPECT_EQ(nearest_name("learning-rate", kNames), "learning_rate");
  EXPECT_EQ(nearest_name("betta", kNames), "beta");
  EXPECT_EQ(nearest_name("transformer", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name("mlp", {}), "");
}

struct Named {
  std::string name;
  int value = 0;
};

TEST(Registry, FindsAndExplains) {
  Registry<Named> registry("model");
  registry.add({"mlp", 1});
  registry.add({"conv", 2});
  const auto found = registry.get("conv");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ((*found)->value, 2);
  EXPECT_EQ(registry.find("nothing"), nullptr);
  EXPECT_EQ(registry.get("mpl").error().message, "unknown model 'mpl', did you mean 'mlp'? known: mlp, conv");
  EXPECT_EQ(registry.get("transformer").error().message, "unknown model 'transformer'; known: mlp, conv");
  EXPECT_EQ(registry.get("mpl").error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace latentscape
