#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/nn/gradient_check.hpp"
#include "core/nn/layer.hpp"
#include "core/nn/row_tiles.hpp"
#include "tests/support/doubles.hpp"

namespace latentscape {
namespace {

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
                             {Activation::softplus, {0.0, 0.31326168751822284, 0.69314718055994531, 0.97407698418010668, 800.0}},
                             {Activation::silu, {0.0, -0.26894142136999512, 0.0, 0.31122966560092731, 800.0}}}) {
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
  for (Activation f :
       {Activation::identity, Activation::relu, Activation::leaky_relu, Activation::tanh, Activation::softplus, Activation::silu}) {
    Doubles x = random_numbers(45, 4, -3.0, 3.0);
    const Doubles weights = random_numbers(45, 5);
    Doubles y = x, gradient = weights;
    activate<double>(f, y.data(), y.size());
    multiply_by_slope<double>(f, slope_needs_input(f) ? x.data() : y.data(), gradient.data(), gradient.size());
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

// By the definition: y(oy, ox, f) = b(f) + sum of w(f, ky, kx, c) x(oy s + ky - p, ox s + kx - p, c).
TEST(Convolution, IsTheSumItIsDefinedAs) {
  struct Case {
    std::optional<size_t> padding;
    int height, width;  // of the maps
  };
  for (const Case& k : {Case{std::nullopt, 3, 3}, {0, 2, 2}, {1, 3, 3}, {2, 4, 4}}) {
    const ConvShape s{6, 5, 2, 3, 2, 4, k.padding};
    const Convolution layer{s, Activation::identity};
    const Doubles p = random_numbers(layer.parameter_count(), 1), x = random_numbers(layer.in(), 2);
    Doubles y(layer.out());
    ComputePool pool(1);
    layer.forward<double>(pool, p, View2<const double>(x.data(), 1, x.size()), View2<double>(y.data(), 1, y.size()), {});
    ASSERT_EQ(s.out_height(), static_cast<size_t>(k.height));
    ASSERT_EQ(s.out_width(), static_cast<size_t>(k.width));
    const auto pad = static_cast<int>(k.padding.value_or(1));
    for (int oy = 0; oy < k.height; ++oy)
      for (int ox = 0; ox < k.width; ++ox)
        for (size_t f = 0; f < 4; ++f) {
          double sum = p[layer.weight_count() + f];
          for (int ky = 0; ky < 3; ++ky)
            for (int kx = 0; kx < 3; ++kx)
              for (size_t c = 0; c < 2; ++c) {
                const int iy = oy * 2 + ky - pad, ix = ox * 2 + kx - pad;
                if (iy < 0 || ix < 0 || iy >= 6 || ix >= 5) continue;
                sum += p[((f * 3 + static_cast<size_t>(ky)) * 3 + static_cast<size_t>(kx)) * 2 + c] *
                       x[(static_cast<size_t>(iy) * 5 + static_cast<size_t>(ix)) * 2 + c];
              }
          EXPECT_NEAR(y[static_cast<size_t>(oy * k.width + ox) * 4 + f], sum, 1e-12);
        }
  }
}

// <conv(x), y> = <x, upconv(y)> for the same weights.
TEST(TransposedConvolution, IsTheAdjoint) {
  const ConvShape s{7, 6, 3, 4, 2, 5};
  const Convolution down{s, Activation::identity};
  const TransposedConvolution up{s, Activation::identity};
  Doubles p = random_numbers(down.weight_count(), 1);
  const Doubles x = random_numbers(down.in(), 2), y = random_numbers(down.out(), 3);
  Doubles p_down = p, p_up = p, down_x(down.out()), up_y(up.out());
  p_down.resize(down.parameter_count());
  p_up.resize(up.parameter_count());
  ComputePool pool(1);
  down.forward<double>(pool, p_down, View2<const double>(x.data(), 1, x.size()), View2<double>(down_x.data(), 1, down_x.size()), {});
  up.forward<double>(pool, p_up, View2<const double>(y.data(), 1, y.size()), View2<double>(up_y.data(), 1, up_y.size()), {});
  EXPECT_NEAR(dot(down_x, y), dot(x, up_y), 1e-10);
}

// Ba et al., equation 4 with 1e-5 under the root: over all maps of an example, gain and bias a channel.
TEST(Norm, IsTheFormula) {
  const Norm layer{3, 2};
  const Doubles p = {1.5, -0.5, 0.25, 2.0}, x = random_numbers(2 * layer.size(), 1);
  Doubles y(x.size());
  ComputePool pool(1);
  layer.forward<double>(pool, p, View2<const double>(x.data(), 2, 6), View2<double>(y.data(), 2, 6));
  for (size_t row = 0; row < 2; ++row) {
    const std::span<const double> in = std::span(x).subspan(row * 6, 6);
    double mean = 0.0, variance = 0.0;
    for (double v : in) mean += v / 6.0;
    for (double v : in) variance += (v - mean) * (v - mean) / 6.0;
    for (size_t k = 0; k < 6; ++k)
      EXPECT_NEAR(y[row * 6 + k], p[k % 2] * (in[k] - mean) / std::sqrt(variance + 1e-5) + p[2 + k % 2], 1e-13);
  }
}

// Several tiles of rows: the gradient of a batch is the sum of those of its rows, the input's gradient may take the place of dy.
TEST(Norm, GradientsOfSeveralTilesAreTheSumOfTheRows) {
  const size_t n = 60;
  const Norm layer{2, 150};
  ASSERT_GT(row_tiles(n, layer.size()), 2u);
  const Doubles p = random_numbers(layer.parameter_count(), 1), x = random_numbers(n * layer.size(), 2), dy = random_numbers(x.size(), 3);
  const auto gradients = [&](size_t first, size_t rows, std::span<double> dx) {
    Doubles scratch(layer.gradient_scratch(rows)), sum(p.size());
    ComputePool pool(2);
    std::copy_n(dy.begin() + static_cast<std::ptrdiff_t>(first * layer.size()), dx.size(), dx.begin());
    const View2<double> in_place(dx.data(), rows, layer.size());
    layer.backward<double>(pool, p, View2<const double>(x.data() + first * layer.size(), rows, layer.size()), in_place, sum, scratch,
                           in_place);
    return sum;
  };
  Doubles all(x.size()), row(layer.size()), expected(p.size(), 0.0);
  const Doubles sum = gradients(0, n, all);
  for (size_t i = 0; i < n; ++i) {
    const Doubles own = gradients(i, 1, row);
    for (size_t k = 0; k < p.size(); ++k) expected[k] += own[k];
    EXPECT_TRUE(std::equal(row.begin(), row.end(), all.begin() + static_cast<std::ptrdiff_t>(i * row.size()))) << "row " << i;
  }
  for (size_t k = 0; k < p.size(); ++k) EXPECT_NEAR(sum[k], expected[k], 1e-12);
}

}  // namespace
}  // namespace latentscape
