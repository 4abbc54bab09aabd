// `sweep`: the runs of `train`, ranked on held-out rows alone, and nothing lost by an interruption.
#include <algorithm>
#include <cmath>

#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

/// 600 points of a mixture, 456 of them train and 24 held out.
std::vector<std::string> small_sweep(const std::string& out, std::vector<std::string> more) {
  std::vector<std::string> words = {"sweep", "--data", "mixture", "--set", "count=600", "--set", "hidden=16", "--out", out, "--json"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Json file_json(const std::string& path) { return Json::parse(text_of_file(path)); }

TEST(Sweep, TrainsWhatTrainWouldAndRanksItBestFirst) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  const Finished finished = run_program(small_sweep(out, {"--grid", "latent=1,2", "--grid", "beta=0.5,1", "--epochs", "3", "--seed", "4"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  ASSERT_EQ(report["rows"].size(), 4u);
  EXPECT_EQ(report["rank"]["by"], "elbo");
  EXPECT_EQ(report["rank"]["split"], "heldout");
  EXPECT_EQ(report["best"], report["rows"][0]["name"]);
  for (size_t i = 1; i < 4; ++i)
    EXPECT_GE(report["rows"][i - 1]["heldout"]["elbo"]["mean"].get<double>(), report["rows"][i]["heldout"]["elbo"]["mean"].get<double>());
  for (const char* name : {"latent-1_beta-0.5", "latent-1_beta-1", "latent-2_beta-0.5", "latent-2_beta-1"})
    EXPECT_TRUE(fs::exists(out + "/" + name + "/run.json")) << name;
  for (const char* name : {"sweep.json", "sweep.csv", "sweep.svg", "sweep.png"}) EXPECT_GT(fs::file_size(out + "/" + name), 100u) << name;
  EXPECT_FALSE(fs::exists(out + "/compare.png")) << "no models to compare";

  const Json trained = run_program({"train", "--data", "mixture", "--set", "count=600", "--set", "hidden=16", "--latent", "2", "--set",
                                    "beta=0.5", "--epochs", "3", "--seed", "4", "--json"})
                           .json();
  for (const Json& row : report["rows"]) {
    if (row["name"] != "latent-2_beta-0.5") continue;
    EXPECT_EQ(row["heldout"]["elbo"]["mean"], trained["heldout"]["elbo"]) << "bit for bit";
    EXPECT_TRUE(row["heldout"]["elbo"]["sd"].is_null());
  }
  EXPECT_EQ(text_of_file(out + "/latent-1_beta-1/metrics.jsonl").find("\"test\""), std::string::npos) << "test rows are never looked at";
}

TEST(Sweep, EqualsShareTheirRankAndAKeyThatChangesNothingIsSaid) {
  const TemporaryFolder folder;
  const Finished finished =
      run_program(small_sweep(folder / "s", {"--grid", "latent=1,2", "--grid", "momentum=0.5,0.9", "--epochs", "1", "--set", "sigma=2"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json rows = finished.json()["rows"];
  std::vector<int> ranks;
  for (const Json& row : rows) ranks.push_back(row["rank"].get<int>());
  EXPECT_EQ(ranks, (std::vector<int>{1, 1, 3, 3}));
  const std::string csv = text_of_file(folder / "s/sweep.csv");
  EXPECT_EQ(csv.find("\n2,"), std::string::npos) << csv;
  EXPECT_NE(csv.find("\n3,"), std::string::npos) << csv;
  EXPECT_NE(finished.err.find("momentum has no effect: it is of optimiser=sgd\n"), std::string::npos) << finished.err;
  EXPECT_EQ(finished.err.find("sigma has no effect"), std::string::npos) << "mixture is Gaussian: " << finished.err;
}

TEST(Sweep, FoldsAreAveragedAndEachIsReproducedFromItsConfig) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  const Finished finished = run_program(small_sweep(out, {"--grid", "latent=1,2", "--folds", "3", "--epochs", "2"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  for (const Json& row : report["rows"]) {
    ASSERT_EQ(row["runs"].size(), 3u);
    double sum = 0.0, squares = 0.0;
    for (const Json& run : row["runs"]) sum += run["heldout"]["elbo"].get<double>();
    for (const Json& run : row["runs"]) squares += std::pow(run["heldout"]["elbo"].get<double>() - sum / 3, 2);
    EXPECT_NEAR(row["heldout"]["elbo"]["mean"].get<double>(), sum / 3, 1e-12);
    EXPECT_NEAR(row["heldout"]["elbo"]["sd"].get<double>(), std::sqrt(squares / 2), 1e-12);
    EXPECT_GT(squares, 0.0) << "the folds differ";
  }
  const Json config = file_json(out + "/latent-2_fold-3/run.json")["config"];
  EXPECT_EQ(config["fold"], 3);
  EXPECT_EQ(config["folds"], 3);
  const Json again = run_program({"train", "--config", out + "/latent-2_fold-3/run.json", "--json"}).json();
  EXPECT_EQ(again["heldout"]["n"], 160) << "a third of the 480 rows that are not test";
  EXPECT_EQ(again["test"]["n"], 120);
  bool found = false;
  for (const Json& row : report["rows"])
    for (const Json& run : row["runs"])
      if (run["run"] == "latent-2_fold-3") {
        found = true;
        EXPECT_EQ(run["heldout"]["elbo"], again["heldout"]["elbo"]);
      }
  EXPECT_TRUE(found);
}

TEST(Sweep, AnInterruptedOneGoesOnToTheSameNumbers) {
  const TemporaryFolder folder;
  const auto words = [&](const std::string& out) {
    return std::vector<std::string>{"sweep",  "--data",       "strokes",  "--set", "count=300", "--set", "hidden=32",
                                    "--grid", "latent=2,3,4", "--epochs", "15",    "--out",     out,     "--json"};
  };
  bool sent = false;
  const Finished stopped = run_program(words(folder / "parts"), [&](pid_t child, const std::string& err) {
    const size_t second = err.find("sweep 2 of 3");
    if (sent || second == std::string::npos || err.find("epoch 3/", second) == std::string::npos) return;
    kill(child, SIGINT);
    sent = true;
  });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_EQ(stopped.json()["interrupted"], true);
  const std::string first = text_of_file(folder / "parts/latent-2/metrics.jsonl");

  const Finished resumed = run_program({"sweep", "--out", folder / "parts", "--resume", "--grid", "latent=2,3,4", "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(resumed.err.find("sweep 1 of 3"), std::string::npos) << "a finished run is read";
  EXPECT_NE(resumed.err.find("resuming"), std::string::npos) << "the interrupted one goes on";
  EXPECT_EQ(text_of_file(folder / "parts/latent-2/metrics.jsonl"), first);
  const Json whole = run_program(words(folder / "whole")).json();
  EXPECT_EQ(resumed.json()["rows"], whole["rows"]);
  EXPECT_EQ(resumed.json()["interrupted"], false);
}

TEST(Sweep, ResumeWantsTheSameGridAndAnExistingFolderIsNotTouched) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  ASSERT_EQ(run_program(small_sweep(out, {"--grid", "latent=1,2", "--epochs", "1"})).exit_code, 0);
  const std::string before = text_of_file(out + "/sweep.json");
  for (const auto& [more, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--grid", "latent=1,2,3", "--epochs", "1", "--resume"}, "begun with grid latent=1,2, not latent=1,2,3"},
           {{"--grid", "latent=1,2", "--epochs", "2", "--resume"}, "begun with settings epochs=1,count=600,hidden=16, not epochs=2"},
           {{"--grid", "latent=1,2", "--epochs", "1", "--folds", "2", "--resume"}, "begun with folds 0, not 2"},
           {{"--grid", "latent=1,2", "--epochs", "1"}, "already holds a sweep; use --resume to continue it or --force"}}) {
    const Finished finished = run_program(small_sweep(out, more));
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_NE(finished.err.find(expected), std::string::npos) << finished.err;
    EXPECT_EQ(text_of_file(out + "/sweep.json"), before);
  }
  const Json ranked = run_program({"sweep", "--out", out, "--resume", "--rank", "mi", "--json"}).json();
  EXPECT_EQ(ranked["rank"]["by"], "mi");
  EXPECT_EQ(ranked["rows"].size(), 2u) << "what is not given is what it was begun with";
  EXPECT_EQ(run_program(small_sweep(out, {"--grid", "latent=3", "--epochs", "1", "--force"})).json()["rows"].size(), 1u);
  std::ofstream(folder / "notes.txt") << "mine";
  const Finished foreign = run_program(small_sweep(folder / "", {"--grid", "latent=3"}));
  EXPECT_EQ(foreign.exit_code, 1);
  EXPECT_NE(foreign.err.find("not a sweep's"), std::string::npos) << foreign.err;
}

TEST(Sweep, OneAtATimeWritesIntoAFolder) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  std::vector<Finished> others;
  const std::vector<std::string> grid = {"--grid", "latent=1,2", "--epochs", "100000"};
  std::string before, after;
  const Finished stopped = run_program(small_sweep(out, grid), [&](pid_t child, const std::string& err) {
    if (!others.empty() || err.find("epoch 1/") == std::string::npos) return;
    before = text_of_file(out + "/sweep.json");
    others.push_back(run_program({"sweep", "--out", out, "--resume"}));
    others.push_back(run_program(small_sweep(out, {"--grid", "latent=3", "--epochs", "1", "--force"})));
    after = text_of_file(out + "/sweep.json");
    kill(child, SIGINT);
  });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  ASSERT_EQ(others.size(), 2u);
  for (const Finished& other : others) {
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_NE(other.err.find(out + ": another sweep writes into this folder now"), std::string::npos) << other.err;
  }
  EXPECT_EQ(before, after);
  const Finished forced = run_program(small_sweep(out, {"--grid", "latent=3", "--epochs", "1", "--force"}));
  EXPECT_EQ(forced.exit_code, 0) << "the lock ended with its process: " << forced.err;
}

// As --force leaves it where it is interrupted at once: the folders still hold the runs of the sweep before.
TEST(Sweep, RunsOfAReplacedSweepAreNotTakenForItsOwn) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  ASSERT_EQ(run_program(small_sweep(out, {"--grid", "latent=1,2", "--epochs", "1"})).exit_code, 0);
  Json plan = file_json(out + "/sweep.json");
  plan["plan"]["settings"][0] = "epochs=2";
  plan["rows"] = Json::array();
  std::ofstream(out + "/sweep.json") << plan;
  const Json resumed = run_program({"sweep", "--out", out, "--resume", "--json"}).json();
  const Json fresh = run_program(small_sweep(folder / "fresh", {"--grid", "latent=1,2", "--epochs", "2"})).json();
  EXPECT_EQ(resumed["rows"], fresh["rows"]);
  plan["rows"] = 3;
  std::ofstream(out + "/sweep.json") << plan;
  const Finished damaged = run_program({"sweep", "--out", out, "--resume"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_NE(damaged.err.find("is not what a sweep writes"), std::string::npos) << damaged.err;
  const Finished none = run_program({"sweep", "--out", folder / "none", "--resume"});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("holds no sweep to go on with"), std::string::npos) << none.err;
}

TEST(Sweep, ACombinationThatCannotBeIsARowAndTheOthersGoOn) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  const Finished finished = run_program({"sweep", "--data", "mixture", "--set", "count=600", "--grid",
                                         "encoder=16;conv 8x4s2, dense 16;16,8", "--epochs", "1", "--out", out});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.out.find("failed: encoder conv 8x4s2, dense 16: "), std::string::npos) << finished.out;
  EXPECT_NE(finished.out.find("ranked by held-out ELBO"), std::string::npos) << finished.out;
  const Json report = file_json(out + "/sweep.json");
  EXPECT_EQ(report["failed"], 1);
  EXPECT_TRUE(fs::exists(out + "/encoder-16-8/run.json"));
  ASSERT_EQ(report["rows"].size(), 3u);
  EXPECT_TRUE(report["rows"][2]["rank"].is_null());
  EXPECT_EQ(report["rows"][2]["values"]["encoder"], "conv 8x4s2, dense 16");
  const std::string csv = text_of_file(out + "/sweep.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4) << csv;
  EXPECT_NE(csv.find("\"conv 8x4s2, dense 16\""), std::string::npos) << csv;
}

TEST(Sweep, EachMeasureRanksItsOwnWay) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  ASSERT_EQ(run_program(small_sweep(out, {"--grid", "latent=1,2", "--grid", "sigma=0.1,1", "--seeds", "2", "--epochs", "4"})).exit_code, 0);
  for (const auto& [by, key, sign, words] : std::vector<std::tuple<std::string, std::string, double, std::string>>{
           {"elbo", "elbo", 1.0, "ranked by held-out ELBO, nats (higher is better)"},
           {"reconstruction", "reconstruction", -1.0, "ranked by held-out reconstruction, nats (lower is better)"},
           {"mi", "mutual_information", 1.0, "then more active units"},
           {"precision", "", 1.0, "ranked by sample precision and recall beside held-out rows (harmonic mean)"}}) {
    const Finished text = run_program({"sweep", "--out", out, "--resume", "--rank", by});
    EXPECT_EQ(text.exit_code, 0) << text.err;
    EXPECT_NE(text.out.find(words), std::string::npos) << text.out;
    EXPECT_NE(text.out.find("never on test"), std::string::npos) << text.out;
    const Json report = file_json(out + "/sweep.json");
    for (size_t i = 0; i < 4; ++i) {
      const Json& row = report["rows"][i];
      EXPECT_TRUE(row["rank"] == i + 1 || (i > 0 && row["rank"] == report["rows"][i - 1]["rank"])) << by << ", place " << i + 1;
      if (!key.empty()) {
        EXPECT_EQ(row["ranked_by"], row["heldout"][key]) << by;
      }
      if (i > 0) {
        const double above = report["rows"][i - 1]["ranked_by"]["mean"].get<double>();
        EXPECT_GE(sign * above + 0.01, sign * row["ranked_by"]["mean"].get<double>()) << by;
      }
    }
  }
}

TEST(Sweep, OfAutoencodersAloneIsRankedByReconstruction) {
  const TemporaryFolder folder;
  const Finished finished = run_program({"sweep", "--data", "strokes", "--set", "count=300", "--set", "hidden=16", "--model", "ae",
                                         "--epochs", "1", "--grid", "latent=1,8", "--out", folder / "s", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.json()["rank"]["by"], "reconstruction");
  for (const char* by : {"elbo", "mi"}) {
    const Finished none = run_program({"sweep", "--data", "strokes", "--set", "count=300", "--grid", "model=ae", "--rank", by, "--epochs",
                                       "1", "--out", folder / "none"});
    EXPECT_EQ(none.exit_code, 2);
    EXPECT_NE(none.err.find("all runs are autoencoders, which have no held-out "), std::string::npos) << none.err;
    EXPECT_FALSE(fs::exists(folder / "none")) << "nothing is trained";
  }
  EXPECT_EQ(finished.json()["rows"][0]["rank"], 1);
}

TEST(Sweep, WhereNothingCanBeRankedThatIsSaid) {
  const TemporaryFolder folder;
  const Finished finished = run_program({"sweep", "--data", "mixture", "--set", "count=60", "--set", "hidden=8", "--grid", "latent=1,2",
                                         "--rank", "precision", "--epochs", "1", "--out", folder / "s", "--json"});
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  EXPECT_TRUE(report["best"].is_null());
  ASSERT_EQ(report["warnings"].size(), 1u);
  EXPECT_EQ(report["warnings"][0].get<std::string>().rfind("nothing is ranked: no combination has a finite sample precision", 0), 0u);
}

TEST(Sweep, OfTwoModelsEndsWithThemSideBySide) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  const Finished finished = run_program(small_sweep(out, {"--grid", "model=mlp,map-2", "--epochs", "1"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_GT(fs::file_size(out + "/compare.png"), 1000u);
  EXPECT_EQ(finished.json()["figures"].size(), 3u);
  EXPECT_NE(finished.err.find("preset map-2"), std::string::npos) << "its advice is said";
}

TEST(Sweep, WhatTheCommandLineTellsIsExitTwoAndNothingIsMade) {
  const TemporaryFolder folder;
  const std::string out = folder / "s";
  for (const auto& [more, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{}, "no --grid given"},
           {{"--grid", "latnet=2"}, "did you mean 'latent'"},
           {{"--grid", "latent"}, "expected KEY=V1,V2"},
           {{"--grid", "latent="}, "value 1 is empty"},
           {{"--grid", "latent=2,,3"}, "value 2 is empty"},
           {{"--grid", "latent=2,2"}, "2 is there twice"},
           {{"--grid", "latent=2", "--grid", "latent=3"}, "given twice"},
           {{"--grid", "latent=2,0"}, "latent is '0'"},
           {{"--grid", "beta=1,x"}, "beta is 'x'"},
           {{"--grid", "model=mlp,mpl"}, "did you mean 'mlp'"},
           {{"--grid", "hidden=16"}, "hidden is in --grid and set for every run"},
           {{"--grid", "model=mlp", "--model", "mlp"}, "model is in --grid and set for every run by --model"},
           {{"--grid", "seed=1,2", "--seeds", "2"}, "by --seeds"},
           {{"--grid", "latent=2", "--set", "beta=1", "--set", "beta=2"}, "beta is given twice"},
           {{"--grid", "freeze=none,encoder"}, "freeze is encoder, which keeps the weights of --init RUN"},
           {{"--grid", "heldout=0.1", "--folds", "2"}, "heldout has no say with --folds"},
           {{"--grid", "latent=2", "--folds", "1"}, "is '1', expected a whole number from 2"},
           {{"--grid", "latent=2", "--seeds", "0"}, "is '0', expected"},
           {{"--grid", "latent=2", "--rank", "elob"}, "did you mean 'elbo'"},
           {{"--grid", "latent=1,2,3,4,5,6,7,8,9,10,11", "--folds", "10", "--seeds", "10"}, "11 combinations of 100 runs, 1100 in all"}}) {
    const Finished finished = run_program(small_sweep(out, more));
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_NE(finished.json()["error"]["message"].get<std::string>().find(expected), std::string::npos) << finished.err;
    EXPECT_FALSE(fs::exists(out));
  }
  const Finished folds =
      run_program({"sweep", "--data", "mixture", "--set", "count=60", "--grid", "latent=2", "--folds", "49", "--out", out});
  EXPECT_EQ(folds.exit_code, 1);
  EXPECT_NE(folds.err.find("49 folds of 48 train rows"), std::string::npos) << folds.err;
  const Finished none = run_program(small_sweep(out, {"--grid", "latent=2", "--set", "heldout=0"}));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.err.find("no row is held out"), std::string::npos) << none.err;
  EXPECT_FALSE(fs::exists(out)) << "said before anything is made";
}

}  // namespace
}  // namespace latentscape
