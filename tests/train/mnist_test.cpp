// The main job on real digits: a few seconds of training, far from a collapsed model. Runs where the data is.
#include <gtest/gtest.h>

#include <filesystem>

#include "core/data/source.hpp"
#include "core/models/model.hpp"
#include "core/train/trainer.hpp"

namespace latentscape {
namespace {

class Mnist : public testing::TestWithParam<const char*> {};

TEST_P(Mnist, TwoHundredStepsLearnWhatACollapsedModelDoesNotKnow) {
#if defined(LS_SANITIZED)
  GTEST_SKIP() << "takes many minutes under a sanitizer; the trainer's other tests run there";
#endif
  const std::string folder = "../shared/data/mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  DataRequest request;
  request.spec = folder;
  auto data = load_dataset(request);
  ASSERT_TRUE(data.ok()) << data.error().message;
  RunConfig config;
  const ModelFamily* family = model_families().find(GetParam());
  ASSERT_NE(family, nullptr);
  use_family(config.model, *family);
  config.model.latent = 10;
  auto trainer = Trainer::create(config, std::move(data).value(), std::make_shared<ComputePool>(2));
  ASSERT_TRUE(trainer.ok()) << trainer.error().message;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE((*trainer)->step().ok());
  const auto heldout = (*trainer)->evaluate(Split::heldout);
  ASSERT_TRUE(heldout.ok());
  EXPECT_EQ(heldout->n, 3000u);
  // Without the latents 205.8 nats is the best (the pixels' means); here their reconstruction costs far less than they do.
  EXPECT_LT(heldout->terms.loss(), 190.0);
  EXPECT_GT(heldout->terms.kl, 5.0);
}

INSTANTIATE_TEST_SUITE_P(Families, Mnist, testing::Values("mlp", "conv"), [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace latentscape
