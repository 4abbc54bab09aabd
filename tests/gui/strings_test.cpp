#include "app/gui/strings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "app/gui/commands.hpp"
#include "app/gui/input_queue.hpp"

namespace latentscape {
namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Strings, RefusesLinesWithoutThreeFieldsAndKeysTwice) {
  const auto two = Strings::parse("a.b\tone\n");
  ASSERT_FALSE(two.ok());
  EXPECT_NE(two.error().message.find("line 1"), std::string::npos);
  const auto twice = Strings::parse("a\tone\t一\na\ttwo\t二\n");
  ASSERT_FALSE(twice.ok());
  EXPECT_NE(twice.error().message.find("line 2"), std::string::npos);
}

TEST(Strings, GivesTheCurrentLanguageAndTheKeyWhereNothingIs) {
  auto strings = Strings::parse("# words\na\tone\t一\n");
  ASSERT_TRUE(strings.ok());
  EXPECT_STREQ(strings.value()("a"), "one");
  strings.value().set_language("zh");
  EXPECT_STREQ(strings.value()("a"), "一");
  EXPECT_STREQ(strings.value()("missing"), "missing");
  EXPECT_NE(strings.value().code_points().find(U'一'), std::u32string::npos);
}

TEST(Strings, EveryKeyThatTheWindowUsesIsInTheTable) {
  const auto strings = Strings::embedded();
  ASSERT_TRUE(strings.ok()) << strings.error().message;
  const auto keys = strings.value().keys();
  const std::set<std::string> known(keys.begin(), keys.end());
  // Whole keys in tr("..."); keys of tooltips end in .tip. Keys put together at run time are checked by the areas below.
  const std::regex direct(R"re(tr\("([a-z0-9_.]+)"\))re"), tip(R"re("([a-z0-9_.]+\.tip)")re");
  for (const char* folder : {"app/gui", "app/panels"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(std::filesystem::path(LS_SOURCE_DIR) / folder)) {
      if (file.path().extension() != ".cpp") continue;
      const std::string text = read_text(file.path());
      for (const std::regex& pattern : {direct, tip})
        for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
          const std::string key = (*it)[1];
          if (key != ".tip") {
            EXPECT_TRUE(known.count(key)) << file.path() << ": " << key;
          }
        }
    }
  for (const char* key : {"phase.running", "phase.paused", "phase.finished", "phase.failed", "phase.loading", "phase.empty", "split.train",
                          "split.heldout", "split.test", "data_space.decoded", "data_space.decoded.ae", "outliers.text", "outliers.text.ae",
                          "outliers.score", "outliers.again"})
    EXPECT_TRUE(known.count(key)) << key;
}

TEST(Strings, EveryCommandHasATitleAndNoShortcutIsTakenTwice) {
  const auto strings = Strings::embedded();
  ASSERT_TRUE(strings.ok());
  const auto keys = strings.value().keys();
  const std::set<std::string> known(keys.begin(), keys.end());
  CommandTable table;
  add_run_commands(table);
  add_view_commands(table);
  add_file_commands(table);
  std::set<std::pair<int, int>> taken;
  std::set<std::string> ids;
  for (const UiCommand& command : table.all()) {
    EXPECT_TRUE(known.count(command.title)) << command.title;
    EXPECT_TRUE(ids.insert(command.id).second) << command.id;
    if (command.shortcut.empty()) continue;
    EXPECT_TRUE(taken.insert({command.key, command.mods}).second) << command.id << ": " << command.shortcut;
  }
}

TEST(Commands, PlusIsFoundWithTheShiftThatItNeeds) {
  CommandTable table;
  add_view_commands(table);
  int key = 0, mods = 0;
  ASSERT_TRUE(parse_shortcut("Ctrl+Shift+=", key, mods));
  ASSERT_NE(table.for_key(key, mods), nullptr);
  EXPECT_EQ(table.for_key(key, mods)->id, "view.scale_up");
  ASSERT_TRUE(parse_shortcut("Ctrl+Shift+Minus", key, mods));
  EXPECT_EQ(table.for_key(key, mods), nullptr);
}

TEST(Palette, PrefersWordsToScatteredLetters) {
  EXPECT_GT(palette_score("fit", "Fit the map"), palette_score("fit", "first inner t"));
  EXPECT_GT(palette_score("map pca", "Map: PCA"), 0);
  EXPECT_GT(palette_score("ckp", "Save a checkpoint"), 0);
  EXPECT_EQ(palette_score("xyz", "Fit the map"), 0);
  EXPECT_GT(palette_score("", "anything"), 0);
}

}  // namespace
}  // namespace latentscape
