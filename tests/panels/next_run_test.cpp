// The settings of a run that is not there yet: which of them make a difference, and what becomes of those that do not.
#include "app/panels/model/next_run.hpp"

#include <gtest/gtest.h>

#include "app/gui/strings.hpp"
#include "app/panels/labels/classes.hpp"
#include "app/panels/model/words.hpp"

namespace latentscape {
namespace {

/// 40 images of 4 x 4 pixels, with four classes or without labels.
Dataset pictures(bool labelled) {
  Dataset data;
  data.name = "pictures";
  data.shape = {4, 4};
  data.rows = 40;
  std::vector<uint8_t> values;
  for (size_t i = 0; i < 40 * 16; ++i) values.push_back(static_cast<uint8_t>(i * 37 % 256));
  data.values = std::move(values);
  for (size_t i = 0; i < 40; ++i) data.split.push_back(i % 10 == 9 ? Split::heldout : Split::train);
  if (!labelled) return data;
  data.columns = {{"class", {"a", "b", "c", "d"}, {}}};
  for (size_t i = 0; i < 40; ++i) data.columns[0].values.push_back(static_cast<float>(i % 4));
  data.label_column = 0;
  return data;
}

NextRun next_of(const char* family) {
  RunConfig run;
  run.init = "earlier";
  NextRun next = next_run_after(run);
  choose_family(next, *model_families().find(family));
  next.encoder = next.decoder = "8";
  return next;
}

TEST(NextRun, HasWeightsOfItsOwn) { EXPECT_TRUE(next_of("mlp").config.init.empty()); }

TEST(NextRun, APresetBringsItsModelAndNoLikelihoodThatTheDataCannotHave) {
  const Dataset data = pictures(true);
  NextRun next = next_of("mlp");
  next.config.learning_rate = 0.25;
  next.labels = "8";
  for (const ModelPreset& preset : model_presets()) {
    choose_preset(next, preset, data);
    EXPECT_EQ(next.config.model, preset.config) << preset.name;
    EXPECT_EQ(next.encoder, to_string(preset.config.encoder));
    EXPECT_EQ(next.decoder, to_string(preset.config.decoder));
    EXPECT_EQ(next.labels, "8");
    EXPECT_EQ(next.config.learning_rate, 0.25);
    Dataset table;
    table.kind = DataKind::table;
    table.shape = {2};
    table.rows = 1;
    table.values = std::vector<float>{-1.0f, 3.0f};
    next.config.model.likelihood = LikelihoodKind::gaussian;
    choose_preset(next, preset, table);
    EXPECT_EQ(next.config.model.likelihood, LikelihoodKind::gaussian) << preset.name;
  }
}

TEST(NextRun, ShowsWhatMakesADifference) {
  const Dataset data = pictures(true), bare = pictures(false);
  const auto of = [&](const char* family) { return what_applies(next_of(family).config, data); };
  EXPECT_TRUE(of("mlp").objective && of("mlp").samples && of("mlp").free_bits && of("mlp").kl && of("mlp").classify);
  EXPECT_FALSE(of("mlp").labels) << "a plain VAE reads none";
  EXPECT_FALSE(of("ae").objective || of("ae").kl || of("ae").free_bits || of("ae").samples);
  EXPECT_TRUE(of("cvae").labels);
  EXPECT_FALSE(of("cvae").classify || of("cvae").conditional);
  EXPECT_TRUE(of("m1").labels && of("m1").objective);
  EXPECT_TRUE(of("m2").labels && of("m2").classify && of("m2").kl);
  EXPECT_FALSE(of("m2").objective || of("m2").samples || of("m2").free_bits || of("m2").conditional);
  const Applies without = what_applies(next_of("mlp").config, bare);
  EXPECT_FALSE(without.classify || without.conditional || without.labels);
  NextRun tcvae = next_of("mlp");
  choose_objective(tcvae, Objective::iwae);
  EXPECT_GT(tcvae.config.model.samples, 1u) << "one sample is no IWAE";
  choose_objective(tcvae, Objective::tcvae);
  EXPECT_FALSE(what_applies(tcvae.config, data).samples || what_applies(tcvae.config, data).free_bits);
}

TEST(NextRun, EachFamilyIsTrainableAsItIsChosen) {
  const Dataset data = pictures(true);
  for (const ModelFamily& family : model_families().entries()) {
    NextRun next = next_of(family.name.c_str());
    if (family.name == "conv") next.encoder = "conv 4x2s2", next.decoder = "upconv 4x2s2";
    for (const Objective objective : {Objective::elbo, Objective::tcvae, Objective::iwae, Objective::autoencoder}) {
      if (!what_applies(next.config, data).objective) break;
      choose_objective(next, objective);
      const auto run = prepared(next, data);
      EXPECT_TRUE(run.ok()) << family.name << ": " << run.error().message;
    }
    const auto run = prepared(next, data);
    EXPECT_TRUE(run.ok()) << family.name << ": " << run.error().message;
  }
}

TEST(NextRun, WhatIsNotShownIsNotAskedFor) {
  NextRun next = next_of("mlp");
  next.config.model.free_bits = 0.5;
  next.config.model.samples = 3;
  next.config.schedule = BetaSchedule::cyclical;
  next.labels = "many";
  choose_optimiser(next, OptimiserKind::adamw);
  next.config.weight_decay = 0.1;
  choose_optimiser(next, OptimiserKind::adam);
  next.config.model.objective = Objective::autoencoder;
  const auto run = prepared(next, pictures(true));
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run->config.model.free_bits, 0.0);
  EXPECT_EQ(run->config.model.samples, 1u);
  EXPECT_EQ(run->config.schedule, BetaSchedule::constant);
  EXPECT_FALSE(run->config.labels);
}

TEST(NextRun, WeightDecayIsTheOptimisersOwnUntilOneIsGiven) {
  NextRun next = next_of("mlp");
  choose_optimiser(next, OptimiserKind::adamw);
  EXPECT_FALSE(prepared(next, pictures(true))->config.weight_decay);
  next.config.weight_decay = 0.05;
  EXPECT_EQ(prepared(next, pictures(true))->config.weight_decay, 0.05);
  choose_optimiser(next, OptimiserKind::sgd);
  EXPECT_FALSE(prepared(next, pictures(true))->config.weight_decay) << "AdamW's is not SGD's";
}

TEST(NextRun, ALabelBudgetIsACountOrAShareOrAll) {
  const Dataset data = pictures(true);
  NextRun next = next_of("m2");
  const auto known = [&](const char* text) {
    next.labels = text;
    const auto run = prepared(next, data);
    return run.ok() ? static_cast<int>(run->labels.rows().size()) : -1;
  };
  EXPECT_EQ(known("all"), 36);
  EXPECT_EQ(known("8"), 8);
  EXPECT_EQ(known("0.5"), 18);
  EXPECT_EQ(known("3"), -1) << "a class would be without one";
  EXPECT_EQ(known("some"), -1);
  const auto refused = prepared(next, data);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("'some', expected all, "), std::string::npos) << refused.error().message;
}

TEST(NextRun, EachProblemIsOfItsSettingAndHidesNoOther) {
  Dataset data = pictures(true);
  NextRun next = next_of("m2");
  const auto parts = [&] {
    std::vector<RunPart> all;
    const NextRunLook look = look_at(next, data);
    for (const RunProblem& problem : look.problems) all.push_back(problem.part);
    EXPECT_EQ(all.empty(), prepared(next, data).ok());
    return all;
  };
  EXPECT_TRUE(parts().empty());
  next.labels = "some";
  EXPECT_EQ(parts(), std::vector{RunPart::labels});
  EXPECT_TRUE(look_at(next, data).model) << "the model is none the worse for it";
  next.labels = "3";
  next.config.batch = 1000;
  next.config.batch_given = true;
  next.config.model.likelihood = LikelihoodKind::multinomial;
  EXPECT_EQ(parts(), (std::vector{RunPart::labels, RunPart::batch, RunPart::likelihood}));
  next.labels = "8";
  next.config.jitter.shift = 4;
  EXPECT_EQ(parts(), (std::vector{RunPart::batch, RunPart::likelihood, RunPart::jitter}));
  next = next_of("cvae");
  data = pictures(false);
  EXPECT_EQ(parts(), std::vector{RunPart::model});
  next.config.batch = 1000;
  next.config.batch_given = true;
  EXPECT_EQ(parts(), (std::vector{RunPart::batch, RunPart::model}));
}

TEST(NextRun, NeedsLabelsWhereTheModelReadsThem) {
  const auto run = prepared(next_of("cvae"), pictures(false));
  ASSERT_FALSE(run.ok());
  EXPECT_NE(run.error().message.find("label"), std::string::npos);
}

TEST(Words, EveryChoiceHasItsWords) {
  const auto strings = Strings::embedded();
  ASSERT_TRUE(strings.ok());
  const auto check = [&](const char* area, std::span<const std::string_view> names) {
    for (const std::string_view name : names) EXPECT_TRUE(strings->has(std::string(area) + "." + std::string(name))) << area << "." << name;
  };
  check("objective", kObjectiveNames);
  check("likelihood", kLikelihoodNames);
  check("mean", kMeanNames);
  check("variance", kVarianceNames);
  check("words.variance", kVarianceNames);
  check("lr_schedule", kRateScheduleNames);
  check("beta_schedule", kBetaScheduleNames);
  for (const ModelFamily& family : model_families().entries()) EXPECT_TRUE(strings->has("family." + family.name)) << family.name;
  for (const std::string_view name : kObjectiveNames) EXPECT_TRUE(strings->has("objective." + std::string(name) + ".note")) << name;
}

TEST(Words, SayWhatIsNotTheUsual) {
  const auto tr = Strings::embedded();
  ASSERT_TRUE(tr.ok());
  RunConfig config;
  EXPECT_EQ(words::objective(*tr, config), "ELBO");
  config.beta = 4.0;
  config.model.free_bits = 0.5;
  EXPECT_EQ(words::objective(*tr, config), "ELBO, β 4, 0.5 nats free");
  config.model.objective = Objective::autoencoder;
  EXPECT_EQ(words::objective(*tr, config), "Reconstruction");
  config.lr_schedule = RateSchedule::cosine;
  config.warmup = 2.0;
  EXPECT_EQ(words::rate_schedule(*tr, config), "cosine, warm-up 2");
  for (int i = 0; i <= static_cast<int>(Activation::silu); ++i) EXPECT_FALSE(words::activation_name(static_cast<Activation>(i)).empty());
  EXPECT_EQ(words::activation_name(Activation::silu), "SiLU");
  EXPECT_EQ(words::activation_name(Activation::tanh), "tanh");
}

TEST(Words, SmallAndLargeModelsHaveTheirUnits) {
  EXPECT_EQ(words::flops(640.0), "640 FLOP");
  EXPECT_EQ(words::flops(8400.0), "8.4 kFLOP");
  EXPECT_EQ(words::flops(99000.0), "99.0 kFLOP");
  EXPECT_EQ(words::flops(1e5), "0.1 MFLOP");
  EXPECT_EQ(words::flops(8.9e6), "8.9 MFLOP");
  EXPECT_EQ(words::flops(2.1e9), "2.1 GFLOP");
}

TEST(ClassBars, ShowTheLikeliestWhereThereAreMany) {
  const std::vector<float> probabilities{0.1f, 0.5f, 0.05f, 0.35f};
  EXPECT_EQ(bars_shown(probabilities, 4), (std::vector<size_t>{0, 1, 2, 3}));
  EXPECT_EQ(bars_shown(probabilities, 2), (std::vector<size_t>{1, 3}));
}

TEST(SpecProblem, TellsTheWordThatIsWrongAndItsPlace) {
  EXPECT_FALSE(problem_of_spec("conv 32x4s2, dense 64"));
  const auto problem = problem_of_spec("conv 32x4s2, covn 64");
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->at, 13u);
  EXPECT_NE(problem->sentence.find("did you mean conv?"), std::string::npos) << problem->sentence;
  EXPECT_EQ(problem->sentence.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace latentscape
