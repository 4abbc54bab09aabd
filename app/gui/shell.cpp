#include "app/gui/shell.hpp"

#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/icons.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

ImVec2 low(const Rect& r) { return {r.x, r.y}; }

constexpr float kTabPad = 9.0f, kNarrowTabPad = 4.0f, kTabGap = 2.0f;  // at scale 1

/// One tab as a pill; true when pressed.
bool tab_pill(PanelContext& c, const std::string& name, const char* title, bool active, float pad = kTabPad) {
  ImGui::PushFont(active ? c.fonts.medium : c.fonts.regular);
  const ImVec2 text = ImGui::CalcTextSize(title);
  const ImVec2 size(text.x + 2.0f * pad * c.scale, ui::kButtonHeight * c.scale);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(name.c_str(), size);
  const bool hovered = ImGui::IsItemHovered();
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (active) draw->AddRectFilled(at, ImVec2(at.x + size.x, at.y + size.y), c.theme.raised, 6.0f * c.scale);
  draw->AddText(ImVec2(std::floor(at.x + pad * c.scale), std::floor(at.y + (size.y - text.y) * 0.5f)),
                active || hovered ? c.theme.text : c.theme.muted, title);
  ImGui::PopFont();
  ui::register_item(c, name.c_str());
  return pressed;
}

struct TabLines {
  float pad = kTabPad;       // beside a title
  std::vector<bool> begins;  // does this tab begin a line?
  size_t count = 1;
  float first = 0.0f;  // width of the first line
};

/// Titles of such widths in so much room, all at scale 1: narrow where wide ones do not fit, and in a second line where that does not help.
TabLines fold_tabs(const std::vector<float>& widths, float room) {
  TabLines lines;
  float wanted = 0.0f;
  for (const float w : widths) wanted += w + 2.0f * kTabPad + kTabGap;
  if (wanted > room) lines.pad = kNarrowTabPad;
  float used = 0.0f;
  for (const float w : widths) {
    const float width = w + 2.0f * lines.pad;
    lines.begins.push_back(used > 0.0f && used + width > room);
    if (lines.begins.back()) ++lines.count, used = 0.0f;
    used += width + kTabGap;
    if (lines.count == 1) lines.first = used;
  }
  return lines;
}

}  // namespace

bool begin_region(const char* name, const Rect& rect, ImVec2 padding, ImGuiWindowFlags flags) {
  ImGui::SetCursorScreenPos(low(rect));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, padding);
  const bool visible = ImGui::BeginChild(name, ImVec2(rect.w, rect.h), false, flags | ImGuiWindowFlags_AlwaysUseWindowPadding);
  ImGui::PopStyleVar();
  return visible;
}

void end_region() { ImGui::EndChild(); }

Shell::Shell(const PanelRegistry& registry) {
  for (const PanelEntry& entry : registry.entries()) slots_.push_back({entry, entry.make()});
  std::stable_sort(slots_.begin(), slots_.end(), [](const Slot& a, const Slot& b) { return a.entry.order < b.entry.order; });
}

std::vector<Shell::Slot*> Shell::in(Region region, const SessionView& session) {
  std::vector<Slot*> found;
  for (Slot& slot : slots_)
    if (slot.entry.region == region && (!slot.entry.shown || slot.entry.shown(session))) found.push_back(&slot);
  return found;
}

void Shell::shutdown() {
  for (Slot& slot : slots_) slot.panel->shutdown();
}

void Shell::draw_side(AppState& app, PanelContext& c, Region region, const Rect& rect, std::string& tab) {
  if (rect.empty()) return;
  const auto slots = in(region, c.session);
  if (slots.empty()) return;
  const bool known = std::any_of(slots.begin(), slots.end(), [&](const Slot* s) { return s->entry.name == tab; });
  if (!known) tab = slots.front()->entry.name;
  const bool is_left = region == Region::left;
  const float pad = 14.0f * c.scale;
  std::vector<float> widths;
  for (const Slot* slot : slots) widths.push_back(ImGui::CalcTextSize(c.tr(slot->entry.title)).x / c.scale);
  const TabLines lines = fold_tabs(widths, (rect.w - pad) / c.scale);
  const float gap = kTabGap * c.scale;
  const float strip = (44.0f + static_cast<float>(lines.count - 1) * (ui::kButtonHeight + kTabGap)) * c.scale;
  if (begin_region(is_left ? "##left_tabs" : "##right_tabs", {rect.x, rect.y, rect.w, strip}, ImVec2(pad, 12.0f * c.scale),
                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(gap, gap));
    for (size_t i = 0; i < slots.size(); ++i) {
      const Slot* slot = slots[i];
      if (i > 0 && !lines.begins[i]) ImGui::SameLine(0.0f, gap);
      if (tab_pill(c, "tab." + slot->entry.name, c.tr(slot->entry.title), slot->entry.name == tab, lines.pad)) tab = slot->entry.name;
    }
    ImGui::PopStyleVar();
    const float button = 24.0f * c.scale;
    if (pad + lines.first * c.scale + button + 4.0f * c.scale < rect.w) {
      ImGui::SetCursorScreenPos(ImVec2(rect.right() - button - 6.0f * c.scale, rect.y + 12.0f * c.scale));
      ImGui::PushFont(c.fonts.small);
      if (ui::icon_button(c, is_left ? "left.close" : "right.close", is_left ? icon::kChevronLeft : icon::kChevronRight,
                          is_left ? "shell.left.tip" : "shell.right.tip"))
        app.run_command(is_left ? "view.left" : "view.right");
      ImGui::PopFont();
    }
  }
  end_region();
  for (Slot* slot : slots) {
    if (slot->entry.name != tab) continue;
    // Each tab is a window of its own, so that each keeps its place in scrolling.
    if (begin_region(("##" + slot->entry.name).c_str(), {rect.x, rect.y + strip, rect.w, rect.h - strip}, ImVec2(pad, 0.0f))) {
      slot->panel->draw(c);
      ImGui::Dummy(ImVec2(1.0f, 8.0f * c.scale));
    }
    end_region();
  }
}

void Shell::draw_bottom(PanelContext& c, const Rect& rect) {
  if (rect.empty()) return;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddLine(low(rect), ImVec2(rect.right(), rect.y), c.theme.line);
  const auto slots = in(Region::bottom, c.session);
  if (slots.empty()) return;
  float shares = 0.0f, smallest = slots.front()->entry.share;
  for (const Slot* slot : slots) {
    shares += slot->entry.share;
    smallest = std::min(smallest, slot->entry.share);
  }
  const float gap = 28.0f * c.scale, margin = 14.0f * c.scale;
  const float unit = (rect.w - 2.0f * margin - gap * static_cast<float>(slots.size() - 1)) / shares;
  // Where the columns would get too thin, one shows at a time.
  if (unit * smallest < 190.0f * c.scale) return draw_bottom_tabs(c, rect, slots);
  float x = rect.x + margin;
  for (Slot* slot : slots) {
    const float width = std::floor(slot->entry.share * unit);
    const Rect column{x, rect.y + 6.0f * c.scale, width, rect.h - 10.0f * c.scale};
    if (begin_region(("##" + slot->entry.name).c_str(), column, ImVec2(0, 0))) slot->panel->draw(c);
    end_region();
    x += width + gap;
  }
}

void Shell::draw_bottom_tabs(PanelContext& c, const Rect& rect, const std::vector<Slot*>& slots) {
  const float pad = 14.0f * c.scale, strip = 36.0f * c.scale;
  if (bottom_tab_.empty()) bottom_tab_ = slots.front()->entry.name;
  if (begin_region("##bottom_tabs", {rect.x, rect.y + 1.0f, rect.w, strip - 1.0f}, ImVec2(pad, 6.0f * c.scale),
                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse))
    for (Slot* slot : slots) {
      if (slot != slots.front()) ImGui::SameLine(0.0f, 2.0f * c.scale);
      if (tab_pill(c, "tab." + slot->entry.name, c.tr(slot->entry.title), slot->entry.name == bottom_tab_)) bottom_tab_ = slot->entry.name;
    }
  end_region();
  for (Slot* slot : slots) {
    if (slot->entry.name != bottom_tab_) continue;
    const Rect body{rect.x + pad, rect.y + strip, rect.w - 2.0f * pad, rect.h - strip - 4.0f * c.scale};
    c.titled = true;
    if (begin_region(("##" + slot->entry.name).c_str(), body, ImVec2(0, 0))) slot->panel->draw(c);
    c.titled = false;
    end_region();
  }
}

void Shell::draw_centre(AppState& app, PanelContext& c, const Rect& rect) {
  if (rect.empty()) return;
  if (!draw_centre_state(app, c, rect)) {
    for (Slot* slot : in(Region::centre, c.session)) {
      if (begin_region(("##" + slot->entry.name).c_str(), rect, ImVec2(0, 0),
                       ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse))
        slot->panel->draw(c);
      end_region();
    }
    draw_loading_banner(app, c, rect);
    draw_trouble_banner(app, c, rect);
  }
}

std::vector<Fill> fills_of(const Layout& layout, const Theme& theme) {
  return {{layout.centre, theme.map_background},
          {layout.left, theme.panel},
          {layout.right, theme.panel},
          {layout.bottom, theme.panel},
          {layout.top, theme.panel},
          {layout.status, theme.panel},
          {layout.hints, ui::blended(theme.panel, theme.accent_ground, 0.45f)}};
}

void Shell::draw(AppState& app, PanelContext& c) {
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const Layout& layout = app.layout;
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(display);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0.0f);
  ImGui::Begin("##shell", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar(2);
  draw_centre(app, c, layout.centre);
  draw_side(app, c, Region::left, layout.left, c.view.layout.left_tab);
  draw_side(app, c, Region::right, layout.right, c.view.layout.right_tab);
  draw_bottom(c, layout.bottom);
  if (!layout.top.empty()) draw_top_bar(app, c, layout.top);
  if (!layout.hints.empty()) draw_hints(app, c, layout.hints);
  if (!layout.status.empty()) draw_status_bar(app, c, layout.status);
  draw_splitters(app, c);
  app.reset.draw(app, c);
  app.open.draw(app, c);
  app.import_dialog.draw(app, c);
  app.export_dialog.draw(app, c);
  app.palette.draw(app, c);
  ImGui::End();
  // A dialog in the middle keeps its fields and buttons in sight: beside its title there is room.
  const ImVec2 corner = app.modal_open() ? ImVec2(display.x - 14.0f * c.scale, 108.0f * c.scale)
                                         : ImVec2(layout.centre.right() - 14.0f * c.scale, layout.centre.bottom() - 70.0f * c.scale);
  app.toasts.draw(c, corner, layout.centre.y);
}

}  // namespace latentscape
