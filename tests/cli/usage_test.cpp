// Usage: exit codes, help, and sentences that name the nearest.
#include <algorithm>

#include "core/formats/file.hpp"
#include "core/formats/image.hpp"
#include "tests/cli/program.hpp"

namespace latentscape {
namespace {

using testing::Test;

TEST(Usage, HelpAndVersionSucceed) {
  const Finished help = run_program({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"train", "sweep", "compare", "eval", "encode", "decode", "sample", "interpolate", "traverse", "manifold",
                           "project", "plot", "export", "bench", "gui", "data", "Examples:"})
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  EXPECT_EQ(run_program({"--version"}).out.rfind("latentscape ", 0), 0u);
  EXPECT_EQ(run_program({"train", "--help"}).exit_code, 0);
}

TEST(Usage, WhatDoesNotParseIsExitTwoAndNamesTheNearest) {
  expect_refused(2, {},
                 {{{"trian"}, "did you mean 'train'"},
                  {{"train", "--epoch", "3"}, "did you mean '--epochs'"},
                  {{"eval"}, "run is required"},
                  {{"export", "nowhere", "--format", "pickle", "--out", "x"}, "pickle"},
                  {{"data"}, "subcommand"},
                  {{"train", "--resume", "--force", "--out", "x"}, "excludes"}});
}

TEST(Usage, AnOptionIsNoValueOfAnother) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"eval", "r1", "--metrics", "--json"}, {"sample", "r1", "--out", "--json"}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_EQ(finished.json()["error"]["message"],
              words[2] + ": its value is missing, --json follows, which is an option; see latentscape " + words[0] + " --help");
  }
}

TEST(Usage, ParseErrorsAreJsonToo) {
  const Finished finished = run_program({"train", "--epoch", "3", "--json"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.json()["error"]["code"], "invalid_argument");
}

// What the command line alone tells is exit 2, whichever layer says it.
TEST(Usage, ValuesOutOfRangeAreSaidBeforeDataIsRead) {
  for (const auto& [words, expected] :
       std::vector<std::pair<std::vector<std::string>, std::string>>{{{"train", "--set", "hiden=3"}, "did you mean 'hidden'"},
                                                                     {{"train", "--set", "hidden"}, "KEY=VALUE"},
                                                                     {{"train", "--model", "mpl"}, "did you mean 'mlp'"},
                                                                     {{"train", "--latent", "0"}, "latent"},
                                                                     {{"train", "--batch", "0"}, "batch"},
                                                                     {{"train", "--set", "lr=-1"}, "learning rate"},
                                                                     {{"train", "--set", "lr=nan"}, "learning rate"},
                                                                     {{"train", "--set", "optimiser=adamm"}, "adam or adamw"},
                                                                     {{"train", "--set", "weight_decay=0.1"}, "adam takes none"},
                                                                     {{"train", "--freeze", "all"}, "none or encoder or decoder"},
                                                                     {{"train", "--freeze", "encoder"}, "there is none"},
                                                                     {{"train", "--set", "lr=1", "--set", "lr=2"}, "lr is given twice"},
                                                                     {{"train", "--latent", "3", "--set", "latent=4"}, "'3' and as '4'"},
                                                                     {{"train", "--only", "label"}, "COLUMN=VALUE"},
                                                                     {{"train", "--epochs", "-1"}, "epochs is '-1'"},
                                                                     {{"train", "--set", "count=20"}, "only built-in data"},
                                                                     {{"train", "--out", ""}, "--out is empty"},
                                                                     {{"train", "--resume"}, "--out"}}) {
    std::vector<std::string> with_data = words;
    with_data.insert(with_data.end(), {"--data", "/nowhere/at/all", "--json"});
    const Finished finished = run_program(with_data);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    const std::string message = finished.json()["error"]["message"];
    EXPECT_NE(message.find(expected), std::string::npos) << message;
    EXPECT_EQ(message.find("no file or folder"), std::string::npos) << message;
    EXPECT_EQ(finished.err.find("no --out"), std::string::npos) << "a note before an error: " << finished.err;
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

TEST(Usage, CountsAndNumbersOutOfRangeAreOneSentenceEach) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"sample", "r", "--out", "a.png", "-n", "0"},
                                             {"sample", "r", "--out", "a.png", "-n", "-3"},
                                             {"sample", "r", "--out", "a.png", "-n", "many"},
                                             {"sample", "r", "--out", "a.png", "--temperature", "nan"},
                                             {"sample", "r", "--out", "a.png", "--temperature", "inf"},
                                             {"manifold", "r", "--out", "a.png", "--size", "0"},
                                             {"manifold", "r", "--out", "a.png", "--axes", "0"},
                                             {"traverse", "r", "--out", "a.png", "--steps", "1"},
                                             {"traverse", "r", "--out", "a.png", "--range", "nan"},
                                             {"traverse", "r", "--out", "a.png", "--dimensions", "0"},
                                             {"interpolate", "r", "--out", "a.png", "--to", "1", "--from", "-1"},
                                             {"decode", "r", "--z", "z.npy", "--out", "a.png", "--columns", "-2"},
                                             {"project", "r", "--method", "tsne", "--out", "a.npy", "--perplexity", "nan"},
                                             {"project", "r", "--method", "tsne", "--out", "a.npy", "--iterations", "0"},
                                             {"project", "r", "--method", "umap", "--out", "a.npy", "--neighbours", "1"},
                                             {"project", "r", "--method", "umap", "--out", "a.npy", "--min-dist", "1.5"},
                                             {"project", "r", "--method", "umap", "--out", "a.npy", "--epochs", "0"},
                                             {"plot", "r", "--what", "kl", "--out", "a.png", "--width", "inf"},
                                             {"plot", "r", "--what", "latent", "--out", "a.png", "--rasterise-above", "-1"},
                                             {"eval", "r", "--iwae", "0"},
                                             {"encode", "r", "--out", "a.npy", "--threads", "257"},
                                             {"data", "info", "strokes", "--count", "-3"},
                                             {"data", "preview", "strokes", "--out", "a.png", "-n", "0"},
                                             {"bench", "train", "--seconds", "nan"}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_NE(finished.err.find("is '" + words.back() + "'"), std::string::npos) << finished.err;
    EXPECT_NE(finished.err.find("', expected a"), std::string::npos) << finished.err;
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

TEST(Usage, TheExtensionIsCheckedBeforeTheRunIsLookedFor) {
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"encode", "no-run", "--out", "z.csv"},
                                             {"encode", "no-run", "--out", ""},
                                             {"encode", "no-run", "--out", "z.npy", "--logvar", ""},
                                             {"encode", "no-run", "--out", "z.npy", "--logvar", "./z.npy"},
                                             {"export", "no-run", "--format", "npz", "--out", "w.safetensors"},
                                             {"export", "no-run", "--format", "safetensors", "--out", ""},
                                             {"decode", "no-run", "--z", "z.npy", "--out", "x.bmp"},
                                             {"plot", "no-run", "--what", "kl", "--out", "x.bmp"},
                                             {"project", "no-run", "--method", "pca", "--out", "x.png"},
                                             {"project", "no-run", "--method", "pac", "--out", "x.npy"},
                                             {"project", "no-run", "--method", "umap", "--metric", "cosinus", "--out", "x.npy"},
                                             {"eval", "no-run", "--metrics", "kmm"},
                                             {"eval", "no-run", "--split", "tset"},
                                             {"data", "preview", "strokes", "--out", "x.jpg"}}) {
    const Finished finished = run_program(words);
    EXPECT_EQ(finished.exit_code, 2) << finished.err;
    EXPECT_EQ(finished.err.find("no such run"), std::string::npos) << finished.err;
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
  EXPECT_EQ(list["downloads"][0]["name"], "mnist");
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
  EXPECT_EQ(run_program({"data", "info", "strokes", "--set", "size=3", "--set", "size=4"}).exit_code, 2);
}

TEST(Data, APreviewShowsJitterBesideTheImagesAsTheyAre) {
  const TemporaryFolder folder;
  const auto preview = [&](const char* data, const std::string& name, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"data", "preview", data, "--count", "50", "-n", "2", "--out", folder / name, "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words);
  };
  const std::vector<std::string> jitter = {"--set", "jitter_shift=2", "--set", "jitter_rotate=15", "--set", "jitter_noise=0.05"};
  EXPECT_EQ(preview("strokes", "a.png", jitter).json()["width"], 58) << "two places of 28 pixels and a gap";
  ASSERT_EQ(preview("strokes", "b.png", {}).json()["height"], 28);
  const auto pixels = [&](const std::string& name) { return decode_image(*read_file(folder / name), name)->pixels; };
  const std::vector<uint8_t> with = pixels("a.png"), without = pixels("b.png");
  size_t changed = 0;
  for (size_t image = 0; image < 2; ++image)
    for (size_t y = 0; y < 28; ++y)
      for (size_t x = 0; x < 28; ++x) {
        const uint8_t as_it_is = without[y * 58 + image * 30 + x];
        EXPECT_EQ(with[(image * 30 + y) * 58 + x], as_it_is);
        changed += with[(image * 30 + y) * 58 + 30 + x] != as_it_is;
      }
  EXPECT_GT(changed, 500u);
  EXPECT_NE(preview("mixture", "c.png", jitter).err.find("jitter is for images, mixture is a table"), std::string::npos);
}

TEST(Data, APublicSetThatCannotBeFetchedSaysWhoseItIsAndWhichAddressFailed) {
  const TemporaryFolder folder;
  std::ofstream(folder / "sets.tsv") << "tiny\ttitle\tA tiny set\ntiny\tcredit\tSomebody\ntiny\tlicence\tCC0\ntiny\tpage\thttp://x\n"
                                     << "tiny\tmirror\thttp://tiny.invalid/\ntiny\tfile\tf\t4\tpacked\t" << std::string(64, 'a') << "\n";
  const auto get = [&](const std::string& name) {
    return run_program({"data", "get", name, "--list", folder / "sets.tsv", "--to", folder / "here"});
  };
  const Finished finished = get("tiny");
  EXPECT_EQ(finished.exit_code, 1);
  for (const char* said : {"A tiny set", "Somebody", "licence CC0", "http://tiny.invalid/f: "})
    EXPECT_NE(finished.err.find(said), std::string::npos) << finished.err;
  const Finished unknown = get("tinny");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_NE(unknown.err.find("did you mean 'tiny'"), std::string::npos) << unknown.err;
}

TEST(Data, WrongDataIsOneSentenceThatNamesIt) {
  const TemporaryFolder folder;
  const std::string text = folder / "notes.xyz";
  std::ofstream(text) << "not data";
  struct Wrong {
    std::string spec, code;
    int exit_code;  // a name that does not exist is usage, a path that cannot be read is a failure
  };
  for (const Wrong& wrong : {Wrong{"strokse", "not_found", 2}, Wrong{"/no/where", "not_found", 1}, Wrong{text, "unsupported", 1}})
    for (const std::vector<std::string>& command : {std::vector<std::string>{"data", "info"}, {"train", "--data"}}) {
      std::vector<std::string> words = command;
      words.insert(words.end(), {wrong.spec, "--json"});
      const Finished finished = run_program(words);
      EXPECT_EQ(finished.exit_code, wrong.exit_code) << finished.err;
      EXPECT_EQ(finished.json()["error"]["code"], wrong.code);
      EXPECT_NE(finished.err.find(wrong.spec), std::string::npos);
      EXPECT_EQ(finished.err.find("opening"), std::string::npos) << "named once: " << finished.err;
    }
}

}  // namespace
}  // namespace latentscape
