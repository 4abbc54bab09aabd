#include "app/gui/arguments.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/temporary_folder.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// The sentence that a command line is refused with; empty: it is taken.
std::string refusal(const std::string& line) {
  const auto arguments = parse_arguments(words_of(line));
  if (!arguments.ok()) return arguments.error().message;
  const Status checked = check_arguments(arguments->options);
  return checked.ok() ? std::string() : checked.error().message;
}

TEST(Arguments, EveryMalformedValueIsOneSentenceThatNamesIt) {
  const std::pair<const char*, const char*> lines[] = {{"--threads abc", "abc"},
                                                       {"--threads -1", "-1"},
                                                       {"--threads 9999", "9999"},
                                                       {"--set threads=abc", "abc"},
                                                       {"--set lr=fast", "fast"},
                                                       {"--set hiden=3", "hidden"},
                                                       {"--set lr", "KEY=VALUE"},
                                                       {"--model m3", "m2"},
                                                       {"--size 0x0", "0x0"},
                                                       {"--size 1600", "1600"},
                                                       {"--size 1600x1000x2", "1600x1000x2"},
                                                       {"--scale -1", "-1"},
                                                       {"--scale nan", "nan"},
                                                       {"--theme foo", "foo"},
                                                       {"--language fr", "fr"},
                                                       {"--points x", "x"},
                                                       {"--points 1.5", "1.5"},
                                                       {"--latent 0", "latent"},
                                                       {"--latent 2.5", "2.5"},
                                                       {"--seed 1e3", "1e3"},
                                                       {"--theme=", "--theme"},
                                                       {"--data", "--data"},
                                                       {"--them ink", "--theme"},
                                                       {"--frob", "unknown option '--frob'"},
                                                       {"--frob=1", "unknown option '--frob'"},
                                                       {"strokes -x", "unknown option '-x'"},
                                                       {"--help=all", "--help takes no value"},
                                                       {"strokes mixture", "mixture"},
                                                       {"strokse", "strokes"},
                                                       {"/nowhere/at/all", "/nowhere/at/all"},
                                                       {"--script /nowhere.txt", "/nowhere.txt"},
                                                       {"--record /nowhere/at/all", "/nowhere/at"},
                                                       {"--stats /tmp", "/tmp"}};
  for (const auto& [line, named] : lines) {
    const std::string sentence = refusal(line);
    EXPECT_NE(sentence.find(named), std::string::npos) << line << ": '" << sentence << "'";
    EXPECT_EQ(sentence.find('\n'), std::string::npos) << line;
  }
}

TEST(Arguments, AFileThatIsNoDataIsRefusedBeforeAWindowOpens) {
  const fs::path file = fs::temp_directory_path() / ("latentscape-arguments-" + std::to_string(getpid()) + ".bin");
  std::ofstream(file) << "not data\n";
  const std::string sentence = refusal(file.string());
  fs::remove(file);
  EXPECT_NE(sentence.find(file.string()), std::string::npos) << sentence;
}

TEST(Arguments, WhatIsRightIsTaken) {
  const auto arguments =
      parse_arguments(words_of("mixture --model m1 --latent 3 --seed=7 --threads 2 --set lr=0.01 --size 1100x700 --scale 1.5 --theme=paper "
                               "--language zh --points all"));
  ASSERT_TRUE(arguments.ok()) << arguments.error().message;
  const AppOptions& o = arguments->options;
  EXPECT_EQ(o.width, 1100);
  EXPECT_EQ(o.height, 700);
  EXPECT_EQ(o.scale, 1.5f);
  EXPECT_EQ(o.theme, "paper");
  EXPECT_EQ(o.language, "zh");
  EXPECT_EQ(o.points, 0u);
  EXPECT_TRUE(check_arguments(o).ok());
  const auto request = first_request(o);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->config.data, "mixture");
  EXPECT_EQ(request->config.model.name, "m1");
  EXPECT_EQ(request->config.model.encoder, (NetworkSpec{600, 600}));
  EXPECT_EQ(request->config.model.latent, 3u);
  EXPECT_EQ(request->config.seed, 7u);
  EXPECT_EQ(request->config.threads, 2u);
  EXPECT_EQ(request->config.learning_rate, 0.01);
  EXPECT_TRUE(request->start);
}

TEST(Arguments, NoWordAtAllTrainsTheBuiltInDigits) {
  const auto arguments = parse_arguments({});
  ASSERT_TRUE(arguments.ok());
  const auto request = first_request(arguments->options);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->config.data, "strokes");
  EXPECT_TRUE(parse_arguments({"--help"})->help);
  EXPECT_TRUE(parse_arguments({"--version"})->version);
}

/// A command line, and whether the form comes before its run.
bool looks(const std::string& line) {
  const auto arguments = parse_arguments(words_of(line));
  EXPECT_TRUE(arguments.ok()) << line;
  const auto request = first_request(arguments->options);
  EXPECT_TRUE(request.ok()) << line;
  return looks_first(arguments->options, *request);
}

TEST(Arguments, OwnDataIsLookedAtBeforeItIsTrainedOn) {
  const TemporaryFolder folder("look");
  const std::string table = folder / "table.csv";
  std::ofstream(table) << "a,b\n1,2\n3,4\n";
  EXPECT_TRUE(looks(table));
  EXPECT_TRUE(looks("--data " + table + " --set label=none"));
  EXPECT_FALSE(looks("--train " + table)) << "asked for at once";
  EXPECT_FALSE(looks(table + " --script x.txt")) << "nobody is there to look";
  EXPECT_FALSE(looks(""));
  EXPECT_FALSE(looks("shapes"));
  // IDX files are the one form that has nothing to choose.
  const std::string idx = folder / "set";
  std::filesystem::create_directory(idx);
  for (const char* name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte"}) std::ofstream(fs::path(idx) / name) << "x";
  EXPECT_FALSE(looks(idx));
}

TEST(Arguments, ThreadsOfAResumedRunAreNoSettingOfIt) {
  const fs::path run = fs::temp_directory_path() / ("latentscape-arguments-run-" + std::to_string(getpid()));
  fs::create_directories(run);
  std::ofstream(run / "run.json") << "{}";
  AppOptions options;
  options.data = run.string();
  options.settings = {{"threads", "3"}, {"lr", "0.5"}};
  const auto request = first_request(options);
  fs::remove_all(run);
  ASSERT_TRUE(request.ok()) << request.error().message;
  EXPECT_EQ(request->resume, options.data);
  EXPECT_EQ(request->config.threads, 3u);
  ASSERT_EQ(request->overrides.size(), 1u);
  EXPECT_EQ(request->overrides[0].first, "lr");
  EXPECT_FALSE(request->start);
}

}  // namespace
}  // namespace latentscape
