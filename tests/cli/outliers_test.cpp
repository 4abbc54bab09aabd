// `outliers`: a row an example in the order of the data, and what the scores are worth where the outliers are known.
#include <cmath>

#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

class Outliers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TemporaryFolder>();
    const Finished trained = run_program(small_training({"--epochs", "5", "--out", run()}));
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static std::string run() { return *folder_ / "run"; }
  static std::string path(const std::string& name) { return *folder_ / name; }
  static std::vector<std::vector<std::string>> table(const std::string& name) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(text_of_file(path(name)));
    for (std::string line; std::getline(lines, line);) {
      rows.emplace_back();
      std::istringstream cells(line);
      for (std::string cell; std::getline(cells, cell, ',');) rows.back().push_back(cell);
    }
    return rows;
  }
  static std::unique_ptr<TemporaryFolder> folder_;
};
std::unique_ptr<TemporaryFolder> Outliers::folder_;

TEST_F(Outliers, WriteARowAnExampleInTheOrderOfTheData) {
  const Finished finished = run_program({"outliers", run(), "--out", path("all.csv"), "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.json()["n"], 360);
  EXPECT_FALSE(finished.json().contains("auroc"));
  const auto rows = table("all.csv");
  ASSERT_EQ(rows.size(), 361u);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"row", "split", "label", "style", "score", "reconstruction", "kl"}));
  size_t test = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), 7u);
    EXPECT_EQ(rows[i][0], std::to_string(i - 1));
    EXPECT_EQ(rows[i][2][0], rows[i][3][0]) << "a style's name begins with its digit";
    test += rows[i][1] == "test" ? 1 : 0;
    const double score = std::stod(rows[i][4]), parts = std::stod(rows[i][5]) + std::stod(rows[i][6]);
    EXPECT_GT(score, 0.0) << "a divergence";
    EXPECT_LE(score, parts + 1e-9) << "the entropy of the pixels is taken off";
  }
  EXPECT_EQ(test, 60u);
}

TEST_F(Outliers, ARowsScoreIsTheSameAmongOthersAndAtAnyThreadCount) {
  ASSERT_EQ(run_program({"outliers", run(), "--out", path("a.csv"), "--threads", "1"}).exit_code, 0);
  ASSERT_EQ(run_program({"outliers", run(), "--out", path("b.csv"), "--threads", "2", "--split", "test"}).exit_code, 0);
  const auto all = table("a.csv"), test = table("b.csv");
  ASSERT_EQ(test.size(), 61u);
  for (size_t i = 1; i < test.size(); ++i) EXPECT_EQ(test[i], all[std::stoul(test[i][0]) + 1]);
}

TEST_F(Outliers, AurocIsOfTestAndAgreesWithTheTable) {
  const Json report = run_program({"outliers", run(), "--out", path("ones.csv"), "--normal", "1", "--json"}).json();
  EXPECT_EQ(report["auroc_split"], "test");
  double pairs = 0, above = 0;  // every pair of the table, one by one
  const auto rows = table("ones.csv");
  for (size_t i = 1; i < rows.size(); ++i)
    for (size_t j = 1; j < rows.size(); ++j) {
      if (rows[i][1] != "test" || rows[j][1] != "test" || rows[i][2] == "1" || rows[j][2] != "1") continue;
      ++pairs;
      above += std::stod(rows[i][4]) > std::stod(rows[j][4]) ? 1 : 0;
    }
  EXPECT_EQ(report["auroc_counts"]["normal"].get<double>() * report["auroc_counts"]["outliers"].get<double>(), pairs);
  EXPECT_NEAR(report["auroc"].get<double>(), above / pairs, 1e-12);
  EXPECT_EQ(run_program({"eval", run(), "--normal", "1", "--json"}).json()["auroc"], report["auroc"]) << "eval says the same";
  const Json heldout = run_program({"outliers", run(), "--out", path("h.csv"), "--normal", "1", "--split", "heldout", "--json"}).json();
  EXPECT_EQ(heldout.contains("auroc") ? heldout["auroc_split"] : "heldout", "heldout");
}

TEST_F(Outliers, RefuseWhatCannotBe) {
  expect_refused(2, {"outliers", run()},
                 {{{"--out", path("x.json")}, ".csv"},
                  {{"--out", path("x.csv"), "--split", "tset"}, "did you mean 'test'"},
                  {{"--out", run() + "/metrics.jsonl"}, ".csv"}});
  expect_refused(1, {"outliers", run()},
                 {{{"--out", path("no-folder/x.csv")}, "there is no folder"},
                  {{"--out", path("x.csv"), "--data", "mixture"}, "expected 28 x 28"},
                  {{"--out", path("x.csv"), "--normal", "eleven"}, "unknown class 'eleven'"},
                  {{"--out", path("x.csv"), "--outlier", "slant"}, "expected two"}});
  EXPECT_FALSE(std::filesystem::exists(path("x.csv"))) << "nothing is left by a refusal";
}

}  // namespace
}  // namespace latentscape
