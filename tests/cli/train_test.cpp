// Training from the command line: the same numbers however it is run, and nothing lost on the way.
#include <algorithm>

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
    EXPECT_EQ(terms["likelihood"], "bernoulli");
    EXPECT_EQ(terms["binarise"], "none");
  }
  EXPECT_NE(finished.err.find("epoch 4/4"), std::string::npos) << "lines elsewhere than on a terminal: " << finished.err;
}

TEST(Train, LossesSayWhatTheyAreNatsOf) {
  const Finished binarised = run_program(small_training({"--epochs", "1", "--set", "binarise=dynamic"}));
  EXPECT_NE(binarised.out.find("(60 examples, Bernoulli, dynamically binarised)"), std::string::npos) << binarised.out;
  const Finished gaussian = run_program(small_training({"--epochs", "1", "--set", "likelihood=gaussian", "--set", "sigma=0.5"}));
  EXPECT_NE(gaussian.out.find("(60 examples, Gaussian, sigma 0.5)"), std::string::npos) << gaussian.out;
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

TEST(Train, NothingLeftToTrainIsSaidAndTheNumbersAreThoseOfTheRun) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Json first = run_program(small_training({"--epochs", "2", "--out", run, "--json"})).json();
  const std::string events = text_of_file(run + "/events.jsonl"), metrics = text_of_file(run + "/metrics.jsonl");
  for (const char* epochs : {"2", "1"}) {
    const Finished again = run_program({"train", "--out", run, "--resume", "--epochs", epochs, "--json"});
    EXPECT_EQ(again.exit_code, 0) << again.err;
    EXPECT_NE(again.err.find("has done its 2 epochs, nothing is trained"), std::string::npos) << again.err;
    EXPECT_EQ(again.err.find("train 0.000"), std::string::npos) << again.err;
    EXPECT_EQ(numbers_of(again.json()), numbers_of(first));
    EXPECT_EQ(again.json()["checkpoint"], first["checkpoint"]);
  }
  EXPECT_EQ(text_of_file(run + "/events.jsonl"), events) << "a lower target is not remembered";
  EXPECT_EQ(text_of_file(run + "/metrics.jsonl"), metrics) << "the same numbers are not written twice";
}

TEST(Train, AHugeLearningRateEndsInOneSentenceAndAGoodCheckpoint) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Finished lost = run_program(small_training({"--epochs", "2", "--set", "lr=1e6", "--out", run, "--json"}));
  EXPECT_EQ(lost.exit_code, 1) << lost.err;
  EXPECT_EQ(lost.json()["error"]["code"], "non_finite");
  EXPECT_LE(std::count(lost.err.begin(), lost.err.end(), '\n'), 8) << lost.err;
  const std::string last = lost.err.substr(lost.err.rfind("latentscape: "));
  EXPECT_NE(last.find("training stopped"), std::string::npos) << last;
  EXPECT_NE(last.find(run + "/checkpoints/step-00000000.safetensors"), std::string::npos) << last;
  const Finished resumed = run_program({"train", "--out", run, "--resume", "--set", "lr=1e-3", "--epochs", "8", "--json"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(resumed.json()["epochs"], 8);
  EXPECT_LT(resumed.json()["test"]["loss"].get<double>(), 784.0 * 0.6932);
}

TEST(Train, TheSpeedIsOfAllStepsAlsoOfThoseTakenBack) {
  const Finished finished = run_program(small_training({"--epochs", "3", "--set", "lr=30", "--json"}));
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
  const Json report = finished.json();
  ASSERT_GE(report["recoveries"], 1);
  const double samples = report["samples_per_s"].get<double>() * report["seconds"].get<double>();
  EXPECT_GT(samples, 3.0 * report["train"]["n"].get<double>() + 1.0);
}

// A place that stops taking checkpoints half way: said once, tried again, and at the end what is lost is named.
TEST(Train, WeightsThatCannotBeKeptAreSaidOnceAndAtTheEnd) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  bool broken = false, sent = false;
  const Finished finished =
      run_program(small_training({"--epochs", "100000", "--out", run, "--json"}), [&](pid_t child, const std::string& err) {
        if (!broken && err.find("epoch 2/") != std::string::npos) {
          broken = true;
          fs::rename(run + "/checkpoints", run + "/elsewhere");
          std::ofstream(run + "/checkpoints") << "in the way";
        }
        if (sent || err.find("training goes on") == std::string::npos) return;
        const size_t since = err.find("training goes on");
        if (std::count(err.begin() + static_cast<std::ptrdiff_t>(since), err.end(), '\n') < 4) return;
        kill(child, SIGINT);
        sent = true;
      });
  EXPECT_EQ(finished.exit_code, 130) << finished.err;
  const auto count = [&](const std::string& text) {
    size_t n = 0;
    for (size_t at = finished.err.find(text); at != std::string::npos; at = finished.err.find(text, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("training goes on"), 1u) << finished.err;
  EXPECT_EQ(count("are not kept"), 2u) << finished.err;
  EXPECT_NE(finished.json()["error"]["message"].get<std::string>().find("are not kept"), std::string::npos);
  EXPECT_EQ(finished.json()["error"]["message"].get<std::string>().find("training goes on"), std::string::npos);
}

TEST(Train, ACheckpointOfAnotherModelIsNamedWithBothValues) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", folder / "a"})).exit_code, 0);
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--latent", "5", "--out", folder / "b"})).exit_code, 0);
  const std::string name = "/checkpoints/step-00000003.safetensors";
  fs::copy_file(folder / ("b" + name), folder / ("a" + name), fs::copy_options::overwrite_existing);
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"eval", folder / "a"}, {"train", "--resume", "--epochs", "2", "--out", folder / "a"}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_NE(finished.err.find(folder / ("a" + name)), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find("is 5"), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find("run.json says 2"), std::string::npos) << finished.err;
  }
}

TEST(Train, AConfigIsRepeatedWithItsNumbers) {
  const TemporaryFolder folder;
  const Json first = run_program(small_training({"--epochs", "1", "--latent", "3", "--out", folder / "first", "--json"})).json();
  const Finished again = run_program({"train", "--config", folder / "first/run.json", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(numbers_of(first), numbers_of(again.json()));
}

TEST(Train, InitTakesTheNetworksOfTheOtherRunAndIsKept) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--latent", "5", "--out", folder / "a"})).exit_code, 0);
  const Finished second = run_program({"train", "--data", "strokes", "--set", "count=200", "--init", folder / "a", "--freeze", "decoder",
                                       "--epochs", "1", "--out", folder / "b"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  const Json config = Json::parse(text_of_file(folder / "b/run.json"))["config"];
  EXPECT_EQ(config["init"], folder / "a");
  EXPECT_EQ(config["freeze"], "decoder");
  EXPECT_EQ(config["model"]["latent"], 5);
  EXPECT_EQ(config["model"]["encoder"], "32");
  const Finished other = run_program({"train", "--init", folder / "a", "--latent", "6", "--set", "count=200"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("its number of latent dimensions is 5, not 6"), std::string::npos) << other.err;
  const Finished resumed = run_program({"train", "--resume", "--out", folder / "b", "--init", folder / "a"});
  EXPECT_EQ(resumed.exit_code, 2);
  EXPECT_NE(resumed.err.find("--init cannot be changed"), std::string::npos) << resumed.err;
}

// run.json promises the same numbers, also when the run that it began from has gone on or is another one now.
TEST(Train, AConfigBeginsFromTheWeightsThatItBeganFromOrNotAtAll) {
  const TemporaryFolder folder;
  const std::string a = folder / "a", b = folder / "b";
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", a})).exit_code, 0);
  const Json first = run_program(small_training({"--init", a, "--epochs", "1", "--out", b, "--json"})).json();
  ASSERT_EQ(run_program({"train", "--out", a, "--resume", "--epochs", "2"}).exit_code, 0);
  const Finished again = run_program({"train", "--config", b + "/run.json", "--json"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(numbers_of(again.json()), numbers_of(first)) << "its checkpoint is still there";
  const Json config = Json::parse(text_of_file(b + "/run.json"))["config"];
  const Finished named = run_program({"train", "--config", b + "/run.json", "--init", a, "--json"});
  ASSERT_EQ(named.exit_code, 0) << named.err;
  EXPECT_NE(numbers_of(named.json()), numbers_of(first)) << "by name it is what the run is now";

  ASSERT_EQ(run_program(small_training({"--epochs", "2", "--seed", "2", "--out", a, "--force"})).exit_code, 0);
  expect_refused(1, {"train", "--config", b + "/run.json"},
                 {{{},
                   "training began from its step " + config["init_step"].dump() + ", weights " + config["init_weights"].get<std::string>() +
                       ", and it is at step "}});
  EXPECT_EQ(run_program({"train", "--out", b, "--resume", "--epochs", "2"}).exit_code, 0) << "what goes on has weights of its own";
  expect_refused(1, small_training({"--init", a, "--force"}), {{{"--out", a}, "cannot be written over while training starts from"}});
}

// strokes has two columns of classes, the digit and the style.
TEST(Train, InitWithOtherClassesBeginsAnewWhatBelongsToThem) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--set", "classify=1", "--out", folder / "a"})).exit_code, 0);
  const Finished same = run_program(small_training({"--epochs", "1", "--init", folder / "a"}));
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(same.err.find("start fresh"), std::string::npos) << same.err;
  const Finished style = run_program(small_training({"--epochs", "1", "--init", folder / "a", "--label", "style"}));
  ASSERT_EQ(style.exit_code, 0) << style.err;
  EXPECT_NE(style.err.find("classifier.weight, classifier.bias start fresh: " + (folder / "a") + " was trained on other classes"),
            std::string::npos)
      << style.err;
  const Finished none = run_program(small_training({"--epochs", "1", "--init", folder / "a", "--label", "none"}));
  ASSERT_EQ(none.exit_code, 0) << none.err;
  EXPECT_NE(none.err.find("is left out: strokes has no classes"), std::string::npos) << none.err;
  expect_refused(1, small_training({"--init", folder / "a", "--label", "none"}), {{{"--set", "classify=1"}, "needs data with a label"}});
}

TEST(Train, InitThatContradictsTheNetworksOrTheDataIsRefused) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(small_training({"--epochs", "1", "--out", folder / "a"})).exit_code, 0);
  expect_refused(2, {"train", "--init", folder / "a"}, {{{"--model", "conv"}, "whose encoder is 32"}});
  expect_refused(1, {"train", "--init", folder / "a"},
                 {{{"--data", "mixture"}, "was trained on examples of 28 x 28, and those of mixture are 2"}});
}

TEST(Train, ALabelIsAColumnOfClassesOrRefused) {
  const Finished angle = run_program({"data", "info", "shapes", "--count", "300", "--set", "label=scale", "--json"});
  ASSERT_EQ(angle.exit_code, 0) << angle.err;
  EXPECT_EQ(angle.json()["class_names"], (std::vector<std::string>{"0.5", "0.6", "0.7", "0.8", "0.9", "1"}));
  expect_refused(1, small_training({}),
                 {{{"--label", "stlye"}, "did you mean 'style'"},
                  {{"--label", "thickness"}, "column 'thickness' holds too many different numbers to be classes"}});
}

// A class that no train row is of: nothing is learnt of it, and whoever asks for it hears so.
TEST(Train, AClassWithoutATrainRowIsSaid) {
  const TemporaryFolder folder;
  const std::string data = folder / "t";
  std::filesystem::create_directory(data);
  std::ofstream train(data + "/train.tsv"), test(data + "/test.tsv");
  train << "text\tlabel\n";
  test << "text\tlabel\nwarm grey\trare\ncold kind\teven\n";
  for (int i = 0; i < 40; ++i)
    train << (i % 2 ? "warm kind bright" : "cold dull grey") << " word" << i % 5 << "\t" << (i % 2 ? "odd\n" : "even\n");
  train.close();
  test.close();
  for (const char* model : {"m1", "m2"})
    expect_refused(1, {"train", "--data", data, "--epochs", "1"},
                   {{{"--model", model}, "has no train row of class 'rare', expected at least one of each"}});
  const Finished told = run_program({"train", "--data", data, "--epochs", "1", "--model", "cvae", "--out", folder / "r"});
  ASSERT_EQ(told.exit_code, 0) << told.err;
  EXPECT_NE(told.err.find("has no train row of class 'rare': the model learns nothing of it"), std::string::npos) << told.err;
  const auto sampled = [&](const char* label) {
    return run_program({"sample", folder / "r", "-n", "3", "--label", label, "--out", folder / "s.csv"});
  };
  EXPECT_NE(sampled("rare").err.find("no labelled train row was of class 'rare'"), std::string::npos);
  EXPECT_EQ(sampled("odd").err, "");
}

// Test and held-out losses are of the one class; whoever looks for outliers sees all of them.
// In the run that it is given for, not in general: what the model and the data make of it counts.
TEST(Train, ASettingWithoutEffectIsSaid) {
  const Finished vae = run_program(small_training({"--epochs", "1", "--set", "momentum=0.5", "--set", "sigma=2", "--set", "beta=2"}));
  ASSERT_EQ(vae.exit_code, 0);
  EXPECT_NE(vae.err.find("latentscape: momentum has no effect: it is of optimiser=sgd\n"), std::string::npos) << vae.err;
  EXPECT_NE(vae.err.find("sigma has no effect: it is of likelihood=gaussian"), std::string::npos) << vae.err;
  EXPECT_EQ(vae.err.find("beta has no effect"), std::string::npos) << vae.err;
  const Finished ae = run_program(small_training({"--epochs", "1", "--model", "ae", "--set", "beta=2"}));
  EXPECT_NE(ae.err.find("beta has no effect: an autoencoder has no KL"), std::string::npos) << ae.err;
  const Finished table =
      run_program({"train", "--data", "mixture", "--set", "count=200", "--set", "hidden=8", "--set", "sigma=2", "--epochs", "1"});
  EXPECT_EQ(table.err.find("has no effect"), std::string::npos) << table.err;
}

TEST(Train, JitterGoesOnAfterResumeAndIsInTheConfig) {
  const TemporaryFolder folder;
  const auto train = [&](const char* epochs, const std::string& out) {
    return run_program(small_training({"--epochs", epochs, "--set", "jitter_shift=2", "--set", "jitter_rotate=10", "--set",
                                       "jitter_noise=0.05", "--out", folder / out, "--json"}));
  };
  const Finished whole = train("2", "whole");
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  const Json config = Json::parse(text_of_file(folder / "whole/run.json"))["config"];
  EXPECT_EQ(config["jitter_shift"], 2);
  EXPECT_EQ(config["jitter_rotate"], 10.0);
  EXPECT_EQ(config["jitter_noise"], 0.05);
  ASSERT_EQ(train("1", "parts").exit_code, 0);
  const Finished resumed = run_program({"train", "--out", folder / "parts", "--resume", "--epochs", "2", "--json"});
  EXPECT_EQ(numbers_of(whole.json()), numbers_of(resumed.json()));
  EXPECT_NE(numbers_of(whole.json()), numbers_of(run_program(small_training({"--epochs", "2", "--json"})).json()));
}

TEST(Train, OnlyOneClassIsTrainedOnAndOutliersAreLookedForAmongAll) {
  const TemporaryFolder folder;
  const Finished trained = run_program(small_training({"--only", "label=1", "--epochs", "2", "--out", folder / "ones", "--json"}));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Json eval = run_program({"eval", folder / "ones", "--normal", "1", "--json"}).json();
  EXPECT_EQ(trained.json()["test"]["loss"], eval["loss"]);
  EXPECT_EQ(eval["n"], eval["auroc_counts"]["normal"]);
  EXPECT_EQ(eval["auroc_counts"]["normal"].get<size_t>() + eval["auroc_counts"]["outliers"].get<size_t>(), 60u);
  const Json outliers = run_program({"outliers", folder / "ones", "--normal", "1", "--out", folder / "o.csv", "--json"}).json();
  EXPECT_EQ(outliers["n"], 360);
  EXPECT_EQ(outliers["auroc"], eval["auroc"]);
  const Finished unknown = run_program(small_training({"--only", "label=12"}));
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_NE(unknown.err.find("did you mean '1'"), std::string::npos) << unknown.err;
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
