#include "app/gui/input_queue.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <imgui.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace latentscape {
namespace {

constexpr std::pair<const char*, int> kKeyNames[] = {
    {"Space", GLFW_KEY_SPACE},     {"Enter", GLFW_KEY_ENTER},    {"Escape", GLFW_KEY_ESCAPE},
    {"Tab", GLFW_KEY_TAB},         {"Up", GLFW_KEY_UP},          {"Down", GLFW_KEY_DOWN},
    {"Left", GLFW_KEY_LEFT},       {"Right", GLFW_KEY_RIGHT},    {"Home", GLFW_KEY_HOME},
    {"End", GLFW_KEY_END},         {"PageUp", GLFW_KEY_PAGE_UP}, {"PageDown", GLFW_KEY_PAGE_DOWN},
    {"Delete", GLFW_KEY_DELETE},   {"Insert", GLFW_KEY_INSERT},  {"Backspace", GLFW_KEY_BACKSPACE},
    {"Plus", GLFW_KEY_EQUAL},      {"Minus", GLFW_KEY_MINUS},    {",", GLFW_KEY_COMMA},
    {".", GLFW_KEY_PERIOD},        {"/", GLFW_KEY_SLASH},        {"[", GLFW_KEY_LEFT_BRACKET},
    {"]", GLFW_KEY_RIGHT_BRACKET}, {"F1", GLFW_KEY_F1},          {"F2", GLFW_KEY_F2},
    {"F3", GLFW_KEY_F3},           {"F4", GLFW_KEY_F4},          {"F5", GLFW_KEY_F5},
    {"F6", GLFW_KEY_F6},           {"F7", GLFW_KEY_F7},          {"F8", GLFW_KEY_F8},
    {"F9", GLFW_KEY_F9},           {"F10", GLFW_KEY_F10},        {"F11", GLFW_KEY_F11},
    {"F12", GLFW_KEY_F12}};

constexpr std::pair<ImGuiKey, int> kKeyMap[] = {{ImGuiKey_Tab, GLFW_KEY_TAB},
                                                {ImGuiKey_LeftArrow, GLFW_KEY_LEFT},
                                                {ImGuiKey_RightArrow, GLFW_KEY_RIGHT},
                                                {ImGuiKey_UpArrow, GLFW_KEY_UP},
                                                {ImGuiKey_DownArrow, GLFW_KEY_DOWN},
                                                {ImGuiKey_PageUp, GLFW_KEY_PAGE_UP},
                                                {ImGuiKey_PageDown, GLFW_KEY_PAGE_DOWN},
                                                {ImGuiKey_Home, GLFW_KEY_HOME},
                                                {ImGuiKey_End, GLFW_KEY_END},
                                                {ImGuiKey_Insert, GLFW_KEY_INSERT},
                                                {ImGuiKey_Delete, GLFW_KEY_DELETE},
                                                {ImGuiKey_Backspace, GLFW_KEY_BACKSPACE},
                                                {ImGuiKey_Space, GLFW_KEY_SPACE},
                                                {ImGuiKey_Enter, GLFW_KEY_ENTER},
                                                {ImGuiKey_Escape, GLFW_KEY_ESCAPE},
                                                {ImGuiKey_KeyPadEnter, GLFW_KEY_KP_ENTER},
                                                {ImGuiKey_A, GLFW_KEY_A},
                                                {ImGuiKey_C, GLFW_KEY_C},
                                                {ImGuiKey_V, GLFW_KEY_V},
                                                {ImGuiKey_X, GLFW_KEY_X},
                                                {ImGuiKey_Y, GLFW_KEY_Y},
                                                {ImGuiKey_Z, GLFW_KEY_Z}};

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == (y >= 'A' && y <= 'Z' ? y + 32 : y); });
}

}  // namespace

std::vector<InputEvent> InputQueue::take_frame() {
  std::vector<InputEvent> frame;
  bool button_seen = false;
  std::set<int> keys;
  while (!events_.empty()) {
    const InputEvent& next = events_.front();
    if (std::holds_alternative<input::Button>(next.what)) {
      if (button_seen) break;
      button_seen = true;
    } else if (std::holds_alternative<input::Move>(next.what) || std::holds_alternative<input::Wheel>(next.what)) {
      if (button_seen) break;  // the button acts where the pointer was
    } else if (std::holds_alternative<input::Text>(next.what)) {
      if (button_seen) break;
    } else if (const auto* key = std::get_if<input::Key>(&next.what)) {
      if (button_seen) break;  // a field that a press has just made active takes no keys in that frame
      if (!keys.insert(key->key).second) break;
    }
    frame.push_back(std::move(events_.front()));
    events_.pop_front();
  }
  return frame;
}

ImGuiInput::ImGuiInput() {
  ImGuiIO& io = ImGui::GetIO();
  for (const auto& [slot, key] : kKeyMap) io.KeyMap[slot] = key;
  io.MousePos = ImVec2(-FLT_MAX, -FLT_MAX);
}

void ImGuiInput::apply(const std::vector<InputEvent>& events) {
  ImGuiIO& io = ImGui::GetIO();
  for (const InputEvent& event : events) {
    if (const auto* move = std::get_if<input::Move>(&event.what)) {
      io.MousePos = ImVec2(move->x, move->y);
      last_pointer_ = event.at;
    } else if (const auto* button = std::get_if<input::Button>(&event.what)) {
      if (button->button >= 0 && button->button < 3) io.MouseDown[button->button] = button->down;
      last_pointer_ = event.at;
    } else if (const auto* wheel = std::get_if<input::Wheel>(&event.what)) {
      io.MouseWheel += wheel->y;
      io.MouseWheelH += wheel->x;
      last_pointer_ = event.at;
    } else if (const auto* key = std::get_if<input::Key>(&event.what)) {
      if (key->key >= 0 && key->key < IM_ARRAYSIZE(io.KeysDown)) io.KeysDown[key->key] = key->down;
      mods_ = key->mods;
      last_pointer_ = event.at;
    } else if (const auto* text = std::get_if<input::Text>(&event.what)) {
      if (!(mods_ & (GLFW_MOD_CONTROL | GLFW_MOD_SUPER))) io.AddInputCharacter(text->code_point);
    } else if (const auto* focus = std::get_if<input::Focus>(&event.what); focus && !focus->focused) {
      // Releases that happen elsewhere never arrive.
      std::fill(std::begin(io.KeysDown), std::end(io.KeysDown), false);
      mods_ = 0;
    }
  }
  io.KeyCtrl = io.KeysDown[GLFW_KEY_LEFT_CONTROL] || io.KeysDown[GLFW_KEY_RIGHT_CONTROL];
  io.KeyShift = io.KeysDown[GLFW_KEY_LEFT_SHIFT] || io.KeysDown[GLFW_KEY_RIGHT_SHIFT];
  io.KeyAlt = io.KeysDown[GLFW_KEY_LEFT_ALT] || io.KeysDown[GLFW_KEY_RIGHT_ALT];
  io.KeySuper = io.KeysDown[GLFW_KEY_LEFT_SUPER] || io.KeysDown[GLFW_KEY_RIGHT_SUPER];
}

bool ImGuiInput::any_button_down() const {
  const ImGuiIO& io = ImGui::GetIO();
  return io.MouseDown[0] || io.MouseDown[1] || io.MouseDown[2];
}

bool parse_shortcut(std::string_view text, int& key, int& mods) {
  mods = 0;
  for (;;) {
    const size_t plus = text.find('+');
    if (plus == std::string_view::npos || plus == 0 || plus + 1 == text.size()) break;
    const std::string_view word = text.substr(0, plus);
    if (same_word(word, "Ctrl"))
      mods |= GLFW_MOD_CONTROL;
    else if (same_word(word, "Shift"))
      mods |= GLFW_MOD_SHIFT;
    else if (same_word(word, "Alt"))
      mods |= GLFW_MOD_ALT;
    else
      return false;
    text.remove_prefix(plus + 1);
  }
  if (text.size() == 1) {
    const char c = text[0];
    if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      key = c;
      return true;
    }
    if (c >= 'a' && c <= 'z') {
      key = c - 32;
      return true;
    }
    if (c == '+' || c == '=') {
      key = GLFW_KEY_EQUAL;
      return true;
    }
    if (c == '-') {
      key = GLFW_KEY_MINUS;
      return true;
    }
  }
  for (const auto& [name, code] : kKeyNames)
    if (same_word(text, name)) {
      key = code;
      return true;
    }
  return false;
}

std::string key_name(int key) {
  if ((key >= 'A' && key <= 'Z') || (key >= '0' && key <= '9')) return std::string(1, static_cast<char>(key));
  for (const auto& [name, code] : kKeyNames)
    if (code == key) return name;
  return {};
}

}  // namespace latentscape
