// The window itself, driven by scripts on a virtual screen. Skips, saying so, where there is no xvfb-run.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/formats/image.hpp"
#include "core/formats/npy.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string text;  // stdout and stderr
};

class WindowTest : public testing::Test {
 protected:
  void SetUp() override {
    if (std::system("command -v xvfb-run > /dev/null 2>&1") != 0) GTEST_SKIP() << "xvfb-run is not installed: the window is not tested";
    if (!fs::exists(program_)) GTEST_SKIP() << program_ << " is not built: the window is not tested";
    folder_ = fs::temp_directory_path() / ("latentscape-window-" + std::to_string(getpid()) + "-" +
                                           std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "out");
  }
  void TearDown() override { fs::remove_all(folder_); }

  Outcome run(const std::string& arguments, const std::string& before = "xvfb-run -a -s '-screen 0 1600x1000x24'") const {
    const fs::path log = folder_ / "log.txt";
    const std::string command = "cd '" + folder_.string() + "' && XDG_CONFIG_HOME='" + (folder_ / "config").string() +
                                "' XDG_STATE_HOME='" + (folder_ / "state").string() + "' timeout 280 " + before + " '" + program_ + "' " +
                                arguments + " > '" + log.string() + "' 2>&1";
    const int status = std::system(command.c_str());
    std::ifstream file(log);
    std::stringstream text;
    text << file.rdbuf();
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text.str()};
  }
  Outcome play(const std::string& script, const std::string& more = {}) const {
    return run("--data strokes --set count=2000 --set hidden=64 --set epochs=100000 --out run --script '" LS_SOURCE_DIR "/tests/gui/" +
               script + "' " + more);
  }

  /// Photos of three sizes, a table with words and gaps, texts, pictures as an array, and what cannot be read.
  void write_own_data() const {
    for (size_t i = 0; i < 30; ++i) {
      const size_t width = 30 + 20 * (i % 3), height = 40;
      Image image{width, height, 3, Bytes(width * height * 3)};
      for (size_t k = 0; k < image.pixels.size(); ++k) image.pixels[k] = static_cast<uint8_t>(k * (i + 1) / 7);
      const fs::path folder = folder_ / "photos" / (i % 2 ? "sea" : "hills");
      fs::create_directories(folder);
      ASSERT_TRUE(atomic_write_file(folder / ("photo" + std::to_string(i) + ".png"), *encode_png(image)).ok());
    }
    std::ofstream table(folder_ / "mixed.csv");
    table << "weight,island,species\n";
    for (int i = 0; i < 80; ++i)
      table << (i % 10 == 4 ? std::string() : std::to_string(2500 + 37 * i)) << ',' << (i % 3 ? "north" : "south") << ','
            << (i % 2 ? "owl" : "auk") << '\n';
    std::ofstream notes(folder_ / "notes.tsv");
    notes << "mood\tplace\ttitle\tbody\n";
    for (int i = 0; i < 60; ++i)
      notes << (i % 2 ? "glad" : "sad") << '\t' << (i % 3 ? "north" : "south") << "\tnote of day " << i << "\tthe "
            << (i % 2 ? "warm soup was good" : "cold bread was bad") << (i % 5 ? " and we ate it in 北京" : " at home") << '\n';
    NpyArray stack{{24, 6, 5}, std::vector<float>(24 * 30)};
    for (size_t k = 0; k < stack.values.size(); ++k) stack.values[k] = static_cast<float>(k % 11) / 10.0f;
    ASSERT_TRUE(atomic_write_file(folder_ / "stack.npy", npy_bytes(stack)).ok());
    std::ofstream(folder_ / "broken.npy") << "this is no array";
    fs::create_directories(folder_ / "nothing");
  }

  const std::string program_ = LS_BINARY_DIR "/bin/latentscape-gui";
  fs::path folder_;
};

TEST_F(WindowTest, EveryCommandWorksByName) {
  const Outcome o = play("commands.txt");
  EXPECT_EQ(o.code, 0) << o.text;
  EXPECT_FALSE(fs::exists(folder_ / "config")) << "a script wrote the person's settings";
  EXPECT_FALSE(fs::exists(folder_ / "state")) << "a script left a run behind";
  EXPECT_FALSE(fs::is_empty(folder_ / "run/checkpoints"));
}

TEST_F(WindowTest, KeysPaletteUndoAndSplittersWork) {
  const Outcome o = play("keys.txt");
  EXPECT_EQ(o.code, 0) << o.text;
}

TEST_F(WindowTest, ExportsWhatIsSeen) {
  const Outcome o = play("export.txt");
  ASSERT_EQ(o.code, 0) << o.text;
  EXPECT_GT(fs::file_size(folder_ / "out/map.svg"), 1000u);
  const auto latents = read_npy(folder_ / "out/latents.npy");
  ASSERT_TRUE(latents.ok()) << latents.error().message;
  ASSERT_EQ(latents.value().dims.size(), 2u);
  EXPECT_EQ(latents.value().dims[1], 2u);
  const auto bytes = read_file(folder_ / "out/window.png");
  ASSERT_TRUE(bytes.ok());
  const auto image = decode_image(bytes.value(), "window.png", 3);
  ASSERT_TRUE(image.ok());
  EXPECT_EQ(image.value().width, 1600u);
  EXPECT_EQ(image.value().height, 1000u);
}

TEST_F(WindowTest, OutliersAreScoredShownAndExported) {
  const Outcome o = play("outliers.txt");
  ASSERT_EQ(o.code, 0) << o.text;
  std::ifstream file(folder_ / "out/scores.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_EQ(line.substr(0, 10), "row,split,");
  size_t lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    EXPECT_NE(line.find(",test,"), std::string::npos) << line;
  }
  EXPECT_EQ(lines, 400u);
}

TEST_F(WindowTest, LayoutsRunChangeHoldAndAreJudged) {
  const Outcome o = play("map.txt");
  EXPECT_EQ(o.code, 0) << o.text;
}

TEST_F(WindowTest, ATableHasItsOwnSpaceBesideTheMap) {
  const Outcome o =
      run("--data mixture --set count=2000 --set hidden=32 --set epochs=100000 --script '" LS_SOURCE_DIR "/tests/gui/table.txt'");
  EXPECT_EQ(o.code, 0) << o.text;
}

TEST_F(WindowTest, DataOfOnesOwnIsLookedAtCorrectedAndTrained) {
  write_own_data();
  const Outcome o = play("import.txt");
  EXPECT_EQ(o.code, 0) << o.text;
  EXPECT_FALSE(fs::exists(folder_ / "config")) << "a script wrote the person's settings";
}

TEST_F(WindowTest, TextsAreShownAsWords) {
  const Outcome o = run("--data reviews --set count=1000 --set words=300 --set hidden=32 --set epochs=100000 --script '" LS_SOURCE_DIR
                        "/tests/gui/text.txt'");
  EXPECT_EQ(o.code, 0) << o.text;
}

TEST_F(WindowTest, WrongInputIsSaidAndLosesNothing) {
  const Outcome o = play("wrong.txt");
  EXPECT_EQ(o.code, 0) << o.text;
  EXPECT_FALSE(fs::exists(folder_ / "nowhere")) << "a misspelt path made a folder";
}

TEST_F(WindowTest, LabelsSteerDecodingAndCanBeGivenByHand) {
  const Outcome o = play("labels.txt", "--model m2 --set labels=100 --set latent=2");
  EXPECT_EQ(o.code, 0) << o.text;
}

TEST_F(WindowTest, AnOpenedRunShowsWhatItDidBefore) {
  std::ofstream(folder_ / "train.txt") << "wait loading\nwait epoch 1\nset beta 2\nwait until changes == 1\nkey P\n"
                                          "wait until phase == paused\nrun.checkpoint\nwait frames 20\nquit\n";
  const std::string settings = "--data strokes --set count=1000 --set hidden=16 --set epochs=100000 --out run ";
  const Outcome trained = run(settings + "--script train.txt");
  ASSERT_EQ(trained.code, 0) << trained.text;
  std::ofstream(folder_ / "look.txt") << "wait loading\nwait frames 3\nexpect changes == 1\nexpect losses >= 1\nexpect kl == 2\nquit\n";
  const Outcome looked = run("run --script look.txt");
  EXPECT_EQ(looked.code, 0) << looked.text;
}

TEST_F(WindowTest, FirstMinuteRunsAndWritesStatistics) {
  const Outcome o = play("first_minute.txt", "--stats stats.json");
  ASSERT_EQ(o.code, 0) << o.text;
  std::ifstream file(folder_ / "stats.json");
  const auto json = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_GT(json["frames"].get<int>(), 50);
  EXPECT_GT(json["points"].get<int>(), 1000);
  EXPECT_GE(json["probe_ms"]["count"].get<int>(), 3);
}

TEST_F(WindowTest, AFailedExpectationNamesTheLine) {
  std::ofstream(folder_ / "bad.txt") << "wait frames 2\n\nexpect tool == axe\n";
  const Outcome o = run("--script bad.txt");
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.text.find("bad.txt:3:"), std::string::npos) << o.text;
}

TEST_F(WindowTest, AMisspeltInstructionIsGivenItsNearest) {
  std::ofstream(folder_ / "bad.txt") << "map.fitt\n";
  const Outcome o = run("--script bad.txt");
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.text.find("map.fit"), std::string::npos) << o.text;
}

TEST_F(WindowTest, WithoutADisplayItSaysWhatIsMissing) {
  const Outcome o = run("--data strokes", "env -u DISPLAY -u WAYLAND_DISPLAY");
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.text.find("xvfb"), std::string::npos) << o.text;
}

TEST_F(WindowTest, AnOpenGlThatIsTooOldIsSaid) {
  const Outcome o = run("--data strokes", "env MESA_GL_VERSION_OVERRIDE=2.1 xvfb-run -a -s '-screen 0 1600x1000x24'");
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.text.find("OpenGL 3.3"), std::string::npos) << o.text;
}

TEST_F(WindowTest, AWrongOptionIsAUsageError) {
  EXPECT_EQ(run("--size big").code, 2);
  EXPECT_EQ(run("--frobnicate 3").code, 2);
  EXPECT_EQ(run("--set hiden=3 --script /dev/null").code, 2);
}

}  // namespace
}  // namespace latentscape
