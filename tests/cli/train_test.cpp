// Training from the command line: the same numbers however it is run, and nothing lost on the way.
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

/// What must agree bit for bit between two runs; times and paths may differ.
Json numbers_of(const Json& report) {
  Json numbers = {{"epochs", report["epochs"]}, {"steps", report["steps"]}, {"seed", report["seed"]}};
  for (const char* split : {"train", "heldout", "test"}) numbers[split] = report.value(split, Json());
  return numbers;
}

std::string weights_of(const std::string& run, const TemporaryFolder& folder, const std::string& name) {
  const std::string file = folder / (name + ".npz");
  EXPECT_EQ(run_program({"export", run, "--format", "npz", "--out", file}).exit_code, 0);
  return text_of_file(file);
}

TEST(Train, PrintsOneObjectWithTheKeysThatScriptsRelyOn) {
  const TemporaryFolder folder;
  const Finished finished = run_program(small_training({"--epochs", "4", "--out", folder / "run", "--json"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  for (const char* key : {"epochs", "steps", "seconds", "samples_per_s", "seed", "threads", "checkpoint"})
    EXPECT_TRUE(report.contains(key)) << key;
  EXPECT_EQ(report["epochs"], 4);
  EXPECT_TRUE(fs::exists(report["checkpoint"].get<std::string>()));
  for (const char* split : {"train", "heldout", "test"}) {
    const Json& terms = report[split];
    EXPECT_EQ(terms["loss"].get<double>(), terms["reconstruction"].get<double>() + terms["kl"].get<double>());
    EXPECT_EQ(terms["elbo"].get<double>(), -terms["loss"].get<double>());
    EXPECT_LT(terms["loss"].get<double>(), 784.0 * 0.6932) << "no better than half grey";
  }
  EXPECT_NE(finished.err.find("epoch 4/4"), std::string::npos) << "lines elsewhere than on a terminal: " << finished.err;
}

TEST(Train, TheSameSeedGivesTheSameNumbersWithOneThreadOrTwo) {
  const Json one = run_program(small_training({"--epochs", "2", "--threads", "1", "--json"})).json();
  const Json two = run_program(small_training({"--epochs", "2", "--threads", "2", "--json"})).json();
  const Json other = run_program(small_training({"--epochs", "2", "--seed", "2", "--json"})).json();
  EXPECT_EQ(numbers_of(one), numbers_of(two));
  EXPECT_NE(one["test"]["loss"], other["test"]["loss"]);
  EXPECT_TRUE(one["checkpoint"].is_null()) << "without --out nothing is kept";
}

TEST(Train, ResumeEqualsUninterrupted) {
  const TemporaryFolder folder;
  const Json whole = run_program(small_training({"--epochs", "3", "--out", folder / "whole", "--json"})).json();
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", folder / "parts"})).exit_code, 0);
  const Finished resumed = run_program({"train", "--out", folder / "parts", "--resume", "--epochs", "3", "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(numbers_of(whole), numbers_of(resumed.json()));
  EXPECT_EQ(weights_of(folder / "whole", folder, "a"), weights_of(folder / "parts", folder, "b"));
}

TEST(Train, CtrlCWritesACheckpointAndResumeGoesOnFromIt) {
  const TemporaryFolder folder;
  bool sent = false;
  const Finished stopped =
      run_program(small_training({"--epochs", "100000", "--out", folder / "run", "--json"}), [&](pid_t child, const std::string& err) {
        if (sent || err.find("epoch 2/") == std::string::npos) return;
        kill(child, SIGINT);
        sent = true;
      });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  const Json report = stopped.json();
  EXPECT_EQ(report["interrupted"], true);
  ASSERT_TRUE(fs::exists(report["checkpoint"].get<std::string>()));
  const auto epochs = report["epochs"].get<size_t>() + 1;
  const Json resumed = run_program({"train", "--out", folder / "run", "--resume", "--epochs", std::to_string(epochs), "--json"}).json();
  const Json whole = run_program(small_training({"--epochs", std::to_string(epochs), "--json"})).json();
  EXPECT_EQ(numbers_of(resumed), numbers_of(whole)) << "interrupted at step " << report["steps"];
}

TEST(Train, AnExistingRunIsRefusedAndUntouched) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", run})).exit_code, 0);
  const std::string before = text_of_file(run + "/metrics.jsonl");
  const Finished again = run_program(small_training({"--epochs", "1", "--out", run, "--json"}));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.json()["error"]["code"], "exists");
  EXPECT_NE(again.err.find("--force"), std::string::npos) << again.err;
  EXPECT_EQ(text_of_file(run + "/metrics.jsonl"), before);
  EXPECT_EQ(run_program(small_training({"--epochs", "1", "--out", run, "--force"})).exit_code, 0);
}

TEST(Train, AConfigIsRepeatedWithItsNumbers) {
  const TemporaryFolder folder;
  const Json first = run_program(small_training({"--epochs", "1", "--latent", "3", "--out", folder / "first", "--json"})).json();
  const Finished again = run_program({"train", "--config", folder / "first/run.json", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(numbers_of(first), numbers_of(again.json()));
}

TEST(Train, APlaceThatCannotBeWrittenIsAFailure) {
  const Finished finished = run_program(small_training({"--epochs", "1", "--out", "/dev/null/run", "--json"}));
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.json()["error"]["message"].get<std::string>().find("/dev/null/run"), std::string::npos);
}

TEST(Train, ABatchLargerThanTheDataIsRefusedWithTheNumberThereIs) {
  const Finished finished = run_program(small_training({"--epochs", "1", "--batch", "5000", "--json"}));
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.err.find("5000"), std::string::npos) << finished.err;
}

}  // namespace
}  // namespace latentscape
