#include "app/gui/theme.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "app/render/embedded.hpp"

namespace latentscape {
namespace {

ImU32 with_alpha(ImU32 colour, unsigned alpha) { return (colour & ~IM_COL32_A_MASK) | (alpha << IM_COL32_A_SHIFT); }

}  // namespace

Result<Theme> theme_named(std::string_view name) {
  const auto text = embedded_file("assets/themes.json");
  if (!text) return fail(ErrorCode::internal, "assets/themes.json is not in the program");
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  const std::string key(name);
  if (!json.is_object()) return fail(ErrorCode::corrupt, "assets/themes.json: not a JSON object");
  if (!json.contains(key)) return fail(ErrorCode::invalid_argument, "unknown theme '{}', expected ink or paper", name);
  const auto& tokens = json[key];
  Theme theme;
  theme.name = key;
  theme.dark = tokens.value("dark", true);
  std::string missing;
  const auto colour = [&](const char* token) -> ImU32 {
    const std::string hex = tokens.value(token, std::string());
    if (hex.size() != 7 || hex[0] != '#') {
      missing = token;
      return IM_COL32_BLACK;
    }
    const auto rgb = static_cast<unsigned>(std::strtoul(hex.c_str() + 1, nullptr, 16));
    return IM_COL32((rgb >> 16) & 255, (rgb >> 8) & 255, rgb & 255, 255);
  };
  theme.background = colour("background");
  theme.panel = colour("panel");
  theme.raised = colour("raised");
  theme.line = colour("line");
  theme.text = colour("text");
  theme.muted = colour("muted");
  theme.accent = colour("accent");
  theme.accent_ground = colour("accent_ground");
  theme.on_accent = colour("on_accent");
  theme.good = colour("good");
  theme.warning = colour("warning");
  theme.error = colour("error");
  theme.map_background = colour("map_background");
  if (!missing.empty()) return fail(ErrorCode::corrupt, "assets/themes.json: {}: '{}' is not a colour like #123456", key, missing);
  return theme;
}

void apply_style(const Theme& theme, float scale) {
  ImGuiStyle style;
  style.WindowPadding = {12, 12};
  style.FramePadding = {8, 5};
  style.ItemSpacing = {8, 6};
  style.ItemInnerSpacing = {6, 4};
  style.ScrollbarSize = 10;
  style.GrabMinSize = 10;
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 0;
  style.PopupBorderSize = 1;
  style.FrameBorderSize = 0;
  style.WindowRounding = 8;
  style.PopupRounding = 6;
  style.ChildRounding = 0;
  style.FrameRounding = 6;
  style.GrabRounding = 6;
  style.ScrollbarRounding = 5;
  style.CircleTessellationMaxError = 0.2f;
  style.ScaleAllSizes(scale);
  const auto set = [&](ImGuiCol slot, ImU32 colour) { style.Colors[slot] = ImGui::ColorConvertU32ToFloat4(colour); };
  for (int i = 0; i < ImGuiCol_COUNT; ++i) style.Colors[i] = ImVec4(0, 0, 0, 0);
  set(ImGuiCol_Text, theme.text);
  set(ImGuiCol_TextDisabled, theme.muted);
  set(ImGuiCol_WindowBg, theme.panel);
  set(ImGuiCol_PopupBg, theme.raised);
  set(ImGuiCol_Border, theme.line);
  set(ImGuiCol_FrameBg, theme.raised);
  set(ImGuiCol_FrameBgHovered, theme.raised);
  set(ImGuiCol_FrameBgActive, theme.raised);
  set(ImGuiCol_ScrollbarGrab, theme.line);
  set(ImGuiCol_ScrollbarGrabHovered, with_alpha(theme.muted, 150));
  set(ImGuiCol_ScrollbarGrabActive, theme.muted);
  set(ImGuiCol_CheckMark, theme.accent);
  set(ImGuiCol_SliderGrab, theme.text);
  set(ImGuiCol_SliderGrabActive, theme.text);
  set(ImGuiCol_Button, theme.raised);
  set(ImGuiCol_ButtonHovered, theme.line);
  set(ImGuiCol_ButtonActive, theme.line);
  set(ImGuiCol_Header, theme.accent_ground);
  set(ImGuiCol_HeaderHovered, theme.accent_ground);
  set(ImGuiCol_HeaderActive, theme.accent_ground);
  set(ImGuiCol_Separator, theme.line);
  set(ImGuiCol_PlotLines, theme.accent);
  set(ImGuiCol_PlotHistogram, theme.accent);
  set(ImGuiCol_TextSelectedBg, with_alpha(theme.accent, 90));
  set(ImGuiCol_NavHighlight, theme.accent);
  set(ImGuiCol_ModalWindowDimBg, IM_COL32(0, 0, 0, theme.dark ? 130 : 70));
  ImGui::GetStyle() = style;
}

}  // namespace latentscape
