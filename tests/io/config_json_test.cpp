#include "core/io/config_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/io/io_fixtures.hpp"

namespace latentscape {
namespace {

using ::testing::HasSubstr;

std::string error_of(const std::string& text) {
  const Result<RunConfig> config = config_from_json(text, "run.json");
  return config.ok() ? "accepted" : config.error().message;
}

TEST(ConfigJson, EveryFieldComesBackExactly) {
  RunConfig c = small_config();
  c.kind = "idx";
  c.data_count = 123456789012345;
  c.model.likelihood = LikelihoodKind::gaussian;
  c.model.gaussian_mean = GaussianMean::sigmoid;
  c.model.gaussian_sigma = std::nextafter(0.7, 1.0);
  c.learning_rate_encoder = 5e-324;
  c.beta = 1.7976931348623157e308;
  c.clip_norm = 1e-7;
  c.jitter = {2, 12.5, 0.05};
  c.binarise = Binarise::dynamic;
  c.heldout_share = 0.1;
  c.window = 5000;
  c.fold = 3;
  c.folds = 7;
  c.threads = 3;
  c.batch = 77;
  c.likelihood_given = true;
  c.variance_given = false;
  c.batch_given = true;
  c.optimiser = OptimiserKind::rmsprop;
  c.weight_decay = 1.0 / 3.0;
  c.momentum = 0.7;
  c.lr_schedule = RateSchedule::cosine;
  c.warmup = 0.1;
  c.patience = 5;
  c.schedule = BetaSchedule::linear;
  c.schedule_epochs = 2.5;
  c.marginal_epochs = 4.5;
  c.freeze = Freeze::decoder;
  c.only = "label=a,b";
  c.extra = "made";
  c.reading = {28, ImageFit::letterbox, ImageColour::rgb, "kind", MissingValues::drop, {"id", "a, b"}, "body", 345, 0.25, Standardise::no};
  c.init = "/runs/first";
  c.init_step = 12345;
  c.init_weights = "0123abcd";
  const std::string text = json_from_config(c);
  const Result<RunConfig> back = config_from_json(text, "run.json");
  // A range rule of validate may refuse an extreme; the reading itself must not change it.
  if (!back.ok()) {
    c.beta = 4.000000000000001;
    c.learning_rate_encoder = 1.0000000000000002e-3;
  }
  const Result<RunConfig> again = config_from_json(json_from_config(c), "run.json");
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(*again, c);
  EXPECT_EQ(json_from_config(*again), json_from_config(c));
}

TEST(ConfigJson, MissingKeysKeepTheirDefaults) {
  const Result<RunConfig> config = config_from_json("{\"seed\": 9}", "run.json");
  ASSERT_TRUE(config.ok()) << config.error().message;
  RunConfig expected;
  expected.seed = 9;
  EXPECT_EQ(*config, expected);
}

TEST(ConfigJson, ReadsTheListOfSizesThatTheFirstRunsHave) {
  const auto config = config_from_json("{\"format\": 1, \"model\": {\"encoder\": [7, 5], \"decoder\": []}}", "run.json");
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->model.encoder, (NetworkSpec{7, 5}));
  EXPECT_TRUE(config->model.decoder.empty());
  EXPECT_EQ(config->model.activation, ModelConfig().activation);
  EXPECT_THAT(json_from_config(*config), HasSubstr("\"format\": 3"));
}

TEST(ConfigJson, MessagesNameFileKeyAndWhatWasExpected) {
  EXPECT_THAT(error_of("{\"epoch\": 3}"),
              ::testing::AllOf(HasSubstr("run.json"), HasSubstr("'epoch'"), HasSubstr("did you mean 'epochs'")));
  EXPECT_THAT(error_of("{\"model\": {\"latnet\": 3}}"), HasSubstr("did you mean 'latent'"));
  EXPECT_EQ(error_of("{\"epochs\": \"ten\"}"), "run.json: key 'epochs' is \"ten\", expected a whole number from 0 on");
  EXPECT_EQ(error_of("{\"epochs\": -1}"), "run.json: key 'epochs' is -1, expected a whole number from 0 on");
  EXPECT_EQ(error_of("{\"epochs\": 1.5}"), "run.json: key 'epochs' is 1.5, expected a whole number from 0 on");
  EXPECT_EQ(error_of("{\"model\": {\"encoder\": [1, true]}}"),
            "run.json: key 'model.encoder' is [1,true], expected a list of whole numbers from 0 on");
  EXPECT_EQ(error_of("{\"model\": {\"encoder\": [400,-3]}}"),
            "run.json: key 'model.encoder' is [400,-3], expected a list of whole numbers from 0 on");
  EXPECT_THAT(error_of("{\"model\": {\"decoder\": 400}}"),
              HasSubstr("key 'model.decoder' is 400, expected layers as text, as in \"400, 200\""));
  EXPECT_THAT(error_of("{\"model\": {\"encoder\": \"conv 3y\"}}"),
              ::testing::AllOf(HasSubstr("run.json: key 'model.encoder'"), HasSubstr("^")));
  EXPECT_THAT(error_of("{\"model\": {\"activation\": \"rilu\"}}"), ::testing::AllOf(HasSubstr("rilu"), HasSubstr("relu")));
  EXPECT_EQ(error_of("{\"model\": 3}"), "run.json: key 'model' is 3, expected an object");
  EXPECT_THAT(error_of("{\"binarise\": \"dynamc\"}"), HasSubstr("did you mean 'dynamic'"));
  EXPECT_EQ(error_of("{\"format\": 4}"), "run.json: written by a later version (format 4, this program reads up to 3)");
  EXPECT_EQ(error_of("[]"), "run.json: holds a JSON array, expected an object");
  EXPECT_THAT(error_of("{\"seed\": 1"), HasSubstr("run.json: byte "));
  EXPECT_THAT(error_of("{\"model\": {\"latent\": 0}}"), HasSubstr("run.json"));
  EXPECT_THAT(error_of("{\"beta\": 1e999}"), HasSubstr("run.json"));
}

TEST(ConfigJson, DeepNestingIsAnErrorNotACrash) { EXPECT_NE(error_of(std::string(200000, '[')), "accepted"); }

TEST(ConfigJson, MutationsNeverCrash) {
  const std::string text = json_from_config(small_config());
  Rng rng(1, RngStream::general);
  size_t accepted = 0;
  for (int i = 0; i < 4000; ++i) {
    const Bytes bytes = mutated(Bytes(text.begin(), text.end()), rng, text.size());
    const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Result<RunConfig> config = config_from_json(view, "x");
    if (!config.ok()) continue;
    ++accepted;
    const Result<RunConfig> again = config_from_json(json_from_config(*config), "x");
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(*again, *config);
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_LT(accepted, 4000u);
}

}  // namespace
}  // namespace latentscape
