// The controls that hold a value: slider, integer, text field, drop-down, toggle.
#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_lines.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape::ui {
namespace {

constexpr ImGuiInputTextFlags kNumberFlags = ImGuiInputTextFlags_CharsScientific | ImGuiInputTextFlags_AutoSelectAll;

std::optional<double> number_in(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

float share_of(float value, float low, float high, bool logarithmic) {
  const float share = logarithmic ? std::log(std::max(value, low * 1e-3f) / low) / std::log(high / low) : (value - low) / (high - low);
  return std::clamp(share, 0.0f, 1.0f);
}

float value_at(float share, float low, float high, bool logarithmic) {
  return logarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
}

std::string shown_value(const char* format, float value) {
  if (format && format[std::strlen(format) - 1] == 'e') return scientific(static_cast<double>(value));
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format ? format : "%.2f", static_cast<double>(value));
  std::string text = buffer;
  return !text.empty() && text[0] == '-' ? fmt::format("\u2212{}", text.substr(1)) : text;
}

constexpr float kFieldPad = 9.0f;  // pixels at UI scale 1

float width_of(std::string_view text) { return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x; }

/// A line of `width` under a word, at least to be seen: a word may be missing.
void underline(PanelContext& c, float x, float y, float width) {
  ImGui::GetWindowDrawList()->AddLine(ImVec2(x, y), ImVec2(x + std::max(width, 5.0f * c.scale), y), c.theme.warning, 2.0f * c.scale);
}

/// A frame around the field, and a line under the word that is wrong where all of the text is in sight; else see wrong_word.
void mark_wrong(PanelContext& c, std::string_view text, size_t at, ImVec2 low, ImVec2 high) {
  ImGui::GetWindowDrawList()->AddRect(low, high, c.theme.warning, 5.0f * c.scale, 0, std::max(1.0f, c.scale));
  const float pad = kFieldPad * c.scale;
  if (width_of(text) > high.x - low.x - 2.0f * pad) return;
  at = std::min(at, text.size());
  underline(c, low.x + pad + width_of(text.substr(0, at)), high.y - 3.0f * c.scale, width_of(text.substr(at, end_of_word(text, at) - at)));
}

constexpr float kChoicePad = 34.0f;  // beside a drop-down's text, pixels at UI scale 1

/// Of a short list: so that none of its words is cut where the label leaves room, and the field keeps its width.
float widest(std::span<const std::string> options) {
  constexpr size_t kShort = 16;
  float width = 0.0f;
  for (size_t i = 0; i < options.size() && options.size() <= kShort; ++i) width = std::max(width, width_of(options[i]));
  return width;
}

/// Typing into the value of a slider: the text when it is entered; the field closes by itself.
std::optional<std::string> edit_in_place(PanelContext& c, const Row& row, const char* name, float value) {
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID slot = ImGui::GetID("##typing");
  const bool first = storage->GetInt(slot) != 2;
  const float width = 64.0f * c.scale;
  ImGui::SetCursorScreenPos(ImVec2(row.x + row.width - width, row.y));
  ImGui::SetNextItemWidth(width);
  if (first) ImGui::SetKeyboardFocusHere();
  std::string typed = fmt::format("{:.6g}", value);
  ImGui::PushID(name);
  const bool entered = ImGui::InputText("##typed", &typed, kNumberFlags | ImGuiInputTextFlags_EnterReturnsTrue);
  const bool left = ImGui::IsItemDeactivated();
  ImGui::PopID();
  storage->SetInt(slot, entered || left ? 0 : 2);
  return entered ? std::optional(typed) : std::nullopt;
}

void draw_track(PanelContext& c, float x0, float x1, float y, float share, bool hot) {
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float half = 1.75f * c.scale;
  const float knob = x0 + (x1 - x0) * share;
  draw->AddRectFilled(ImVec2(x0, y - half), ImVec2(x1, y + half), c.theme.dark ? c.theme.raised : c.theme.line, half);
  if (knob > x0) draw->AddRectFilled(ImVec2(x0, y - half), ImVec2(knob, y + half), c.theme.accent, half);
  if (hot) draw->AddCircleFilled(ImVec2(knob, y), 11.0f * c.scale, faded(c.theme.accent, 0.25f));
  draw->AddCircleFilled(ImVec2(knob, y), 7.0f * c.scale, c.theme.text);
}

}  // namespace

SliderResult slider(PanelContext& c, const char* name, std::string_view label, const char* tip, float& value, float low, float high,
                    const char* format, bool logarithmic, const TypedCheck& check) {
  SliderResult result;
  ImGui::PushID(name);
  const Row row = begin_row(c, label);
  const bool narrow = row.width < 190.0f * c.scale;
  const float value_width = (narrow ? 46.0f : 58.0f) * c.scale, least = (narrow ? 20.0f : 30.0f) * c.scale;
  const float x1 = row.x + row.width - value_width;
  const float x0 = std::min(std::max(row.x + row.width * 0.37f, row.x + row.label_width + 14.0f * c.scale), x1 - least);
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID typing = ImGui::GetID("##typing");
  const bool open = storage->GetInt(typing) != 0;
  const float pad = 8.0f * c.scale;
  ImGui::SetCursorScreenPos(ImVec2(x0 - pad, row.y));
  ImGui::InvisibleButton("##track", ImVec2(x1 - x0 + 2 * pad, row.height));
  const bool active = ImGui::IsItemActive();
  const bool hovered = ImGui::IsItemHovered();
  result.done = ImGui::IsItemDeactivated();
  if (active) {
    const float next = value_at(std::clamp((ImGui::GetIO().MousePos.x - x0) / (x1 - x0), 0.0f, 1.0f), low, high, logarithmic);
    result.changed = next != value;
    value = next;
  }
  c.controls.add(name, {x0, row.y, x1, row.y + row.height});
  tooltip(c, tip);
  draw_track(c, x0, x1, std::floor(row.y + row.height * 0.5f) + 0.5f, share_of(value, low, high, logarithmic), hovered || active);
  if (open) {
    if (const auto text = edit_in_place(c, row, name, value))
      result.typed = accepted(c, label, *text, static_cast<double>(low), static_cast<double>(high), check);
    if (result.typed) {
      value = static_cast<float>(*result.typed);
      result.changed = result.done = true;
    }
  } else {
    const std::string text = shown_value(format, value);
    draw_text(row.x + row.width - ImGui::CalcTextSize(text.c_str()).x, row.text_y, c.theme.text, text);
    ImGui::SetCursorScreenPos(ImVec2(x1 + pad, row.y));
    ImGui::InvisibleButton("##value", ImVec2(std::max(1.0f, value_width - pad), row.height));
    c.controls.add(std::string(name) + ".value", {x1 + pad, row.y, row.x + row.width, row.y + row.height});
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
    if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) storage->SetInt(typing, 1);
  }
  ImGui::SetCursorScreenPos(ImVec2(row.x, row.y));
  ImGui::Dummy(ImVec2(row.width, row.height));
  ImGui::PopID();
  return result;
}

std::optional<double> accepted(PanelContext& c, std::string_view label, const std::string& typed, double low, double high,
                               const TypedCheck& check, std::string* refused) {
  const auto value = number_in(typed);
  Status good = check ? check(typed) : Status();
  if (!check && !(value && *value >= low && *value <= high))
    good = fail(ErrorCode::invalid_argument, "{}", fmt::format(fmt::runtime(c.tr("field.range")), low, high));
  if (good.ok() && value) return value;
  const std::string what = fmt::format(fmt::runtime(c.tr("field.refused")), label, typed),
                    why = good.ok() ? std::string(c.tr("field.number")) : good.error().message;
  if (refused)
    *refused = fmt::format("{}: {}", what, why);
  else
    c.send.toast(LogLevel::warning, fmt::format("{}\n{}", what, why));
  return std::nullopt;
}

bool integer(PanelContext& c, const char* name, std::string_view label, const char* tip, int64_t& value, int64_t low, int64_t high,
             const TypedCheck& check, std::string_view zero, std::string* refused) {
  const Row row = begin_row(c, label);
  const std::string shown = value == 0 && !zero.empty() ? std::string(zero) : fmt::format("{}", value);
  ImGui::SetCursorScreenPos(ImVec2(row.field_x, row.y));
  ImGui::SetNextItemWidth(row.x + row.width - row.field_x);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(9.0f * c.scale, (row.height - ImGui::GetTextLineHeight()) * 0.5f));
  ImGui::PushID(name);
  // The text counts when it is entered or the field is left. A click elsewhere may take the field before its last text is seen: what was
  // typed until the frame before waits in the storage, at most kDigits characters.
  constexpr size_t kDigits = 24;
  std::array<char, kDigits> waiting{};
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const auto slot = [](size_t i) { return ImGui::GetID(reinterpret_cast<const void*>(0x100 + i)); };
  const ImGuiID open_slot = ImGui::GetID("##open");
  const bool was_open = storage->GetBool(open_slot);
  if (was_open) {
    for (size_t i = 0; i < kDigits; ++i) waiting[i] = static_cast<char>(storage->GetInt(slot(i)));
  } else {
    std::snprintf(waiting.data(), waiting.size(), "%s", shown.c_str());
  }
  // Where there is a place to say why, nothing that is typed is swallowed.
  ImGui::InputText("##value", waiting.data(), waiting.size(), refused ? ImGuiInputTextFlags_AutoSelectAll : kNumberFlags);
  const bool active = ImGui::IsItemActive();
  const bool left = ImGui::IsItemDeactivated();
  register_item(c, name);
  tooltip(c, tip);
  storage->SetBool(open_slot, active);
  for (size_t i = 0; i < kDigits && active; ++i) storage->SetInt(slot(i), waiting[i]);
  ImGui::PopID();
  ImGui::PopStyleVar();
  const std::string typed = waiting.data();
  if (!left || typed.empty() || typed == shown || ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape))) return false;
  const TypedCheck whole = [&](const std::string& text) -> Status {
    const auto number = number_in(text);
    if (number && *number == std::floor(*number) && *number >= static_cast<double>(low) && *number <= static_cast<double>(high)) return {};
    return fail(ErrorCode::invalid_argument, "{}", fmt::format(fmt::runtime(c.tr("field.whole")), low, high));
  };
  const auto number = accepted(c, label, typed, 0.0, 0.0, check ? check : whole, refused);
  if (!number) return false;
  const auto entered = static_cast<int64_t>(*number);
  const bool changed = entered != value;
  value = entered;
  return changed;
}

bool text_field(PanelContext& c, const char* name, std::string_view label, const char* tip, std::string& value, const char* hint_key,
                std::optional<size_t> wrong_at) {
  float x = ImGui::GetCursorScreenPos().x, y = ImGui::GetCursorScreenPos().y;
  float width = ImGui::GetContentRegionAvail().x;
  const float height = (label.empty() ? kButtonHeight : kRowHeight) * c.scale;
  if (!label.empty()) {
    const Row row = begin_row(c, label);
    x = row.field_x;
    width = row.x + row.width - row.field_x;
  }
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  ImGui::SetNextItemWidth(width);
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(kFieldPad * c.scale, (height - ImGui::GetTextLineHeight()) * 0.5f));
  ImGui::PushID(name);
  const bool changed = hint_key ? ImGui::InputTextWithHint("##text", c.tr(hint_key), &value) : ImGui::InputText("##text", &value);
  ImGui::PopID();
  register_item(c, name);
  tooltip(c, tip);
  ImGui::PopStyleVar();
  if (wrong_at) mark_wrong(c, value, *wrong_at, ImVec2(x, y), ImVec2(x + width, y + height));
  return changed;
}

void wrong_word(PanelContext& c, std::string_view line, size_t at) {
  const float width = ImGui::GetContentRegionAvail().x, pad = kFieldPad * c.scale;
  if (width_of(line) <= width - 2.0f * pad) return;
  const Excerpt excerpt = excerpt_around(line, at, width, width_of);
  const ImVec2 low = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight();
  draw_text(low.x, low.y, c.theme.text, excerpt.text);
  const std::string_view shown = excerpt.text;
  underline(c, low.x + width_of(shown.substr(0, excerpt.at)), low.y + height + c.scale, width_of(shown.substr(excerpt.at, excerpt.size)));
  ImGui::Dummy(ImVec2(width, height + 2.0f * c.scale));
}

bool choice(PanelContext& c, const char* name, std::string_view label, const char* tip, int& index, std::span<const std::string> options,
            std::string_view unchosen) {
  float x = ImGui::GetCursorScreenPos().x, y = ImGui::GetCursorScreenPos().y;
  float width = ImGui::GetContentRegionAvail().x;
  const float height = (label.empty() ? kButtonHeight : kRowHeight) * c.scale;
  if (!label.empty()) {
    const Row row = begin_row(c, label);
    const float usual = row.x + row.width - row.field_x, most = row.width - row.label_width - 10.0f * c.scale;  // what the label leaves
    width = std::clamp(widest(options) + kChoicePad * c.scale, usual, std::max(usual, most));
    x = row.x + row.width - width;
  }
  const bool valid = index >= 0 && index < static_cast<int>(options.size());
  const std::string current = valid ? options[static_cast<size_t>(index)] : std::string(unchosen);
  ImGui::PushID(name);
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  const bool clicked = ImGui::InvisibleButton("##choice", ImVec2(std::max(20.0f, width), height));
  const bool hovered = ImGui::IsItemHovered();
  register_item(c, name);
  tooltip(c, tip);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(ImVec2(x, y), ImVec2(x + width, y + height), hovered ? blended(c.theme.raised, c.theme.text, 0.08f) : c.theme.raised,
                      5.0f * c.scale);
  const float text_y = std::floor(y + (height - ImGui::GetTextLineHeight()) * 0.5f);
  draw_text(x + 10.0f * c.scale, text_y, valid ? c.theme.text : c.theme.muted, elided(current, width - kChoicePad * c.scale));
  const float cx = x + width - 13.0f * c.scale, cy = y + height * 0.5f - 1.0f * c.scale, r = 4.0f * c.scale;
  draw->AddTriangleFilled(ImVec2(cx - r, cy - r * 0.4f), ImVec2(cx + r, cy - r * 0.4f), ImVec2(cx, cy + r * 0.8f), c.theme.muted);
  if (clicked) ImGui::OpenPopup("##list");
  bool changed = false;
  ImGui::SetNextWindowPos(ImVec2(x, y + height + 4.0f * c.scale));
  ImGui::SetNextWindowSizeConstraints(ImVec2(width, 0), ImVec2(std::max(width, 360.0f * c.scale), 420.0f * c.scale));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(6.0f * c.scale, 6.0f * c.scale));
  if (ImGui::BeginPopup("##list")) {
    if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false)) ImGui::CloseCurrentPopup();
    const ListKeys keys = list_keys(index, static_cast<int>(options.size()));
    const int before = index;
    for (int i = 0; i < static_cast<int>(options.size()); ++i) {
      ImGui::PushID(i);
      const bool marked = i == keys.marked;
      if (ImGui::Selectable(options[static_cast<size_t>(i)].c_str(), marked, 0, ImVec2(0, kRowHeight * c.scale)) || (marked && keys.taken))
        index = i;
      if (marked && keys.moved) ImGui::SetScrollHereY(0.5f);
      ImGui::PopID();
      register_item(c, fmt::format("{}.{}", name, i).c_str());
    }
    changed = index != before;
    if (keys.taken) ImGui::CloseCurrentPopup();
    ImGui::EndPopup();
  }
  ImGui::PopStyleVar();
  ImGui::PopID();
  return changed;
}

bool check(PanelContext& c, const char* name, std::string_view label, const char* tip, bool& value) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float s = c.scale, width = ImGui::GetContentRegionAvail().x, height = kRowHeight * s, box = 16.0f * s;
  const bool pressed = ImGui::InvisibleButton(name, ImVec2(std::max(1.0f, width), height));
  const bool hovered = ImGui::IsItemHovered();
  register_item(c, name);
  tooltip(c, tip);
  if (pressed) value = !value;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float y = std::floor(at.y + (height - box) * 0.5f);
  const ImVec2 low(at.x, y), high(at.x + box, y + box);
  if (value) {
    draw->AddRectFilled(low, high, c.theme.accent, 4.0f * s);
    ImFont* font = c.fonts.small;
    const ImVec2 mark = font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, icon::kCheck);
    draw->AddText(font, font->FontSize, ImVec2(std::floor(low.x + (box - mark.x) * 0.5f), std::floor(low.y + (box - mark.y) * 0.5f)),
                  c.theme.on_accent, icon::kCheck);
  } else {
    draw->AddRectFilled(low, high, c.theme.raised, 4.0f * s);
    draw->AddRect(low, high, hovered ? c.theme.text : c.theme.muted, 4.0f * s, 0, std::max(1.0f, s));
  }
  const float text_y = std::floor(at.y + (height - ImGui::GetTextLineHeight()) * 0.5f);
  draw_text(low.x + box + 8.0f * s, text_y, value ? c.theme.text : c.theme.muted, elided(label, width - box - 8.0f * s));
  return pressed;
}

bool toggle(PanelContext& c, const char* name, std::string_view label, const char* tip, bool& value) {
  const Row row = begin_row(c, label);
  const float width = 30.0f * c.scale, height = 16.0f * c.scale;
  const bool pressed = ImGui::InvisibleButton(name, ImVec2(row.width, row.height));
  const bool hovered = ImGui::IsItemHovered();
  if (pressed) value = !value;
  const float x = row.x + row.width - width, y = std::floor(row.y + (row.height - height) * 0.5f);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImU32 off = c.theme.dark ? blended(c.theme.raised, c.theme.text, 0.12f) : c.theme.line;
  draw->AddRectFilled(ImVec2(x, y), ImVec2(x + width, y + height),
                      value     ? c.theme.accent
                      : hovered ? blended(off, c.theme.text, 0.1f)
                                : off,
                      height * 0.5f);
  const float knob = value ? x + width - height * 0.5f : x + height * 0.5f;
  draw->AddCircleFilled(ImVec2(knob, y + height * 0.5f), 6.0f * c.scale, value ? c.theme.on_accent : c.theme.text);
  register_item(c, name);
  tooltip(c, tip);
  return pressed;
}

}  // namespace latentscape::ui
