// Script: what a person does in the window, one instruction a line, played back through the same input queue and commands.
// Language: docs/SCRIPTS.md. A failed expectation or an unknown word ends the program with file and line.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/input_queue.hpp"
#include "core/base/result.hpp"

namespace latentscape {

struct AppState;
class Window;

struct ScriptLine {
  size_t number = 0;
  std::vector<std::string> words;
  std::string rest;  // all after the first word, as written
};

struct Script {
  std::string name;
  std::vector<ScriptLine> lines;

  static Result<Script> load(const std::string& path);
  static Script parse(std::string name, std::string_view text);
};

class ScriptPlayer {
 public:
  explicit ScriptPlayer(Script script) : script_(std::move(script)) {}

  /// Plays until an instruction has to wait. At the end of the script the program quits.
  void advance(AppState& app, InputQueue& queue, const Window& window);
  void screenshot_done(const Status& status);
  const std::string& error() const { return error_; }

 private:
  enum class Progress { next, again };  // the instruction is done, or is tried again in the next frame
  Result<Progress> play(const ScriptLine& line, AppState& app, InputQueue& queue);
  Result<Progress> wait(const ScriptLine& line, AppState& app);
  Result<Progress> input(const ScriptLine& line, AppState& app, InputQueue& queue, bool& known);
  void fail_at(const ScriptLine& line, const std::string& message, AppState& app);

  Script script_;
  size_t at_ = 0;
  int settle_ = 0;        // frames until what was put in is drawn
  bool started_ = false;  // of a wait
  double wait_from_ = 0.0;
  uint64_t wait_count_ = 0;
  bool shooting_ = false;
  std::array<float, 2> pointer_{-1, -1};
  std::string error_;
};

/// `set KEY VALUE` on the view or the running training; an error names the nearest key.
Status set_by_name(AppState& app, const std::string& key, const std::string& value);
/// The value of a key that `expect` and `print` know.
Result<std::string> value_by_name(const AppState& app, const std::string& key);
/// "a <= b" for numbers, else ==, != and contains for texts.
Result<bool> compare(const std::string& a, const std::string& operation, const std::string& b);

}  // namespace latentscape
