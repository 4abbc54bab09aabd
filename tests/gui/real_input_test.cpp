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

TEST(RealInput, TrainsDragsClicksProjectsResizesExportsAndQuits) {
  const std::string program = LS_BINARY_DIR "/bin/latentscape-gui";
  for (const char* tool : {"xvfb-run", "xdotool"})
    if (std::system((std::string("command -v ") + tool + " > /dev/null 2>&1").c_str()) != 0) GTEST_SKIP() << tool << " is not installed";
  if (!fs::exists(program)) GTEST_SKIP() << program << " is not built";
  const fs::path folder = fs::temp_directory_path() / ("latentscape-real-input-" + std::to_string(getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  const std::string command = "XDG_CONFIG_HOME='" + (folder / "config").string() + "' XDG_STATE_HOME='" + (folder / "state").string() +
                              "' xvfb-run -a -s '-screen 0 1600x1000x24' '" LS_SOURCE_DIR "/tests/gui/real_input.sh' '" + program + "' '" +
                              folder.string() + "' > '" + (folder / "log.txt").string() + "' 2>&1";
  const int status = std::system(command.c_str());
  ASSERT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0) << text_of(folder / "log.txt");

  const std::string record = text_of(folder / "record.txt");
  for (const char* line : {"move 820 440", "down left", "key T", "wheel 1", "key R", "key Ctrl+E", "key Enter", "key Ctrl+Q"})
    EXPECT_NE(record.find(line), std::string::npos) << "the window did not see: " << line;

  const auto stats = nlohmann::json::parse(text_of(folder / "stats.json"), nullptr, false);
  ASSERT_TRUE(stats.is_object());
  EXPECT_EQ(stats["points"], 1000);
  EXPECT_GE(stats["probe_ms"]["count"].get<int>(), 1) << "no decode followed the drag";

  fs::path exported;
  for (const auto& entry : fs::directory_iterator(folder / "run/figures")) exported = entry.path();
  const auto bytes = read_file(exported);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  const auto image = decode_image(*bytes, exported.string(), 3);
  ASSERT_TRUE(image.ok()) << image.error().message;
  std::set<uint32_t> colours;
  for (size_t i = 0; i + 2 < image->pixels.size(); i += 3)
    colours.insert((uint32_t{image->pixels[i]} << 16) | (uint32_t{image->pixels[i + 1]} << 8) | image->pixels[i + 2]);
  EXPECT_GT(colours.size(), 50u) << "the exported map has no coloured points";

  const auto run = load_run((folder / "run").string());
  EXPECT_TRUE(run.ok()) << "quitting did not leave a run that loads: " << run.error().message;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace latentscape
