#include <gtest/gtest.h>

#include <cmath>

#include "core/base/rng.hpp"
#include "core/nn/gradient_check.hpp"
#include "core/nn/linear.hpp"

namespace latentscape {
namespace {

using Doubles = std::vector<double>;

Doubles random_numbers(size_t n, uint32_t key, double scale = 1.0) {
  Doubles v(n);
  Rng rng(3, RngStream::general, 1, key);
  for (double& x : v) x = rng.uniform(-scale, scale);
  return v;
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST(GradientCheck, FindsTheWrongCoordinate) {
  const auto square = [](std::span<const double> p) { return dot(p, p); };
  Doubles point = {1.0, -2.0, 3.0};
  EXPECT_LT(check_gradient(square, point, Doubles{2.0, -4.0, 6.0}).relative_error, 1e-8);
  const GradientCheck wrong = check_gradient(square, point, Doubles{2.0, 4.0, 6.0});
  EXPECT_EQ(wrong.index, 1u);
  EXPECT_GT(wrong.relative_error, 1.0);
}

TEST(Activations, KnownValues) {
  const double x[] = {-800.0, -1.0, 0.0, 0.5, 800.0};
  for (auto [f, expected] : {std::pair<Activation, Doubles>{Activation::identity, {-800.0, -1.0, 0.0, 0.5, 800.0}},
                             {Activation::relu, {0.0, 0.0, 0.0, 0.5, 800.0}},
                             {Activation::leaky_relu, {-8.0, -0.01, 0.0, 0.5, 800.0}},
                             {Activation::tanh, {-1.0, -0.76159415595576489, 0.0, 0.46211715726000975, 1.0}},
                             {Activation::softplus, {0.0, 0.31326168751822284, 0.69314718055994531, 0.97407698418010668, 800.0}}}) {
    Doubles y(std::begin(x), std::end(x));
    activate<double>(f, y.data(), y.size());
    for (size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(y[i], expected[i], 1e-14) << static_cast<int>(f) << " at " << x[i];
  }
}

TEST(Activations, KeepWhatIsNotANumber) {
  float y[] = {NAN, 1.0f};
  activate<float>(Activation::relu, y, 2);
  EXPECT_TRUE(std::isnan(y[0]));
}

TEST(Activations, SlopesAgreeWithCentralDifferences) {
  for (Activation f : {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::softplus}) {
    Doubles x = random_numbers(45, 4, 3.0);
    const Doubles weights = random_numbers(45, 5);
    Doubles y = x, gradient = weights;
    activate<double>(f, y.data(), y.size());
    multiply_by_slope<double>(f, y.data(), gradient.data(), gradient.size());
    const auto value = [&](std::span<const double> p) {
      Doubles out(p.begin(), p.end());
      activate<double>(f, out.data(), out.size());
      return dot(out, weights);
    };
    EXPECT_LT(check_gradient(value, x, gradient).relative_error, 1e-6) << static_cast<int>(f);
  }
}

// LeCun's rule: weights uniform with variance 1 / fan_in, that is within +-sqrt(3 / fan_in); biases 0.
TEST(Linear, InitialisesWithVarianceOneOverFanIn) {
  const Linear layer{100, 200};
  std::vector<float> p(layer.parameter_count());
  initialise_weights<float>(std::span(p).first(layer.weight_count()), std::span(p).subspan(layer.weight_count()), 100.0, 1.0, 1, 0);
  double squares = 0.0;
  float largest = 0.0f;
  const size_t weights = layer.in * layer.out;
  for (size_t i = weights; i < p.size(); ++i) EXPECT_EQ(p[i], 0.0f);
  p.resize(weights);
  for (float v : p) {
    squares += static_cast<double>(v) * static_cast<double>(v);
    largest = std::max(largest, std::abs(v));
  }
  EXPECT_LE(largest, std::sqrt(0.03f));
  EXPECT_GT(largest, 0.99f * std::sqrt(0.03f));
  EXPECT_NEAR(squares / static_cast<double>(p.size()), 0.01, 3e-4);
}

}  // namespace
}  // namespace latentscape
