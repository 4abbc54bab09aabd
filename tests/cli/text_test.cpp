// Texts all the way: looked at, trained on, judged, encoded, decoded into words, and what is refused.
#include <gmock/gmock.h>

#include <cmath>

#include "core/formats/csv.hpp"
#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TextCommands, ReviewsAreTrainedOnAndDecodedIntoWords) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Finished trained = run_program({"train", "--data", "reviews", "--set", "count=400", "--set", "words=150", "--set", "hidden=16",
                                        "--latent", "3", "--epochs", "3", "--out", run, "--json"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Json test = trained.json()["test"];
  const Json eval = run_program({"eval", run, "--metrics", "precision,rate,knn", "--json"}).json();
  EXPECT_EQ(eval["perplexity"], test["perplexity"]);
  EXPECT_NEAR(eval["perplexity"].get<double>(),
              std::exp(eval["loss"].get<double>() * eval["n"].get<double>() / eval["words"].get<double>()), 1e-9);
  EXPECT_LT(eval["perplexity"], 150.0) << "150 words, all as likely";

  ASSERT_EQ(run_program({"encode", run, "--split", "test", "--out", folder / "z.npy"}).exit_code, 0);
  EXPECT_THAT(read_npy(folder / "z.npy")->dims, ElementsAre(80, 3));
  ASSERT_EQ(run_program({"decode", run, "--z", folder / "z.npy", "--out", folder / "words.csv"}).exit_code, 0);
  const auto table = read_csv(folder / "words.csv");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->rows, 80u);
  EXPECT_EQ(table->columns[0].name, "word_1");
  EXPECT_GE(table->columns[1].numbers[0], table->columns[3].numbers[0]) << "the likeliest first";
  ASSERT_EQ(run_program({"sample", run, "-n", "5", "--out", folder / "lines.txt"}).exit_code, 0);
  const std::string lines = text_of_file(folder / "lines.txt");
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 5);
  ASSERT_EQ(run_program({"outliers", run, "--split", "test", "--out", folder / "o.csv"}).exit_code, 0);
  EXPECT_THAT(text_of_file(folder / "o.csv"), HasSubstr(",score,reconstruction,kl,text\n"));

  // A person's own lines are counted with the words of the run.
  ASSERT_TRUE(atomic_write_file(folder / "mine.txt", std::string_view("The film was wonderful\nthe soup was cold\nqwxz\n")).ok());
  const Finished mine = run_program({"encode", run, "--data", folder / "mine.txt", "--out", folder / "m.npy"});
  ASSERT_EQ(mine.exit_code, 0) << mine.err;
  EXPECT_THAT(mine.err, HasSubstr("1 of 3 rows has none of the 150 words"));
  EXPECT_THAT(read_npy(folder / "m.npy")->dims, ElementsAre(3, 3));

  ASSERT_EQ(run_program({"train", "--out", run, "--resume", "--epochs", "4"}).exit_code, 0) << "the same words again";
  expect_refused(1, {},
                 {{{"sample", run, "--out", folder / "x.png"}, "expected .txt (the likeliest words, a line each), .csv or .npy for texts"},
                  {{"plot", run, "--what", "manifold", "--out", folder / "m.png"}, "this run's data is text"}});
}

TEST(TextCommands, WeightsGoOnWithTheirOwnWordsAlone) {
  const TemporaryFolder folder;
  const auto training = [&](const std::string& words, const std::string& run) {
    return std::vector<std::string>{"train",          "--data",   "reviews", "--set", "count=300", "--set",
                                    "words=" + words, "--epochs", "1",       "--out", folder / run};
  };
  auto first = training("100", "a");
  first.insert(first.end(), {"--set", "hidden=16"});
  ASSERT_EQ(run_program(first).exit_code, 0);
  const std::vector<std::string> init = {"--init", folder / "a"};
  auto same = training("100", "b");
  same.insert(same.end(), init.begin(), init.end());
  EXPECT_EQ(run_program(same).exit_code, 0);
  expect_refused(1, training("90", "c"), {{init, "was trained on 100 words, and reviews has 90; number 91 is '"}});
  expect_refused(1, training("100", "d"),
                 {{{"--init", folder / "a", "--set", "common=0.2"}, "was trained on 100 words, and reviews has 100; number 1 is '"}});
}

TEST(TextCommands, TablesGoOnWithTheirOwnColumnsAlone) {
  const TemporaryFolder folder;
  const auto table = [&](const std::string& name, const std::string& header) {
    std::string text = header;
    for (int i = 0; i < 60; ++i) text += fmt::format("{},{},{}\n", i * i % 17, 0.5 * i, i % 3 ? "red" : "blue");
    EXPECT_TRUE(atomic_write_file(folder / name, std::string_view(text)).ok());
    return folder / name;
  };
  const std::string one = table("one.csv", "height,weight,colour\n"), two = table("two.csv", "height,age,colour\n");
  ASSERT_EQ(run_program({"train", "--data", one, "--set", "hidden=16", "--epochs", "1", "--out", folder / "a"}).exit_code, 0);
  expect_refused(1, {"train", "--data", two, "--epochs", "1"}, {{{"--init", folder / "a"}, "number 2 is 'weight' there and 'age' here"}});
}

TEST(TextCommands, APreviewShowsCards) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"data", "preview", "reviews", "-n", "6", "--out", folder / "p.png"}).exit_code, 0);
  const auto image = decode_image(*read_file(folder / "p.png"), "p.png");
  ASSERT_TRUE(image.ok()) << image.error().message;
  EXPECT_EQ(image->width, 1200u);
  EXPECT_GT(image->height, 200u);
  // Letters of three bytes, more than a card has room for: nothing is cut within one.
  std::string lines;
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 700 + i; ++k) lines += "\xe7\x94\xb5";
    lines += "\n";
  }
  ASSERT_TRUE(atomic_write_file(folder / "long.txt", std::string_view(lines)).ok());
  const Finished drawn = run_program({"data", "preview", folder / "long.txt", "--out", folder / "long.png"});
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  const Json info = run_program({"data", "info", "reviews", "--count", "300", "--json"}).json();
  EXPECT_EQ(info["kind"], "text");
  EXPECT_EQ(info["commonest_words"].size(), 10u);
  EXPECT_GT(info["words_a_text"].get<double>(), 5.0);
}

TEST(TextCommands, LikelihoodsThatDoNotFitAreRefused) {
  expect_refused(1, {"train", "--data", "reviews", "--set", "count=100"},
                 {{{"--set", "likelihood=bernoulli"}, "holds word counts above 1"},
                  {{"--set", "likelihood=categorical"}, "expected data of category columns only"}});
  expect_refused(1, {"train", "--set", "count=100", "--set", "likelihood=multinomial"},
                 {{{"--data", "strokes"}, "expected word counts (texts or svmlight), strokes is images"},
                  {{"--data", "mixture"}, "mixture is a table"}});
}

}  // namespace
}  // namespace latentscape
