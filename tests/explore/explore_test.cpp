#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stop_token>

#include "core/explore/decode.hpp"
#include "core/explore/inspect.hpp"
#include "core/explore/interpolate.hpp"
#include "core/explore/manifold.hpp"
#include "core/explore/prior.hpp"
#include "core/explore/traverse.hpp"

namespace latentscape {
namespace {

TEST(Manifold, OnAMapRowsRunFromTheTopAndTheRestStaysAtTheAnchor) {
  const std::vector<float> anchor = {9, 8, 7};
  LinearMap map;
  map.mean.assign(3, 0.0f);
  map.basis = FloatArray(2, 3);
  map.basis(0, 2) = 1.0f;
  map.basis(1, 0) = 1.0f;
  const FloatArray z = manifold_on_map(map, anchor, {0, -3, 4, 3}, 3, 2);
  ASSERT_EQ(z.rows, 6u);
  const float expected[6][3] = {{2, 8, 1}, {2, 8, 3}, {0, 8, 1}, {0, 8, 3}, {-2, 8, 1}, {-2, 8, 3}};
  for (size_t i = 0; i < 6; ++i)
    for (size_t j = 0; j < 3; ++j) EXPECT_NEAR(z(i, j), expected[i][j], 1e-5) << i << " " << j;
}

TEST(Manifold, QuantilesHoldEqualPriorMass) {
  const FloatArray z = manifold_by_quantiles(std::vector<float>{0, 5, 0}, 0, 2, 4);
  ASSERT_EQ(z.rows, 16u);
  const auto mass_below = [](float x) { return 0.5 * std::erfc(-double(x) / std::sqrt(2.0)); };
  for (size_t i = 0; i < 16; ++i) {
    EXPECT_NEAR(mass_below(z(i, 0)), (double(i % 4) + 0.5) / 4.0, 1e-6);
    EXPECT_EQ(z(i, 1), 5.0f);
    EXPECT_NEAR(mass_below(z(i, 2)), (3.5 - double(i / 4)) / 4.0, 1e-6);
  }
  EXPECT_EQ(manifold_by_quantiles(std::vector<float>{0}, 0, 1, 4).cols, 1u);  // one dimension has one axis
}

TEST(Interpolate, LineAndArc) {
  const std::vector<float> a = {2, 0}, b = {0, 4};
  const auto line = interpolate(a, b, 5, PathKind::lerp);
  ASSERT_TRUE(line.ok());
  EXPECT_FLOAT_EQ((*line)(2, 0), 1.0f);
  EXPECT_FLOAT_EQ((*line)(2, 1), 2.0f);
  const auto arc = interpolate(a, b, 5, PathKind::slerp);
  ASSERT_TRUE(arc.ok());
  for (size_t i = 0; i < 5; ++i) {
    const double t = double(i) / 4.0, angle = t * std::acos(0.0), length = 2.0 + 2.0 * t;
    EXPECT_NEAR((*arc)(i, 0), length * std::cos(angle), 1e-6);
    EXPECT_NEAR((*arc)(i, 1), length * std::sin(angle), 1e-6);
  }
  for (const FloatArray* path : {&*line, &*arc}) {
    EXPECT_TRUE(std::equal(a.begin(), a.end(), path->row(0).begin()));
    EXPECT_TRUE(std::equal(b.begin(), b.end(), path->row(4).begin()));
  }
}

TEST(Interpolate, SlerpFallsBackToALineWhereThereIsNoArc) {
  const std::vector<float> a = {1, 1}, opposite = {-1, -1}, zero = {0, 0};
  for (const auto& b : {a, opposite, zero}) {
    const auto path = interpolate(a, b, 3, PathKind::slerp);
    ASSERT_TRUE(path.ok());
    EXPECT_FLOAT_EQ((*path)(1, 0), 0.5f * (1.0f + b[0]));
  }
  EXPECT_FALSE(interpolate(a, zero, 1).ok());
  EXPECT_FALSE(interpolate(a, std::vector<float>{1}, 3).ok());
}

TEST(Traverse, OneDimensionMovesAndLargestKlComesFirst) {
  const std::vector<float> anchor = {5, 6, 7};
  const std::vector<size_t> order = dimensions_by_kl(std::vector<double>{0.1, 2.0, 0.1});
  EXPECT_EQ(order, (std::vector<size_t>{1, 0, 2}));
  const FloatArray z = traverse(anchor, order, 3);
  const float expected[9][3] = {{5, -3, 7}, {5, 0, 7}, {5, 3, 7}, {-3, 6, 7}, {0, 6, 7}, {3, 6, 7}, {5, 6, -3}, {5, 6, 0}, {5, 6, 3}};
  ASSERT_EQ(z.rows, 9u);
  for (size_t i = 0; i < 9; ++i)
    for (size_t j = 0; j < 3; ++j) EXPECT_FLOAT_EQ(z(i, j), expected[i][j]);
}

TEST(Prior, MoreRowsKeepTheFirstAndTemperatureScales) {
  const FloatArray few = prior_draws(10, 3, 5), many = prior_draws(4000, 3, 5), half = prior_draws(10, 3, 5, 0.5);
  for (size_t i = 0; i < few.values.size(); ++i) {
    EXPECT_EQ(few.values[i], many.values[i]);
    EXPECT_FLOAT_EQ(half.values[i], 0.5f * few.values[i]);
  }
  double mean = 0.0, square = 0.0;
  for (const float v : many.values) {
    mean += double(v) / 12000.0;
    square += double(v) * double(v) / 12000.0;
  }
  EXPECT_NEAR(mean, 0.0, 0.03);
  EXPECT_NEAR(square, 1.0, 0.05);
  EXPECT_NE(few, prior_draws(10, 3, 6));
}

TEST(Inspect, NeighboursLeaveThePointOutEvenAmongTwins) {
  FloatArray points(6, 1);
  points.values = {0, 1, 3, 3, 3, 10};
  ComputePool pool(1);
  EXPECT_EQ(neighbours_of_point(points, 1, 2, pool)->ids, (std::vector<uint32_t>{0, 2}));
  EXPECT_EQ(neighbours_of_point(points, 4, 1, pool)->ids, (std::vector<uint32_t>{2}));
  EXPECT_EQ(neighbours_of_point(points, 0, 100, pool)->ids.size(), 5u);
  EXPECT_FALSE(neighbours_of_point(points, 6, 2, pool).ok());
  const auto near = neighbours_of_position(points, std::vector<float>{8.0f}, 1, pool);
  ASSERT_TRUE(near.ok());
  EXPECT_EQ(near->ids[0], 5u);
  EXPECT_DOUBLE_EQ(near->distances[0], 2.0);
}

/// x = 2 z in every pixel; counts the rows it saw and can ask for a stop.
class Doubling final : public ModelF {
 public:
  mutable size_t rows = 0;
  mutable std::stop_source source;
  bool stops = false;
  size_t width() const override { return 3; }
  size_t latent() const override { return 1; }
  std::span<const ParameterBlock> blocks() const override { return {}; }
  size_t parameter_count() const override { return 0; }
  LikelihoodKind likelihood() const override { return LikelihoodKind::gaussian; }
  ModelMacs macs() const override { return {}; }
  void initialise(std::span<float>, uint64_t) const override {}
  LossTerms pass(ComputePool&, Workspace<float>&, std::span<const float>, const Pass<float>&, std::span<float>) const override {
    return {};
  }
  void encode(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>&, View2<float>,
              View2<float>) const override {}
  void reconstruction(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>&, View2<const float>,
                      std::span<float>) const override {}
  void decode(ComputePool&, Workspace<float>&, std::span<const float>, const LabelledRows<float>& z, View2<float> x) const override {
    rows += x.rows;
    for (size_t i = 0; i < x.rows; ++i)
      for (size_t j = 0; j < 3; ++j) x(i, j) = 2.0f * z.values(i, 0);
    if (stops) source.request_stop();
  }
};

TEST(DecodeAll, CoversEveryRowOnceAndStopsAfterOneChunk) {
  ComputePool pool(1);
  Workspace<float> work;
  Doubling model;
  const FloatArray z = prior_draws(1000, 1, 1);
  const auto x = decode_all(model, {}, z, pool, work);
  ASSERT_TRUE(x.ok());
  for (size_t i = 0; i < 1000; ++i) EXPECT_EQ((*x)(i, 2), 2.0f * z(i, 0));
  EXPECT_EQ(model.rows, 1000u);
  model.rows = 0;
  model.stops = true;
  EXPECT_EQ(decode_all(model, {}, z, pool, work, model.source.get_token()).error().code, ErrorCode::cancelled);
  EXPECT_LT(model.rows, 500u);
  EXPECT_FALSE(decode_all(model, {}, FloatArray(2, 2), pool, work).ok());
  EXPECT_EQ(decode_all(model, {}, FloatArray(1, 1, NAN), pool, work).error().code, ErrorCode::non_finite);
}

}  // namespace
}  // namespace latentscape
