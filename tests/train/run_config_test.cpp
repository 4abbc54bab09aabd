#include "core/train/run_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

TEST(SetValue, ReadsEveryKey) {
  RunConfig c;
  for (auto [key, value] : {std::pair<const char*, const char*>{"hidden", "400,200"},
                            {"latent", "7"},
                            {"likelihood", "gaussian"},
                            {"mean", "sigmoid"},
                            {"sigma", "0.5"},
                            {"jitter_shift", "2"},
                            {"jitter_rotate", "10"},
                            {"jitter_noise", "0.05"},
                            {"binarise", "dynamic"},
                            {"beta", "0"},
                            {"lr", "2e-3"},
                            {"lr_encoder", "1e-4"},
                            {"lr_decoder", "0.01"},
                            {"batch", "64"},
                            {"epochs", "3"},
                            {"clip", "1.5"},
                            {"seed", "18446744073709551615"},
                            {"heldout", "0.1"},
                            {"count", "5000"},
                            {"optimiser", "sgd"},
                            {"weight_decay", "0.02"},
                            {"momentum", "0.5"},
                            {"lr_schedule", "plateau"},
                            {"warmup", "1.5"},
                            {"patience", "2"},
                            {"window", "5000"},
                            {"schedule", "cyclical"},
                            {"schedule_epochs", "7"},
                            {"marginal_epochs", "5"},
                            {"freeze", "encoder"},
                            {"only", "label=3,5"},
                            {"extra", "made"},
                            {"size", "32"},
                            {"fit", "letterbox"},
                            {"colour", "grey"},
                            {"label", "kind"},
                            {"missing", "drop"},
                            {"leave_out", "id,first name"},
                            {"standardise", "yes"}}) {
    const Status status = set_value(c, key, value);
    EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message);
  }
  EXPECT_EQ(c.model.encoder, (NetworkSpec{400, 200}));
  EXPECT_EQ(c.model.decoder, (NetworkSpec{200, 400}));
  EXPECT_EQ(c.model.latent, 7u);
  EXPECT_EQ(c.model.likelihood, LikelihoodKind::gaussian);
  EXPECT_TRUE(c.likelihood_given);
  EXPECT_EQ(c.model.gaussian_mean, GaussianMean::sigmoid);
  EXPECT_EQ(c.model.gaussian_sigma, 0.5);
  EXPECT_EQ(c.jitter, (Jitter{2, 10.0, 0.05}));
  EXPECT_EQ(c.binarise, Binarise::dynamic);
  EXPECT_EQ(c.beta, 0.0);
  EXPECT_EQ(c.learning_rate, 2e-3);
  EXPECT_EQ(c.learning_rate_encoder, 1e-4);
  EXPECT_EQ(c.window, 5000u);
  EXPECT_EQ(c.learning_rate_decoder, 0.01);
  EXPECT_EQ(c.batch, 64u);
  EXPECT_TRUE(c.batch_given);
  EXPECT_EQ(c.epochs, 3u);
  EXPECT_EQ(c.clip_norm, 1.5);
  EXPECT_EQ(c.seed, 18446744073709551615u);
  EXPECT_EQ(c.heldout_share, 0.1);
  EXPECT_EQ(c.data_count, 5000u);
  Reading reading;
  reading.size = 32;
  reading.fit = ImageFit::letterbox;
  reading.colour = ImageColour::grey;
  reading.label = "kind";
  reading.missing = MissingValues::drop;
  reading.leave_out = {"id", "first name"};
  reading.standardise = Standardise::yes;
  EXPECT_EQ(c.reading, reading);
  EXPECT_EQ(c.optimiser, OptimiserKind::sgd);
  EXPECT_EQ(c.weight_decay, 0.02);
  EXPECT_EQ(c.momentum, 0.5);
  EXPECT_EQ(c.lr_schedule, RateSchedule::plateau);
  EXPECT_EQ(c.warmup, 1.5);
  EXPECT_EQ(c.patience, 2u);
  EXPECT_EQ(c.schedule, BetaSchedule::cyclical);
  EXPECT_EQ(c.schedule_epochs, 7.0);
  EXPECT_EQ(c.marginal_epochs, 5.0);
  EXPECT_EQ(c.freeze, Freeze::encoder);
  EXPECT_EQ(c.only, "label=3,5");
  EXPECT_EQ(c.extra, "made");
  EXPECT_TRUE(validate(c).ok());
}

TEST(SetValue, HiddenMirrorsConvolutionsAndPointsAtWhatItCannotRead) {
  RunConfig c;
  ASSERT_TRUE(set_value(c, "hidden", "conv 8x4s2, dense 32").ok());
  EXPECT_EQ(to_string(c.model.encoder), "conv 8x4s2, dense 32");
  EXPECT_EQ(to_string(c.model.decoder), "dense 32, upconv 8x4s2");
  ASSERT_TRUE(set_value(c, "activation", "tanh").ok());
  EXPECT_EQ(c.model.activation, Activation::tanh);
  EXPECT_EQ(set_value(c, "encoder", "conv 8y4").error().message,
            "encoder is 'conv 8y4', expected 'x' and the kernel's side, as in conv 32x4s2, at character 7\n  conv 8y4\n        ^");
  EXPECT_EQ(to_string(c.model.encoder), "conv 8x4s2, dense 32");
}

TEST(SetValue, EncoderAndDecoderAreSizedApart) {
  RunConfig c;
  ASSERT_TRUE(set_value(c, "encoder", "64,32").ok());
  ASSERT_TRUE(set_value(c, "decoder", "256,256").ok());
  EXPECT_EQ(c.model.encoder, (NetworkSpec{64, 32}));
  EXPECT_EQ(c.model.decoder, (NetworkSpec{256, 256}));
  ASSERT_TRUE(set_value(c, "encoder", "none").ok());
  EXPECT_TRUE(c.model.encoder.empty());
}

// What is given by name counts, in whatever order it comes.
TEST(SetValue, TheNarrowerKeyWinsInAnyOrder) {
  const auto config_of = [](const std::vector<std::pair<const char*, const char*>>& settings) {
    RunConfig c;
    for (const auto& [key, value] : settings) EXPECT_TRUE(set_value(c, key, value).ok()) << key;
    return c;
  };
  EXPECT_EQ(config_of({{"objective", "iwae"}}).model.samples, 5u);
  EXPECT_EQ(config_of({{"k", "1"}, {"objective", "iwae"}}).model.samples, 1u);
  EXPECT_EQ(config_of({{"objective", "iwae"}, {"k", "1"}}).model.samples, 1u);
  EXPECT_EQ(config_of({{"objective", "iwae"}, {"objective", "tcvae"}}).model.samples, 1u) << "the five were nobody's";
  const RunConfig apart = config_of({{"encoder", "50"}, {"hidden", "20"}});
  EXPECT_EQ(apart.model.encoder, NetworkSpec{50});
  EXPECT_EQ(apart.model.decoder, NetworkSpec{20});
}

// Each refusal names key, value and what was expected, and changes nothing.
TEST(SetValue, RefusesWhatIsOutOfRangeOrNotANumber) {
  for (auto [key, value, expected] : {std::array<const char*, 3>{"latent", "0", "from 1"},
                                      {"batch", "0", "from 1"},
                                      {"batch", "-3", "from 1"},
                                      {"batch", "12x", "from 1"},
                                      {"lr", "-1e-3", "above 0"},
                                      {"lr", "0", "above 0"},
                                      {"lr", "nan", "above 0"},
                                      {"lr", "inf", "above 0"},
                                      {"lr", "", "above 0"},
                                      {"lr", " 1", "above 0"},
                                      {"lr_encoder", "0", "above 0"},
                                      {"beta", "-1", "from 0"},
                                      {"clip", "x", "from 0"},
                                      {"hidden", "400,", "400,200"},
                                      {"hidden", "400,0", "400,200"},
                                      {"encoder", "", "400,200), or none for no hidden layer"},
                                      {"likelihood", "normal", "bernoulli or gaussian"},
                                      {"mean", "tanh", "linear or sigmoid"},
                                      {"jitter_shift", "0.5", "whole number"},
                                      {"jitter_rotate", "181", "to 180"},
                                      {"jitter_noise", "-0.1", "from 0"},
                                      {"binarise", "yes", "none or fixed or dynamic"},
                                      {"sigma", "0", "above 0"},
                                      {"heldout", "0.9", "0.5"},
                                      {"epochs", "1.5", "from 1"},
                                      {"seed", "18446744073709551616", "from 0"},
                                      {"count", "0", "from 1"},
                                      {"optimiser", "adagrad", "adam or adamw or sgd or rmsprop"},
                                      {"weight_decay", "-1", "from 0"},
                                      {"momentum", "1", "below 1"},
                                      {"lr_schedule", "step", "constant or cosine or plateau"},
                                      {"warmup", "-1", "from 0"},
                                      {"patience", "0", "from 1"},
                                      {"schedule", "cosine", "constant or linear or cyclical"},
                                      {"schedule_epochs", "0", "above 0"},
                                      {"words", "1", "from 2 to 1000000"},
                                      {"common", "0", "above 0"},
                                      {"text", "", "the name of a column"},
                                      {"size", "5000", "to 4096"},
                                      {"fit", "stretch", "crop or letterbox"},
                                      {"colour", "color", "auto or grey or rgb"},
                                      {"label", "", "the name of a column"},
                                      {"missing", "keep", "impute or drop"},
                                      {"leave_out", "", "names of columns"},
                                      {"leave_out", "a,", "names of columns"},
                                      {"freeze", "both", "none or encoder or decoder"},
                                      {"only", "3", "COLUMN=VALUE"},
                                      {"only", "=3", "COLUMN=VALUE"},
                                      {"only", "label=3,", "COLUMN=VALUE"}}) {
    RunConfig c;
    const RunConfig before = c;
    const Status status = set_value(c, key, value);
    ASSERT_FALSE(status.ok()) << key << "=" << value;
    EXPECT_EQ(status.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(status.error().message, HasSubstr(key));
    EXPECT_THAT(status.error().message, HasSubstr(fmt::format("'{}'", value)));
    EXPECT_THAT(status.error().message, HasSubstr(expected));
    EXPECT_EQ(c, before) << key;
  }
}

TEST(SetValue, AnUnknownKeyNamesTheNearest) {
  RunConfig c;
  const Status status = set_value(c, "latnet", "2");
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("did you mean 'latent'"));
}

TEST(ConfigKeys, AreThoseThatSetValueKnows) {
  for (const std::string& key : config_keys()) {
    RunConfig c;
    const bool any_word = key == "extra" || key == "label" || key == "leave_out" || key == "text";  // of data, of a column
    const Status status = set_value(c, key, any_word ? "" : "?");
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(status.error().message, ::testing::Not(HasSubstr("unknown"))) << key;
  }
}

// A config can also come from a file: the same ranges hold.
TEST(Validate, ChecksRanges) {
  const auto refused = [](auto change) {
    RunConfig c;
    change(c);
    return !validate(c).ok();
  };
  const RunConfig usual;
  EXPECT_TRUE(validate(usual).ok());
  EXPECT_TRUE(refused([](RunConfig& c) { c.model.latent = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.model.encoder = {0}; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.batch = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.epochs = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.learning_rate = -1; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.learning_rate_decoder = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.beta = -0.5; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.model.gaussian_sigma = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.heldout_share = 1.0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.weight_decay = 0.1; })) << "of adam, which takes none";
  EXPECT_TRUE(refused([](RunConfig& c) { c.momentum = 1.0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.warmup = -1.0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.patience = 0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.schedule_epochs = 0.0; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.only = "label"; }));
  EXPECT_FALSE(refused([](RunConfig& c) { c.fold = c.folds = 2; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.fold = 1; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.folds = 3; }));
  EXPECT_TRUE(refused([](RunConfig& c) { c.fold = c.folds = 1; }));
}

}  // namespace
}  // namespace latentscape
