// InputQueue: what mouse, keyboard and scripts did, handed to Dear ImGui in portions small enough that nothing is lost.
// Dear ImGui 1.86 only sees the state at a frame's start: a press and a release between two frames would vanish.
#pragma once

#include <deque>
#include <string>
#include <variant>
#include <vector>

#include "core/base/clock.hpp"

namespace latentscape {

namespace input {
struct Move {
  float x = 0, y = 0;
};  // window pixels
struct Button {
  int button = 0;
  bool down = false;
};  // 0 left, 1 right, 2 middle
struct Wheel {
  float x = 0, y = 0;
};
struct Key {
  int key = 0;
  bool down = false;
  int mods = 0;
};  // GLFW codes
struct Text {
  unsigned code_point = 0;
};
struct Drop {
  std::vector<std::string> paths;
};
struct Focus {
  bool focused = true;
};
}  // namespace input

struct InputEvent {
  std::variant<input::Move, input::Button, input::Wheel, input::Key, input::Text, input::Drop, input::Focus> what;
  Clock::time_point at = Clock::now();
};

class InputQueue {
 public:
  void push(InputEvent event) { events_.push_back(std::move(event)); }
  bool empty() const { return events_.empty(); }

  /// The events of one frame, oldest first: at most one button transition and nothing but it after it, no key twice.
  std::vector<InputEvent> take_frame();

 private:
  std::deque<InputEvent> events_;
};

/// State that Dear ImGui reads, filled from events; call `apply` after the renderer's NewFrame and before ImGui::NewFrame.
class ImGuiInput {
 public:
  ImGuiInput();  // sets the key map; needs a context
  void apply(const std::vector<InputEvent>& events);
  bool any_button_down() const;
  int mods() const { return mods_; }
  Clock::time_point last_pointer() const { return last_pointer_; }

 private:
  int mods_ = 0;
  Clock::time_point last_pointer_ = Clock::now();
};

/// "Ctrl+Shift+Z" to a GLFW key and modifiers; false where the text is none.
bool parse_shortcut(std::string_view text, int& key, int& mods);
/// The name of a GLFW key as parse_shortcut reads it ("K", "F11", "Space"); empty: unknown.
std::string key_name(int key);

}  // namespace latentscape
