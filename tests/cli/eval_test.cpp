// `eval --metrics`: every metric with its keys, and a sentence where one cannot be had.
#include <cmath>

#include "core/formats/npy.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

/// A small run on data with factors.
class EvalMetrics : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const Finished trained = run_program(
        {"train", "--data", "shapes", "--set", "count=600", "--set", "hidden=16", "--latent", "3", "--epochs", "3", "--out", run()});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string run() { return *folder_ / "run"; }
  static std::string path(const std::string& name) { return *folder_ / name; }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> EvalMetrics::folder_;

TEST_F(EvalMetrics, EachGivesItsKeysOnTheSplitAndSaysWhatItWasMeasuredOn) {
  const std::vector<std::string> words = {"eval",     run(),   "--metrics", "au,mi,knn,probe,mig,rate,precision,diversity,auroc",
                                          "--normal", "heart", "--iwae",    "3"};
  const Finished text = run_program(words);
  ASSERT_EQ(text.exit_code, 0) << text.err;
  for (const char* phrase :
       {"test (120 examples, Bernoulli, not binarised): loss", "120 rows of test", "the 120 means of test", "judged on 120 of test",
        "120 means of test in 20 bins", "120 examples of test, components of 456 of train",
        "120 decoded draws of the prior beside 120 examples of test", "120 decoded draws of the prior beside as many examples of test",
        "77 outliers and 43 normal examples of test", "nats (120 examples of test)"})
    EXPECT_NE(text.out.find(phrase), std::string::npos) << phrase << "\n" << text.out;

  std::vector<std::string> as_json = words;
  as_json.push_back("--json");
  const Json report = run_program(as_json).json();
  EXPECT_EQ(report["n"], 120);
  EXPECT_EQ(report["likelihood"], "bernoulli");
  EXPECT_EQ(report["binarise"], "none");
  for (const char* key : {"probe_accuracy", "mig", "auroc"}) {
    ASSERT_TRUE(report[key].is_number()) << key;
    EXPECT_GE(report[key].get<double>(), 0.0) << key;
    EXPECT_LE(report[key].get<double>(), 1.0) << key;
  }
  EXPECT_EQ(report["mig_factors"].size(), 5u);
  EXPECT_EQ(report["mig_factors"][1]["name"], "scale");
  EXPECT_EQ(report["probe"]["n_train"], 456);
  EXPECT_EQ(report["auroc_counts"], (Json{{"normal", 43}, {"outliers", 77}}));
  const Json& rate = report["rate"];
  EXPECT_EQ(rate["nats"].get<double>(), report["loss"].get<double>());
  EXPECT_NEAR(rate["bits_per_dim"].get<double>(), report["loss"].get<double>() / 4096 / std::log(2.0), 1e-12);
  EXPECT_EQ(rate["code_nats"].get<double>(), report["kl"].get<double>());
  EXPECT_EQ(rate["pca_components"], 3);
  EXPECT_GT(rate["squared_error"].get<double>(), 0.0);
  EXPECT_LT(rate["pca_squared_error"].get<double>(), 0.06) << "less than the variance of a pixel that is on in a sixteenth of the images";
  EXPECT_EQ(report["diversity"]["samples"], 120);
  const Json& precision = report["precision"];
  EXPECT_EQ(precision["k"], 3);
  EXPECT_EQ(precision["n"], 120);
  for (const char* key : {"precision", "recall"}) EXPECT_EQ(precision[key], report["diversity"][key]) << key;
}

TEST_F(EvalMetrics, WhatTheCommandLineTellsIsExitTwo) {
  expect_refused(2, {"eval", "no-run"},
                 {{{"--metrics", "prob"}, "did you mean 'probe'"},
                  {{"--metrics", "au,migs"}, "did you mean 'mig'"},
                  {{"--metrics", "auroc"}, "expected --normal LABEL or --outlier COLUMN"},
                  {{"--metrics", "probe", "--split", "train"}, "probe learns from train"},
                  {{"--metrics", "knn", "--split", "train"}, "knn learns from train"},
                  {{"--normal", "heart", "--outlier", "shape"}, "excludes"}});
}

TEST_F(EvalMetrics, WhatTheDataLacksIsNamed) {
  const NpyArray images = {{40, 8, 8}, std::vector<float>(40 * 64, 0.25f)};
  const Bytes bytes = npy_bytes(images);
  std::ofstream(path("plain.npy"), std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  ASSERT_EQ(run_program({"train", "--data", path("plain.npy"), "--epochs", "1", "--set", "hidden=8", "--out", path("plain")}).exit_code, 0);
  expect_refused(1, {"eval"},
                 {{{path("plain"), "--metrics", "probe"}, "has no labels, which the metric probe needs"},
                  {{path("plain"), "--metrics", "mig"}, "plain has no column of factors, mig needs at least two"},
                  {{path("plain"), "--normal", "3"}, "has no labels, which --normal 3 needs"},
                  {{run(), "--normal", "haert"}, "did you mean 'heart'"},
                  {{run(), "--outlier", "shap"}, "did you mean 'shape'"},
                  {{run(), "--outlier", "scale"}, "has more than two values, expected two"}});
}

// Of several metrics those that apply are given.
TEST_F(EvalMetrics, WhatDoesNotApplyIsANoteAmongTheOthers) {
  ASSERT_EQ(run_program({"train", "--data", "strokes", "--set", "count=300", "--set", "hidden=16", "--model", "ae", "--epochs", "1",
                         "--out", path("ae")})
                .exit_code,
            0);
  const Finished finished = run_program({"eval", path("ae"), "--metrics", "au,mi,knn,rate", "--iwae", "2", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  EXPECT_TRUE(report["knn_accuracy"]["value"].is_number());
  for (const char* key : {"mutual_information", "iw_nll", "rate", "elbo", "kl"}) EXPECT_TRUE(report.at(key).is_null()) << key;
  EXPECT_EQ(report["notes"].size(), 3u);
  EXPECT_EQ(run_program({"eval", path("ae")}).out.find("elbo"), std::string::npos);
  expect_refused(1, {"plot", path("ae"), "--what", "kl"}, {{{"--out", path("kl.svg")}, "an autoencoder has no KL to plot"}});
  EXPECT_NE(report["notes"]["mi"].get<std::string>().find("an autoencoder has no posterior"), std::string::npos);
  EXPECT_NE(run_program({"eval", path("ae"), "--metrics", "mi,knn"}).out.find("mi: not given: "), std::string::npos);
  expect_refused(
      1, {"eval", path("ae")},
      {{{"--metrics", "mi"}, "an autoencoder has no posterior"}, {{"--metrics", "mi", "--iwae", "2"}, "an autoencoder has no posterior"}});
}

}  // namespace
}  // namespace latentscape
