#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

#include "core/base/rng.hpp"
#include "core/projection/fft.hpp"
#include "core/projection/space_order.hpp"
#include "core/projection/tsne_field.hpp"
#include "core/projection/tsne_forces.hpp"

namespace latentscape {
namespace {

TEST(Fft, AgreesWithTheDefinitionAndComesBack) {
  for (const size_t n : {1u, 2u, 3u, 4u, 5u, 12u, 36u, 60u, 90u, 128u, 250u}) {
    std::vector<ComplexLanes> data(n), room(n);
    Rng rng(1, RngStream::general);
    for (auto& v : data)
      for (size_t l = 0; l < kLanes; ++l) {
        v.re[l] = rng.normal();
        v.im[l] = rng.normal();
      }
    const std::vector<ComplexLanes> before = data;
    const Fft fft(n);
    ComplexLanes* const there = fft.forward(data.data(), room.data());
    for (const size_t l : {size_t{0}, kLanes - 1})
      for (size_t k = 0; k < n; ++k) {
        std::complex<double> sum = 0.0;
        for (size_t j = 0; j < n; ++j)
          sum += std::complex<double>(before[j].re[l], before[j].im[l]) *
                 std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(j * k) / static_cast<double>(n));
        EXPECT_NEAR(there[k].re[l], sum.real(), 2e-5) << n;
        EXPECT_NEAR(there[k].im[l], sum.imag(), 2e-5) << n;
      }
    const ComplexLanes* const back = fft.inverse(there, there == data.data() ? room.data() : data.data());
    for (size_t j = 0; j < n; ++j)
      for (size_t l = 0; l < kLanes; ++l) EXPECT_NEAR(back[j].re[l] / static_cast<float>(n), before[j].re[l], 2e-6) << n;
  }
}

TEST(Fft, LengthsHaveSmallFactorsOnly) {
  EXPECT_EQ(fft_length(1, 4), 4u);
  EXPECT_EQ(fft_length(100, 4), 100u);
  EXPECT_EQ(fft_length(101, 4), 108u);
  EXPECT_EQ(fft_length(641, 4), 648u);
}

/// Groups of points over a square of about this side.
FloatArray scattered(size_t n, float side, uint64_t seed) {
  Rng rng(seed, RngStream::general);
  float middles[20][2];
  for (auto& m : middles)
    for (float& v : m) v = static_cast<float>(rng.uniform(-0.4, 0.4));
  FloatArray positions(n, 2);
  for (size_t i = 0; i < n; ++i)
    for (size_t axis = 0; axis < 2; ++axis) positions(i, axis) = side * (middles[i % 20][axis] + 0.04f * rng.normal());
  return positions;
}

/// Relative error of the forces, root mean square over all points.
double force_error(TsneField& field, const FloatArray& y, float step, double& weights_error) {
  ComputePool pool(2);
  FloatArray force;
  double weights = 0.0;
  EXPECT_TRUE(field.repel(y, step, pool, {}, force, weights));
  double wrong = 0.0, all = 0.0, sum = 0.0;
  for (size_t i = 0; i < y.rows; ++i) {
    double x_force = 0.0, y_force = 0.0;
    for (size_t j = 0; j < y.rows; ++j) {
      const double dx = static_cast<double>(y(i, 0)) - static_cast<double>(y(j, 0)),
                   dy = static_cast<double>(y(i, 1)) - static_cast<double>(y(j, 1)), w = 1.0 / (1.0 + dx * dx + dy * dy);
      sum += i == j ? 0.0 : w;
      x_force += w * w * dx;
      y_force += w * w * dy;
    }
    wrong += std::pow(static_cast<double>(force(i, 0)) - x_force, 2) + std::pow(static_cast<double>(force(i, 1)) - y_force, 2);
    all += x_force * x_force + y_force * y_force;
  }
  weights_error = std::abs(weights / sum - 1.0);
  return std::sqrt(wrong / all);
}

TEST(TsneField, ForcesAgreeWithAllPairsOnSmallAndLargeSpans) {
  TsneField field;  // one for all: a change of grid must leave nothing behind
  for (const float span : {1e-4f, 0.3f, 3.0f, 15.0f, 60.0f, 8.0f, 1e-3f}) {
    const FloatArray y = scattered(1500, span, 3);
    double weights_error = 0.0;
    EXPECT_LE(force_error(field, y, 0.5f, weights_error), 3e-2) << span;
    EXPECT_LE(weights_error, 2e-3) << span;
    EXPECT_LE(force_error(field, y, 1.0f / 3.0f, weights_error), 1e-2) << span;
    EXPECT_LE(weights_error, 5e-4) << span;
  }
}

/// Evenly over a disc of this width: the sparsest that a map of so many points on such a span can be.
FloatArray even_disc(size_t n, float span) {
  Rng rng(8, RngStream::general);
  FloatArray positions(n, 2);
  for (size_t i = 0; i < n; ++i) {
    const double radius = 0.5 * std::sqrt(rng.uniform(0.0, 1.0)), angle = rng.uniform(0.0, 2.0 * std::numbers::pi);
    positions(i, 0) = span * static_cast<float>(radius * std::cos(angle));
    positions(i, 1) = span * static_cast<float>(radius * std::sin(angle));
  }
  return positions;
}

TEST(TsneField, SparseMapsGetTheGridThatTheyNeed) {
  TsneField field;
  for (const float span : {20.0f, 60.0f, 120.0f, 240.0f}) {
    const FloatArray y = even_disc(3000, span);
    double weights_error = 0.0;
    EXPECT_LE(force_error(field, y, 0.42045f, weights_error), 3e-2) << span;
    EXPECT_LE(force_error(field, y, 0.29731f, weights_error), 1e-2) << span;
  }
}

TEST(TsneForces, FewPointsOnAWideMapRepelEachOtherExactly) {
  ComputePool pool(2);
  const FloatArray wide = even_disc(1500, 200.0f), narrow = even_disc(1500, 20.0f);
  const auto same = [&](const FloatArray& y) {
    TsneForces by_field, by_pairs;
    FloatArray a, b;
    EXPECT_TRUE(by_field.gradient({}, y, {false, 0.42045f}, pool, {}, a));
    EXPECT_TRUE(by_pairs.gradient({}, y, {true}, pool, {}, b));
    return a == b;
  };
  EXPECT_TRUE(same(wide));
  EXPECT_FALSE(same(narrow));
}

TEST(TsneField, LongThinMapsAndLonersAreFine) {
  FloatArray y = scattered(1000, 5.0f, 4);
  for (size_t i = 0; i < y.rows; ++i) y(i, 0) *= 12.0f;
  y(17, 1) = 90.0f;
  TsneField field;
  double weights_error = 0.0;
  EXPECT_LE(force_error(field, y, 0.5f, weights_error), 3e-2);
  EXPECT_LE(weights_error, 2e-3);
}

TEST(TsneField, APointFarAwayCostsNoMoreThanAWideGrid) {
  FloatArray y = scattered(300, 5.0f, 4);
  y(17, 1) = 1e7f;
  ComputePool pool(2);
  TsneField field;
  FloatArray force;
  double weights = 0.0;
  ASSERT_TRUE(field.repel(y, 0.5f, pool, {}, force, weights));
  for (const float v : force.values) EXPECT_TRUE(std::isfinite(v));
  EXPECT_TRUE(std::isfinite(weights));
}

TEST(TsneField, PointsInOnePlaceDoNotPush) {
  ComputePool pool(1);
  TsneField field;
  FloatArray force;
  double weights = 0.0;
  ASSERT_TRUE(field.repel(FloatArray(200, 2, 3.0f), 0.5f, pool, {}, force, weights));
  EXPECT_NEAR(weights, 200.0 * 199.0, 1.0);
  for (const float v : force.values) EXPECT_NEAR(v, 0.0f, 1e-3f);
}

TEST(TsneField, SameBitsAtAnyThreadCount) {
  const FloatArray y = scattered(9000, 40.0f, 5);
  const auto run = [&](size_t threads) {
    ComputePool pool(threads);
    TsneField field;
    FloatArray force;
    double weights = 0.0;
    EXPECT_TRUE(field.repel(y, 0.5f, pool, {}, force, weights));
    force.values.push_back(static_cast<float>(weights));
    return force.values;
  };
  const auto one = run(1);
  EXPECT_EQ(one, run(2));
  EXPECT_EQ(one, run(3));
}

TEST(SpaceOrder, NeighboursInMemoryAreNearOnTheMap) {
  ComputePool pool(2);
  const FloatArray y = scattered(20000, 30.0f, 6);
  const auto order = space_order(y, pool);
  std::vector<bool> seen(y.rows, false);
  double along = 0.0, before = 0.0;
  const auto apart = [&](size_t a, size_t b) { return std::hypot(y(a, 0) - y(b, 0), y(a, 1) - y(b, 1)); };
  for (size_t r = 0; r < order.size(); ++r) {
    EXPECT_FALSE(seen[order[r]]);
    seen[order[r]] = true;
    if (r) along += static_cast<double>(apart(order[r], order[r - 1]));
    if (r) before += static_cast<double>(apart(r, r - 1));
  }
  EXPECT_LT(along, 0.1 * before);
  EXPECT_EQ(space_order(FloatArray(3, 2, 1.0f), pool), (std::vector<uint32_t>{0, 1, 2}));
}

}  // namespace
}  // namespace latentscape
