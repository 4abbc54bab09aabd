#include "core/nn/early_update.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include "core/nn/gradient_norm.hpp"
#include "core/nn/network.hpp"
#include "tests/nn/random_matrix.hpp"

namespace latentscape {
namespace {

struct Case {
  const char* spec;
  std::vector<size_t> shape;
  size_t classes = 0;
};

/// Dense layers of several tiles both ways and of single numbers, one with a table of classes; layers whose gradients are made together
/// with that of their input, at a block's begin and over several columns of tiles; layers that hand nothing over among them.
const std::vector<Case> kCases = {{"none", {3}},
                                  {"7,1", {5}},
                                  {"130, 20", {1500}},
                                  {"60 norm dropout 0.3, res 60 norm, 9", {40}, 3},
                                  {"330, res 330, 20", {40}},
                                  {"1100, 450", {20}, 3},
                                  {"conv 3x4s2, resconv 3x3 norm, dense 50", {9, 7}}};

/// A network, a batch and an optimiser's memory; the whole gradient first and then the update, or one on the way.
struct Trained {
  static constexpr size_t kRows = 17, kOut = 6;
  Network network;
  size_t count;
  std::vector<float> parameters, gradients, first, second;
  FloatArray x, d_output = random_matrix<float>(kRows, kOut, 2);
  std::vector<int32_t> labels;
  Workspace<float> work;
  EarlyUpdate<float> update;
  std::vector<double> partials;

  explicit Trained(const Case& c)
      : network(Network::reading(parse_network_spec(c.spec).value(), c.shape, kOut, Activation::silu, c.classes).value()),
        count(network.parameter_count()),
        parameters(count),
        gradients(count, std::numeric_limits<float>::quiet_NaN()),
        first(count),
        second(count),
        x(random_matrix<float>(kRows, network.in(), 1)) {
    network.initialise<float>(parameters, 3, 0);
    for (size_t i = 0; i < kRows && c.classes; ++i) labels.push_back(static_cast<int32_t>(i % c.classes) - 1);
  }

  double step(ComputePool& pool, std::span<const RateRange> ranges, uint64_t t, bool early) {
    const OptimiserStep<float> optimiser({OptimiserKind::adamw}, ranges, parameters, first, second, t);
    const RowConditions conditions = {labels, true, 5, t};
    const auto buffers = network.buffers<float>(work, 0, kRows, true);
    network.forward<float>(pool, parameters, x, buffers, conditions);
    if (early) update.begin(optimiser, gradients);
    network.backward<float>(pool, parameters, x, buffers, d_output, gradients, View2<float>(), conditions, early ? &update : nullptr);
    if (early) return update.finish(pool);
    const size_t begin = ranges.front().begin;
    const std::span<const float> learning = std::span<const float>(gradients).subspan(begin, ranges.back().end - begin);
    optimiser.run(pool, begin, learning);
    return gradient_norm<float>(pool, learning, partials);
  }
};

TEST(EarlyUpdate, EndsAtTheBitsOfAnUpdateFromTheWholeGradient) {
  for (const Case& c : kCases) {
    const Trained start(c);
    const size_t last = start.network.place(start.network.layers().size() - 1).offset;
    // All that learns, all but the last layer, the last layer alone; at two rates.
    for (const auto& [begin, end] : {std::pair<size_t, size_t>{0, start.count}, {0, last}, {last, start.count}})
      for (const size_t threads : {1, 2, 3}) {
        if (begin == end) continue;
        SCOPED_TRACE(testing::Message() << c.spec << ", " << begin << " to " << end << ", " << threads << " threads");
        const size_t middle = (begin + end) / 2;
        const RateRange ranges[] = {{begin, middle, 0.01, 0.1}, {middle, end, 0.02, 0.0}};
        ComputePool one(1), pool(threads);
        Trained whole(c), early(c);
        for (uint64_t t = 1; t <= 3; ++t) {
          const double norm = whole.step(one, ranges, t, false);
          EXPECT_NEAR(early.step(pool, ranges, t, true), norm, 1e-6 * norm);
          ASSERT_EQ(early.parameters, whole.parameters) << "step " << t;
          EXPECT_EQ(early.first, whole.first);
          EXPECT_EQ(early.second, whole.second);
        }
      }
  }
}

TEST(EarlyUpdate, TheNormHasTheSameBitsAtAnyThreadCount) {
  for (const Case& c : kCases) {
    double norms[3];
    for (const size_t threads : {1, 2, 3}) {
      Trained trained(c);
      ComputePool pool(threads);
      const RateRange all[] = {{0, trained.count, 0.01, 0.0}};
      norms[threads - 1] = trained.step(pool, all, 1, true);
    }
    EXPECT_EQ(norms[1], norms[0]) << c.spec;
    EXPECT_EQ(norms[2], norms[0]) << c.spec;
  }
}

// What is not sound anywhere in the gradient shows in the norm: of a weight, of a bias, of a layer that hands nothing over.
TEST(EarlyUpdate, ABrokenGradientShowsInTheNorm) {
  ComputePool pool(2);
  for (const Case& c : kCases)
    for (const float broken : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      Trained trained(c);
      const RateRange all[] = {{0, trained.count, 0.01, 0.0}};
      EXPECT_TRUE(std::isfinite(trained.step(pool, all, 1, true))) << c.spec;
      trained.d_output(3, 2) = broken;
      EXPECT_FALSE(std::isfinite(trained.step(pool, all, 2, true))) << c.spec;
    }
}

}  // namespace
}  // namespace latentscape
