// Usage: exit codes, help, and sentences that name the nearest.
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

using testing::Test;

TEST(Usage, HelpAndVersionSucceed) {
  const Finished help = run_program({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"train", "eval", "encode", "decode", "sample", "interpolate", "traverse", "manifold", "project", "plot",
                           "export", "bench", "gui", "data", "Examples:"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  EXPECT_EQ(run_program({"--version"}).out.rfind("latentscape ", 0), 0u);
  EXPECT_EQ(run_program({"train", "--help"}).exit_code, 0);
}

TEST(Usage, WhatDoesNotParseIsExitTwoAndNamesTheNearest) {
  for (const auto& [words, expected] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{{{"trian"}, "did you mean 'train'"},
                                                                     {{"train", "--epoch", "3"}, "did you mean '--epochs'"},
                                                                     {{"eval"}, "run is required"},
                                                                     {{"export", "nowhere", "--format", "pickle", "--out", "x"}, "pickle"},
                                                                     {{"data"}, "subcommand"},
                                                                     {{"train", "--resume", "--force", "--out", "x"}, "excludes"}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_TRUE(finished.out.empty());
    EXPECT_NE(finished.err.find(expected), std::string::npos) << finished.err;
  }
}

TEST(Usage, ParseErrorsAreJsonToo) {
  const Finished finished = run_program({"train", "--epoch", "3", "--json"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.json()["error"]["code"], "invalid_argument");
}

TEST(Usage, ValuesOutOfRangeAreSaidBeforeDataIsRead) {
  for (const auto& [words, expected] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{{{"train", "--set", "hiden=3"}, "did you mean 'hidden'"},
                                                                     {{"train", "--set", "hidden"}, "KEY=VALUE"},
                                                                     {{"train", "--model", "mpl"}, "did you mean 'mlp'"},
                                                                     {{"train", "--latent", "0"}, "latent"},
                                                                     {{"train", "--batch", "0"}, "batch"},
                                                                     {{"train", "--set", "lr=-1"}, "learning rate"},
                                                                     {{"train", "--resume"}, "--out"}}) {
    std::vector<std::string> with_data = words;
    with_data.insert(with_data.end(), {"--data", "/nowhere/at/all", "--json"});
    const Finished finished = run_program(with_data);
    EXPECT_EQ(finished.exit_code, 1) << finished.err;
    const std::string message = finished.json()["error"]["message"];
    EXPECT_NE(message.find(expected), std::string::npos) << message;
    EXPECT_EQ(message.find("/nowhere"), std::string::npos) << message;
  }
}

TEST(Usage, WithoutTheWindowTheSentenceSaysWhatIsMissing) {
  if (std::filesystem::exists(LS_BINARY_DIR "/bin/latentscape-gui")) GTEST_SKIP() << "the window is installed beside the program";
  const Finished finished = run_program({});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_NE(finished.err.find("latentscape-gui"), std::string::npos);
}

TEST(Usage, AFullDiskBehindStdoutIsAFailure) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(run_program({"data", "list", "--json"}, {}, "/dev/full").exit_code, 1);
}

TEST(Data, ListInfoAndPreview) {
  const Json list = run_program({"data", "list", "--json"}).json();
  EXPECT_FALSE(list["sources"].empty());
  const Json info = run_program({"data", "info", "strokes", "--count", "300", "--json"}).json();
  EXPECT_EQ(info["name"], "strokes");
  EXPECT_EQ(info["shape"], (std::vector<size_t>{28, 28}));
  EXPECT_EQ(info["classes"], 10);
  EXPECT_EQ(info["n"].get<size_t>(),
            info["splits"]["train"].get<size_t>() + info["splits"]["heldout"].get<size_t>() + info["splits"]["test"].get<size_t>());
  const TemporaryFolder folder;
  EXPECT_EQ(run_program({"data", "preview", "strokes", "--count", "50", "-n", "25", "--out", folder / "grid.png"}).exit_code, 0);
  EXPECT_EQ(text_of_file(folder / "grid.png").substr(1, 3), "PNG");
}

TEST(Data, WrongDataIsOneSentenceThatNamesIt) {
  const TemporaryFolder folder;
  const std::string text = folder / "notes.xyz";
  std::ofstream(text) << "not data";
  for (const auto& [spec, code] : std::vector<std::pair<std::string, std::string>>{{"strokse", "not_found"}, {text, "unsupported"}}) {
    const Finished finished = run_program({"data", "info", spec, "--json"});
    EXPECT_EQ(finished.exit_code, 1);
    EXPECT_EQ(finished.json()["error"]["code"], code);
    EXPECT_NE(finished.err.find(spec), std::string::npos);
  }
}

}  // namespace
}  // namespace latentscape
