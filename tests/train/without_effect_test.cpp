#include "core/train/without_effect.hpp"

#include <gtest/gtest.h>

namespace latentscape {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

RunConfig config_of(const Settings& settings) {
  RunConfig config;
  for (const auto& [key, value] : settings) EXPECT_TRUE(set_value(config, key, value).ok()) << key;
  return config;
}

std::string why(const Settings& settings, std::string_view key) { return std::string(why_without_effect(config_of(settings), key)); }

TEST(WithoutEffect, EachRuleHoldsWhereItIsSoAndNowhereElse) {
  const std::vector<std::tuple<std::string, Settings, Settings>> cases = {
      // key, where it makes no difference, where it does
      {"momentum", {{"optimiser", "adam"}}, {{"optimiser", "sgd"}}},
      {"patience", {{"lr_schedule", "cosine"}}, {{"lr_schedule", "plateau"}}},
      {"beta", {{"objective", "autoencoder"}}, {{"objective", "iwae"}}},
      {"schedule", {{"objective", "autoencoder"}}, {}},
      {"schedule_epochs", {{"schedule", "cyclical"}}, {{"schedule", "linear"}}},
      {"k", {{"objective", "autoencoder"}}, {{"objective", "elbo"}}},
      {"free_bits", {{"objective", "autoencoder"}}, {{"objective", "tcvae"}}},
      {"free_bits", {{"objective", "iwae"}}, {{"objective", "iwae"}, {"k", "1"}}},
      {"activation", {{"hidden", "none"}}, {{"encoder", "none"}}},
      {"mean", {{"likelihood", "bernoulli"}}, {{"likelihood", "gaussian"}}},
      {"variance", {{"likelihood", "bernoulli"}}, {{"likelihood", "gaussian"}}},
      {"sigma", {{"likelihood", "bernoulli"}}, {{"likelihood", "gaussian"}, {"variance", "shared"}}},
      {"sigma", {{"likelihood", "gaussian"}, {"variance", "pixel"}}, {{"likelihood", "gaussian"}}},
      {"lr", {{"lr_encoder", "1"}, {"lr_decoder", "1"}}, {{"lr_encoder", "1"}}},
      {"lr_encoder", {{"freeze", "encoder"}}, {{"freeze", "decoder"}}},
      {"lr_decoder", {{"freeze", "decoder"}}, {{"freeze", "encoder"}}},
      {"objective", {{"objective", "tcvae"}}, {{"objective", "tcvae"}, {"beta", "4"}}},
  };
  for (const auto& [key, idle, active] : cases) {
    EXPECT_NE(why(idle, key), "") << key;
    EXPECT_EQ(why(active, key), "") << key;
  }
  RunConfig config;
  EXPECT_NE(why_without_effect(config, "marginal_epochs"), "");
  EXPECT_NE(why_without_effect(config, "classifier"), "");
  EXPECT_EQ(why_without_effect(config, "heldout"), "");
  config.model.name = "m2";
  config.folds = 5;
  EXPECT_EQ(why_without_effect(config, "marginal_epochs"), "");
  EXPECT_EQ(why_without_effect(config, "classifier"), "");
  EXPECT_NE(why_without_effect(config, "heldout"), "");
}

// How files are read is nothing to data that is drawn.
TEST(WithoutEffect, ReadingIsOfFiles) {
  RunConfig config = config_of({{"size", "32"}});
  for (const char* key : {"size", "fit", "colour", "missing", "leave_out", "standardise", "text"}) {
    config.data = "strokes";
    EXPECT_NE(why_without_effect(config, key), "") << key;
    config.data = "some/folder";
    EXPECT_EQ(why_without_effect(config, key), "") << key;
  }
  config.reading.size = 0;
  EXPECT_NE(why_without_effect(config, "fit"), "");
}

TEST(WithoutEffect, OnlyWhatIsNamedIsSaid) {
  const Settings settings = {{"latent", "3"}, {"momentum", "0.5"}};
  EXPECT_EQ(notes_without_effect(config_of(settings), settings),
            (std::vector<std::string>{"momentum has no effect: it is of optimiser=sgd"}));
}

}  // namespace
}  // namespace latentscape
