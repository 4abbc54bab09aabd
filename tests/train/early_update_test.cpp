// Steps without clipping update weights while their gradient is in cache; a limit that is never reached makes them wait for the whole of
// it.
#include <gtest/gtest.h>

#include <cmath>

#include "core/train/trainer.hpp"
#include "tests/train/tiny_data.hpp"

namespace latentscape {
namespace {

using Settings = std::vector<std::pair<const char*, const char*>>;

struct Case {
  const char* name;
  const char* family;
  Settings settings;
};

constexpr double kOutOfReach = 1e6;  // for a norm; the largest limit that there is

class EarlySteps : public testing::TestWithParam<Case> {};

std::unique_ptr<Trainer> make_trainer(const Case& c, double clip_norm, size_t threads) {
  RunConfig config;
  const auto family = model_families().get(c.family);
  EXPECT_TRUE(family.ok());
  use_family(config.model, **family);
  if ((*family)->semi_supervised) config.labels = LabelBudget{20};
  for (const auto& [name, value] : {std::pair{"latent", "3"}, {"hidden", "24"}}) EXPECT_TRUE(set_value(config, name, value).ok());
  for (const auto& [name, value] : c.settings) {
    const Status status = set_value(config, name, value);
    EXPECT_TRUE(status.ok()) << status.error().message;
  }
  config.batch = 13;
  config.clip_norm = clip_norm;
  auto trainer = Trainer::create(config, labelled_bars(120), std::make_shared<ComputePool>(threads));
  EXPECT_TRUE(trainer.ok()) << trainer.error().message;
  return std::move(trainer).value();
}

TEST_P(EarlySteps, AreThoseThatWaitBitForBit) {
  for (const size_t threads : {1, 2}) {
    const auto reference = make_trainer(GetParam(), kOutOfReach, 1);
    const auto early = make_trainer(GetParam(), 0.0, threads);
    for (size_t i = 0; i < 110; ++i) {  // past an epoch's end, and past a state that is kept
      const auto a = reference->step(), b = early->step();
      ASSERT_TRUE(a.ok() && b.ok());
      ASSERT_EQ(b->terms.objective, a->terms.objective) << "step " << i;
      ASSERT_NEAR(b->gradient_norm, a->gradient_norm, 1e-6 * a->gradient_norm) << "step " << i;
    }
    EXPECT_EQ(early->state(), reference->state());
  }
}

INSTANTIATE_TEST_SUITE_P(Families, EarlySteps,
                         testing::Values(Case{"dense", "mlp", {}}, Case{"frozen_encoder", "mlp", {{"freeze", "encoder"}}},
                                         Case{"frozen_decoder", "mlp", {{"freeze", "decoder"}}}, Case{"sgd", "mlp", {{"optimiser", "sgd"}}},
                                         Case{"rmsprop", "mlp", {{"optimiser", "rmsprop"}}},
                                         Case{"rates", "mlp", {{"optimiser", "adamw"}, {"lr_encoder", "1e-2"}, {"lr_decoder", "1e-3"}}},
                                         Case{"samples", "mlp", {{"objective", "iwae"}, {"k", "3"}}},
                                         Case{"classifies", "mlp", {{"classify", "1"}}}, Case{"conditional", "cvae", {}},
                                         Case{"m2", "m2", {}}, Case{"convolutional", "conv", {{"hidden", "conv 3x4s2, dense 10"}}},
                                         Case{"autoencoder", "ae", {}}),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace latentscape
