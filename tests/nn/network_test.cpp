#include "core/nn/network.hpp"

#include <gtest/gtest.h>

#include "core/base/rng.hpp"
#include "core/nn/gradient_check.hpp"
#include "core/nn/network_blocks.hpp"

namespace latentscape {
namespace {

using Doubles = std::vector<double>;

Doubles random_numbers(size_t n, uint32_t key) {
  Doubles v(n);
  Rng rng(3, RngStream::general, 1, key);
  for (double& x : v) x = rng.uniform(-1.0, 1.0);
  return v;
}

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

NetworkSpec spec_of(const char* text) { return parse_network_spec(text).value(); }

/// A network with the value sum(weights * output).
struct Valued {
  Network network;
  size_t n;
  Doubles weights;
  ComputePool pool;
  Workspace<double> work;
  Network::Buffers<double> buffers;
  std::vector<int32_t> labels;  // of a network with classes
  RowConditions conditions;

  explicit Valued(Network built, size_t batch, size_t threads = 1)
      : network(std::move(built)),
        n(batch),
        weights(random_numbers(batch * network.out(), 8)),
        pool(threads),
        buffers(network.buffers<double>(work, 0, n, true)) {
    // Every class but the last, which no row has, and rows of none.
    for (size_t i = 0; network.classes() > 0 && i < n; ++i) labels.push_back(static_cast<int32_t>(i % network.classes()) - 1);
    conditions.labels = labels;
  }
  std::span<const double> output() const { return {buffers.output().data, n * network.out()}; }
  double value(std::span<const double> parameters, std::span<const double> x) {
    network.forward<double>(pool, parameters, View2<const double>(x.data(), n, network.in()), buffers, conditions);
    return dot(output(), weights);
  }
  void gradients(std::span<const double> parameters, std::span<const double> x, std::span<double> dp, std::span<double> dx) {
    value(parameters, x);
    network.backward<double>(pool, parameters, View2<const double>(x.data(), n, network.in()), buffers,
                             View2<const double>(weights.data(), n, network.out()), dp, View2<double>(dx.data(), n, network.in()),
                             conditions);
  }
};

void expect_gradients(Network network, const std::string& what, size_t batch = 3) {
  Valued valued(std::move(network), batch);
  Doubles parameters = random_numbers(valued.network.parameter_count(), 9), x = random_numbers(valued.n * valued.network.in(), 10);
  Doubles dp(parameters.size()), dx(x.size());
  valued.gradients(parameters, x, dp, dx);
  EXPECT_LT(check_gradient([&](std::span<const double> p) { return valued.value(p, x); }, parameters, dp).relative_error, 1e-6) << what;
  EXPECT_LT(check_gradient([&](std::span<const double> p) { return valued.value(parameters, p); }, x, dx).relative_error, 1e-6) << what;
}

// Smooth activations where the kink of a rectifier could lie within the difference.
TEST(Network, GradientsOfAReadingNetworkAgreeWithCentralDifferences) {
  struct Case {
    const char* spec;
    std::vector<size_t> shape;
  };
  for (const Case& c : {Case{"none", {5}},
                        {"7", {5}},
                        {"19,6,35", {4}},
                        {"conv 3x3", {5, 4}},
                        {"conv 3x4s2, dense 4", {6, 6}},
                        {"conv 2x3s2, conv 3x3", {7, 5, 3}},
                        {"conv 2x2s2", {5, 5}},
                        {"conv 2x5s3", {8, 7}},
                        {"conv 4x1", {3, 3, 2}}})
    for (Activation f : {Activation::relu, Activation::tanh, Activation::softplus})
      expect_gradients(Network::reading(spec_of(c.spec), c.shape, 3, f).value(), fmt::format("{} with {}", c.spec, name_of(f)));
}

TEST(Network, GradientsOfAWritingNetworkAgreeWithCentralDifferences) {
  struct Case {
    const char* spec;
    std::vector<size_t> shape;
  };
  for (const Case& c : {Case{"none", {5}},
                        {"7,6", {5}},
                        {"upconv 3x3", {5, 4}},
                        {"dense 4, upconv 3x4s2", {6, 6}},
                        {"upconv 3x3, upconv 2x3s2", {7, 5, 3}},
                        {"upconv 2x5s3", {8, 7}},
                        {"upconv 2x2s2", {5, 5}}})
    for (Activation f : {Activation::relu, Activation::tanh})
      expect_gradients(Network::writing(spec_of(c.spec), 2, c.shape, f).value(), fmt::format("{} with {}", c.spec, name_of(f)));
}

// A batch of several groups of images (convolution.hpp): their parts of the gradient are summed.
TEST(Network, GradientsOfSeveralGroupsAgreeWithCentralDifferences) {
  const std::vector<size_t> shape = {4, 4};
  const NetworkSpec spec = spec_of("conv 2x3s2");
  ASSERT_LT((ConvShape{4, 4, 1, 3, 2, 2}).group(), 37u);
  expect_gradients(Network::reading(spec, shape, 2, Activation::tanh).value(), "reading", 37);
  expect_gradients(Network::writing(mirrored(spec), 2, shape, Activation::tanh).value(), "writing", 37);
}

TEST(Network, GradientsOfANetworkWithClassesAgreeWithCentralDifferences) {
  struct Case {
    const char* spec;
    std::vector<size_t> shape;
  };
  for (const Case& c : {Case{"none", {5}}, {"7,4", {5}}, {"conv 3x4s2", {6, 6}}, {"conv 3x3s2, dense 4", {5, 4}}}) {
    const NetworkSpec spec = spec_of(c.spec);
    expect_gradients(Network::reading(spec, c.shape, 3, Activation::tanh, 4).value(), c.spec, 7);
    expect_gradients(Network::writing(mirrored(spec), 2, c.shape, Activation::tanh, 4).value(), c.spec, 7);
  }
}

// What a class adds is what its row in the bias' place would; a row of no class is that of a network without any.
TEST(Network, AClassAddsItsRowToTheFirstDenseLayer) {
  const std::vector<size_t> shape = {6, 6};
  const size_t classes = 3;
  for (bool reads : {true, false}) {
    const auto made = [&](size_t count) {
      return reads ? Network::reading(spec_of("conv 2x3s2, dense 5"), shape, 4, Activation::relu, count).value()
                   : Network::writing(spec_of("dense 5, upconv 2x3s2"), 4, shape, Activation::relu, count).value();
    };
    const Network plain = made(0);
    Valued with(made(classes), 4), without(plain, 4);
    const size_t units = 5, first = reads ? 1 : 0, table = with.network.offset(first + 1) - classes * units;
    ASSERT_EQ(with.network.parameter_count(), plain.parameter_count() + classes * units);
    EXPECT_EQ(parameter_count_of(with.network.layers()), static_cast<double>(with.network.parameter_count()));
    const Doubles p = random_numbers(with.network.parameter_count(), 1), x = random_numbers(4 * plain.in(), 2);
    with.value(p, x);
    ASSERT_EQ(with.labels, (std::vector<int32_t>{-1, 0, 1, -1}));
    for (size_t i = 0; i < 4; ++i) {
      Doubles same(p.begin(), p.begin() + static_cast<std::ptrdiff_t>(table));
      same.insert(same.end(), p.begin() + static_cast<std::ptrdiff_t>(table + classes * units), p.end());
      for (size_t j = 0; with.labels[i] >= 0 && j < units; ++j)
        same[table - units + j] += p[table + static_cast<size_t>(with.labels[i]) * units + j];
      without.value(same, x);
      for (size_t j = 0; j < plain.out(); ++j)
        EXPECT_NEAR(with.buffers.output()(i, j), without.buffers.output()(i, j), 1e-14) << "row " << i << ", " << j;
    }
  }
}

TEST(Network, BlocksAreNamedAndCoverTheParameters) {
  const std::vector<size_t> shape = {6, 6};
  constexpr std::string_view heads[] = {"mean", "log_variance"};
  const auto names = [](const Network& network, const std::vector<ParameterBlock>& blocks) {
    std::string all;
    size_t end = 0;
    for (const ParameterBlock& b : blocks) {
      EXPECT_EQ(b.offset, end);
      end += b.size;
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", b.name, fmt::join(b.shape, "x"));
    }
    EXPECT_EQ(end, network.parameter_count());
    return all;
  };
  std::vector<ParameterBlock> blocks;
  const Network encoder = Network::reading(spec_of("conv 2x3s2"), shape, 8, Activation::relu, 10).value();
  add_blocks_with_heads(blocks, "encoder", encoder, heads, true);
  EXPECT_EQ(names(encoder, blocks),
            "encoder.0.weight 2x1x3x3, encoder.0.bias 2, mean.weight 4x18, log_variance.weight 4x18, mean.bias 4, log_variance.bias 4, "
            "encoder.class.weight 10x8");
  blocks.clear();
  const Network decoder = Network::writing(spec_of("upconv 2x3s2"), 4, shape, Activation::relu, 10).value();
  add_blocks(blocks, "decoder", decoder, false);
  EXPECT_EQ(names(decoder, blocks),
            "decoder.0.weight 18x4, decoder.0.bias 18, decoder.class.weight 10x18, decoder.2.weight 2x1x3x3, decoder.2.bias 1");
  // The table's rows are maps, as the bias is.
  EXPECT_EQ(blocks[2].channels_last, (ChannelsLast{10, 9, 2, 1}));
}

// Sides that the strides do not divide, and kernels that leave gaps in naive arithmetic: each pixel must be reached from the latents.
TEST(Network, EveryPixelOfADecodedImageDependsOnTheLatents) {
  for (const char* text : {"conv 3x2s2, conv 3x2s2, conv 3x2s2", "conv 2x5s3", "conv 2x3s2, conv 2x4s3", "conv 2x4"})
    for (const std::vector<size_t>& shape : {std::vector<size_t>{28, 28}, {7, 10}, {5, 5}}) {
      Valued valued(Network::writing(mirrored(spec_of(text)), 2, shape, Activation::identity).value(), 1);
      Doubles p(valued.network.parameter_count(), 0.37), zero = {0.0, 0.0}, one = {1.0, -0.5};
      valued.value(p, zero);
      const Doubles without(valued.output().begin(), valued.output().end());
      valued.value(p, one);
      for (size_t i = 0; i < without.size(); ++i) ASSERT_NE(without[i], valued.output()[i]) << text << ", pixel " << i;
    }
}

// By the definition: y(oy, ox, f) = b(f) + sum of w(f, ky, kx, c) x(oy s + ky - p, ox s + kx - p, c).
TEST(Convolution, IsTheSumItIsDefinedAs) {
  const ConvShape s{6, 5, 2, 3, 2, 4};
  const Convolution layer{s, Activation::identity};
  const Doubles p = random_numbers(layer.parameter_count(), 1), x = random_numbers(layer.in(), 2);
  Doubles y(layer.out());
  ComputePool pool(1);
  layer.forward<double>(pool, p, View2<const double>(x.data(), 1, x.size()), View2<double>(y.data(), 1, y.size()), {});
  ASSERT_EQ(s.out_height(), 3u);
  ASSERT_EQ(s.out_width(), 3u);
  const auto pad = static_cast<int>(s.padding());
  for (int oy = 0; oy < 3; ++oy)
    for (int ox = 0; ox < 3; ++ox)
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
        EXPECT_NEAR(y[(static_cast<size_t>(oy) * 3 + static_cast<size_t>(ox)) * 4 + f], sum, 1e-12);
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

TEST(Network, GivesTheSameBitsWithOneThreadAndThree) {
  const std::vector<size_t> shape = {12, 12};
  std::vector<Doubles> results;
  for (size_t threads : {1u, 3u}) {
    Valued valued(Network::reading(spec_of("conv 5x4s2, conv 6x3, dense 9"), shape, 4, Activation::relu, 3).value(), 37, threads);
    Doubles parameters = random_numbers(valued.network.parameter_count(), 9), x = random_numbers(valued.n * valued.network.in(), 10);
    Doubles dp(parameters.size()), dx(x.size());
    valued.gradients(parameters, x, dp, dx);
    dp.insert(dp.end(), dx.begin(), dx.end());
    dp.insert(dp.end(), valued.output().begin(), valued.output().end());
    results.push_back(dp);
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(Network, AMirroredDecoderMakesTheImageItsEncoderReads) {
  for (const std::vector<size_t>& shape : {std::vector<size_t>{28, 28}, {17, 23, 3}, {64, 64}, {9, 8}}) {
    const NetworkSpec spec = spec_of("conv 4x4s2, conv 6x3s2, dense 10");
    const Network network = Network::writing(mirrored(spec), 2, shape, Activation::relu).value();
    size_t numbers = 1;
    for (size_t s : shape) numbers *= s;
    EXPECT_EQ(network.out(), numbers);
    const Network encoder = Network::reading(spec, shape, 4, Activation::relu).value();
    // The maps that the encoder ends with are those that the decoder begins with.
    EXPECT_EQ(layer_out(encoder.layers()[1]), layer_in(network.layers()[2]));
  }
}

TEST(Network, WhatDoesNotFitNamesTheLayerAndBothShapes) {
  const std::vector<size_t> image = {8, 8}, table = {30};
  const auto reading = [&](const char* spec, std::span<const size_t> shape) {
    return Network::reading(spec_of(spec), shape, 2, Activation::relu).error().message;
  };
  const auto writing = [&](const char* spec, std::span<const size_t> shape) {
    return Network::writing(spec_of(spec), 2, shape, Activation::relu).error().message;
  };
  EXPECT_EQ(reading("conv 8x3", table), "encoder layer 1 (conv 8x3) needs an image, but gets 30 numbers");
  EXPECT_EQ(reading("dense 9, conv 8x3", image), "encoder layer 2 (conv 8x3) needs an image, but gets 9 numbers");
  EXPECT_EQ(reading("conv 8x4s4, conv 8x3s3", image), "encoder layer 2 (conv 8x3s3) needs an image of at least 3 x 3, but gets 2 x 2 x 8");
  EXPECT_EQ(reading("upconv 8x3", image), "encoder layer 1 (upconv 8x3) needs a place in the decoder, but gets one in the encoder");
  EXPECT_EQ(writing("upconv 8x3", table), "decoder layer 1 (upconv 8x3) needs an image to make, but gets 30 numbers");
  EXPECT_EQ(writing("upconv 8x3, dense 5", image),
            "decoder layer 2 (dense 5) needs a place before the first upconv, but gets one after it");
  const NetworkSpec deep(31, 4);
  EXPECT_EQ(Network::reading(deep, table, 2, Activation::relu).error().message, "encoder has 31 hidden layers, expected at most 30");
  EXPECT_EQ(Network::writing(deep, 2, table, Activation::relu).error().message, "decoder has 31 hidden layers, expected at most 30");
}

TEST(NetworkSpec, ReadsWhatItWrites) {
  for (const char* text : {"none", "400", "400,200", "conv 32x4s2, conv 64x4s2, dense 256", "dense 10, upconv 8x3"}) {
    const auto spec = parse_network_spec(text);
    ASSERT_TRUE(spec.ok()) << text;
    EXPECT_EQ(to_string(*spec), text);
  }
  EXPECT_EQ(spec_of(" dense 4 ,5 "), (NetworkSpec{4, 5}));
  EXPECT_EQ(short_text(spec_of("conv 32x4s2, dense 256")), "c32-256");
  EXPECT_EQ(short_text({}), "linear");
  EXPECT_EQ(to_string(mirrored(spec_of("conv 32x4s2, dense 256"))), "dense 256, upconv 32x4s2");
}

TEST(NetworkSpec, AnErrorPointsAtThePlace) {
  const auto error = [](const char* text) { return parse_network_spec(text).error().message; };
  EXPECT_EQ(error("conv 32y4s2, dense 256"),
            "expected 'x' and the kernel's side, as in conv 32x4s2, at character 8\n  conv 32y4s2, dense 256\n         ^");
  EXPECT_EQ(error("conf 3x3"), "expected dense, conv or upconv at character 1\n  conf 3x3\n  ^");
  EXPECT_EQ(error("400,"), "expected a layer size (as in 400,200) from 1 to 1000000 at character 5\n  400,\n      ^");
  EXPECT_EQ(error("400 200"), "expected a comma or the end at character 5\n  400 200\n      ^");
  EXPECT_EQ(error("conv 8x3s4"), "expected a stride of at most the kernel's 3 at character 10\n  conv 8x3s4\n           ^");
  for (const char* bad : {"", ",", "0", "-3", "conv", "conv 0x3", "conv 3x", "conv 3x3s", "dense", "99999999999999999999", "4;5"})
    EXPECT_FALSE(parse_network_spec(bad).ok()) << bad;
}

}  // namespace
}  // namespace latentscape
