#include "core/nn/optimiser.hpp"

#include <gtest/gtest.h>

#include <cmath>
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
  for (const Case& c : kCases) {
    std::vector<double> p = {0.5, -1.25, 2.0, 0.0, -3.0}, g(5), first(5), second(5);
    const RateRange ranges[] = {{0, 3, kRate, c.decay}, {3, 5, kRate / 2, 0.0}};
    OptimiserOptions options;
    options.kind = c.kind;
    for (uint64_t t = 1; t <= 10; ++t) {
      for (size_t i = 0; i < 5; ++i) g[i] = 4.0 * gradient(t, i, p[i]);
      OptimiserStep<double>(options, ranges, p, first, second, t, 0.25)(0, g);
    }
    for (size_t i = 0; i < 5; ++i) EXPECT_NEAR(p[i], c.expected[i], 1e-13) << c.name << ", parameter " << i;
  }
}

// Ranges that are cut into stretches in other places give the same bits, at any thread count, and what no range covers stays.
TEST(Optimiser, TilesAndThreadsChangeNothing) {
  constexpr size_t n = 70001, frozen = 1000;
  for (const Case& c : kCases) {
    OptimiserOptions options;
    options.kind = c.kind;
    const auto trained = [&](size_t threads, size_t cut, size_t begin) {
      ComputePool pool(threads);
      std::vector<float> p(n), g(n), first(n), second(n);
      for (size_t i = 0; i < n; ++i) p[i] = 0.01f * static_cast<float>(i % 97), g[i] = 0.1f * static_cast<float>(i % 13) - 0.5f;
      const RateRange ranges[] = {{frozen, cut, kRate, c.decay}, {cut, n, kRate, c.decay}};
      for (uint64_t t = 1; t <= 3; ++t) {
        const OptimiserStep<float> step(options, ranges, p, first, second, t);
        const std::span<const float> all(g);
        step.run(pool, 0, all.first(begin));
        step(begin, all.subspan(begin));
      }
      return p;
    };
    const std::vector<float> one = trained(1, 20000, n);
    EXPECT_EQ(trained(3, 50001, 33333), one) << c.name;
    for (size_t i = 0; i < frozen; ++i) ASSERT_EQ(one[i], 0.01f * static_cast<float>(i % 97)) << c.name;
    EXPECT_NE(one[n - 1], 0.01f * static_cast<float>((n - 1) % 97)) << c.name;
  }
}

// Two updates worked out from algorithm 1 of the paper in the form of PyTorch: p -= lr (m / c1) / (sqrt(v / c2) + eps).
TEST(Adam, FollowsTheAlgorithm) {
  std::vector<double> p = {1.0, -2.0}, m(2), v(2);
  const std::vector<std::vector<double>> gradients = {{0.5, -3.0}, {-0.25, 1.0}};
  double em[2] = {}, ev[2] = {}, ep[2] = {1.0, -2.0};
  const double rates[2] = {0.1, 0.01};
  const RateRange ranges[] = {{0, 1, rates[0]}, {1, 2, rates[1]}};
  for (uint64_t t = 1; t <= 2; ++t) {
    OptimiserStep<double>({}, ranges, p, m, v, t)(0, gradients[t - 1]);
    for (size_t i = 0; i < 2; ++i) {
      const double g = gradients[t - 1][i];
      em[i] = 0.9 * em[i] + 0.1 * g;
      ev[i] = 0.999 * ev[i] + 0.001 * g * g;
      const double td = static_cast<double>(t);
      ep[i] -= rates[i] * (em[i] / (1 - std::pow(0.9, td))) / (std::sqrt(ev[i] / (1 - std::pow(0.999, td))) + 1e-8);
      EXPECT_NEAR(p[i], ep[i], 1e-14) << "step " << t << " parameter " << i;
    }
  }
}

TEST(Adam, FirstStepIsTheLearningRate) {
  std::vector<float> p = {0.0f}, m(1), v(1), g = {123.0f};
  const RateRange range[] = {{0, 1, 0.25}};
  OptimiserStep<float>({}, range, p, m, v, 1)(0, g);
  EXPECT_NEAR(p[0], -0.25f, 1e-6f);
}

// The same numbers at another address must give the same bits, or two runs could differ by where memory happened to lie.
TEST(Adam, BitsDoNotDependOnAlignment) {
  const size_t n = 101;
  std::vector<float> first;
  for (const size_t shift : {0, 1, 4, 9}) {
    std::vector<float> p(n + 32), m(n + 32), v(n + 32), g(n + 32);
    for (size_t i = 0; i < n; ++i) {
      p[shift + i] = static_cast<float>(i) * 0.013f;
      g[shift + i] = static_cast<float>(i % 17) - 7.3f;
    }
    const RateRange range[] = {{0, n, 0.01}};
    const auto at = [&](std::vector<float>& of) { return std::span<float>(of).subspan(shift, n); };
    for (uint64_t t = 1; t <= 3; ++t) OptimiserStep<float>({}, range, at(p), at(m), at(v), t, 0.7)(0, at(g));
    const std::vector<float> result(p.begin() + static_cast<long>(shift), p.begin() + static_cast<long>(shift + n));
    if (shift == 0) first = result;
    EXPECT_EQ(result, first) << "shifted by " << shift;
  }
}

}  // namespace
}  // namespace latentscape
