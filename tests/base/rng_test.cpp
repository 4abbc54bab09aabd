#include "core/base/rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

namespace latentscape {
namespace {

using Block = std::array<uint32_t, 4>;

// The known answers that Random123 publishes for philox4x32-10.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

// Values of the standard normal's quantile function to 16 digits, one in each of AS 241's three regions and both tails.
TEST(NormalQuantile, KnownValues) {
  EXPECT_DOUBLE_EQ(normal_quantile(0.5), 0.0);
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167814, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-13);
}

TEST(NormalQuantile, InvertsTheDistributionFunction) {
  for (double x = -6.0; x <= 6.0; x += 0.37) {
    const double p = 0.5 * std::erfc(-x / std::sqrt(2.0));
    EXPECT_NEAR(normal_quantile(p), x, 1e-7) << "x = " << x;
  }
}

TEST(Rng, SameKeySameNumbers) {
  Rng a(7, RngStream::posterior, 3, 5), b(7, RngStream::posterior, 3, 5);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a.bits(), b.bits());
}

TEST(Rng, EveryPartOfTheKeyChangesTheNumbers) {
  const std::vector<Rng> sequences = {
      Rng(1, RngStream::posterior, 2, 3),
      Rng(2, RngStream::posterior, 2, 3),
      Rng(1, RngStream::shuffle, 2, 3),
      Rng(1, RngStream::posterior, 3, 3),
      Rng(1, RngStream::posterior, 2, 4),
      Rng(1 + (uint64_t{1} << 32), RngStream::posterior, 2, 3),
      Rng(1, RngStream::posterior, 2 + (uint64_t{1} << 32), 3),
  };
  std::set<uint64_t> first;
  for (Rng r : sequences) {
    const uint64_t high = r.bits();
    first.insert(high << 32 | r.bits());
  }
  EXPECT_EQ(first.size(), sequences.size());
}

TEST(Rng, UniformStaysInsideTheOpenInterval) {
  Rng rng(1, RngStream::general);
  double sum = 0.0;
  const int n = 100000;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform();
    ASSERT_GT(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
  }
  EXPECT_NEAR(sum / n, 0.5, 5 * std::sqrt(1.0 / 12 / n));
}

TEST(Rng, NormalMoments) {
  Rng rng(1, RngStream::general);
  std::vector<float> x(200000);
  rng.fill_normal(x);
  double mean = 0, square = 0, fourth = 0;
  for (const float v : x) {
    mean += v;
    square += std::pow(v, 2);
    fourth += std::pow(v, 4);
  }
  const double n = static_cast<double>(x.size());
  EXPECT_NEAR(mean / n, 0.0, 5 * std::sqrt(1 / n));
  EXPECT_NEAR(square / n, 1.0, 5 * std::sqrt(2 / n));
  EXPECT_NEAR(fourth / n, 3.0, 5 * std::sqrt(96 / n));
}

// Chi-square over n bins; a modulo or a truncated multiplication would be far outside for the large n.
TEST(Rng, BelowIsUnbiased) {
  Rng rng(1, RngStream::general);
  constexpr uint32_t kBins = 7;
  constexpr int kDraws = 70000;
  std::array<int, kBins> counts{};
  for (int i = 0; i < kDraws; ++i) {
    const uint32_t k = rng.below(kBins);
    ASSERT_LT(k, kBins);
    ++counts[k];
  }
  double chi = 0;
  for (const int c : counts) chi += std::pow(c - kDraws / 7.0, 2) / (kDraws / 7.0);
  EXPECT_LT(chi, 30.0);  // 6 degrees of freedom: exceeded once in 25,000 seeds

  // Without rejection, n = 3 * 2^30 would give every third number twice the share of the others.
  constexpr uint32_t kLarge = 3u << 30;
  std::array<int, 3> thirds{};
  for (int i = 0; i < 30000; ++i) {
    const uint32_t k = rng.below(kLarge);
    ASSERT_LT(k, kLarge);
    ++thirds[k % 3];
  }
  for (const int c : thirds) EXPECT_NEAR(c, 10000, 5 * std::sqrt(30000 * 2.0 / 9));
}

TEST(Rng, BelowOneIsZero) {
  Rng rng(1, RngStream::general);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rng.below(1), 0u);
}

TEST(RandomPermutation, HoldsEachNumberOnce) {
  for (const uint32_t n : {0u, 1u, 2u, 1000u}) {
    std::vector<uint32_t> order = random_permutation(n, Rng(3, RngStream::shuffle));
    ASSERT_EQ(order.size(), n);
    EXPECT_EQ(std::is_sorted(order.begin(), order.end()), n < 2 || (n == 2 && order[0] == 0));
    std::sort(order.begin(), order.end());
    for (uint32_t i = 0; i < n; ++i) ASSERT_EQ(order[i], i);
  }
}

TEST(RandomPermutation, AllOrdersOfThreeAreEquallyLikely) {
  std::array<int, 27> counts{};
  for (uint32_t row = 0; row < 6000; ++row) {
    const auto o = random_permutation(3, Rng(1, RngStream::shuffle, 0, row));
    ++counts[o[0] * 9 + o[1] * 3 + o[2]];
  }
  int orders = 0;
  for (const int c : counts) {
    if (c == 0) continue;
    ++orders;
    EXPECT_NEAR(c, 1000, 5 * std::sqrt(6000 * 5.0 / 36));
  }
  EXPECT_EQ(orders, 6);
}

}  // namespace
}  // namespace latentscape
