// `compare`: runs side by side.
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

class Compare : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    for (const char* latent : {"1", "2", "3"})
      ASSERT_EQ(run_program(small_training({"--epochs", "1", "--latent", latent, "--out", path("z" + std::string(latent))})).exit_code, 0);
    ASSERT_EQ(
        run_program({"train", "--data", "mixture:3d", "--set", "count=200", "--set", "hidden=8", "--epochs", "1", "--out", path("table")})
            .exit_code,
        0);
    ASSERT_EQ(run_program(small_training({"--epochs", "1", "--seed", "2", "--out", path("other")})).exit_code, 0);
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string path(const std::string& name) { return *folder_ / name; }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> Compare::folder_;

TEST_F(Compare, DrawsEveryRunWithTheNumbersOfEval) {
  for (const char* name : {"three.png", "three.svg", "three.pdf"}) {
    const Finished finished = run_program({"compare", path("z1"), path("z2") + "/", path("z3"), "--out", path(name), "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    const Json report = finished.json();
    ASSERT_EQ(report["runs"].size(), 3u);
    EXPECT_EQ(report["split"], "test");
    const Json evaluated = run_program({"eval", path("z3"), "--json"}).json();
    for (const char* key : {"n", "loss", "elbo", "reconstruction", "kl", "active_units"})
      EXPECT_EQ(report["runs"][2][key], evaluated[key]) << key;
    EXPECT_GT(std::filesystem::file_size(path(name)), 5000u);
  }
}

TEST_F(Compare, TablesAreDrawnAsPoints) {
  const Finished finished =
      run_program({"compare", path("table"), path("table"), "--split", "heldout", "--dark", "--out", path("table.png")});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_GT(std::filesystem::file_size(path("table.png")), 5000u);
}

TEST_F(Compare, AnAutoencoderHasCodesAndNoPrior) {
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--model", "ae", "--out", path("ae")})).exit_code, 0);
  EXPECT_EQ(run_program({"compare", path("ae"), path("z2"), "--out", path("ae.png")}).exit_code, 0);
  const Finished sampled = run_program({"sample", path("ae"), "-n", "4", "--out", path("draws.png")});
  EXPECT_NE(sampled.out.find(": 4 decoded draws of N(0, 1), as an autoencoder has no prior\n"), std::string::npos) << sampled.out;
}

TEST_F(Compare, LossesThatDoNotCompareAreSaid) {
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--latent", "2", "--set", "binarise=fixed", "--out", path("fixed")})).exit_code,
            0);
  const std::vector<std::string> words = {"compare", path("z2"), path("fixed"), "--out", path("both.png")};
  const std::string note = "the losses do not compare (z2: Bernoulli, not binarised; fixed: Bernoulli, statically binarised)";
  const Finished text = run_program(words);
  EXPECT_NE(text.out.find(note + "\n"), std::string::npos) << text.out << text.err;
  std::vector<std::string> as_json = words;
  as_json.push_back("--json");
  const Json report = run_program(as_json).json();
  EXPECT_EQ(report["notes"], Json::array({note}));
  EXPECT_EQ(report["runs"][1]["binarise"], "fixed");
  const Json alike = run_program({"compare", path("z1"), path("z2"), "--out", path("both.png"), "--json"}).json();
  EXPECT_EQ(alike["notes"], Json::array());
}

TEST_F(Compare, RefusesWhatCannotStandSideBySide) {
  expect_refused(2, {"compare"},
                 {{{path("z1"), "--out", path("x.png")}, "1 run to compare, expected 2 to 6"},
                  {{path("z1"), path("z2"), "--out", path("x.bmp")}, ".png or .svg or .pdf"},
                  {{path("z1"), path("z2"), "--out", path("x.png"), "--split", "tset"}, "did you mean 'test'"},
                  {{path("z1"), path("z2"), "--out", path("z1") + "/run.json"}, "expected a name that ends"}});
  expect_refused(1, {"compare"},
                 {{{path("z1"), path("nothing"), "--out", path("x.png")}, "no such run"},
                  {{path("z1"), path("table"), "--out", path("x.png")}, "different data"},
                  {{path("z1"), path("other"), "--out", path("x.png")}, "different data"}});
  EXPECT_FALSE(std::filesystem::exists(path("x.png")));
}

}  // namespace
}  // namespace latentscape
