#include "core/metrics/precision_recall.hpp"

#include <gtest/gtest.h>

#include "core/base/rng.hpp"

namespace latentscape {
namespace {

FloatArray normals(size_t n, size_t d, uint64_t seed) {
  FloatArray out(n, d);
  Rng(seed, RngStream::general).fill_normal(out.values);
  return out;
}

FloatArray moved(FloatArray points, float by) {
  for (float& v : points.values) v += by;
  return points;
}

FloatArray joined(const FloatArray& a, const FloatArray& b) {
  FloatArray out(a.rows + b.rows, a.cols);
  std::copy(a.values.begin(), a.values.end(), out.values.begin());
  std::copy(b.values.begin(), b.values.end(), out.row_data(a.rows));
  return out;
}

/// The points of precision_recall_reference.py.
FloatArray reference_points(size_t n, size_t s, float scale) {
  FloatArray out(n, 5);
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < 5; ++j)
      out(i, j) = scale * static_cast<float>(static_cast<double>((i * 7919 + j * 104729 + i * j * 31 + s * 1299709) % 1009) / 1009);
  return out;
}

TEST(PrecisionRecall, AgreesWithBruteForceAndScikitLearn) {
  const FloatArray samples = reference_points(60, 1, 0.8f), data = reference_points(80, 2, 1.0f);
  ComputePool pool(2);
  struct Expected {
    size_t k, precise, recalled;
  };
  for (const Expected& e : {Expected{1, 0, 5}, Expected{3, 54, 55}, Expected{5, 59, 74}}) {
    const auto p = precision_recall(samples, data, pool, e.k);
    ASSERT_TRUE(p.ok()) << p.error().message;
    EXPECT_DOUBLE_EQ(p->precision, static_cast<double>(e.precise) / 60) << e.k;
    EXPECT_DOUBLE_EQ(p->recall, static_cast<double>(e.recalled) / 80) << e.k;
    EXPECT_EQ(p->k, e.k);
  }
}

TEST(PrecisionRecall, TheSameSetIsCoveredWholeAndADistantOneNotAtAll) {
  const FloatArray data = normals(200, 12, 1);
  ComputePool pool(1);
  const auto same = precision_recall(data, data, pool), far = precision_recall(moved(data, 50.0f), data, pool);
  EXPECT_EQ(same->precision, 1.0);
  EXPECT_EQ(same->recall, 1.0);
  EXPECT_EQ(far->precision, 0.0);
  EXPECT_EQ(far->recall, 0.0);
}

TEST(PrecisionRecall, OneOfTwoClustersIsPreciseAndRecallsHalf) {
  const FloatArray data = joined(normals(400, 2, 1), moved(normals(400, 2, 2), 40.0f));
  const FloatArray one = normals(400, 2, 3), both = joined(normals(200, 2, 4), moved(normals(200, 2, 5), 40.0f));
  ComputePool pool(2);
  const auto half = precision_recall(one, data, pool), whole = precision_recall(both, data, pool);
  EXPECT_GT(half->precision, 0.95);
  EXPECT_NEAR(half->recall, 0.5, 0.03);
  EXPECT_GT(whole->precision, 0.95);
  EXPECT_GT(whole->recall, 0.9);
  // What lies between the clusters is not precise.
  EXPECT_EQ(precision_recall(moved(normals(400, 2, 6), 20.0f), data, pool)->precision, 0.0);
  pool.set_threads(1);
  EXPECT_EQ(precision_recall(one, data, pool)->recall, half->recall);
}

TEST(PrecisionRecall, RefusesAndStops) {
  ComputePool pool(1);
  const FloatArray data = normals(10, 3, 1);
  EXPECT_FALSE(precision_recall(normals(10, 2, 2), data, pool).ok());
  EXPECT_FALSE(precision_recall(normals(3, 3, 2), data, pool, 3).ok());
  EXPECT_FALSE(precision_recall(data, normals(3, 3, 2), pool, 3).ok());
  EXPECT_FALSE(precision_recall(data, data, pool, 0).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(precision_recall(data, data, pool, 3, source.get_token()).error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace latentscape
