// Data panel: what is open, how it was split, what is odd about it, a look at it and its columns, and where other data comes from.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/import_form.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/data/columns.hpp"
#include "core/data/jitter.hpp"
#include "core/data/source.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostClasses = 24, kShownWords = 20;
constexpr double kRecentAge = 5.0;  // seconds between two looks at what is still there

class DataPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void summary(PanelContext& c, const OpenedRun& run);
  void preview(PanelContext& c, const OpenedRun& run);
  void open(PanelContext& c);
  void drop_zone(PanelContext& c);
  void recent(PanelContext& c);

  uint64_t run_ = 0;
  bool from_path_ = false;  // of that run
  std::vector<std::string> listed_;
  std::vector<bool> there_;
  double looked_ = -1e9;
};

void DataPanel::summary(PanelContext& c, const OpenedRun& run) {
  const Dataset& data = *run.data;
  ui::section(c, c.tr("data.title"));
  ui::value_row(c, c.tr("data.name"), data.name);
  const auto& words = run.summary->words;
  ui::value_row(c, c.tr(words ? "data.texts" : data.kind == DataKind::image ? "data.images" : "data.rows"), ui::count(data.rows));
  if (words) {
    ui::value_row(c, c.tr("data.vocabulary"), ui::count(words->vocabulary));
    ui::tooltip(c, "data.vocabulary.tip");
    ui::value_row(c, c.tr("data.words_a_text"), ui::number(words->words_a_text, 1));
    ui::tooltip(c, "data.words_a_text.tip");
  } else {
    ui::value_row(c, c.tr("data.shape"), ui::shape_text(data.shape));
  }
  ui::space(c, 6.0f);
  ui::split_bar(c, run.summary->splits);
  if (from_path_) {
    ui::space(c, 8.0f);
    if (ui::button(c, "data.read", icon::kSliders, c.tr("data.read"), "data.read.tip", ui::ButtonKind::plain, -1.0f))
      c.send.run_command("file.read_differently");
  }
}

void DataPanel::preview(PanelContext& c, const OpenedRun& run) {
  if (run.data->kind == DataKind::image && run.data->rows > 0) {
    ui::section(c, c.tr("data.preview"));
    if (const auto row = ui::example_grid(c, "data.preview", run.id, *run.data, 6, 4, "data.preview.tip"))
      c.send.select_row(static_cast<int64_t>(*row));
    if (run.config.jitter.any()) {
      ui::section(c, c.tr("data.preview.jittered"));
      std::vector<float> plain(run.data->width());
      const auto jittered = [&](uint32_t row, float* out) {
        copy_jittered(*run.data, row, run.config.jitter, run.config.seed, 0, plain, out);
      };
      if (const auto row = ui::example_grid(c, "data.preview.jittered", run.id, *run.data, 6, 4, "data.preview.tip", jittered))
        c.send.select_row(static_cast<int64_t>(*row));
    }
  }
  if (run.data->kind == DataKind::text) {
    ui::section(c, c.tr("data.preview"));
    ImGui::PushFont(c.fonts.small);
    if (const auto row = ui::text_cards(c, "data.preview", *run.data, 1, 4, 4, "data.preview.tip"))
      c.send.select_row(static_cast<int64_t>(*row));
    ImGui::PopFont();
  }
  if (!run.data->warnings.empty()) {
    ui::section(c, c.tr("import.odd"), ui::count(run.data->warnings.size()));
    ui::warning_list(c, run.data->warnings);
  }
  if (!run.summary->classes.empty()) {
    ui::section(c, c.tr("data.classes"), run.data->labels()->name);
    ui::class_histogram(c, *run.data, *run.summary, kMostClasses);
    if (run.summary->unlabelled) ui::note(c, fmt::format(fmt::runtime(c.tr("data.unlabelled")), ui::count(run.summary->unlabelled)));
  }
  if (run.summary->words && !run.summary->words->commonest.empty()) {
    ui::section(c, c.tr("data.common_words"), c.tr("data.in_texts"));
    ui::common_words(c, *run.summary->words, kShownWords);
  }
}

/// The window is told of a drop alone, not of what hovers: the place says at all times that it takes one.
void DataPanel::drop_zone(PanelContext& c) {
  const float s = c.scale, width = ImGui::GetContentRegionAvail().x, pad = 12.0f * s, height_icon = 22.0f * s;
  const char* text = c.tr("data.drop");
  ImGui::PushFont(c.fonts.small);
  const float text_height = ImGui::CalcTextSize(text, nullptr, false, width - 2.0f * pad).y;
  ImGui::PopFont();
  const float height = 2.0f * pad + height_icon + text_height;
  const ImVec2 at = ImGui::GetCursorScreenPos(), end{at.x + width, at.y + height};
  if (ImGui::InvisibleButton("data.drop", {width, height})) c.send.run_command("file.open");
  const bool hovered = ImGui::IsItemHovered();
  ui::register_item(c, "data.drop");
  ui::tooltip(c, "data.open.tip");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (hovered) list.AddRectFilled(at, end, ui::faded(c.theme.accent_ground, 0.6f), 8.0f * s);
  const ImU32 ink = hovered ? c.theme.accent : ui::blended(c.theme.line, c.theme.muted, 0.5f);
  const float dash = 6.0f * s, thick = std::max(1.0f, 1.2f * s), inset = 6.0f * s;
  for (float x = at.x + inset; x < end.x - inset; x += 2.0f * dash)
    for (const float y : {at.y, end.y}) list.AddLine({x, y}, {std::min(x + dash, end.x - inset), y}, ink, thick);
  for (float y = at.y + inset; y < end.y - inset; y += 2.0f * dash)
    for (const float x : {at.x, end.x}) list.AddLine({x, y}, {x, std::min(y + dash, end.y - inset)}, ink, thick);
  const ImVec2 glyph = ImGui::CalcTextSize(icon::kOpen);
  list.AddText({std::floor(at.x + (width - glyph.x) * 0.5f), at.y + pad}, c.theme.accent, icon::kOpen);
  ImFont* font = c.fonts.small;
  list.AddText(font, font->FontSize, {at.x + pad, at.y + pad + height_icon}, hovered ? c.theme.text : c.theme.muted, text, nullptr,
               width - 2.0f * pad);
}

void DataPanel::recent(PanelContext& c) {
  if (c.recent.empty()) return;
  if (c.seconds - looked_ > kRecentAge || !std::equal(c.recent.begin(), c.recent.end(), listed_.begin(), listed_.end())) {
    listed_.assign(c.recent.begin(), c.recent.end());
    looked_ = c.seconds;
    there_.clear();
    std::error_code ignored;
    for (const std::string& path : listed_) there_.push_back(std::filesystem::exists(path, ignored));
  }
  ui::section(c, c.tr("open.recent"));
  const float s = c.scale, line = ImGui::GetTextLineHeight(), height = 2.0f * line + 8.0f * s, close = 26.0f * s;
  for (size_t k = 0; k < listed_.size(); ++k) {
    const std::filesystem::path path(listed_[k]);
    const std::string name = fmt::format("data.recent.{}", k);
    const float width = ImGui::GetContentRegionAvail().x;
    const ImVec2 at = ImGui::GetCursorScreenPos();
    if (ImGui::InvisibleButton(name.c_str(), {width - close, height}) && there_[k]) c.send.open_data(listed_[k]);
    const bool hovered = ImGui::IsItemHovered() && there_[k];
    ui::register_item(c, name.c_str());
    ui::tooltip(c, there_[k] ? "open.recent.tip" : "data.recent.gone.tip");
    if (hovered)
      ImGui::GetWindowDrawList()->AddRectFilled({at.x - 6.0f * s, at.y}, {at.x + width, at.y + height}, c.theme.raised, 5.0f * s);
    const float room = width - close - 4.0f * s;
    const ImU32 ink = there_[k] ? c.theme.text : ui::faded(c.theme.muted, 0.7f);
    std::string stem = path.filename().string();
    if (stem.empty()) stem = path.parent_path().filename().string();
    ui::draw_text(at.x, at.y + 3.0f * s, ink, ui::elided(stem, room));
    ImGui::PushFont(c.fonts.small);
    ui::draw_text(at.x, at.y + line + 4.0f * s, c.theme.muted,
                  there_[k] ? ui::elided_path(path.parent_path().string(), room) : ui::elided(c.tr("data.recent.gone"), room));
    ImGui::PopFont();
    ImGui::SetCursorScreenPos({at.x + width - close, at.y + (height - 24.0f * s) * 0.5f});
    ImGui::PushFont(c.fonts.small);
    if (ui::icon_button(c, (name + ".forget").c_str(), icon::kClose, "data.recent.forget.tip")) c.send.forget_recent(listed_[k]);
    ImGui::PopFont();
    ImGui::SetCursorScreenPos({at.x, at.y + height});
    ImGui::Dummy({width, 1.0f});
  }
}

void DataPanel::open(PanelContext& c) {
  ui::section(c, c.tr("data.open.title"));
  std::vector<std::string> names;
  for (const DataSource& source : data_sources().entries())
    if (source.builtin) names.push_back(source.name);
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x, gap = 6.0f * c.scale;
  for (const std::string& name : names) {
    ImGui::PushFont(c.fonts.medium);
    const float width = ImGui::CalcTextSize(name.c_str()).x + 22.0f * c.scale;
    ImGui::PopFont();
    if (name != names.front() && ImGui::GetItemRectMax().x + gap + width <= right) ImGui::SameLine(0.0f, gap);
    if (ui::button(c, ("data.builtin." + name).c_str(), "", name, "data.builtin.tip", ui::ButtonKind::plain, width)) c.send.open_data(name);
  }
  ui::space(c, 8.0f);
  if (ui::button(c, "data.open", icon::kOpen, c.tr("data.open"), "data.open.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("file.open");
  ui::space(c, 8.0f);
  drop_zone(c);
  recent(c);
}

void DataPanel::draw(PanelContext& c) {
  if (!c.session.run && c.session.loading.active) {
    ui::section(c, c.tr("state.loading"));
    ui::note(c, c.session.loading.what);
  }
  if (const OpenedRun* run = c.session.run.get()) {
    if (run_ != run->id) {
      run_ = run->id;
      from_path_ = asks_how_to_read(run->data->origin);
    }
    summary(c, *run);
    preview(c, *run);
    column_list(c, *run->summary);
  }
  open(c);
}

}  // namespace

void register_panel_data(PanelRegistry& registry);
void register_panel_data(PanelRegistry& registry) {
  registry.add({"data", "panel.data", Region::left, 0, 1.0f, [] { return std::make_unique<DataPanel>(); }});
}

}  // namespace latentscape
