#include "app/gui/widgets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_lines.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"

namespace latentscape::ui {
namespace {

const char* begin_of(std::string_view text) { return text.data(); }
const char* end_of(std::string_view text) { return text.data() + text.size(); }

/// Calls `line` for each line of the text; spaces at a break are left out.
template <class Line>
void wrap(ImFont* font, float size, float width, std::string_view text, Line line) {
  const auto width_of = [&](std::string_view s) { return font->CalcTextSizeA(size, 1e6f, 0.0f, begin_of(s), end_of(s)).x; };
  const char *at = begin_of(text), *end = end_of(text);
  while (at < end) {
    const char* stop = at + line_length({at, static_cast<size_t>(end - at)}, width, width_of);
    line(at, stop);
    at = stop;
    while (at < end && (*at == ' ' || *at == '\n')) ++at;
  }
}

/// Dear ImGui's own wrapping would break numbers at their point.
void wrapped_text(ImU32 colour, std::string_view text) {
  const auto width_of = [](std::string_view s) { return ImGui::CalcTextSize(begin_of(s), end_of(s)).x; };
  const std::string lines = wrapped(text, ImGui::GetContentRegionAvail().x, width_of);
  ImGui::PushStyleColor(ImGuiCol_Text, colour);
  ImGui::TextUnformatted(lines.data(), lines.data() + lines.size());
  ImGui::PopStyleColor();
}

float wrapped_height(ImFont* font, float size, float width, std::string_view text) {
  float height = 0.0f;
  wrap(font, size, width, text, [&](const char*, const char*) { height += size * 1.25f; });
  return height;
}

/// Returns where the next line would be.
float centred_lines(ImDrawList* draw, ImFont* font, float size, ImVec2 top, float width, ImU32 colour, std::string_view text) {
  wrap(font, size, width, text, [&](const char* from, const char* to) {
    const float w = font->CalcTextSizeA(size, 1e6f, 0.0f, from, to).x;
    draw->AddText(font, size, ImVec2(std::floor(top.x - w * 0.5f), std::floor(top.y)), colour, from, to);
    top.y += size * 1.25f;
  });
  return top.y;
}

}  // namespace

void section(PanelContext& c, std::string_view title, std::string_view right) {
  ImGui::Dummy(ImVec2(1.0f, 6.0f * c.scale));
  ImGui::PushFont(c.fonts.caption);
  std::string capitals(title);
  for (char& letter : capitals)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  const float left = ImGui::GetCursorPosX();
  ImGui::TextUnformatted(capitals.c_str());
  if (!right.empty()) {
    const float width = ImGui::CalcTextSize(begin_of(right), end_of(right)).x;
    ImGui::SameLine(left + std::max(0.0f, ImGui::GetContentRegionMax().x - left - width));
    ImGui::TextUnformatted(begin_of(right), end_of(right));
  }
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::Dummy(ImVec2(1.0f, 1.0f * c.scale));
}

bool fold(PanelContext& c, const char* name, std::string_view title, std::string_view summary, bool open_at_first) {
  ImGuiStorage* storage = ImGui::GetStateStorage();
  ImGui::PushID(name);
  const ImGuiID slot = ImGui::GetID("##shown");
  ImGui::Dummy(ImVec2(1.0f, 2.0f * c.scale));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = 20.0f * c.scale, caret = 14.0f * c.scale;
  if (ImGui::InvisibleButton("##fold", ImVec2(width, height))) storage->SetBool(slot, !storage->GetBool(slot, open_at_first));
  const bool shown = storage->GetBool(slot, open_at_first), hovered = ImGui::IsItemHovered();
  register_item(c, name);
  ImGui::PopID();
  const ImU32 ink = hovered ? c.theme.text : c.theme.muted;
  std::string capitals(title);
  for (char& letter : capitals)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
  ImGui::PushFont(c.fonts.caption);
  draw_text(at.x, std::floor(at.y + (height - ImGui::GetTextLineHeight()) * 0.5f), ink, capitals);
  const float taken = ImGui::CalcTextSize(capitals.c_str()).x + 10.0f * c.scale;
  ImGui::PopFont();
  ImGui::PushFont(c.fonts.small);
  if (!shown) {
    const std::string text = elided(summary, width - taken - caret);
    draw_text(at.x + width - caret - ImGui::CalcTextSize(text.c_str()).x, std::floor(at.y + (height - ImGui::GetTextLineHeight()) * 0.5f),
              ink, text);
  }
  ImGui::PopFont();
  const float x = at.x + width - 5.0f * c.scale, y = at.y + height * 0.5f, r = 3.5f * c.scale;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (shown)
    draw->AddTriangleFilled(ImVec2(x - r, y - r * 0.5f), ImVec2(x + r, y - r * 0.5f), ImVec2(x, y + r * 0.7f), ink);
  else
    draw->AddTriangleFilled(ImVec2(x - r * 0.5f, y - r), ImVec2(x + r * 0.7f, y), ImVec2(x - r * 0.5f, y + r), ink);
  return shown;
}

void value_row(PanelContext& c, std::string_view label, std::string_view value, bool old) {
  const Row row = begin_row(c, label);
  const std::string shown = elided(value, row.width - row.label_width - 8.0f * c.scale);
  const float width = ImGui::CalcTextSize(shown.c_str()).x;
  draw_text(row.x + row.width - width, row.text_y, old ? faded(c.theme.muted, 0.55f) : c.theme.muted, shown);
  ImGui::Dummy(ImVec2(row.width, row.height));
  if (shown.size() != value.size() && ImGui::IsItemHovered()) ImGui::SetTooltip("%.*s", static_cast<int>(value.size()), value.data());
}

void note(PanelContext& c, std::string_view text) { wrapped_text(c.theme.muted, text); }

void problem(PanelContext& c, std::string_view text) { wrapped_text(c.theme.warning, text); }

void space(PanelContext& c, float height) {
  const float gap = ImGui::GetStyle().ItemSpacing.y;
  ImGui::Dummy(ImVec2(1.0f, std::max(0.0f, height * c.scale - gap)));
}

void placeholder(PanelContext& c, const char* icon, std::string_view title, std::string_view text) {
  const ImVec2 at = ImGui::GetCursorScreenPos(), room = ImGui::GetContentRegionAvail();
  const float width = std::min(room.x, 300.0f * c.scale), line = 4.0f * c.scale;
  ImFont* glyphs = c.fonts.title;
  const float glyph_size = glyphs->FontSize * 1.5f, title_size = c.fonts.medium->FontSize, text_size = c.fonts.small->FontSize * 1.05f;
  const auto size_of = [&](ImFont* font, float size, std::string_view s) {
    return font->CalcTextSizeA(size, 1e6f, width, begin_of(s), end_of(s));
  };
  const ImVec2 glyph = size_of(glyphs, glyph_size, icon), head = title.empty() ? ImVec2() : size_of(c.fonts.medium, title_size, title);
  const float height =
      glyph.y + 2.0f * line + (title.empty() ? 0.0f : head.y + line) + wrapped_height(c.fonts.small, text_size, width, text);
  float y = at.y + std::max(4.0f * c.scale, std::min((room.y - height) * 0.42f, 140.0f * c.scale));
  const float middle = at.x + room.x * 0.5f;
  const float first = y;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddText(glyphs, glyph_size, ImVec2(std::floor(middle - glyph.x * 0.5f), y), faded(c.theme.muted, 0.7f), icon);
  y += glyph.y + 2.0f * line;
  if (!title.empty()) {
    draw->AddText(c.fonts.medium, title_size, ImVec2(std::floor(middle - head.x * 0.5f), y), c.theme.text, begin_of(title), end_of(title),
                  width);
    y += head.y + line;
  }
  y = centred_lines(draw, c.fonts.small, text_size, {middle, y}, width, c.theme.muted, text);
  ImGui::Dummy(ImVec2(room.x, y - at.y + (first > at.y ? 4.0f * c.scale : 0.0f)));
}

void placeholder_without_run(PanelContext& c, const char* icon, const char* text) {
  if (c.session.loading.active) return placeholder(c, icon::kSpinner, c.tr("state.loading"), {});
  placeholder(c, icon, {}, c.tr(text));
}

bool button(PanelContext& c, const char* name, const char* icon, std::string_view label, const char* tip, ButtonKind kind, float width,
            bool enabled) {
  ImGui::PushFont(c.fonts.medium);
  const ImVec2 text = ImGui::CalcTextSize(begin_of(label), end_of(label));
  const float given = width < 0.0f ? ImGui::GetContentRegionAvail().x : width;
  // Words matter more than the picture where there is no room for both.
  const bool has_icon =
      icon && *icon && (width == 0.0f || label.empty() || ImGui::CalcTextSize(icon).x + text.x + 16.0f * c.scale <= given);
  const float icon_width = has_icon ? ImGui::CalcTextSize(icon).x : 0.0f;
  const float gap = has_icon && !label.empty() ? 8.0f * c.scale : 0.0f;
  const float padding = 11.0f * c.scale;
  const float height = kButtonHeight * c.scale;
  const float content = icon_width + gap + text.x;
  const float full = width == 0.0f ? content + 2.0f * padding : given;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(name, ImVec2(full, height)) && enabled;
  const bool hovered = ImGui::IsItemHovered() && enabled;
  const bool held = ImGui::IsItemActive() && enabled;
  ImU32 ground = c.theme.raised, ink = c.theme.text, icon_ink = c.theme.muted;
  if (kind == ButtonKind::primary) {
    ground = c.theme.accent;
    ink = icon_ink = c.theme.on_accent;
  } else if (kind == ButtonKind::danger) {
    ink = icon_ink = c.theme.error;
  } else if (kind == ButtonKind::quiet) {
    ground = 0;
    ink = hovered ? c.theme.text : c.theme.muted;
  }
  if (hovered)
    ground = kind == ButtonKind::primary ? blended(ground, IM_COL32_WHITE, held ? 0.0f : 0.12f)
                                         : blended(c.theme.raised, c.theme.text, held ? 0.14f : 0.08f);
  if (!enabled) {
    ink = icon_ink = faded(ink, 0.4f);
    ground = faded(ground, 0.5f);
  }
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (ground >> IM_COL32_A_SHIFT) draw->AddRectFilled(at, ImVec2(at.x + full, at.y + height), ground, 6.0f * c.scale);
  float x = std::floor(at.x + (full - content) * 0.5f);
  const float y = std::floor(at.y + (height - text.y) * 0.5f);
  if (has_icon) draw->AddText(ImVec2(x, y), icon_ink, icon);
  draw->AddText(ImVec2(x + icon_width + gap, y), ink, begin_of(label), end_of(label));
  ImGui::PopFont();
  register_item(c, name);
  tooltip(c, tip);
  return pressed;
}

bool icon_button(PanelContext& c, const char* name, const char* icon, const char* tip, bool active, bool enabled) {
  const float size = kButtonHeight * c.scale;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(name, ImVec2(size * 1.15f, size)) && enabled;
  const bool hovered = ImGui::IsItemHovered() && enabled;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const ImU32 ground = active ? c.theme.accent_ground : hovered ? blended(c.theme.raised, c.theme.text, 0.08f) : 0;
  if (ground) draw->AddRectFilled(at, ImVec2(at.x + size * 1.15f, at.y + size), ground, 6.0f * c.scale);
  ImU32 ink = active ? c.theme.accent : hovered ? c.theme.text : c.theme.muted;
  if (!enabled) ink = faded(ink, 0.4f);
  const ImVec2 glyph = ImGui::CalcTextSize(icon);
  draw->AddText(ImVec2(std::floor(at.x + (size * 1.15f - glyph.x) * 0.5f), std::floor(at.y + (size - glyph.y) * 0.5f)), ink, icon);
  register_item(c, name);
  tooltip(c, tip);
  return pressed;
}

bool segmented(PanelContext& c, const char* name, const char* tip, int& index, std::span<const std::string> options) {
  bool changed = false;
  const float height = kButtonHeight * c.scale;
  ImGui::PushID(name);
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x;
  float group_x0 = 1e9f, group_y0 = 1e9f, group_x1 = -1e9f, group_y1 = -1e9f;
  for (int i = 0; i < static_cast<int>(options.size()); ++i) {
    const std::string& option = options[static_cast<size_t>(i)];
    const ImVec2 text = ImGui::CalcTextSize(option.c_str());
    const ImVec2 size(text.x + 22.0f * c.scale, height);
    // Pills that do not fit any more begin a new line.
    if (i > 0 && ImGui::GetItemRectMax().x + 6.0f * c.scale + size.x <= right) ImGui::SameLine(0.0f, 6.0f * c.scale);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton(option.c_str(), size) && index != i) {
      index = i;
      changed = true;
    }
    const bool hovered = ImGui::IsItemHovered();
    const bool active = index == i;
    const ImU32 ground = active ? c.theme.accent_ground : hovered ? blended(c.theme.raised, c.theme.text, 0.08f) : c.theme.raised;
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, ImVec2(at.x + size.x, at.y + size.y), ground, 6.0f * c.scale);
    draw->AddText(ImVec2(std::floor(at.x + 11.0f * c.scale), std::floor(at.y + (height - text.y) * 0.5f)),
                  active    ? c.theme.accent
                  : hovered ? c.theme.text
                            : c.theme.muted,
                  option.c_str());
    register_item(c, fmt::format("{}.{}", name, i).c_str());
    group_x0 = std::min(group_x0, at.x);
    group_y0 = std::min(group_y0, at.y);
    group_x1 = std::max(group_x1, at.x + size.x);
    group_y1 = std::max(group_y1, at.y + size.y);
    tooltip(c, tip);
  }
  ImGui::PopID();
  if (!options.empty()) c.controls.add(name, {group_x0, group_y0, group_x1, group_y1});
  return changed;
}

bool chips(PanelContext& c, const char* name, const char* tip, int& index, std::span<const std::string> options) {
  if (options.empty()) return false;
  const float gap = 4.0f * c.scale, height = 22.0f * c.scale, room = ImGui::GetContentRegionAvail().x;
  float widest = 14.0f * c.scale;
  for (const std::string& option : options) widest = std::max(widest, ImGui::CalcTextSize(option.c_str()).x + 12.0f * c.scale);
  const auto fit = static_cast<size_t>(std::max(1.0f, std::floor((room + gap) / (widest + gap))));
  const size_t lines = (options.size() + fit - 1) / fit, columns = (options.size() + lines - 1) / lines;
  const float width = std::min((room + gap) / static_cast<float>(columns) - gap, widest + 36.0f * c.scale);
  const ImVec2 start = ImGui::GetCursorScreenPos();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  bool changed = false;
  ImGui::PushID(name);
  for (size_t i = 0; i < options.size(); ++i) {
    const ImVec2 at(start.x + static_cast<float>(i % columns) * (width + gap), start.y + static_cast<float>(i / columns) * (height + gap));
    ImGui::SetCursorScreenPos(at);
    ImGui::PushID(static_cast<int>(i));
    const bool pressed = ImGui::InvisibleButton("##chip", ImVec2(width, height)), active = index == static_cast<int>(i);
    ImGui::PopID();
    if (pressed && !active) {
      index = static_cast<int>(i);
      changed = true;
    }
    const bool hovered = ImGui::IsItemHovered();
    const ImU32 ground = active ? c.theme.accent_ground : hovered ? blended(c.theme.raised, c.theme.text, 0.08f) : c.theme.raised;
    draw->AddRectFilled(at, ImVec2(at.x + width, at.y + height), ground, 5.0f * c.scale);
    const std::string text = elided(options[i], width - 4.0f * c.scale);
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    draw_text(at.x + (width - size.x) * 0.5f, std::floor(at.y + (height - size.y) * 0.5f),
              active    ? c.theme.accent
              : hovered ? c.theme.text
                        : c.theme.muted,
              text);
    register_item(c, fmt::format("{}.{}", name, i).c_str());
    tooltip(c, tip);
  }
  ImGui::PopID();
  ImGui::SetCursorScreenPos(start);
  ImGui::Dummy(ImVec2(room, static_cast<float>(lines) * (height + gap) - gap));
  register_item(c, name);
  return changed;
}

bool image(PanelContext& c, const char* name, ImTextureID texture, ImVec2 size, const char* tip, bool clickable) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const ImVec2 end(at.x + size.x, at.y + size.y);
  const bool pressed = ImGui::InvisibleButton(name, size);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float rounding = std::min(6.0f * c.scale, size.x * 0.12f);
  if (texture)
    draw->AddImageRounded(texture, at, end, ImVec2(0, 0), ImVec2(1, 1), IM_COL32_WHITE, rounding);
  else
    draw->AddRectFilled(at, end, c.theme.raised, rounding);
  if (clickable && ImGui::IsItemHovered()) draw->AddRect(at, end, c.theme.accent, rounding, 0, 1.5f * c.scale);
  register_item(c, name);
  if (tip) tooltip(c, tip);
  return pressed && clickable;
}

void tooltip(PanelContext& c, const char* tip) {
  if (!tip || !*tip) return;
  // Dear ImGui 1.86 has no delay of its own: the pointer must rest on one item for half a second.
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID slot = ImGui::GetID("##tooltip");
  const ImVec2 low = ImGui::GetItemRectMin();
  const auto item = static_cast<int>(low.x) * 65536 + static_cast<int>(low.y);
  if (!ImGui::IsItemHovered() || ImGui::IsItemActive()) {  // what is typed into is not covered
    if (storage->GetInt(slot) == item) storage->SetInt(slot, 0);
    return;
  }
  const ImGuiID since = ImGui::GetID("##rest");
  const ImGuiIO& io = ImGui::GetIO();
  const bool moved =
      std::abs(io.MouseDelta.x) + std::abs(io.MouseDelta.y) > 0.5f && storage->GetFloat(since) > 0.0f && storage->GetFloat(since) < 0.5f;
  if (storage->GetInt(slot) != item || moved || ImGui::IsAnyMouseDown()) {
    storage->SetInt(slot, item);
    storage->SetFloat(since, 0.0001f);
    return;
  }
  const float rested = storage->GetFloat(since) + io.DeltaTime;
  storage->SetFloat(since, rested);
  if (rested < 0.5f) return;
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(10.0f * c.scale, 7.0f * c.scale));
  ImGui::BeginTooltip();
  ImGui::PushTextWrapPos(320.0f * c.scale);
  ImGui::TextUnformatted(c.tr(tip));
  ImGui::PopTextWrapPos();
  ImGui::EndTooltip();
  ImGui::PopStyleVar();
}

}  // namespace latentscape::ui
