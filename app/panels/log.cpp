// Log panel: everything that happened, newest at the bottom, filterable.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cctype>

#include "app/gui/fonts.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {

namespace {

class LogPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  std::vector<const LogLine*> lines_;
};

bool contains(const std::string& text, const std::string& part) {
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

void LogPanel::draw(PanelContext& c) {
  ui::section(c, c.tr("log.title"));
  ui::text_field(c, "log.filter", "", "log.filter.tip", c.view.log_filter, "log.filter");
  lines_.clear();
  for (const LogLine& line : c.session.history->log)
    if (c.view.log_filter.empty() || contains(line.text, c.view.log_filter)) lines_.push_back(&line);
  ImGui::BeginChild("log.lines", {0, 0}, false, ImGuiWindowFlags_NoBackground);
  if (lines_.empty()) ui::note(c, c.tr(c.view.log_filter.empty() ? "log.empty" : "log.nothing"));
  ImGui::PushFont(c.fonts.small);
  const bool at_end = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - 1.0f;
  ImGuiListClipper clipper;
  clipper.Begin(static_cast<int>(lines_.size()));
  while (clipper.Step())
    for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i) {
      const LogLine& line = *lines_[static_cast<size_t>(i)];
      ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s", ui::duration(line.seconds).c_str());
      ImGui::SameLine(44.0f * c.scale);
      const ImU32 colour = line.level == LogLevel::error ? c.theme.error : line.level == LogLevel::warning ? c.theme.warning : c.theme.text;
      ImGui::PushStyleColor(ImGuiCol_Text, colour);
      ImGui::TextUnformatted(line.text.c_str());
      ImGui::PopStyleColor();
      if (ImGui::IsItemHovered() && ImGui::CalcTextSize(line.text.c_str()).x > ImGui::GetContentRegionAvail().x - 44.0f * c.scale)
        ImGui::SetTooltip("%s", line.text.c_str());
    }
  if (at_end) ImGui::SetScrollHereY(1.0f);
  ImGui::PopFont();
  ImGui::EndChild();
}

}  // namespace

void register_panel_log(PanelRegistry& registry);
void register_panel_log(PanelRegistry& registry) {
  registry.add({"log", "panel.log", Region::bottom, 2, 1.0f, [] { return std::make_unique<LogPanel>(); }});
}

}  // namespace latentscape
