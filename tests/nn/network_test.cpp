#include "core/nn/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/nn/gradient_check.hpp"
#include "core/nn/network_blocks.hpp"
#include "tests/support/doubles.hpp"

namespace latentscape {
namespace {

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
    conditions = {labels, true, 5, 7};  // with the dropout of training
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
                        {"conv 4x1", {3, 3, 2}},
                        {"conv 2x3s2p0", {7, 8}},
                        {"conv 2x4s2p3", {5, 4}},
                        {"6 norm", {5}},
                        {"40 norm dropout 0.3, 7 dropout 0.5", {5}},
                        {"res 5", {5}},
                        {"6, res 6 norm dropout 0.3, res 6", {5}},
                        {"conv 3x3s2 norm", {6, 5}},
                        {"resconv 2x3 norm", {4, 3, 2}},
                        {"conv 2x3s2, res 8", {4, 4}},
                        {"conv 3x4s2 norm dropout 0.2, resconv 3x3, resconv 3x2 norm, dense 6, res 6 dropout 0.2", {6, 6, 2}}})
    for (Activation f : {Activation::relu, Activation::tanh, Activation::softplus, Activation::silu})
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
                        {"upconv 2x2s2", {5, 5}},
                        {"upconv 2x3s2p0", {7, 8}},
                        {"6 norm, res 6 dropout 0.4", {5}},
                        {"res 2 norm, 5", {4}},
                        {"upconv 3x3s2 norm dropout 0.2", {6, 5}},
                        {"dense 4, resconv 2x3, upconv 2x3s2", {5, 4}},
                        {"res 2, dense 6 norm, resconv 3x3 norm, upconv 3x4s2 norm, resconv 2x3, upconv 2x3s2 dropout 0.2", {7, 6, 2}}})
    for (Activation f : {Activation::relu, Activation::tanh, Activation::silu})
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
  for (const Case& c : {Case{"none", {5}}, {"7,4", {5}}, {"7 norm", {5}}, {"conv 3x4s2", {6, 6}}, {"conv 3x3s2, dense 4", {5, 4}}}) {
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
    const size_t units = 5, first = reads ? 1 : 0, table = with.network.place(first + 1).offset - classes * units;
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
  blocks.clear();
  // In PyTorch: Conv2d, GroupNorm(1, 2), SiLU, Dropout, the block Sequential(Conv2d, SiLU, Conv2d), Flatten left out, the block
  // Sequential(Linear, LayerNorm, SiLU, Linear), Linear.
  const Network mixed =
      Network::reading(spec_of("conv 2x3s2 norm dropout 0.1, resconv 2x3, res 18 norm"), shape, 3, Activation::silu).value();
  add_blocks(blocks, "encoder", mixed, true);
  EXPECT_EQ(names(mixed, blocks),
            "encoder.0.weight 2x1x3x3, encoder.0.bias 2, encoder.1.weight 2, encoder.1.bias 2, encoder.4.0.weight 2x2x3x3, "
            "encoder.4.0.bias 2, encoder.4.2.weight 2x2x3x3, encoder.4.2.bias 2, encoder.5.0.weight 18x18, encoder.5.0.bias 18, "
            "encoder.5.1.weight 18, encoder.5.1.bias 18, encoder.5.3.weight 18x18, encoder.5.3.bias 18, encoder.6.weight 3x18, "
            "encoder.6.bias 3");
  // A dense block between maps reads them in its columns and makes them in its rows.
  EXPECT_EQ(blocks[8].channels_last, (ChannelsLast{18, 9, 2, 1}));
  EXPECT_EQ(blocks[12].channels_last, (ChannelsLast{1, 9, 2, 18}));
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

// y = x + W2 f(W1 x + b1) + b2, read through a head that leaves it as it is.
TEST(Network, AResidualBlockAddsWhatItReads) {
  const std::vector<size_t> shape = {2};
  Valued valued(Network::reading(spec_of("res 2"), shape, 2, Activation::tanh).value(), 1);
  //                  W1                    b1          W2                   b2        head
  const Doubles p = {0.5, -1.0, 0.25, 2.0, 0.1, -0.2, 1.5, 0.3, -0.7, 0.9, 0.4, 0.6, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0}, x = {0.3, -0.8};
  ASSERT_EQ(p.size(), valued.network.parameter_count());
  valued.value(p, x);
  const double a = std::tanh(0.5 * 0.3 + 0.8 + 0.1), b = std::tanh(0.25 * 0.3 - 1.6 - 0.2);
  EXPECT_NEAR(valued.output()[0], 0.3 + 1.5 * a + 0.3 * b + 0.4, 1e-14);
  EXPECT_NEAR(valued.output()[1], -0.8 - 0.7 * a + 0.9 * b + 0.6, 1e-14);
}

TEST(Network, DropoutActsInTrainingAloneAndKeepsTheMean) {
  const std::vector<size_t> shape = {1};
  const size_t n = 50, units = 400;
  // One unit of weight 0 and bias 1 each, so that what comes out of a row is the mean of what is left of its units.
  const auto run = [&](const char* spec, const RowConditions& conditions) {
    Valued valued(Network::reading(spec_of(spec), shape, 1, Activation::relu).value(), n);
    Doubles p(valued.network.parameter_count(), 1.0 / static_cast<double>(units)), x(n, 0.0);
    std::fill_n(p.begin() + units, units, 1.0);
    p.back() = 0.0;
    valued.conditions = conditions;
    valued.value(p, x);
    return Doubles(valued.output().begin(), valued.output().end());
  };
  const Doubles plain = run("400", {});
  EXPECT_EQ(run("400 dropout 0.25", {}), plain);
  const Doubles dropped = run("400 dropout 0.25", {{}, true, 1, 2});
  EXPECT_EQ(run("400 dropout 0.25", {{}, true, 1, 2}), dropped);
  EXPECT_NE(run("400 dropout 0.25", {{}, true, 1, 3}), dropped);
  EXPECT_NE(run("400 dropout 0.25", {{}, true, 2, 2}), dropped);
  double mean = 0.0;
  for (double v : dropped) mean += v / static_cast<double>(n);
  EXPECT_NEAR(mean, 1.0, 0.02);       // of 20,000 units: four standard errors
  EXPECT_NE(dropped[0], dropped[1]);  // each row has a mask of its own
  // Each row keeps a whole number of units, scaled by 1 / 0.75.
  for (double v : dropped) EXPECT_NEAR(v * 0.75 * 400, std::round(v * 0.75 * 400), 1e-9);
}

TEST(Network, OnlyAnActivationThatNeedsItsInputTakesALayer) {
  const std::vector<size_t> shape = {5};
  EXPECT_EQ(Network::reading(spec_of("7,6"), shape, 2, Activation::relu).value().layers().size(), 3u);
  EXPECT_EQ(Network::reading(spec_of("7,6"), shape, 2, Activation::silu).value().layers().size(), 5u);
}

// The deepest networks that can be asked for fit in the buffers; what they count is what they have.
TEST(Network, ManyLayersOfEveryKindFit) {
  NetworkSpec spec;
  for (size_t i = 0; i < Network::kMostHidden; ++i) spec.push_back(spec_of("res 4 norm dropout 0.1")[0]);
  const std::vector<size_t> shape = {4};
  for (const Network& network :
       {Network::reading(spec, shape, 2, Activation::silu, 3).value(), Network::writing(spec, 4, shape, Activation::silu, 3).value()}) {
    ASSERT_LE(network.layers().size(), Network::kMostLayers);
    EXPECT_EQ(parameter_count_of(network.layers()), static_cast<double>(network.parameter_count()));
    Valued valued(network, 3);
    EXPECT_TRUE(std::isfinite(valued.value(random_numbers(network.parameter_count(), 1), random_numbers(12, 2))));
    const auto& b = valued.buffers;
    size_t kept = b.a.size() + b.b.size() + b.parts.size();
    for (const View2<double>& output : b.outputs) kept += output.rows * output.cols;
    EXPECT_EQ(network.working_numbers(3), static_cast<double>(kept));
  }
}

// With few of them, large layers make both gradients at once, also where a block begins; with many, one after the other.
TEST(Network, FewExamplesHaveTheGradientsThatTheyHaveAmongMany) {
  constexpr size_t kFew = 16, kMany = 40;
  const std::vector<size_t> shape = {40};
  const Network network = Network::reading(spec_of("330, res 330, 300 norm, 250"), shape, 20, Activation::relu, 3).value();
  Valued few(network, kFew, 2), many(network, kMany, 2);
  std::fill(many.weights.begin(), many.weights.end(), 0.0);
  std::copy(few.weights.begin(), few.weights.end(), many.weights.begin());
  EXPECT_GT(few.buffers.parts.size(), kFew * 330) << "some layer makes both at once";
  const Doubles parameters = random_numbers(network.parameter_count(), 9), x = random_numbers(kMany * network.in(), 10);
  Doubles dp(parameters.size()), dp_many(parameters.size()), dx(kFew * network.in()), dx_many(x.size());
  few.gradients(parameters, std::span(x).first(dx.size()), dp, dx);
  many.gradients(parameters, x, dp_many, dx_many);
  const double scale = std::sqrt(dot(dp, dp)), scale_x = std::sqrt(dot(dx, dx));
  for (size_t i = 0; i < dp.size(); ++i) ASSERT_NEAR(dp[i], dp_many[i], 1e-12 * scale) << i;
  for (size_t i = 0; i < dx.size(); ++i) ASSERT_NEAR(dx[i], dx_many[i], 1e-12 * scale_x) << i;
}

// The images and tables of use, odd sides, one row and an odd last batch, in single precision.
TEST(Network, RunsOnEveryShape) {
  for (const std::vector<size_t>& shape : {std::vector<size_t>{8, 8}, {28, 28}, {64, 64, 3}, {128, 128}, {17, 23, 3}, {30}})
    for (size_t n : {1u, 7u}) {
      const NetworkSpec spec = spec_of(shape.size() > 1 ? "conv 4x4s2 norm, resconv 4x3, conv 3x3s2 dropout 0.1, dense 8 norm, res 8"
                                                        : "8 norm dropout 0.1, res 8 norm");
      for (const Network& network : {Network::reading(spec, shape, 2, Activation::silu).value(),
                                     Network::writing(mirrored(spec), 2, shape, Activation::silu).value()}) {
        ComputePool pool(2);
        Workspace<float> work;
        std::vector<float> p(network.parameter_count()), dp(p.size(), NAN), x(n * network.in(), 0.5f);
        network.initialise<float>(p, 1, 0);
        const auto buffers = network.buffers<float>(work, 0, n, true);
        const View2<const float> in(x.data(), n, network.in());
        const RowConditions conditions{{}, true, 1, 1};
        network.forward<float>(pool, p, in, buffers, conditions);
        network.backward<float>(pool, p, in, buffers, buffers.output(), dp, {}, conditions);
        for (float v : dp) ASSERT_TRUE(std::isfinite(v));
      }
    }
}

TEST(Network, GivesTheSameBitsWithOneThreadAndThree) {
  const std::vector<size_t> shape = {12, 12};
  std::vector<Doubles> results;
  for (size_t threads : {1u, 3u}) {
    Valued valued(
        Network::reading(spec_of("conv 5x4s2 norm, resconv 5x3, conv 6x3 dropout 0.2, dense 9 norm, res 9"), shape, 4, Activation::silu, 3)
            .value(),
        101, threads);
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
  EXPECT_EQ(reading("conv 8x3", table), "encoder layer 1 (conv 8x3) needs an image, but gets 30 numbers; dense and res layers fit");
  EXPECT_EQ(reading("dense 9, conv 8x3", image), "encoder layer 2 (conv 8x3) needs an image, but gets 9 numbers; dense and res layers fit");
  EXPECT_EQ(reading("conv 8x4s4, conv 8x3s3", image),
            "encoder layer 2 (conv 8x3s3) needs an image of at least 3 x 3, but gets 2 x 2 x 8; a stride of at most 2 fits");
  EXPECT_EQ(reading("upconv 8x3", image), "encoder layer 1 (upconv 8x3) is a layer of the decoder; conv 8x3 fits");
  EXPECT_EQ(writing("dense 9, conv 8x3", image), "decoder layer 2 (conv 8x3) is a layer of the encoder; upconv 8x3 fits");
  EXPECT_EQ(writing("upconv 8x3, conv 8x3", image), "decoder layer 2 (conv 8x3) is a layer of the encoder; upconv 8x3 fits");
  EXPECT_EQ(writing("upconv 8x3", table),
            "decoder layer 1 (upconv 8x3) makes an image, but is to make 30 numbers; dense and res layers fit");
  EXPECT_EQ(writing("upconv 4x9s9", image),
            "decoder layer 1 (upconv 4x9s9) makes an image of at least 9 x 9, but is to make 8 x 8 x 1; a stride of at most 8 fits");
  EXPECT_EQ(writing("upconv 8x3, dense 5", image),
            "decoder layer 2 (dense 5) comes after a layer of images; it fits before the first upconv");
  EXPECT_EQ(reading("dense 9, res 8", table), "encoder layer 2 (res 8) needs 8 numbers, but gets 9 numbers; res 9 fits");
  EXPECT_EQ(reading("conv 8x3, resconv 4x3", image),
            "encoder layer 2 (resconv 4x3) needs 4 feature maps, but gets 8 x 8 x 8; resconv 8x3 fits");
  EXPECT_EQ(reading("conv 8x9p0", image),
            "encoder layer 1 (conv 8x9p0) needs an image of at least 9 x 9, but gets 8 x 8 x 1; a kernel of at most 8 fits");
  EXPECT_EQ(reading("resconv 4x3", table), "encoder layer 1 (resconv 4x3) needs an image, but gets 30 numbers; dense and res layers fit");
  EXPECT_EQ(writing("res 8", table), "decoder layer 1 (res 8) needs 8 numbers, but gets 2 numbers; res 2 fits");
  EXPECT_EQ(writing("resconv 4x3, upconv 8x3", image),
            "decoder layer 1 (resconv 4x3) makes 4 feature maps, but the next layer reads 8 x 8 x 8; resconv 8x3 fits");
  EXPECT_EQ(writing("upconv 8x3, resconv 1x3", image),
            "decoder layer 2 (resconv 1x3) is the last; an upconv behind it, which makes the image, fits");
  const NetworkSpec deep(31, 4);
  EXPECT_EQ(Network::reading(deep, table, 2, Activation::relu).error().message, "encoder has 31 hidden layers, expected at most 30");
  EXPECT_EQ(Network::writing(deep, 2, table, Activation::relu).error().message, "decoder has 31 hidden layers, expected at most 30");
}

}  // namespace
}  // namespace latentscape
