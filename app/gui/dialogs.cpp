#include "app/gui/dialogs.hpp"

#include <imgui.h>

#include <algorithm>

#include "app/gui/app_state.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/source.hpp"

namespace latentscape {

bool begin_modal(PanelContext& c, const char* name, const char* title, float width, bool& open, float middle) {
  if (!open && !ImGui::IsPopupOpen(name)) return false;
  if (open && !ImGui::IsPopupOpen(name)) ImGui::OpenPopup(name);
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float w = std::min(width * c.scale, display.x - 32.0f);
  ImGui::SetNextWindowPos(ImVec2(display.x * 0.5f, display.y * middle), ImGuiCond_Always, ImVec2(0.5f, 0.5f));
  ImGui::SetNextWindowSize(ImVec2(w, 0.0f));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(20.0f * c.scale, 18.0f * c.scale));
  ImGui::PushStyleVar(ImGuiStyleVar_PopupBorderSize, 1.0f);
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(8.0f * c.scale, 8.0f * c.scale));
  ImGui::PushStyleColor(ImGuiCol_PopupBg, c.theme.panel);
  const bool visible = ImGui::BeginPopupModal(
      name, nullptr,
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_AlwaysAutoResize);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar(3);
  if (!visible) return false;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(8.0f * c.scale, 9.0f * c.scale));
  ImGui::PushFont(c.fonts.title);
  ImGui::TextUnformatted(title);
  ImGui::PopFont();
  ImGui::Dummy(ImVec2(w - 40.0f * c.scale, 2.0f * c.scale));
  // A list that is open in the dialog keeps the key.
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false) && !ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId)) open = false;
  if (!open) {
    ImGui::CloseCurrentPopup();
    end_modal();
    return false;
  }
  return true;
}

bool return_pressed() {
  const auto pressed = [](ImGuiKey key) { return ImGui::IsKeyPressed(ImGui::GetKeyIndex(key), false); };
  if (ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId)) return false;  // a list that is open in the dialog keeps the key
  return !ImGui::IsWindowAppearing() && (pressed(ImGuiKey_Enter) || pressed(ImGuiKey_KeyPadEnter));
}

void end_modal() {
  ImGui::PopStyleVar();
  ImGui::EndPopup();
}

void ResetDialog::draw(AppState& app, PanelContext& c) {
  if (!begin_modal(c, "reset", c.tr("reset.title"), 440.0f, is_open)) return;
  ui::note(c, c.tr("reset.text"));
  ui::value_row(c, c.tr("train.lr"), ui::scientific(app.train.learning_rate));
  ui::value_row(c, c.tr("train.batch"), ui::count(app.train.batch));
  ui::value_row(c, c.tr("train.beta"), ui::number(app.train.beta, 2));
  ImGui::Dummy(ImVec2(1.0f, 4.0f * c.scale));
  if (ui::button(c, "reset.yes", icon::kReset, c.tr("reset.yes"), "reset.yes.tip", ui::ButtonKind::primary) || return_pressed()) {
    app.post(command::Reset{});
    is_open = false;
  }
  ImGui::SameLine();
  if (ui::button(c, "reset.cancel", "", c.tr("dialog.cancel"), "dialog.cancel.tip")) is_open = false;
  if (!is_open) ImGui::CloseCurrentPopup();
  end_modal();
}

void OpenDialog::show(std::string path) {
  is_open = true;
  appearing_ = true;
  path_ = std::move(path);
}

void OpenDialog::draw(AppState& app, PanelContext& c) {
  if (!begin_modal(c, "open", c.tr("open.title"), 560.0f, is_open)) return;
  std::string chosen;
  ui::note(c, c.tr("open.text"));
  if (appearing_) ImGui::SetKeyboardFocusHere();
  appearing_ = false;
  ui::text_field(c, "open.path", {}, "open.path.tip", path_, "open.path.hint");
  const bool enter = return_pressed();
  ui::section(c, c.tr("open.builtin"));
  bool first = true;
  for (const DataSource& source : data_sources().entries()) {
    if (!source.builtin) continue;
    if (!first) ImGui::SameLine();
    first = false;
    if (ui::button(c, ("open." + source.name).c_str(), icon::kDatabase, source.name, "open.builtin.tip")) chosen = source.name;
  }
  if (!app.settings.recent.empty()) {
    ui::section(c, c.tr("open.recent"));
    int index = 0;
    for (const std::string& recent : app.settings.recent) {
      const std::string name = "open.recent." + std::to_string(index++);
      const std::string shown = ui::elided_path(recent, ImGui::GetContentRegionAvail().x - 60.0f * c.scale);
      if (ui::button(c, name.c_str(), icon::kHistory, shown, "open.recent.tip", ui::ButtonKind::quiet)) chosen = recent;
    }
  }
  ImGui::Dummy(ImVec2(1.0f, 4.0f * c.scale));
  if ((ui::button(c, "open.open", icon::kOpen, c.tr("open.open"), "open.open.tip", ui::ButtonKind::primary, 0.0f, !path_.empty()) ||
       enter) &&
      !path_.empty())
    chosen = path_;
  ImGui::SameLine();
  if (ui::button(c, "open.cancel", "", c.tr("dialog.cancel"), "dialog.cancel.tip")) is_open = false;
  if (!chosen.empty()) {
    is_open = false;
    app.open_path(chosen);
  }
  if (!is_open) ImGui::CloseCurrentPopup();
  end_modal();
}

}  // namespace latentscape
