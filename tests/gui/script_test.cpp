#include "app/gui/script.hpp"

#include <gtest/gtest.h>

#include "app/gui/record.hpp"

namespace latentscape {
namespace {

TEST(Script, KeepsLineNumbersAndTheTextAsWritten) {
  const Script script = Script::parse("s.txt", "# a comment\n\n  type two  words\nmove 1 2 # here\r\n");
  ASSERT_EQ(script.lines.size(), 2u);
  EXPECT_EQ(script.lines[0].number, 3u);
  EXPECT_EQ(script.lines[0].rest, "two  words");
  EXPECT_EQ(script.lines[1].words, (std::vector<std::string>{"move", "1", "2"}));
}

TEST(Script, ComparesNumbersAsNumbersAndTextsAsTexts) {
  EXPECT_TRUE(compare("10", ">", "9").value());
  EXPECT_TRUE(compare("1e3", "==", "1000").value());
  EXPECT_TRUE(compare("pca", "!=", "raw").value());
  EXPECT_TRUE(compare("exported /tmp/a.svg", "contains", "a.svg").value());
  EXPECT_FALSE(compare("none", ">", "3").value());
  EXPECT_FALSE(compare("1", "~", "1").ok());
}

TEST(Recorder, ThinsMovesToThoseThatMatter) {
  Recorder recorder;
  const auto at = Clock::now();
  EXPECT_EQ(recorder.lines_of({input::Move{10, 10}, at}, false), "");
  EXPECT_EQ(recorder.lines_of({input::Move{20, 30}, at}, false), "");
  EXPECT_EQ(recorder.lines_of({input::Button{0, true}, at}, false), "move 20 30\ndown left\n");
  EXPECT_EQ(recorder.lines_of({input::Move{25, 30}, at}, true), "move 25 30\n");
  EXPECT_EQ(recorder.lines_of({input::Button{0, false}, at}, true), "up left\n");
  EXPECT_EQ(recorder.lines_of({input::Key{'K', true, 2}, at}, false), "key Ctrl+K\n");
  EXPECT_EQ(recorder.lines_of({input::Key{'K', false, 2}, at}, false), "");
}

TEST(Recorder, WritesPausesThatAPersonMade) {
  Recorder recorder;
  const auto at = Clock::now();
  recorder.lines_of({input::Button{0, true}, at}, false);
  EXPECT_EQ(recorder.lines_of({input::Button{0, false}, at + std::chrono::milliseconds(1500)}, true), "wait seconds 1.5\nup left\n");
}

}  // namespace
}  // namespace latentscape
