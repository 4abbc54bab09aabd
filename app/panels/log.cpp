// Log panel: everything that happened, newest at the bottom, filterable.
#include <imgui.h>

#include <algorithm>
#include <cctype>

#include "app/gui/data_warnings.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
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
  /// A line as it is shown: wrapped, so that nothing of it is cut off.
  struct Line {
    const LogEntry* entry = nullptr;
    std::string text, detail;
    float text_height = 0.0f, height = 0.0f;
  };
  /// What the lines were laid out for; they are made again where it differs.
  struct Made {
    uint64_t last = 0;   // lines since the start
    std::string newest;  // key of the last one, which a checkpoint may join
    std::string filter, language;
    float width = 0.0f, scale = 0.0f;
    bool operator==(const Made&) const = default;
  };
  void lay_out(PanelContext& c, const Made& wanted);
  void draw_line(PanelContext& c, const Line& line, ImVec2 at) const;

  Made made_;
  std::vector<Line> lines_;
  float total_ = 0.0f;
};

bool contains(const std::string& text, const std::string& part) {
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

float time_width(const PanelContext& c) { return 44.0f * c.scale; }

void LogPanel::lay_out(PanelContext& c, const Made& wanted) {
  if (made_ == wanted) return;
  made_ = wanted;
  lines_.clear();
  total_ = 0.0f;
  const float width = std::max(40.0f, wanted.width - time_width(c)), gap = 5.0f * c.scale;
  for (const LogEntry& entry : c.session.history->log) {
    Line line{&entry, sentence_of(entry, c.tr), told(c.tr, entry.detail), 0.0f, 0.0f};
    if (!wanted.filter.empty() && !contains(line.text + " " + line.detail, wanted.filter)) continue;
    line.text_height = ImGui::CalcTextSize(line.text.c_str(), nullptr, false, width).y;
    line.height = line.text_height + gap;
    if (!line.detail.empty()) line.height += ImGui::CalcTextSize(line.detail.c_str(), nullptr, false, width).y + 1.0f * c.scale;
    total_ += line.height;
    lines_.push_back(std::move(line));
  }
}

void LogPanel::draw_line(PanelContext& c, const Line& line, ImVec2 at) const {
  const LogEntry& e = *line.entry;
  const ImU32 colour = e.level == LogLevel::error ? c.theme.error : e.level == LogLevel::warning ? c.theme.warning : c.theme.text;
  const float x = at.x + time_width(c), width = std::max(40.0f, made_.width - time_width(c));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = ImGui::GetFont();
  list.AddText(font, font->FontSize, at, c.theme.muted, ui::duration(e.seconds).c_str());
  list.AddText(font, font->FontSize, {x, at.y}, colour, line.text.c_str(), nullptr, width);
  if (!line.detail.empty())
    list.AddText(font, font->FontSize, {x, at.y + line.text_height + 1.0f * c.scale}, c.theme.muted, line.detail.c_str(), nullptr, width);
}

void LogPanel::draw(PanelContext& c) {
  if (!c.titled) ui::section(c, c.tr("log.title"));
  if (c.session.history->log.empty()) return ui::placeholder(c, icon::kList, c.tr("log.empty"), c.tr("log.empty.text"));
  ui::text_field(c, "log.filter", "", "log.filter.tip", c.view.log_filter, "log.filter");
  ImGui::BeginChild("log.lines", {0, 0}, false, ImGuiWindowFlags_NoBackground);
  ImGui::PushFont(c.fonts.small);
  const SessionHistory& history = *c.session.history;
  const bool at_end = ImGui::GetScrollY() >= ImGui::GetScrollMaxY() - 1.0f;
  lay_out(c, {history.log_dropped + history.log.size(), history.log.back().key, c.view.log_filter, c.view.look.language,
              ImGui::GetContentRegionAvail().x - 4.0f * c.scale, c.scale});
  const ImVec2 start = ImGui::GetCursorScreenPos();
  const float top = ImGui::GetWindowPos().y, bottom = top + ImGui::GetWindowHeight();
  float y = start.y;
  for (const Line& line : lines_) {
    if (y + line.height >= top && y <= bottom) draw_line(c, line, {start.x, y});
    y += line.height;
  }
  ImGui::Dummy({1.0f, total_});
  if (lines_.empty()) {
    ImGui::SetCursorScreenPos(start);
    ui::placeholder(c, icon::kSearch, c.tr("log.nothing"), c.tr("log.nothing.text"));
  } else if (at_end) {
    ImGui::SetScrollHereY(1.0f);
  }
  ImGui::PopFont();
  ImGui::EndChild();
}

}  // namespace

void register_panel_log(PanelRegistry& registry);
void register_panel_log(PanelRegistry& registry) {
  registry.add({"log", "panel.log", Region::bottom, 3, 1.0f, [] { return std::make_unique<LogPanel>(); }});
}

}  // namespace latentscape
