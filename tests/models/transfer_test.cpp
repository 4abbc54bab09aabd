#include "core/models/transfer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace latentscape {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const ModelF> model(const NetworkSpec& encoder, std::vector<size_t> shape, size_t latent = 2) {
  ModelConfig config;
  config.encoder = encoder;
  config.decoder = mirrored(encoder);
  config.latent = latent;
  return make_model(config, shape).value();
}

std::vector<float> numbered(const ModelF& m) {
  std::vector<float> values(m.parameter_count());
  std::iota(values.begin(), values.end(), 1.0f);
  return values;
}

TEST(Transfer, CopiesBlocksByName) {
  const auto m = model({4, 3}, {2, 3});
  std::vector<float> own(m->parameter_count());
  const auto fresh = transfer_parameters(*m, numbered(*m), *m, own);
  ASSERT_TRUE(fresh.ok()) << fresh.error().message;
  EXPECT_TRUE(fresh->missing.empty());
  EXPECT_TRUE(fresh->of_other_classes.empty());
  EXPECT_EQ(own, numbered(*m));
}

// A model with a layer more has blocks that the other does not know.
TEST(Transfer, BlocksOfOneModelAloneStayAndAreNamed) {
  const auto shallow = model({4}, {2, 3}), deep = model({4, 4}, {2, 3});
  std::vector<float> own(deep->parameter_count(), -1.0f);
  std::vector<std::string> expected;
  for (const ParameterBlock& block : deep->blocks())
    if (block.name == "encoder.2.weight" || block.name == "encoder.2.bias") expected.push_back(block.name);
  // The shallow decoder's last layer is the deep one's second: other shapes, so only the encoders are compared here.
  const auto refused = transfer_parameters(*shallow, numbered(*shallow), *deep, own);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("decoder.2.weight is 6 x 4, expected 4 x 4"));
  EXPECT_EQ(own, std::vector<float>(own.size(), -1.0f)) << "nothing is copied by halves";
  const auto square = model({4}, {2, 2}), deeper = model({4, 4}, {2, 2});
  own.assign(deeper->parameter_count(), -1.0f);
  const auto fresh = transfer_parameters(*square, numbered(*square), *deeper, own);
  ASSERT_TRUE(fresh.ok()) << fresh.error().message;
  expected.insert(expected.end(), {"decoder.4.weight", "decoder.4.bias"});
  EXPECT_EQ(fresh->missing, expected);
  for (const ParameterBlock& block : deeper->blocks()) {
    const bool is_fresh = std::find(expected.begin(), expected.end(), block.name) != expected.end();
    for (size_t i = block.offset; i < block.offset + block.size; ++i) ASSERT_EQ(own[i] == -1.0f, is_fresh) << block.name;
  }
}

TEST(Transfer, TheFirstBlockThatDoesNotFitIsNamedWithBothShapes) {
  const auto small = model({4}, {2, 3}), large = model({4}, {5, 5});
  std::vector<float> own(large->parameter_count());
  EXPECT_EQ(transfer_parameters(*small, numbered(*small), *large, own).error().message,
            "encoder.0.weight is 4 x 6, expected 4 x 25 for this data and model");
}

// What belongs to a class says nothing of other ones, also where they are as many.
TEST(Transfer, WhatBelongsToOtherClassesStaysAndIsNamed) {
  const auto with_classes = [](const char* name, size_t classes, double classify, bool conditional) {
    ModelConfig config;
    config.name = name;
    config.encoder = config.decoder = {4};
    config.classifier = {5};
    config.classes = classes;
    config.classify = classify;
    config.conditional = conditional;
    return make_model(config, std::vector<size_t>{2, 3}).value();
  };
  struct Case {
    std::shared_ptr<const ModelF> two, three;
    std::vector<std::string> expected;
  };
  for (const Case& c :
       {Case{with_classes("mlp", 2, 1.0, false), with_classes("mlp", 3, 1.0, false), {"classifier.weight", "classifier.bias"}},
        Case{with_classes("cvae", 2, 0.0, true), with_classes("cvae", 3, 0.0, true), {"encoder.class.weight", "decoder.class.weight"}},
        Case{with_classes("m2", 2, 1.0, false),
             with_classes("m2", 3, 1.0, false),
             {"encoder.class.weight", "decoder.class.weight", "classifier.2.weight", "classifier.2.bias"}}}) {
    for (const auto& to : {c.two, c.three}) {
      std::vector<float> own(to->parameter_count(), -1.0f);
      const auto fresh = transfer_parameters(*c.two, numbered(*c.two), *to, own, false);
      ASSERT_TRUE(fresh.ok()) << fresh.error().message;
      EXPECT_EQ(fresh->of_other_classes, c.expected);
      EXPECT_TRUE(fresh->missing.empty());
      for (const ParameterBlock& block : to->blocks()) {
        const bool stays = std::find(c.expected.begin(), c.expected.end(), block.name) != c.expected.end();
        EXPECT_EQ(own[block.offset] == -1.0f, stays) << block.name;
      }
    }
    std::vector<float> own(c.two->parameter_count());
    EXPECT_TRUE(transfer_parameters(*c.two, numbered(*c.two), *c.two, own)->of_other_classes.empty());
    EXPECT_EQ(own, numbered(*c.two)) << "of the same classes all are taken";
  }
}

TEST(ModelDifference, NamesTheFirstThingThatDiffers) {
  ModelConfig a;
  ModelConfig b = a;
  b.name = "conv";
  EXPECT_FALSE(model_difference(a, b).has_value());
  b.likelihood = LikelihoodKind::gaussian;
  EXPECT_EQ(model_difference(a, b)->what, "likelihood");
  b.decoder = {7, 5};
  EXPECT_EQ(model_difference(a, b)->second, "7,5");
  b.latent = 9;
  EXPECT_EQ(model_difference(a, b)->what, "number of latent dimensions");
  EXPECT_EQ(model_difference(a, b)->second, "9");
}

}  // namespace
}  // namespace latentscape
