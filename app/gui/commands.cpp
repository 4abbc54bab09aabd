#include "app/gui/commands.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>

#include <algorithm>

#include "app/gui/input_queue.hpp"
#include "core/base/lower.hpp"

namespace latentscape {
namespace {

constexpr int kPlusKey = GLFW_KEY_EQUAL, kShift = GLFW_MOD_SHIFT;

}  // namespace

void CommandTable::add(UiCommand command) {
  if (!command.shortcut.empty() && !parse_shortcut(command.shortcut, command.key, command.mods)) command.shortcut.clear();
  commands_.push_back(std::move(command));
}

const UiCommand* CommandTable::find(std::string_view id) const {
  for (const UiCommand& c : commands_)
    if (c.id == id) return &c;
  return nullptr;
}

const UiCommand* CommandTable::for_key(int key, int mods) const {
  for (const UiCommand& c : commands_)
    if (!c.shortcut.empty() && c.key == key && c.mods == mods) return &c;
  // Where + is the shifted =, "Ctrl and +" arrives with Shift.
  if (key == kPlusKey && (mods & kShift)) return for_key(key, mods & ~kShift);
  return nullptr;
}

std::vector<std::string> CommandTable::ids() const {
  std::vector<std::string> ids;
  for (const UiCommand& c : commands_) ids.push_back(c.id);
  return ids;
}

std::string_view CommandTable::shortcut_of(std::string_view id) const {
  const UiCommand* command = find(id);
  return command ? std::string_view(command->shortcut) : std::string_view();
}

int palette_score(std::string_view typed, std::string_view text) {
  const std::string wanted = lower(std::string(typed)), have = lower(std::string(text));
  int score = 1;
  bool words = true;
  for (size_t at = 0; at < wanted.size();) {
    const size_t end = std::min(wanted.find(' ', at), wanted.size());
    const std::string word = wanted.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const size_t found = have.find(word);
    if (found == std::string::npos) {
      words = false;
      break;
    }
    score += 10 + (found == 0 ? 10 : have[found - 1] == ' ' || have[found - 1] == '.' ? 5 : 0);
  }
  if (words) return score;
  // Else the letters in order, anywhere.
  size_t from = 0;
  for (const char letter : wanted) {
    if (letter == ' ') continue;
    from = have.find(letter, from);
    if (from == std::string::npos) return 0;
    ++from;
  }
  return 1;
}

}  // namespace latentscape
