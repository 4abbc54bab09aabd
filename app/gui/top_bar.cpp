#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/gui/icons.hpp"
#include "app/gui/shell.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

std::string run_text(const AppState& app) {
  if (!app.now.run) return {};
  const OpenedRun& run = *app.now.run;
  return fmt::format("{}  \u00B7  {} {}  \u00B7  z = {}", run.data->name, run.config.model.name, short_text(run.config.model.encoder),
                     run.config.model.latent);
}

/// What is written right of the progress bar, dropped from the end where there is no room.
std::vector<std::pair<std::string, bool>> readouts(const AppState& app, PanelContext& c) {
  std::vector<std::pair<std::string, bool>> out;
  if (!app.now.snapshot || !app.now.run) return out;
  const TrainingSnapshot& s = *app.now.snapshot;
  out.emplace_back(fmt::format("{} {:.1f} / {}", c.tr("top.epoch"), std::floor(s.epoch_progress * 10.0) / 10.0, s.target_epochs), true);
  if (s.phase == RunPhase::running && s.metrics.eta_seconds >= 0)
    out.emplace_back(fmt::format(fmt::runtime(c.tr("top.left")), ui::duration(s.metrics.eta_seconds)), false);
  else if (s.phase != RunPhase::running)
    out.emplace_back(c.tr(fmt::format("phase.{}", to_string(s.phase)).c_str()), false);
  if (s.metrics.samples_per_s > 0) {
    const double rate = s.metrics.samples_per_s;
    out.emplace_back(fmt::format(fmt::runtime(c.tr("top.rate")),
                                 rate >= 1e4 ? fmt::format("{:.1f}k", rate / 1e3) : ui::count(static_cast<uint64_t>(rate))),
                     false);
  }
  return out;
}

float width_of(const std::string& text) { return ImGui::CalcTextSize(text.c_str()).x; }

void draw_run_buttons(AppState& app, PanelContext& c, bool labels) {
  const bool there = app.now.run != nullptr;
  const bool running = app.phase() == RunPhase::running;
  const auto text = [&](const char* key) { return labels ? c.tr(key) : ""; };
  const char* toggle = running ? "top.pause" : app.phase() == RunPhase::finished ? "top.continue" : "top.run";
  if (ui::button(c, "top.run", running ? icon::kPause : icon::kPlay, c.tr(toggle), "top.run.tip", ui::ButtonKind::primary, 0.0f, there))
    app.run_command("run.toggle");
  ImGui::SameLine(0.0f, 14.0f * c.scale);
  if (ui::button(c, "top.step", icon::kStep, text("top.step"), "top.step.tip", ui::ButtonKind::plain, 0.0f, there))
    app.run_command("run.step");
  ImGui::SameLine(0.0f, 14.0f * c.scale);
  if (ui::button(c, "top.reset", icon::kReset, text("top.reset"), "top.reset.tip", ui::ButtonKind::plain, 0.0f, there))
    app.run_command("run.reset");
  ImGui::SameLine(0.0f, 6.0f * c.scale);
  if (ui::icon_button(c, "top.new_seed", icon::kRandom, "top.new_seed.tip", false, there)) app.run_command("run.new_seed");
}

/// Right-aligned: palette, export, theme. Returns the left edge.
float draw_right(AppState& app, PanelContext& c, const Rect& rect, float y) {
  const float icon = ui::kButtonHeight * 1.15f * c.scale;
  ImGui::PushFont(c.fonts.medium);
  const float pill = ImGui::CalcTextSize("Ctrl K").x + ImGui::CalcTextSize(icon::kSearch).x + 30.0f * c.scale;
  ImGui::PopFont();
  float x = rect.right() - 10.0f * c.scale - icon;
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  if (ui::icon_button(c, "top.theme", icon::kTheme, "top.theme.tip")) app.run_command("view.theme");
  x -= icon;
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  if (ui::icon_button(c, "top.export", icon::kExport, "top.export.tip", false, app.now.snapshot != nullptr)) app.run_command("file.export");
  x -= icon;
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  if (ui::icon_button(c, "top.open", icon::kOpen, "top.open.tip")) app.run_command("file.open");
  x -= pill + 4.0f * c.scale;
  ImGui::SetCursorScreenPos(ImVec2(x, y));
  if (ui::button(c, "top.palette", icon::kSearch, "Ctrl K", "top.palette.tip", ui::ButtonKind::plain, pill))
    app.run_command("view.palette");
  return x;
}

void draw_progress(const AppState& app, PanelContext& c, float x0, float x1, float y) {
  if (x1 - x0 < 40.0f * c.scale) return;
  ImDrawList* draw = ImGui::GetWindowDrawList();
  const float half = 2.5f * c.scale;
  double share = 0.0;
  if (app.now.snapshot && app.now.snapshot->target_epochs > 0)
    share = std::clamp(app.now.snapshot->epoch_progress / static_cast<double>(app.now.snapshot->target_epochs), 0.0, 1.0);
  draw->AddRectFilled(ImVec2(x0, y - half), ImVec2(x1, y + half), c.theme.dark ? c.theme.raised : c.theme.line, half);
  const float end = x0 + (x1 - x0) * static_cast<float>(share);
  if (end - x0 > 1.0f) draw->AddRectFilled(ImVec2(x0, y - half), ImVec2(std::max(end, x0 + 2.0f * half), y + half), c.theme.accent, half);
  c.controls.add("top.progress", {x0, y - half, x1, y + half});
}

}  // namespace

void draw_top_bar(AppState& app, PanelContext& c, const Rect& rect) {
  ImDrawList* root = ImGui::GetWindowDrawList();
  root->AddLine(ImVec2(rect.x, rect.bottom() - 0.5f), ImVec2(rect.right(), rect.bottom() - 0.5f), c.theme.line);
  if (begin_region("##top", rect, ImVec2(0, 0), ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse)) {
    const float middle = std::floor(rect.y + rect.h * 0.5f);
    const float y = std::floor(middle - ui::kButtonHeight * c.scale * 0.5f);
    float x = rect.x + 14.0f * c.scale;
    if (rect.w > 620.0f * c.scale) {  // in a small window the epoch is worth more than the name
      ImGui::PushFont(c.fonts.title);
      const float mark = ImGui::CalcTextSize("Latentscape").x;
      ui::draw_text(x, std::floor(middle - ImGui::GetTextLineHeight() * 0.5f), c.theme.text, "Latentscape");
      ImGui::PopFont();
      x += mark + 14.0f * c.scale;
    }
    const float right = draw_right(app, c, rect, y);
    const std::string text = run_text(app);
    // The name of the run gives way first, then the labels of Step and Reset.
    const float buttons = 330.0f * c.scale, small_buttons = 215.0f * c.scale;
    const bool labels = right - x > buttons + 40.0f * c.scale;
    const float for_text = right - x - (labels ? buttons : small_buttons) - 250.0f * c.scale;
    if (!text.empty() && for_text > 60.0f * c.scale) {
      const std::string shown = ui::elided(text, for_text);
      ui::draw_text(x, std::floor(middle - ImGui::GetTextLineHeight() * 0.5f), c.theme.muted, shown);
      x += width_of(shown) + 15.0f * c.scale;
    }
    ImGui::SetCursorScreenPos(ImVec2(x, y));
    draw_run_buttons(app, c, labels);
    x = ImGui::GetItemRectMax().x + 12.0f * c.scale;
    auto texts = readouts(app, c);
    const auto total = [&] {
      float sum = 0.0f;
      for (const auto& [words, strong] : texts) sum += width_of(words) + 14.0f * c.scale;
      return sum;
    };
    // The bar gives way only to the epoch, the first of them.
    while (!texts.empty() && right - x - total() < (texts.size() > 1 ? 60.0f : 8.0f) * c.scale) texts.pop_back();
    float at = right - total() - 4.0f * c.scale;
    draw_progress(app, c, x, at - 12.0f * c.scale, static_cast<float>(middle));
    for (const auto& [words, strong] : texts) {
      ui::draw_text(at, std::floor(middle - ImGui::GetTextLineHeight() * 0.5f), strong ? c.theme.text : c.theme.muted, words);
      at += width_of(words) + 14.0f * c.scale;
    }
  }
  end_region();
}

}  // namespace latentscape
