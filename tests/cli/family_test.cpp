// Models with labels, generated rows and categories from the command line; and what is refused, a sentence each.
#include <algorithm>

#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

TEST(Labels, M1IsJudgedByTheVoteOfItsLabelledMeansLiveAndInEval) {
  const TemporaryFolder folder;
  const Finished trained =
      run_program(small_training({"--model", "m1", "--latent", "4", "--labels", "30", "--epochs", "2", "--out", folder / "m1", "--json"}));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_NE(trained.err.find("accuracy"), std::string::npos) << trained.err;
  const Json eval = run_program({"eval", folder / "m1", "--metrics", "knn,probe", "--json"}).json();
  EXPECT_EQ(eval["accuracy"], trained.json()["test"]["accuracy"]);
  EXPECT_EQ(eval["knn_accuracy"]["value"], eval["accuracy"]);
  EXPECT_EQ(eval["knn_accuracy"]["n_labels"], 30);
  EXPECT_EQ(eval["probe"]["n_labels"], 30);
}

TEST(Augmentation, GeneratedRowsAreASetThatTrainReadsAndThatJoinsTrain) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--model", "m2", "--labels", "30", "--epochs", "2", "--out", folder / "m2"})).exit_code, 0);
  const Finished sampled = run_program({"sample", folder / "m2", "-n", "40", "--out", folder / "made", "--json"});
  ASSERT_EQ(sampled.exit_code, 0) << sampled.err;
  EXPECT_EQ(sampled.json()["n"], 40);
  const Json info = run_program({"data", "info", folder / "made", "--json"}).json();
  EXPECT_EQ(info["n"], 40);
  EXPECT_EQ(info["class_names"], (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
  ASSERT_EQ(run_program({"sample", folder / "m2", "-n", "5", "--label", "7", "--out", folder / "sevens"}).exit_code, 0);
  EXPECT_EQ(run_program({"data", "info", folder / "sevens", "--json"}).json()["class_names"], std::vector<std::string>{"7"});

  const std::vector<std::string> classifier = {"--set", "classify=50", "--labels", "30", "--epochs", "2", "--json"};
  std::vector<std::string> with = classifier;
  with.insert(with.end(), {"--extra", folder / "made", "--out", folder / "with"});
  const Finished joined = run_program(small_training(with));
  ASSERT_EQ(joined.exit_code, 0) << joined.err;
  const Json plain = run_program(small_training(classifier)).json();
  EXPECT_EQ(joined.json()["train"]["n"], plain["train"]["n"].get<size_t>() + 40);
  EXPECT_EQ(joined.json()["test"]["n"], plain["test"]["n"]);
  EXPECT_NE(joined.json()["test"]["loss"], plain["test"]["loss"]);
  EXPECT_EQ(run_program({"eval", folder / "with", "--json"}).json()["loss"], joined.json()["test"]["loss"]);

  // It goes on to the numbers of a run that never stopped; the rows are part of the data that it was trained on.
  std::vector<std::string> longer = {"--set", "classify=50", "--labels", "30", "--epochs", "3", "--json", "--extra", folder / "made"};
  const Finished resumed = run_program({"train", "--out", folder / "with", "--resume", "--epochs", "3", "--json"});
  EXPECT_EQ(resumed.json()["test"]["loss"], run_program(small_training(longer)).json()["test"]["loss"]) << resumed.err;
  std::filesystem::remove_all(folder / "made");
  EXPECT_EQ(run_program({"eval", folder / "with", "--json"}).json()["loss"], resumed.json()["test"]["loss"]) << "training alone needs them";
  ASSERT_EQ(run_program({"sample", folder / "m2", "-n", "40", "--seed", "2", "--out", folder / "made"}).exit_code, 0);
  const Finished changed = run_program({"train", "--out", folder / "with", "--resume", "--epochs", "4"});
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_NE(changed.err.find("its own data only"), std::string::npos) << changed.err;
}

TEST(Augmentation, AModelWithoutLabelsWritesNoneAndNothingIsWrittenOver) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", folder / "vae"})).exit_code, 0);
  ASSERT_EQ(run_program({"sample", folder / "vae", "-n", "10", "--out", folder / "made"}).exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder / "made/train-labels-idx1-ubyte"));
  ASSERT_EQ(run_program({"train", "--data", "survey", "--set", "count=100", "--epochs", "1", "--out", folder / "table"}).exit_code, 0);
  expect_refused(1, {},
                 {{{"sample", folder / "vae", "--out", folder / "made"}, "is there already"},
                  {{"sample", folder / "vae", "--out", folder / "vae"}, "is there already"},
                  {{"sample", folder / "vae", "--out", "/no/where/made"}, "there is no folder /no/where"},
                  {{"sample", folder / "table", "--out", folder / "rows"}, "grey images alone"},
                  {small_training({"--labels", "30", "--extra", folder / "made"}), "of the extra rows of strokes has no label"}});
}

TEST(Families, DecodedAnswersAreATableOfTheirQuestions) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"train", "--data", "survey", "--set", "count=100", "--epochs", "1", "--out", folder / "run"}).exit_code, 0);
  const Finished sampled = run_program({"sample", folder / "run", "-n", "5", "--out", folder / "answers.csv"});
  ASSERT_EQ(sampled.exit_code, 0) << sampled.err;
  std::istringstream lines(text_of_file(folder / "answers.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "q1,q2,q3,q4,q5,q6,q7,q8");
  size_t n = 0;
  for (; std::getline(lines, line); ++n) EXPECT_EQ(line.find_first_not_of("abcde,"), std::string::npos) << line;
  EXPECT_EQ(n, 5u);
}

TEST(Families, WhatTheDataDoesNotAllowIsOneSentence) {
  expect_refused(1, small_training({}),
                 {{{"--labels", "100000"}, "labels is 100000, but strokes has 285 labelled train rows"},
                  {{"--labels", "3"}, "at least one for each of the 10 classes"},
                  {{"--labels", "10", "--only", "label=1"}, "strokes has no train row of class '0'"},
                  {{"--set", "likelihood=categorical"}, "strokes: likelihood is 'categorical', expected data of category columns"},
                  {{"--set", "encoder=1000000,1000000"}, "GB to train, more than half of this machine's"},
                  {{"--set", "encoder=dense 10, conv 8x3"}, "encoder layer 2 (conv 8x3) needs an image, but gets 10 numbers"},
                  {{"--extra", "mixture"}, "mixture: its examples are tables of 2, expected images of 28 x 28"}});
  const Finished table = run_program({"train", "--data", "mixture", "--model", "conv"});
  EXPECT_EQ(table.exit_code, 1);
  EXPECT_NE(table.err.find("encoder layer 1 (conv 32x4s2) needs an image, but gets 2 numbers"), std::string::npos) << table.err;
}

TEST(Families, WhatTheCommandLineTellsIsExitTwo) {
  expect_refused(2, {"train"},
                 {{{"--set", "k=0"}, "k is '0', expected a whole number from 1 to 1000"},
                  {{"--labels", "0"}, "labels is '0', expected a whole number"},
                  {{"--labels", "1.5"}, "labels is '1.5', expected a whole number"},
                  {{"--extra", ""}, "extra is '', expected a built-in name or a path"},
                  {{"--extra", "strokse"}, "did you mean 'strokes'"},
                  {{"--model", "ae", "--set", "objective=iwae"}, "ae has reconstruction alone for an objective"},
                  {{"--model", "m2", "--set", "objective=iwae"}, "m2 has an objective of its own"},
                  {{"--set", "objective=tcvae", "--set", "k=5"}, "k is 5, expected 1 with objective=tcvae"},
                  {{"--resume", "--out", "r", "--init", "s"}, "--init cannot be changed by --resume"}});
  const Finished network = run_program({"train", "--set", "hidden=conv 32x"});
  EXPECT_EQ(network.exit_code, 2);
  EXPECT_NE(network.err.find("expected a kernel's side from 1 to 64 at character 9\n  conv 32x\n          ^\n"), std::string::npos)
      << network.err;
}

TEST(Families, BenchTakesThem) {
  for (const char* model : {"m1", "m2", "cvae", "ae"}) {
    const Finished finished = run_program({"bench", "train", "--model", model, "--hidden", "32", "--seconds", "0.1", "--json"});
    ASSERT_EQ(finished.exit_code, 0) << finished.err;
    EXPECT_EQ(finished.json()["model"], model);
    EXPECT_GT(finished.json()["value"].get<double>(), 0.0);
  }
}

}  // namespace
}  // namespace latentscape
