#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <cmath>

#include "app/gui/app_state.hpp"
#include "app/gui/dialogs.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {
namespace {

std::string title_of(const UiCommand& command, const Strings& tr) {
  return command.title_of.empty() ? tr(command.title) : fmt::format("{}: {}", tr(command.title), tr(command.title_of));
}

/// Commands that fit what is typed, best first; equal ones stay in the table's order.
std::vector<const UiCommand*> matches(const AppState& app, const std::string& typed) {
  std::vector<std::pair<int, const UiCommand*>> found;
  for (const UiCommand& command : app.commands.all()) {
    if (command.id == "view.palette" || (command.available && !command.available(app))) continue;
    const int score = std::max(palette_score(typed, title_of(command, app.tr)), palette_score(typed, command.id));
    if (score > 0) found.emplace_back(score, &command);
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const UiCommand*> out;
  for (const auto& [score, command] : found) out.push_back(command);
  return out;
}

bool draw_row(PanelContext& c, const UiCommand& command, bool chosen) {
  const float height = 28.0f * c.scale, width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool pressed = ImGui::InvisibleButton(command.id.c_str(), ImVec2(width, height));
  ui::register_item(c, ("palette." + command.id).c_str());
  ImDrawList* draw = ImGui::GetWindowDrawList();
  if (chosen || ImGui::IsItemHovered())
    draw->AddRectFilled(at, ImVec2(at.x + width, at.y + height), chosen ? c.theme.accent_ground : c.theme.raised, 6.0f * c.scale);
  const float y = std::floor(at.y + (height - ImGui::GetTextLineHeight()) * 0.5f);
  ui::draw_text(at.x + 12.0f * c.scale, y, c.theme.text, title_of(command, c.tr));
  const float right = ImGui::CalcTextSize(command.shortcut.c_str()).x;
  ui::draw_text(at.x + width - right - 12.0f * c.scale, y, c.theme.muted, command.shortcut);
  return pressed;
}

}  // namespace

void Palette::show() {
  is_open = true;
  appearing_ = true;
  typed_.clear();
  chosen_ = 0;
}

void Palette::draw(AppState& app, PanelContext& c) {
  if (!is_open) return;
  if (appearing_) ImGui::OpenPopup("palette");
  auto found = matches(app, typed_);
  const float rows = static_cast<float>(std::max<size_t>(found.size(), 3));
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float width = std::min(560.0f * c.scale, display.x - 32.0f);
  ImGui::SetNextWindowPos(ImVec2((display.x - width) * 0.5f, std::floor(display.y * 0.12f)));
  ImGui::SetNextWindowSize(ImVec2(width, std::min((66.0f + 30.0f * std::min(rows, 12.0f)) * c.scale, display.y * 0.8f)));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(10.0f * c.scale, 10.0f * c.scale));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0.0f, 2.0f * c.scale));
  ImGui::PushStyleColor(ImGuiCol_PopupBg, c.theme.panel);
  const bool visible = ImGui::BeginPopup("palette", ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
  if (!visible) is_open = false;  // a click outside closed it
  if (visible) {
    if (appearing_) ImGui::SetKeyboardFocusHere();
    appearing_ = false;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(12.0f * c.scale, 8.0f * c.scale));
    ImGui::SetNextItemWidth(-1.0f);
    if (ImGui::InputTextWithHint("##search", c.tr("palette.hint"), &typed_)) {
      chosen_ = 0;
      found = matches(app, typed_);
    }
    ui::register_item(c, "palette.search");
    ImGui::PopStyleVar();
    ImGui::Dummy(ImVec2(1.0f, 4.0f * c.scale));
    const auto pressed = [](ImGuiKey key, bool repeat) { return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), repeat); };
    const int last = static_cast<int>(found.size()) - 1;
    bool moved = false;
    if (pressed(ImGuiKey_DownArrow, true) && chosen_ < last) moved = ++chosen_ >= 0;
    if (pressed(ImGuiKey_UpArrow, true) && chosen_ > 0) moved = --chosen_ >= 0;
    const UiCommand* run = nullptr;
    if (pressed(ImGuiKey_Enter, false) && chosen_ <= last && last >= 0) run = found[static_cast<size_t>(chosen_)];
    ImGui::BeginChild("##list", ImVec2(0, 0), false);
    for (int i = 0; i <= last; ++i) {
      if (draw_row(c, *found[static_cast<size_t>(i)], i == chosen_)) run = found[static_cast<size_t>(i)];
      if (i == chosen_ && moved) ImGui::SetScrollHereY(0.5f);
    }
    if (found.empty()) ui::placeholder(c, icon::kSearch, c.tr("palette.none"), c.tr("palette.none.text"));
    ImGui::EndChild();
    if (run || pressed(ImGuiKey_Escape, false)) {
      is_open = false;
      ImGui::CloseCurrentPopup();
    }
    if (run) c.send.run_command(run->id);
    ImGui::EndPopup();
  }
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(2);
}

}  // namespace latentscape
