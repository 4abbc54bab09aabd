#include "core/models/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

const std::vector<size_t> kImage = {28, 28};

std::string message_of(const ModelConfig& config, ErrorCode code, std::vector<size_t> shape = kImage) {
  const auto model = make_model(config, shape);
  if (model.ok()) return "no error";
  EXPECT_EQ(model.error().code, code);
  return model.error().message;
}

TEST(MakeModel, MakesTheReferenceShape) {
  ModelConfig config;
  config.latent = 20;
  const auto model = make_model(config, kImage);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ((*model)->parameter_count(), 652824u);
  EXPECT_EQ((*model)->width(), 784u);
  EXPECT_EQ((*model)->latent(), 20u);
}

TEST(MakeModel, SaysWhatIsWrong) {
  ModelConfig config;
  config.name = "mpl";
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("mlp"));
  config = {};
  config.latent = 0;
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("latent is 0"));
  config = {};
  config.encoder = {100, 0};
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("encoder has a hidden layer of size 0"));
  config = {};
  config.decoder = {0};
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("decoder has a hidden layer of size 0"));
  config = {};
  config.gaussian_sigma = 0.0;
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("sigma is 0"));
  config = {};
  config.encoder.assign(31, 4);
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("31 hidden layers"));
  EXPECT_THAT(message_of({}, ErrorCode::invalid_argument, {28, 0}), HasSubstr("side of length 0"));
}

// Refused before anything is allocated, also where the count overflows 64 bits.
TEST(MakeModel, RefusesWhatDoesNotFitInMemory) {
  ModelConfig config;
  config.encoder = {1'000'000, 1'000'000};
  EXPECT_THAT(message_of(config, ErrorCode::out_of_memory), HasSubstr("GB to train"));
  config.encoder = {size_t{1} << 40, size_t{1} << 40};
  EXPECT_THAT(message_of(config, ErrorCode::out_of_memory), HasSubstr("GB to train"));
  config = {};
  config.name = "m2";
  config.classes = 10;
  config.classifier = {1'000'000, 1'000'000};
  EXPECT_THAT(message_of(config, ErrorCode::out_of_memory), HasSubstr("GB to train"));
}

TEST(MakeModel, AMisfitIsOfThePartThatItIsIn) {
  ModelConfig config;
  config.name = "m2";
  config.classes = 10;
  config.classifier = {LayerSpec(LayerSpec::Kind::res, 3, 0, 1)};
  EXPECT_THAT(message_of(config, ErrorCode::invalid_argument), HasSubstr("classifier layer 1 (res 3) needs 3 numbers"));
}

TEST(Presets, AllCanBeMadeAndSayWhatGoesWrong) {
  std::set<std::string> names;
  for (const ModelPreset& preset : model_presets()) {
    EXPECT_TRUE(names.insert(preset.name).second) << preset.name;
    EXPECT_FALSE(preset.summary.empty()) << preset.name;
    EXPECT_FALSE(preset.pitfall.empty()) << preset.name;
    const std::vector<size_t> shape = preset.config.likelihood == LikelihoodKind::gaussian ? std::vector<size_t>{2} : kImage;
    EXPECT_TRUE(make_model(preset.config, shape).ok()) << preset.name;
  }
  EXPECT_GE(names.size(), 4u);
}

}  // namespace
}  // namespace latentscape
