// The window driven by a real pointer and keyboard (xdotool) on a virtual screen: real_input.sh acts, this reads what came of it.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "core/formats/file.hpp"
#include "core/formats/image.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class RealInput : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* tool : {"xvfb-run", "xdotool"})
      if (std::system((std::string("command -v ") + tool + " > /dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << tool << " is not installed";
    if (!fs::exists(program_)) GTEST_SKIP() << program_ << " is not built";
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The exit status of a script that acts; what it says is in log.txt.
  int act(const std::string& script) const {
    const std::string command = "XDG_CONFIG_HOME='" + (folder_ / "config").string() + "' XDG_STATE_HOME='" + (folder_ / "state").string() +
                                "' xvfb-run -a -s '-screen 0 1600x1000x24' '" LS_SOURCE_DIR "/tests/gui/" + script + "' '" + program_ +
                                "' '" + folder_.string() + "' > '" + (folder_ / "log.txt").string() + "' 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::string program_ = LS_BINARY_DIR "/bin/latentscape-gui";
  const fs::path folder_ = fs::temp_directory_path() / ("latentscape-real-input-" + std::to_string(getpid()));
};

TEST_F(RealInput, OwnDataNamedOnTheCommandLineIsLookedAtFirst) {
  std::ofstream table(folder_ / "table.csv");
  table << "weight,wing,species\n";
  for (int i = 0; i < 60; ++i) table << 30 + i % 7 << ',' << 10 + i % 5 << ',' << (i % 2 ? "owl" : "auk") << '\n';
  table.close();
  ASSERT_EQ(act("real_form.sh"), 0) << text_of(folder_ / "log.txt");
  const auto run = load_run((folder_ / "run").string());
  EXPECT_TRUE(run.ok()) << run.error().message;
}

TEST_F(RealInput, TrainsDragsClicksProjectsResizesExportsAndQuits) {
  ASSERT_EQ(act("real_input.sh"), 0) << text_of(folder_ / "log.txt");

  const std::string record = text_of(folder_ / "record.txt");
  for (const char* line : {"move 820 440", "down left", "key T", "wheel 1", "key R", "key Ctrl+E", "key Enter", "key Ctrl+Q"})
    EXPECT_NE(record.find(line), std::string::npos) << "the window did not see: " << line;

  const auto stats = nlohmann::json::parse(text_of(folder_ / "stats.json"), nullptr, false);
  ASSERT_TRUE(stats.is_object());
  EXPECT_EQ(stats["points"], 1000);
  EXPECT_GE(stats["probe_ms"]["count"].get<int>(), 1) << "no decode followed the drag";

  fs::path exported;
  for (const auto& entry : fs::directory_iterator(folder_ / "run/figures")) exported = entry.path();
  const auto bytes = read_file(exported);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  const auto image = decode_image(*bytes, exported.string(), 3);
  ASSERT_TRUE(image.ok()) << image.error().message;
  std::set<uint32_t> colours;
  for (size_t i = 0; i + 2 < image->pixels.size(); i += 3)
    colours.insert((uint32_t{image->pixels[i]} << 16) | (uint32_t{image->pixels[i + 1]} << 8) | image->pixels[i + 2]);
  EXPECT_GT(colours.size(), 50u) << "the exported map has no coloured points";

  const auto run = load_run((folder_ / "run").string());
  EXPECT_TRUE(run.ok()) << "quitting did not leave a run that loads: " << run.error().message;
}

}  // namespace
}  // namespace latentscape
