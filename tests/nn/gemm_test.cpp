#include "core/nn/gemm.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include "core/base/rng.hpp"
#include "core/nn/kernels.hpp"
#include "core/nn/losses.hpp"
#include "tests/nn/random_matrix.hpp"

namespace latentscape {
namespace {

template <class S>
Array2<double> product(bool ta, bool tb, const Array2<S>& a, const Array2<S>& b, size_t rows, size_t cols, size_t depth) {
  Array2<double> c(rows, cols);
  for (size_t i = 0; i < rows; ++i)
    for (size_t j = 0; j < cols; ++j)
      for (size_t k = 0; k < depth; ++k)
        c(i, j) += static_cast<double>(ta ? a(k, i) : a(i, k)) * static_cast<double>(tb ? b(j, k) : b(k, j));
  return c;
}

/// The kernels that this build has and this machine can run; the one that gemm takes is the last.
std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> found;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (const Kernels* k = kernels_of(set)) found.push_back(k);
  return found;
}

template <class S>
void expect_right(size_t rows, size_t cols, size_t depth, double tolerance) {
  ComputePool pool(2);
  for (int t = 0; t < 4; ++t) {
    const bool ta = t & 1, tb = t & 2;
    const auto a = ta ? random_matrix<S>(depth, rows, 1) : random_matrix<S>(rows, depth, 1);
    const auto b = tb ? random_matrix<S>(cols, depth, 2) : random_matrix<S>(depth, cols, 2);
    const auto before = random_matrix<S>(rows, cols, 3);
    const auto expected = product(ta, tb, a, b, rows, cols, depth);
    for (const Kernels* by : all_kernels())
      for (bool accumulate : {true, false}) {
        Array2<S> c = before;
        gemm_by<S>(*by, pool, ta ? Transpose::yes : Transpose::no, tb ? Transpose::yes : Transpose::no, a, b, c, accumulate);
        for (size_t i = 0; i < rows; ++i)
          for (size_t j = 0; j < cols; ++j)
            ASSERT_NEAR(static_cast<double>(c(i, j)), expected(i, j) + (accumulate ? static_cast<double>(before(i, j)) : 0.0), tolerance)
                << by->name << ' ' << rows << "x" << cols << "x" << depth << " ta " << ta << " tb " << tb << " at " << i << ", " << j;
      }
  }
}

// Shapes around the edges of tiles and registers: single rows and columns, remainders, several tiles both ways, deep products; few rows,
// which go by way of the transpose; each by every set of loops that runs here.
TEST(Gemm, AgreesWithTheDefinition) {
  for (auto [m, n, k] : {std::tuple<size_t, size_t, size_t>{1, 1, 1},
                         {1, 7, 3},
                         {5, 1, 4},
                         {3, 2, 40},
                         {1, 784, 400},
                         {17, 33, 65},
                         {128, 40, 400},
                         {130, 211, 17},
                         {129, 430, 5},
                         {14, 32, 900},
                         {16, 100, 70},
                         {31, 95, 1300},
                         {9, 130, 5},
                         {40, 200, 1100},
                         {20, 1000, 60},
                         {300, 49, 2}}) {
    expect_right<float>(m, n, k, 2e-5 * std::sqrt(static_cast<double>(k)));
    expect_right<double>(m, n, k, 1e-12);
  }
}

TEST(Gemm, TakesTheWidestKernels) { EXPECT_EQ(&kernels(), all_kernels().back()); }

// The loops for AVX2 and AVX-512 both fuse multiply and add: a model trained on one processor continues on the other with the same bits.
TEST(Gemm, BitsDoNotDependOnTheWidthOfTheVectors) {
  const Kernels *narrow = kernels_of(InstructionSet::avx2), *wide = kernels_of(InstructionSet::avx512);
  if (!narrow || !wide) GTEST_SKIP() << "this build or machine has not got both AVX2 and AVX-512";
  ComputePool pool(2);
  for (const auto tb : {Transpose::no, Transpose::yes})
    for (const size_t rows : {3, 16, 100}) {
      const auto a = random_matrix<float>(rows, 300, 1),
                 b = random_matrix<float>(tb == Transpose::yes ? 210 : 300, tb == Transpose::yes ? 300 : 210, 2);
      FloatArray c(rows, 210), d(rows, 210);
      gemm_by<float>(*narrow, pool, Transpose::no, tb, a, b, c);
      gemm_by<float>(*wide, pool, Transpose::no, tb, a, b, d);
      EXPECT_EQ(c.values, d.values) << rows << " rows";
    }
}

TEST(Kernels, BernoulliAgreesWithDoublePrecision) {
  const size_t n = 100;  // whole groups of lanes, whole vectors, a rest
  std::vector<float> logits(n), x(n), gradient(n);
  std::vector<double> logits2(n), x2(n), gradient2(n);
  Rng rng(3, RngStream::general);
  for (size_t i = 0; i < n; ++i) {
    logits[i] = static_cast<float>(rng.uniform(-1.0, 1.0) * std::pow(10.0, rng.uniform(-3.0, 2.3)));
    x[i] = static_cast<float>(rng.uniform());
    logits2[i] = static_cast<double>(logits[i]);
    x2[i] = static_cast<double>(x[i]);
  }
  const double expected = bernoulli_loss<double>(logits2.data(), x2.data(), n, 0.25, gradient2.data());
  for (const Kernels* by : all_kernels()) {
    EXPECT_NEAR(by->bernoulli(logits.data(), x.data(), n, 0.25f, gradient.data()), expected, 1e-6 * expected) << by->name;
    EXPECT_EQ(by->bernoulli(logits.data(), x.data(), n, 0.25f, nullptr), by->bernoulli(logits.data(), x.data(), n, 0.25f, gradient.data()));
    for (size_t i = 0; i < n; ++i) EXPECT_NEAR(static_cast<double>(gradient[i]), gradient2[i], 5e-8) << by->name << " at " << logits[i];
    for (const size_t broken : {5, 70, 97}) {
      std::vector<float> bad = logits;
      bad[broken] = NAN;
      EXPECT_TRUE(std::isnan(by->bernoulli(bad.data(), x.data(), n, 0.25f, gradient.data()))) << by->name;
      EXPECT_TRUE(std::isnan(gradient[broken])) << by->name;
    }
  }
}

TEST(Gemm, BitsDoNotDependOnThreads) {
  const auto a = random_matrix<float>(200, 300, 1), b = random_matrix<float>(500, 300, 2);
  FloatArray first;
  for (size_t threads : {1, 2, 3}) {
    ComputePool pool(threads);
    FloatArray c(200, 500);
    gemm<float>(pool, Transpose::no, Transpose::yes, a, b, c);
    if (threads == 1) first = c;
    EXPECT_EQ(c.values, first.values) << threads << " threads";
  }
}

// The same numbers at another address must give the same bits, or two runs could differ by where memory happened to lie.
TEST(Gemm, BitsDoNotDependOnAlignment) {
  ComputePool pool(1);
  for (auto [m, n, k] : {std::tuple<size_t, size_t, size_t>{3, 4, 5}, {9, 40, 30}, {64, 96, 33}, {1, 60, 50}, {60, 1, 50}}) {
    const auto a = random_matrix<float>(m, k, 1), b = random_matrix<float>(k, n, 2);
    std::vector<float> first;
    for (size_t shift : {0, 1, 2, 3, 5, 7}) {
      std::vector<float> sa(a.values.size() + 8), sb(b.values.size() + 8), sc(m * n + 8);
      std::copy(a.values.begin(), a.values.end(), sa.begin() + static_cast<long>(shift));
      std::copy(b.values.begin(), b.values.end(), sb.begin() + static_cast<long>(shift));
      gemm<float>(pool, Transpose::no, Transpose::no, View2<const float>(sa.data() + shift, m, k),
                  View2<const float>(sb.data() + shift, k, n), View2<float>(sc.data() + shift, m, n));
      const std::vector<float> c(sc.begin() + static_cast<long>(shift), sc.begin() + static_cast<long>(shift + m * n));
      if (shift == 0) first = c;
      EXPECT_EQ(c, first) << m << "x" << n << "x" << k << " shifted by " << shift;
    }
  }
}

TEST(Gemm, EpilogueSeesEachElementOnceAfterItsProduct) {
  ComputePool pool(2);
  const FloatArray a(150, 3, 1.0f), b(3, 500, 1.0f);
  FloatArray c(150, 500);
  const auto add_one = [&](const Tile& t) {
    for (size_t i = t.row_begin; i < t.row_end; ++i)
      for (size_t j = t.col_begin; j < t.col_end; ++j) c(i, j) += 1.0f;
  };
  gemm<float>(pool, Transpose::no, Transpose::no, a, b, c, false, add_one);
  for (float v : c.values) ASSERT_EQ(v, 4.0f);
}

// So that two threads come to an end together.
TEST(Gemm, HalfOfThePassingTilesOfFewExamplesHaveHalfOfTheRows) {
  for (const size_t rows : {400, 784, 40, 512}) {
    const TileGrid grid = passing_grid(rows, 784, 16);
    const size_t tiles = grid.row_tiles(), first = grid.tile(tiles / 2 * grid.col_tiles()).row_begin;
    EXPECT_LE(std::max(first, rows - first) - std::min(first, rows - first), rows == 40 ? 8u : 0u) << rows;
  }
  EXPECT_EQ(passing_grid(784, 400, 128).tile_rows, 48u);
}

// Shapes with several tiles both ways, remainders, deep ones; with zeros that are left out.
TEST(Gemm, PassingTilesHaveTheBitsOfTheWholeProduct) {
  for (auto [m, n, k] :
       {std::tuple<size_t, size_t, size_t>{1, 1, 1}, {5, 3, 16}, {400, 784, 16}, {100, 130, 128}, {97, 2100, 40}, {50, 20, 1100}})
    for (const bool zeros : {false, true})
      for (const size_t threads : {1, 2}) {
        ComputePool pool(threads);
        const auto a = random_matrix<float>(k, m, 1);
        auto b = random_matrix<float>(k, n, 2);
        for (size_t i = 0; zeros && i < b.values.size(); ++i)
          if (i / 30 % 3 != 0) b.values[i] = 0.0f;
        FloatArray whole(m, n), passed(m, n, 7.0f);
        gemm<float>(pool, Transpose::yes, Transpose::no, a, b, whole);
        const auto keep = [&](const Tile& t, View2<const float> values) {
          ASSERT_EQ(values.rows, t.row_end - t.row_begin);
          ASSERT_EQ(values.cols, t.col_end - t.col_begin);
          for (size_t i = 0; i < values.rows; ++i)
            std::copy_n(values.row_data(i), values.cols, passed.row_data(t.row_begin + i) + t.col_begin);
        };
        gemm_passing<float>(pool, a, b, keep);
        EXPECT_EQ(passed.values, whole.values) << m << "x" << n << "x" << k << (zeros ? ", zeros" : "");
      }
}

// A layer's two products of the backward pass: the input's agrees with its definition, with the same bits at any thread count, also where
// the tiles of the other, which have the bits of the whole product, change the weights behind it.
TEST(Gemm, TwofoldIsBothProductsOfABackwardPass) {
  for (const auto& [n, out, in] : {std::tuple<size_t, size_t, size_t>{16, 784, 400}, {5, 450, 1100}, {31, 300, 330}}) {
    SCOPED_TRACE(testing::Message() << n << " x " << out << " x " << in);
    const FloatArray dy = random_matrix<float>(n, out, 1), x = random_matrix<float>(n, in, 2), before = random_matrix<float>(out, in, 3),
                     below = random_matrix<float>(n, in, 4);
    const auto expected = product(false, false, dy, before, n, in, out);
    FloatArray whole(out, in), first;
    ComputePool one(1);
    gemm<float>(one, Transpose::yes, Transpose::no, dy, x, whole);
    ASSERT_GT(twofold_room(n, out, in), 0u);
    std::vector<float> parts(twofold_room(n, out, in));
    for (const bool accumulate : {false, true})
      for (const size_t threads : {1, 2, 3}) {
        ComputePool pool(threads);
        FloatArray weights = before, gradient(out, in), dx = below;
        const auto use = [&](const Tile& t, View2<const float> tile) {
          for (size_t i = t.row_begin; i < t.row_end; ++i)
            for (size_t j = t.col_begin; j < t.col_end; ++j) {
              gradient(i, j) = tile(i - t.row_begin, j - t.col_begin);
              weights(i, j) = std::numeric_limits<float>::quiet_NaN();
            }
        };
        const auto doubled = [&](const Tile& t) {
          for (size_t i = t.row_begin; i < t.row_end; ++i)
            for (size_t j = t.col_begin; j < t.col_end; ++j) dx(i, j) *= 2.0f;
        };
        gemm_twofold<float>(pool, dy, x, weights, dx, accumulate, parts, use, doubled);
        EXPECT_EQ(gradient, whole);
        if (threads == 1) first = dx;
        EXPECT_EQ(dx, first);
        for (size_t i = 0; i < n; ++i)
          for (size_t j = 0; j < in; ++j)
            ASSERT_NEAR(static_cast<double>(dx(i, j)) / 2.0, expected(i, j) + (accumulate ? static_cast<double>(below(i, j)) : 0.0), 1e-4);
      }
  }
  EXPECT_EQ(twofold_room(64, 784, 400), 0u) << "many examples";
  EXPECT_EQ(twofold_room(16, 40, 400), 0u) << "few weights";
}

}  // namespace
}  // namespace latentscape
