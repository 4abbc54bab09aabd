#include "app/gui/widget_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape::ui {

Row begin_row(PanelContext& c, std::string_view label) {
  Row row;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  row.x = at.x;
  row.y = at.y;
  row.width = std::max(40.0f, ImGui::GetContentRegionAvail().x);
  row.height = kRowHeight * c.scale;
  row.text_y = std::floor(at.y + (row.height - ImGui::GetTextLineHeight()) * 0.5f);
  row.field_x = std::floor(row.x + std::max(row.width * 0.51f, 0.0f));
  const std::string shown = elided(label, row.width * 0.62f);
  row.label_width = ImGui::CalcTextSize(shown.c_str()).x;
  draw_text(row.x, row.text_y, c.theme.text, shown);
  return row;
}

void draw_text(float x, float y, ImU32 colour, std::string_view text) {
  ImGui::GetWindowDrawList()->AddText(ImVec2(std::floor(x), y), colour, text.data(), text.data() + text.size());
}

std::string elided(std::string_view text, float width) {
  constexpr const char* kEllipsis = "\xE2\x80\xA6";
  const char *const begin = text.data(), *const end = begin + text.size();
  if (ImGui::CalcTextSize(begin, end).x <= width) return std::string(text);
  const float room = width - ImGui::CalcTextSize(kEllipsis).x;
  const char* rest = begin;  // one pass: a text may be long
  if (room > 0.0f) ImGui::GetFont()->CalcTextSizeA(ImGui::GetFontSize(), room, 0.0f, begin, end, &rest);
  return std::string(begin, rest) + kEllipsis;
}

std::string elided_path(std::string_view path, float width) {
  constexpr const char* kEllipsis = "\xE2\x80\xA6";
  const auto fits = [&](std::string_view text) { return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x <= width; };
  if (fits(path)) return std::string(path);
  const float room = width - ImGui::CalcTextSize(kEllipsis).x;
  // From one folder's name to the next, until the rest has room.
  size_t from = path.find('/', 1);
  while (from != std::string_view::npos) {
    const std::string_view rest = path.substr(from);
    if (ImGui::CalcTextSize(rest.data(), rest.data() + rest.size()).x <= room) return kEllipsis + std::string(rest);
    from = path.find('/', from + 1);
  }
  // A name that is too long itself keeps its beginning and its end, as "photo 1….png": numbers and kinds stand there.
  constexpr size_t kEnd = 10;
  const std::string_view name = path.substr(path.rfind('/') + 1);
  size_t tail = name.size() - std::min(kEnd, name.size());
  while (tail < name.size() && (static_cast<unsigned char>(name[tail]) & 0xC0) == 0x80) ++tail;
  const std::string_view end = name.substr(tail);
  return elided(name.substr(0, tail), width - ImGui::CalcTextSize(end.data(), end.data() + end.size()).x) + std::string(end);
}

ImU32 blended(ImU32 a, ImU32 b, float t) {
  const auto part = [&](int shift) {
    const auto x = static_cast<float>((a >> shift) & 255), y = static_cast<float>((b >> shift) & 255);
    return static_cast<ImU32>(x + (y - x) * t + 0.5f) << shift;
  };
  return part(0) | part(8) | part(16) | part(24);
}

ImU32 faded(ImU32 colour, float alpha) {
  const float a = static_cast<float>(colour >> IM_COL32_A_SHIFT) * alpha;
  return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(a) << IM_COL32_A_SHIFT);
}

ListKeys list_keys(int index, int count) {
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID slot = ImGui::GetID("##marked");
  const bool opens = ImGui::IsWindowAppearing();
  const int before = opens ? index : storage->GetInt(slot, index);
  const auto pressed = [](ImGuiKey key, bool repeat) { return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), repeat); };
  int to = before;
  if (pressed(ImGuiKey_DownArrow, true)) ++to;
  if (pressed(ImGuiKey_UpArrow, true)) --to;
  if (pressed(ImGuiKey_Home, false)) to = 0;
  if (pressed(ImGuiKey_End, false)) to = count - 1;
  ListKeys keys;
  keys.marked = to == before ? before : std::clamp(to, 0, count - 1);
  keys.moved = opens || keys.marked != before;
  keys.taken = !opens && keys.marked >= 0 && (pressed(ImGuiKey_Enter, false) || pressed(ImGuiKey_KeyPadEnter, false));
  storage->SetInt(slot, keys.marked);
  return keys;
}

void register_item(PanelContext& c, const char* name) {
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  c.controls.add(name, {low.x, low.y, high.x, high.y});
}

std::string count(uint64_t n) {
  std::string digits = std::to_string(n);
  for (auto i = static_cast<ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<size_t>(i), ",");
  return digits;
}

std::string number(double v, int decimals) {
  if (std::isnan(v)) return "nan";
  std::string text = fmt::format("{:.{}f}", std::abs(v), decimals);
  // A value that rounds to zero has no sign.
  if (std::signbit(v) && text.find_first_of("123456789i") != std::string::npos) text.insert(0, "\xE2\x88\x92");
  return text;
}

std::string compact(double v, int decimals) { return std::isfinite(v) && std::abs(v) >= 99999.5 ? scientific(v) : number(v, decimals); }

int loss_decimals(double v) { return std::abs(v) < 9.95 ? 2 : 1; }

std::string loss(double v) { return compact(v, loss_decimals(v)); }

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "\xE2\x80\x93";
  const auto s = static_cast<uint64_t>(seconds + 0.5);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string scientific(double v) {
  if (!std::isfinite(v)) return number(v, 0);
  if (v == 0.0) return "0";
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(v)) + 1e-9));
  double mantissa = v / std::pow(10.0, exponent);
  if (std::abs(mantissa) >= 9.95) return scientific(std::copysign(std::pow(10.0, exponent + 1), v));
  return fmt::format("{:.1f}e{}", mantissa, exponent);
}

}  // namespace latentscape::ui
