#include "core/nn/zero_lists.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <tuple>

#include "core/base/rng.hpp"
#include "core/nn/gemm.hpp"
#include "core/nn/kernels.hpp"
#include "tests/nn/random_matrix.hpp"

namespace latentscape {
namespace {

/// Pictures as data has them: a blob of numbers of each row's own, zeros around; among the numbers zeros, and -0 and denormals among the
/// zeros.
template <class S>
Array2<S> blobs(size_t rows, size_t cols, double share, uint32_t key) {
  Array2<S> m(rows, cols);
  Rng rng(5, RngStream::general, 0, key);
  for (size_t i = 0; i < rows; ++i) {
    const double middle = rng.uniform(0.3, 0.7) * static_cast<double>(cols);
    for (size_t j = 0; j < cols; ++j) {
      const bool lit = std::abs(static_cast<double>(j) - middle) < 0.5 * share * static_cast<double>(cols);
      const double chance = rng.uniform();
      m(i, j) = lit && chance < 0.9 ? static_cast<S>(rng.uniform()) : chance < 0.1 ? -S(0) : S(0);
    }
  }
  return m;
}

template <class S>
bool same_bits(const Array2<S>& a, const Array2<S>& b) {
  return std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(S)) == 0;
}

std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> found;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512})
    if (const Kernels* k = kernels_of(set)) found.push_back(k);
  return found;
}

struct Shape {
  size_t examples, in, out;
};

/// What is added to takes whole chains: to zeros, that is the same product with nothing left out.
template <class S>
void expect_whole_chains(const Shape& s, const Array2<S>& x) {
  const Array2<S> w = random_matrix<S>(s.out, s.in, 1), dy = random_matrix<S>(s.examples, s.out, 2);
  for (const Kernels* by : all_kernels())
    for (const size_t threads : {1, 2}) {
      SCOPED_TRACE(testing::Message() << by->name << ", " << threads << " threads, " << s.examples << " of " << s.in << " to " << s.out);
      ComputePool pool(threads);
      Array2<S> y(s.examples, s.out, S(7)), dw(s.out, s.in, S(7)), whole_y(s.examples, s.out), whole_dw(s.out, s.in);
      gemm_by<S>(*by, pool, Transpose::no, Transpose::yes, x, w, y);
      gemm_by<S>(*by, pool, Transpose::no, Transpose::yes, x, w, whole_y, true);
      gemm_by<S>(*by, pool, Transpose::yes, Transpose::no, dy, x, dw);
      gemm_by<S>(*by, pool, Transpose::yes, Transpose::no, dy, x, whole_dw, true);
      EXPECT_TRUE(same_bits(y, whole_y)) << "forward";
      EXPECT_TRUE(same_bits(dw, whole_dw)) << "gradient";
    }
}

// Shapes around the edges of strips, panels and tiles; few rows, which go by way of the transpose; deeper than a panel.
constexpr Shape kShapes[] = {{1, 784, 64},  {7, 50, 65},     {16, 784, 100}, {31, 90, 70},   {33, 61, 130},
                             {64, 785, 97}, {100, 130, 111}, {129, 784, 65}, {300, 49, 145}, {40, 1100, 64}};

TEST(ZeroLists, LeavingOutZerosChangesNoBit) {
  for (const Shape& s : kShapes)
    for (const double share : {0.0, 0.2, 0.6, 1.0}) {
      SCOPED_TRACE(share);
      expect_whole_chains<float>(s, blobs<float>(s.examples, s.in, share, 3));
      expect_whole_chains<double>(s, blobs<double>(s.examples, s.in, share, 3));
    }
}

// Threads flush denormals: an input so small counts as 0, listed or not.
TEST(ZeroLists, DenormalsCountAsZeros) {
  for (const Shape& s : {Shape{100, 130, 111}, Shape{16, 130, 100}}) {
    FloatArray x = blobs<float>(s.examples, s.in, 0.2, 3);
    for (size_t i = 0; i < x.values.size(); i += 3)
      if (x.values[i] == 0.0f) x.values[i] = 1e-40f;
    const FlushDenormals flush;
    expect_whole_chains<float>(s, x);
  }
}

TEST(ZeroLists, OfRowsAndColumns) {
  ComputePool pool(2);
  FloatArray x(40, 300);
  x(3, 17) = 1.0f, x(5, 2) = -0.0f, x(7, 299) = NAN, x(39, 0) = 1e-3f;
  const uint16_t* rows = lists_of_rows<float>(pool, x, 8);
  ASSERT_TRUE(rows);
  const auto list = [](const uint16_t* lists, size_t strip, size_t depth) {
    const uint16_t* own = lists + strip * list_room(depth);
    return std::vector<uint16_t>(own + 1, own + 1 + own[0]);
  };
  using List = std::vector<uint16_t>;
  EXPECT_EQ(list(rows, 0, 300), (List{17, 299}));
  EXPECT_EQ(list(rows, 1, 300), List{});
  EXPECT_EQ(list(rows, 4, 300), List{0});
  const uint16_t* columns = lists_of_columns<float>(pool, x);
  ASSERT_TRUE(columns);
  EXPECT_EQ(list(columns, 0, 40), List{39});
  EXPECT_EQ(list(columns, 2, 40), List{3});
  EXPECT_EQ(list(columns, 37, 40), List{7});
}

// Where most numbers count, whole chains are faster: at once where the first strips are dense, else when all are known.
TEST(ZeroLists, NoneOfDenseExamples) {
  ComputePool pool(2);
  FloatArray x = random_matrix<float>(40, 300, 1);
  EXPECT_FALSE(lists_of_rows<float>(pool, x, 8));
  EXPECT_FALSE(lists_of_columns<float>(pool, x));
  for (size_t i = 0; i < 8; ++i) std::fill(x.row(i).begin(), x.row(i).end(), 0.0f);
  EXPECT_FALSE(lists_of_rows<float>(pool, x, 8));
  EXPECT_FALSE(lists_of_rows<float>(pool, FloatArray(8, kPanelDepth + 1), 8)) << "too deep for a panel";
}

// A broken gradient must show in the norm although the weights of dark pixels do not meet it: it does in the gradient of the bias, and
// in all pixels that are lit.
TEST(ZeroLists, NaNsMeetWhatIsLit) {
  ComputePool pool(1);
  const FloatArray x = blobs<float>(100, 130, 0.2, 3), w = random_matrix<float>(64, 130, 1);
  FloatArray dy = random_matrix<float>(100, 64, 2), dw(64, 130);
  dy(50, 3) = NAN;
  gemm<float>(pool, Transpose::yes, Transpose::no, dy, x, dw);
  for (size_t j = 0; j < 130; ++j) EXPECT_TRUE(x(50, j) == 0.0f || std::isnan(dw(3, j))) << j;
}

}  // namespace
}  // namespace latentscape
