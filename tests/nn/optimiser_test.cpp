#include "core/nn/optimiser.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace latentscape {
namespace {

constexpr double kRate = 0.1;

double gradient(uint64_t t, size_t i, double p) { return (static_cast<double>((t * 7 + i * 5) % 11) - 5.0) / 4.0 + 0.5 * p; }

struct Case {
  const char* name;
  OptimiserKind kind;
  double decay;
  std::vector<double> expected;  // from optimiser_reference.py
};

const std::vector<Case> kCases = {
    {"adam", OptimiserKind::adam, 0.0, {0.020878710364344, -0.625024090599061, 1.242529912961223, 0.053109186894434, -2.545971818104597}},
    {"adamw",
     OptimiserKind::adamw,
     default_weight_decay(OptimiserKind::adamw),
     {0.019032082704528, -0.616828405126169, 1.227628843962382, 0.053109186894434, -2.545971818104597}},
    {"sgd", OptimiserKind::sgd, 0.0, {-0.530951366215381, 0.490977444181177, -0.341874276885010, -0.023465460851938, -0.324689761684835}},
    {"sgd with decay",
     OptimiserKind::sgd,
     0.1,
     {-0.529189104871628, 0.579710607689328, -0.576831819310323, -0.023465460851938, -0.324689761684835}},
    {"rmsprop",
     OptimiserKind::rmsprop,
     0.0,
     {-0.070873451677889, -0.322861305497060, 0.511456711610639, -0.026982048120717, -1.169070236386826}},
    {"rmsprop with decay",
     OptimiserKind::rmsprop,
     0.1,
     {-0.038487099958800, -0.302177301529427, 0.434756363193234, -0.026982048120717, -1.169070236386826}},
};

TEST(Optimiser, TenStepsAreThoseOfPyTorch) {
  ComputePool pool(2);
  for (const Case& c : kCases) {
    std::vector<double> p = {0.5, -1.25, 2.0, 0.0, -3.0}, g(5), first(5), second(5);
    const RateRange ranges[] = {{0, 3, kRate, c.decay}, {3, 5, kRate / 2, 0.0}};
    OptimiserOptions options;
    options.kind = c.kind;
    for (uint64_t t = 1; t <= 10; ++t) {
      for (size_t i = 0; i < 5; ++i) g[i] = 4.0 * gradient(t, i, p[i]);
      optimiser_step<double>(pool, options, ranges, p, g, first, second, t, 0.25);
    }
    for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(p[i], c.expected[i], 1e-13) << c.name << ", parameter " << i;
  }
}

// Ranges that are cut into tiles in other places give the same bits, at any thread count, and what no range covers stays.
TEST(Optimiser, TilesAndThreadsChangeNothing) {
  constexpr size_t n = 70001, frozen = 1000;
  for (const Case& c : kCases) {
    OptimiserOptions options;
    options.kind = c.kind;
    const auto trained = [&](size_t threads, size_t cut) {
      ComputePool pool(threads);
      std::vector<float> p(n), g(n), first(n), second(n);
      for (size_t i = 0; i < n; ++i) p[i] = 0.01f * static_cast<float>(i % 97), g[i] = 0.1f * static_cast<float>(i % 13) - 0.5f;
      const RateRange ranges[] = {{frozen, cut, kRate, c.decay}, {cut, n, kRate, c.decay}};
      for (uint64_t t = 1; t <= 3; ++t) optimiser_step<float>(pool, options, ranges, p, g, first, second, t);
      return p;
    };
    const std::vector<float> one = trained(1, 20000);
    EXPECT_EQ(trained(3, 50001), one) << c.name;
    for (size_t i = 0; i < frozen; ++i) ASSERT_EQ(one[i], 0.01f * static_cast<float>(i % 97)) << c.name;
    EXPECT_NE(one[n - 1], 0.01f * static_cast<float>((n - 1) % 97)) << c.name;
  }
}

}  // namespace
}  // namespace latentscape
