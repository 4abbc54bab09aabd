#include "app/gui/record.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace latentscape {
namespace {

std::string utf8(unsigned point) {
  if (point < 0x80) return std::string(1, static_cast<char>(point));
  std::string out;
  if (point < 0x800) {
    out += static_cast<char>(0xC0 | (point >> 6));
  } else {
    out += static_cast<char>(0xE0 | (point >> 12));
    out += static_cast<char>(0x80 | ((point >> 6) & 63));
  }
  return out + static_cast<char>(0x80 | (point & 63));
}

std::string shortcut_of(const input::Key& key) {
  const std::string name = key_name(key.key);
  if (name.empty()) return {};
  std::string text;
  if (key.mods & GLFW_MOD_CONTROL) text += "Ctrl+";
  if (key.mods & GLFW_MOD_SHIFT) text += "Shift+";
  if (key.mods & GLFW_MOD_ALT) text += "Alt+";
  return text + name;
}

const char* button_name(int button) { return button == 1 ? "right" : button == 2 ? "middle" : "left"; }

}  // namespace

Result<Recorder> Recorder::open(const std::string& path) {
  Recorder recorder;
  recorder.path_ = path;
  recorder.file_.reset(std::fopen(path.c_str(), "w"));
  if (!recorder.file_) return fail(ErrorCode::io, "{}: cannot be written: {}", path, std::strerror(errno));
  std::fputs("# A session of Latentscape; play it with --script. Rectangles are those of the window's size then.\n", recorder.file_.get());
  return recorder;
}

std::string Recorder::pending_pauses(Clock::time_point now) {
  std::string out;
  if (!typed_.empty()) out += fmt::format("type {}\n", std::exchange(typed_, {}));
  if (last_ != Clock::time_point{}) {
    const double seconds = std::chrono::duration<double>(now - last_).count();
    if (seconds > 0.25) out += fmt::format("wait seconds {:.1f}\n", seconds);
  }
  last_ = now;
  return out;
}

std::string Recorder::lines_of(const InputEvent& event, bool dragging) {
  if (const auto* move = std::get_if<input::Move>(&event.what)) {
    pointer_ = *move;
    moved_ = true;
    if (!dragging || move->x < -1e5f) return {};  // hovering: only where it ends matters
    moved_ = false;
    return pending_pauses(event.at) + fmt::format("move {:.0f} {:.0f}\n", move->x, move->y);
  }
  if (const auto* text = std::get_if<input::Text>(&event.what)) {
    typed_ += utf8(text->code_point);
    last_ = event.at;
    return {};
  }
  std::string out;
  const auto here = [&] {
    if (!std::exchange(moved_, false)) return std::string();
    return fmt::format("move {:.0f} {:.0f}\n", pointer_.x, pointer_.y);
  };
  if (const auto* button = std::get_if<input::Button>(&event.what)) {
    out = pending_pauses(event.at) + here() + fmt::format("{} {}\n", button->down ? "down" : "up", button_name(button->button));
  } else if (const auto* wheel = std::get_if<input::Wheel>(&event.what)) {
    out = pending_pauses(event.at) + here() + fmt::format("wheel {:g}\n", wheel->y);
  } else if (const auto* key = std::get_if<input::Key>(&event.what)) {
    // Letters without a modifier arrive as text as well; the key itself is what shortcuts see.
    const std::string shortcut = key->down ? shortcut_of(*key) : std::string();
    if (!shortcut.empty()) out = pending_pauses(event.at) + fmt::format("key {}\n", shortcut);
  } else if (const auto* drop = std::get_if<input::Drop>(&event.what)) {
    out = pending_pauses(event.at);
    for (const std::string& path : drop->paths) out += fmt::format("drop {}\n", path);
  }
  return out;
}

void Recorder::add(const InputEvent& event, bool dragging) {
  const std::string lines = lines_of(event, dragging);
  if (lines.empty() || !file_) return;
  failed_ = failed_ || std::fputs(lines.c_str(), file_.get()) < 0 || std::fflush(file_.get()) != 0;
}

Status Recorder::close() {
  if (!file_) return {};
  if (!typed_.empty()) failed_ = failed_ || std::fputs(fmt::format("type {}\n", typed_).c_str(), file_.get()) < 0;
  const bool closed = std::fclose(file_.release()) == 0;
  if (failed_ || !closed) return fail(ErrorCode::io, "{}: the recording could not be written whole", path_);
  return {};
}

}  // namespace latentscape
