// Status bar, hints, splitters, and what the centre shows while there is no map.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/data_warnings.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/shell.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

const char* tool_hint(Tool tool) {
  switch (tool) {
    case Tool::probe: return "status.probe";
    case Tool::pan: return "status.pan";
    case Tool::click: return "status.click";
  }
  return "status.probe";
}

std::string z_text(const std::vector<float>& z) {
  std::string out = "z = (";
  for (size_t i = 0; i < std::min<size_t>(z.size(), 4); ++i) out += (i ? ", " : "") + ui::number(static_cast<double>(z[i]), 2);
  return out + (z.size() > 4 ? ", \u2026)" : ")");
}

std::string memory_text(size_t bytes) {
  const double mb = static_cast<double>(bytes) / 1e6;
  return mb >= 1000.0 ? fmt::format("{:.1f} GB", mb / 1000.0) : fmt::format("{:.0f} MB", mb);
}

/// One handle; drags `value` (in pixels at scale 1) by the pointer's way times `sign`. Double click closes.
void splitter(PanelContext& c, const char* name, const Rect& rect, bool vertical, float sign, float& value, bool& open) {
  // A child of its own: drawn after the regions, it lies above them.
  begin_region(name, rect, ImVec2(0, 0), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::InvisibleButton("##grip", ImVec2(rect.w, rect.h));
  ui::register_item(c, name);
  const bool hot = ImGui::IsItemHovered() || ImGui::IsItemActive();
  if (hot) {
    ImGui::SetMouseCursor(vertical ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    const float mx = std::floor(rect.x + rect.w * 0.5f), my = std::floor(rect.y + rect.h * 0.5f);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    if (vertical)
      draw->AddRectFilled(ImVec2(mx - 1.0f, rect.y), ImVec2(mx + 1.0f, rect.bottom()), c.theme.accent);
    else
      draw->AddRectFilled(ImVec2(rect.x, my - 1.0f), ImVec2(rect.right(), my + 1.0f), c.theme.accent);
  }
  if (ImGui::IsItemActive()) {
    const ImVec2 way = ImGui::GetIO().MouseDelta;
    value += sign * (vertical ? way.x : way.y) / c.scale;
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDoubleClicked(0)) open = false;
  ui::tooltip(c, "shell.splitter.tip");
  end_region();
}

/// How much is done, below `at`.
void draw_bar(PanelContext& c, ImVec2 at, float width, double fraction) {
  const float height = 4.0f * c.scale, half = height * 0.5f;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  draw->AddRectFilled(at, ImVec2(at.x + width, at.y + height), c.theme.line, half);
  const float end = at.x + width * std::clamp(static_cast<float>(fraction), 0.02f, 1.0f);
  draw->AddRectFilled(at, ImVec2(end, at.y + height), c.theme.accent, half);
}

/// A small button at the edge where a closed region would be.
void reopen(AppState& app, PanelContext& c, const char* name, const char* glyph, const char* tip, ImVec2 at, const char* command,
            bool grounded = true) {
  const float size = ui::kButtonHeight * c.scale;
  begin_region(fmt::format("##{}", name).c_str(), {at.x, at.y, size * 1.2f, size}, ImVec2(0, 0),
               ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  if (grounded) ImGui::GetWindowDrawList()->AddRectFilled(at, ImVec2(at.x + size * 1.15f, at.y + size), c.theme.raised, 6.0f * c.scale);
  ImGui::PushFont(c.fonts.small);
  if (ui::icon_button(c, name, glyph, tip)) app.run_command(command);
  ImGui::PopFont();
  end_region();
}

}  // namespace

void draw_status_bar(AppState& app, PanelContext& c, const Rect& rect) {
  begin_region("##status", rect, ImVec2(0, 0), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoInputs);
  ImGui::GetWindowDrawList()->AddLine(ImVec2(rect.x, rect.y + 0.5f), ImVec2(rect.right(), rect.y + 0.5f), c.theme.line);
  ImGui::PushFont(c.fonts.small);
  const float y = std::floor(rect.y + (rect.h - ImGui::GetTextLineHeight()) * 0.5f);
  std::vector<std::string> parts;
  if (app.now.run && !c.view.probe.z.empty()) parts.push_back(z_text(c.view.probe.z));
  if (app.now.snapshot) parts.push_back(fmt::format(fmt::runtime(c.tr("status.step")), ui::count(app.now.snapshot->step)));
  if (const size_t there = app.points_there()) {
    const size_t shown = app.points_shown();
    parts.push_back(shown == there ? fmt::format(fmt::runtime(c.tr("status.points_all")), ui::count(there))
                                   : fmt::format(fmt::runtime(c.tr("status.points")), ui::count(shown), ui::count(there)));
  }
  if (app.now.snapshot && app.now.snapshot->latents) {
    const uint32_t age = app.now.snapshot->latents->oldest_age;
    parts.push_back(age == 0 ? std::string(c.tr("status.exact")) : fmt::format(fmt::runtime(c.tr("status.age")), ui::count(age)));
  }
  parts.push_back(fmt::format(fmt::runtime(c.tr("status.frame")), ui::number(app.stats.recent_ms(), 1)));
  if (app.memory_bytes) parts.push_back(memory_text(app.memory_bytes));
  const float gap = 22.0f * c.scale;
  float x = rect.right() - 14.0f * c.scale;
  for (auto it = parts.rbegin(); it != parts.rend(); ++it) {
    const float width = ImGui::CalcTextSize(it->c_str()).x;
    if (x - width < rect.x + 14.0f * c.scale) break;
    ui::draw_text(x - width, y, c.theme.muted, *it);
    x -= width + gap;
  }
  if (const float room = x - rect.x - 14.0f * c.scale; room > 60.0f * c.scale)
    ui::draw_text(rect.x + 14.0f * c.scale, y, c.theme.muted, ui::elided(c.tr(tool_hint(c.view.map.tool)), room));
  ImGui::PopFont();
  end_region();
}

void draw_hints(AppState& app, PanelContext& c, const Rect& rect) {
  begin_region("##hints", rect, ImVec2(0, 0), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::GetWindowDrawList()->AddLine(ImVec2(rect.x, rect.bottom() - 0.5f), ImVec2(rect.right(), rect.bottom() - 0.5f), c.theme.line);
  ImGui::PushFont(c.fonts.small);
  const float y = std::floor(rect.y + (rect.h - ImGui::GetTextLineHeight()) * 0.5f);
  float x = rect.x + 14.0f * c.scale;
  float right = rect.right() - 46.0f * c.scale;
  ImGui::PopFont();
  if (const UiCommand* resume = app.commands.find("file.resume_last"); resume && resume->available(app)) {
    ImGui::PushFont(c.fonts.medium);
    const float width = ImGui::CalcTextSize(c.tr("hints.resume")).x + 44.0f * c.scale;
    ImGui::PopFont();
    right -= width + 8.0f * c.scale;
    ImGui::SetCursorScreenPos(ImVec2(right, std::floor(rect.y + (rect.h - ui::kButtonHeight * c.scale) * 0.5f)));
    if (ui::button(c, "hints.resume", icon::kHistory, c.tr("hints.resume"), "hints.resume.tip", ui::ButtonKind::quiet, width))
      app.run_command("file.resume_last");
  }
  ImGui::PushFont(c.fonts.small);
  constexpr std::pair<const char*, const char*> kHints[] = {{icon::kProbe, "hints.drag"},
                                                            {icon::kPointer, "hints.click"},
                                                            {icon::kExpand, "hints.tsne"},
                                                            {icon::kFlask, "hints.train"},
                                                            {icon::kExport, "hints.export"}};
  for (const auto& [glyph, key] : kHints) {
    const float width = ImGui::CalcTextSize(glyph).x + 8.0f * c.scale + ImGui::CalcTextSize(c.tr(key)).x;
    if (x + width > right - 8.0f * c.scale) break;
    ui::draw_text(x, y, c.theme.accent, glyph);
    ui::draw_text(x + ImGui::CalcTextSize(glyph).x + 8.0f * c.scale, y, c.theme.text, c.tr(key));
    x += width + 26.0f * c.scale;
  }
  ImGui::SetCursorScreenPos(ImVec2(rect.right() - 40.0f * c.scale, std::floor(rect.y + (rect.h - ui::kButtonHeight * c.scale) * 0.5f)));
  if (ui::icon_button(c, "hints.close", icon::kClose, "hints.close.tip")) app.run_command("view.hints");
  ImGui::PopFont();
  end_region();
}

bool draw_centre_state(AppState& app, PanelContext& c, const Rect& rect) {
  if (app.now.run) return false;
  const bool loading = app.now.loading.active, failed = !loading && app.open_error;
  const float width = std::min(430.0f * c.scale, rect.w - 40.0f * c.scale), height = std::min(270.0f * c.scale, rect.h);
  const Rect card{std::floor(rect.x + (rect.w - width) * 0.5f), std::floor(rect.y + std::max(0.0f, rect.h - height) * 0.42f), width,
                  height};
  if (begin_region("##state", card, ImVec2(0, 0))) {
    ImFont* glyphs = c.fonts.title;
    const float size = glyphs->FontSize * 2.2f;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::GetWindowDrawList()->AddText(glyphs, size, at, failed ? c.theme.error : c.theme.accent,
                                        loading  ? icon::kDatabase
                                        : failed ? icon::kWarning
                                                 : icon::kOpen);
    ImGui::Dummy(ImVec2(1.0f, size + 6.0f * c.scale));
    ImGui::PushFont(c.fonts.title);
    ImGui::PushTextWrapPos(0.0f);
    ImGui::TextUnformatted(loading  ? fmt::format("{} {}", c.tr("state.loading"), app.opening).c_str()
                           : failed ? sentence_of(*app.open_error, c.tr).c_str()
                                    : c.tr("state.empty"));
    ImGui::PopTextWrapPos();
    ImGui::PopFont();
    ui::space(c, 4.0f);
    if (loading) {
      if (app.now.loading.what != app.opening) ui::note(c, app.now.loading.what);
      ui::space(c, 10.0f);
      draw_bar(c, ImGui::GetCursorScreenPos(), width, app.now.loading.fraction);
      ImGui::Dummy(ImVec2(width, 16.0f * c.scale));
      if (ui::button(c, "loading.cancel", icon::kClose, c.tr("dialog.cancel"), "loading.cancel.tip"))
        app.run_command("file.cancel_loading");
    } else {
      if (failed && !app.open_error->detail.empty()) {
        ui::note(c, told(c.tr, app.open_error->detail));
        ui::space(c, 6.0f);
      }
      ui::note(c, c.tr("state.empty.text"));
      ui::space(c, 14.0f);
      if (ui::button(c, "state.open", icon::kOpen, c.tr("state.open"), "top.open.tip", ui::ButtonKind::primary))
        app.run_command("file.open");
      ImGui::SameLine();
      if (failed && asks_how_to_read(app.opening)) {
        if (ui::button(c, "state.read", icon::kSliders, c.tr("data.read"), "data.read.tip")) app.run_command("file.read_differently");
        ImGui::SameLine();
      }
      if (ui::button(c, "state.strokes", icon::kPlay, c.tr("state.strokes"), "state.strokes.tip")) app.open_path("strokes");
    }
  }
  end_region();
  return true;
}

void draw_trouble_banner(AppState& app, PanelContext& c, const Rect& rect) {
  const Trouble trouble = trouble_of(app.phase(), app.history);
  if (trouble == Trouble::none) app.hidden_trouble = Trouble::none;
  if (trouble == Trouble::none || trouble == app.hidden_trouble || app.now.loading.active || !app.now.snapshot) return;
  const bool stopped = trouble == Trouble::stopped;
  const float s = c.scale, width = std::min(440.0f * s, rect.w - 24.0f * s), pad = 14.0f * s, text_x = 40.0f * s;
  const char* text = c.tr(stopped ? "trouble.stopped.text" : "trouble.diverged.text");
  const float text_height = ImGui::CalcTextSize(text, nullptr, false, width - text_x - pad).y;
  const float height = pad + 20.0f * s + text_height + 10.0f * s + ui::kButtonHeight * s + pad;
  const Rect banner{std::floor(rect.x + (rect.w - width) * 0.5f), rect.y + 50.0f * s, width, height};
  if (begin_region("##trouble", banner, ImVec2(0, 0), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImU32 ink = stopped ? c.theme.error : c.theme.warning;
    draw->AddRectFilled(ImVec2(banner.x, banner.y), ImVec2(banner.right(), banner.bottom()), c.theme.raised, 8.0f * s);
    draw->AddRectFilled(ImVec2(banner.x, banner.y), ImVec2(banner.x + 4.0f * s, banner.bottom()), ink, 8.0f * s,
                        ImDrawFlags_RoundCornersLeft);
    draw->AddText(ImVec2(banner.x + pad, banner.y + pad), ink, icon::kWarning);
    ImGui::PushFont(c.fonts.medium);
    ui::draw_text(banner.x + text_x, banner.y + pad, c.theme.text, c.tr(stopped ? "trouble.stopped" : "trouble.diverged"));
    ImGui::PopFont();
    draw->AddText(ImGui::GetFont(), ImGui::GetFontSize(), ImVec2(banner.x + text_x, banner.y + pad + 20.0f * s), c.theme.muted, text,
                  nullptr, width - text_x - pad);
    ImGui::SetCursorScreenPos(ImVec2(banner.x + text_x, banner.bottom() - pad - ui::kButtonHeight * s));
    const double rate = std::min(1e-3, app.now.snapshot->metrics.learning_rate / 10.0);
    const std::string lower = fmt::format(fmt::runtime(c.tr(stopped ? "trouble.lower_run" : "trouble.lower")), ui::scientific(rate));
    if (ui::button(c, "trouble.lower", "", lower, stopped ? "trouble.lower_run.tip" : "trouble.lower.tip", ui::ButtonKind::primary)) {
      app.post(command::SetLearningRate{rate});
      if (stopped) app.post(command::Run{});
    }
    ImGui::SameLine(0.0f, 8.0f * s);
    if (ui::button(c, "trouble.reset", icon::kReset, c.tr("trouble.reset"), "top.reset.tip", ui::ButtonKind::quiet))
      app.run_command("run.reset");
    ImGui::SetCursorScreenPos(ImVec2(banner.right() - 36.0f * s, banner.y + 8.0f * s));
    if (ui::icon_button(c, "trouble.close", icon::kClose, "trouble.close.tip")) app.hidden_trouble = trouble;
  }
  end_region();
}

void draw_loading_banner(AppState& app, PanelContext& c, const Rect& rect) {
  if (!app.now.loading.active) return;
  const float width = std::min(420.0f * c.scale, rect.w - 40.0f * c.scale), height = 46.0f * c.scale;
  const Rect banner{std::floor(rect.x + (rect.w - width) * 0.5f), rect.y + 56.0f * c.scale, width, height};
  if (begin_region("##loading", banner, ImVec2(12.0f * c.scale, 10.0f * c.scale),
                   ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const ImVec2 a(banner.x, banner.y), b(banner.right(), banner.bottom());
    draw->AddRectFilled(a, b, c.theme.raised, 8.0f * c.scale);
    const float button = 90.0f * c.scale;
    ui::draw_text(banner.x + 14.0f * c.scale, banner.y + 11.0f * c.scale, c.theme.text,
                  ui::elided(fmt::format("{} {}", c.tr("state.loading"), app.opening), width - button - 40.0f * c.scale));
    draw_bar(c, {banner.x + 14.0f * c.scale, banner.bottom() - 12.0f * c.scale}, width - button - 36.0f * c.scale,
             app.now.loading.fraction);
    ImGui::SetCursorScreenPos(ImVec2(banner.right() - button - 10.0f * c.scale, banner.y + 10.0f * c.scale));
    if (ui::button(c, "loading.cancel", icon::kClose, c.tr("dialog.cancel"), "loading.cancel.tip", ui::ButtonKind::quiet, button))
      app.run_command("file.cancel_loading");
  }
  end_region();
}

void draw_splitters(AppState& app, PanelContext& c) {
  const Layout& l = app.layout;
  LayoutView& v = c.view.layout;
  const float grip = 7.0f * c.scale;
  if (v.map_only) return;
  if (!l.left.empty())
    splitter(c, "splitter.left", {l.left.right() - grip * 0.5f, l.left.y, grip, l.left.h}, true, 1.0f, v.left, v.left_open);
  if (!l.right.empty())
    splitter(c, "splitter.right", {l.right.x - grip * 0.5f, l.right.y, grip, l.right.h}, true, -1.0f, v.right, v.right_open);
  if (!l.bottom.empty())
    splitter(c, "splitter.bottom", {l.bottom.x, l.bottom.y - grip * 0.5f, l.bottom.w, grip}, false, -1.0f, v.bottom, v.bottom_open);
  v.left = std::clamp(v.left, 200.0f, 520.0f);
  v.right = std::clamp(v.right, 230.0f, 700.0f);
  v.bottom = std::clamp(v.bottom, 130.0f, 700.0f);
  const float size = 26.0f * c.scale, edge = 6.0f * c.scale;
  const float side_y = l.centre.bottom() - size - edge;
  if (l.left.empty()) reopen(app, c, "left.open", icon::kChevronRight, "shell.left.tip", {l.centre.x + edge, side_y}, "view.left");
  if (l.right.empty())
    reopen(app, c, "right.open", icon::kChevronLeft, "shell.right.tip",
           {l.centre.right() - size * 1.15f - edge, l.centre.y + 46.0f * c.scale}, "view.right");
  if (l.bottom.empty())
    reopen(app, c, "bottom.open", icon::kChevronUp, "shell.bottom.tip", {l.centre.x + l.centre.w * 0.5f - size * 0.5f, side_y},
           "view.bottom");
  if (!l.bottom.empty())
    reopen(app, c, "bottom.close", icon::kChevronDown, "shell.bottom.tip", {l.bottom.right() - size * 1.15f - edge, l.bottom.y + edge},
           "view.bottom", false);
}

}  // namespace latentscape
