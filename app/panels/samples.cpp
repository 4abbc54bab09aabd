// Samples panel: draws from the prior, or classes by styles, decoded with the newest weights; a click puts the probe there.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/live_requests.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/table/table_look.hpp"

namespace latentscape {

namespace {

class SamplesPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  ImTextureID atlas(PanelContext& c, const GridAnswer& answer, size_t columns, size_t rows);
  void tiles(PanelContext& c, const GridAnswer& answer, const SamplesGrid& grid, float left);
  void values(PanelContext& c, std::span<const float> x);
  void class_name(PanelContext& c, int label, ImVec2 middle, float width);
  void matrix(PanelContext& c, const GridAnswer& answer, const SamplesGrid& grid);
  void what(PanelContext& c);
  void settings(PanelContext& c, const SamplesGrid& grid);

  uint64_t version_ = 0;
  std::vector<uint8_t> atlas_;
  TableLook table_;
};

/// All pictures in one texture, in the order of the tiles.
ImTextureID SamplesPanel::atlas(PanelContext& c, const GridAnswer& answer, size_t columns, size_t rows) {
  const Dataset& data = *c.session.run->data;
  const size_t w = data.width_px(), h = data.height_px(), channels = data.channels();
  const uint64_t version = ((answer.revision << 24) + answer.tag) * 2 + (c.theme.dark ? 1 : 0);
  if (version != version_) {
    version_ = version;
    atlas_.assign(columns * w * rows * h * 4, 255);
    for (size_t t = 0; t < answer.x.rows; ++t) {
      const float* pixels = answer.x.row_data(t);
      for (size_t y = 0; y < h; ++y) {
        uint8_t* out = atlas_.data() + (((t / columns) * h + y) * columns * w + (t % columns) * w) * 4;
        for (size_t x = 0; x < w; ++x, out += 4, pixels += channels)
          for (size_t k = 0; k < 3; ++k) {
            const float v = std::clamp(pixels[channels == 3 ? k : 0], 0.0f, 1.0f);
            out[k] = static_cast<uint8_t>((c.theme.dark || channels == 3 ? v : 1.0f - v) * 255.0f);
          }
      }
    }
  }
  return c.images.from_rgba("samples", version, atlas_, columns * w, rows * h);
}

/// Tiles from `left` pixels on; a click puts the probe there.
void SamplesPanel::tiles(PanelContext& c, const GridAnswer& answer, const SamplesGrid& grid, float left) {
  const float gap = 4.0f * c.scale, columns = static_cast<float>(grid.columns), rows = static_cast<float>(grid.rows);
  const float side = (ImGui::GetContentRegionAvail().x - left - gap * (columns - 1.0f)) / columns;
  const bool pictures = c.session.run->data->kind == DataKind::image;
  const ImTextureID texture = pictures ? atlas(c, answer, grid.columns, grid.rows) : nullptr;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  for (size_t t = 0; t < grid.rows * grid.columns; ++t) {
    const auto column = static_cast<float>(t % grid.columns), row = static_cast<float>(t / grid.columns);
    const ImVec2 at{start.x + left + column * (side + gap), start.y + row * (side + gap)}, end{at.x + side, at.y + side};
    const int label = t < answer.labels.size() ? answer.labels[t] : 0;
    if (left > 0.0f && t % grid.columns == 0) class_name(c, label, {start.x, at.y + side * 0.5f}, left - gap);
    ImGui::SetCursorScreenPos(at);
    const std::string name = fmt::format("samples.{}", t);
    if (ImGui::InvisibleButton(name.c_str(), {side, side})) {
      const auto z = answer.z.row(t);
      c.send.select_row(-1);
      c.view.probe.z.assign(z.begin(), z.end());
      c.view.probe.label = label;
      c.view.layout.right_tab = "probe";
    }
    c.controls.add(name, {at.x, at.y, end.x, end.y});
    const ImVec2 uv0{column / columns, row / rows}, uv1{(column + 1) / columns, (row + 1) / rows};
    if (pictures)
      list.AddImageRounded(texture, at, end, uv0, uv1, IM_COL32_WHITE, 4.0f * c.scale);
    else
      table_.glyph(c, at, {side, side}, answer.x.row(t));
    const bool hovered = ImGui::IsItemHovered();
    if (hovered) list.AddRect(at, end, c.theme.accent, 4.0f * c.scale, 0, 1.5f * c.scale);
    if (c.session.run->data->kind != DataKind::table)
      ui::tooltip(c, "samples.one.tip");
    else if (hovered)
      values(c, answer.x.row(t));
  }
}

/// What a row's tile has no room for.
void SamplesPanel::values(PanelContext& c, std::span<const float> x) {
  ImGui::BeginTooltip();
  table_.bars(c, "samples.card", x, {}, 260.0f * c.scale, 12);
  ImGui::PushFont(c.fonts.small);
  ui::note(c, c.tr("samples.one.tip"));
  ImGui::PopFont();
  ImGui::EndTooltip();
}

void SamplesPanel::class_name(PanelContext& c, int label, ImVec2 middle, float width) {
  ImGui::PushFont(c.fonts.small);
  const std::string text = ui::elided(c.session.run->data->labels()->categories[static_cast<size_t>(label)], width);
  ui::draw_text(middle.x, std::floor(middle.y - ImGui::GetTextLineHeight() * 0.5f), c.theme.muted, text);
  ImGui::PopFont();
}

/// A class a row, a style a column: what z means while the class changes, and what the class means while z stays.
void SamplesPanel::matrix(PanelContext& c, const GridAnswer& answer, const SamplesGrid& grid) {
  const auto& names = c.session.run->data->labels()->categories;
  ImGui::PushFont(c.fonts.small);
  float left = 0.0f;
  for (size_t k = 0; k < grid.rows; ++k) left = std::max(left, ImGui::CalcTextSize(names[k].c_str()).x);
  left = std::min(left + 8.0f * c.scale, 64.0f * c.scale);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float side = (ImGui::GetContentRegionAvail().x - left) / static_cast<float>(grid.columns);
  ui::draw_text(at.x + left, at.y, c.theme.muted, c.tr("samples.styles.probe"));
  ui::draw_text(std::max(at.x + left + side, at.x + left + ImGui::CalcTextSize(c.tr("samples.styles.probe")).x + 8.0f * c.scale), at.y,
                c.theme.muted, c.tr("samples.styles.draws"));
  ImGui::Dummy({1.0f, ImGui::GetTextLineHeight()});
  ImGui::PopFont();
  tiles(c, answer, grid, left);
  if (grid.rows < names.size()) ui::note(c, fmt::format(fmt::runtime(c.tr("data.classes.more")), names.size() - grid.rows));
}

void SamplesPanel::what(PanelContext& c) {
  const OpenedRun& run = *c.session.run;
  if (!run.model->decodes_labels() || run.data->kind != DataKind::image) return;
  auto kind = static_cast<int>(c.view.samples.kind);
  const std::vector<std::string> kinds{c.tr("samples.draws"), c.tr("samples.styles")};
  ui::space(c, 6.0f);
  if (ui::segmented(c, "samples.kind", "samples.kind.tip", kind, kinds)) c.view.samples.kind = static_cast<SamplesKind>(kind);
}

void SamplesPanel::settings(PanelContext& c, const SamplesGrid& grid) {
  ui::section(c, c.tr("samples.settings"));
  if (c.session.run->model->decodes_labels() && grid.kind == SamplesKind::draws) {
    std::vector<std::string> classes{c.tr("samples.in_turn")};
    for (const std::string& name : c.session.run->data->labels()->categories) classes.push_back(name);
    int chosen = c.view.samples.label + 1;
    if (ui::choice(c, "samples.decode_as", c.tr("probe.decode_as"), "samples.decode_as.tip", chosen, classes))
      c.view.samples.label = chosen - 1;
  }
  ui::slider(c, "samples.temperature", c.tr("samples.temperature"), "samples.temperature.tip", c.view.samples.temperature, 0.0f, 2.0f,
             "%.2f");
  ui::toggle(c, "samples.live", c.tr("samples.live"), "samples.live.tip", c.view.samples.live);
  ui::space(c, 8.0f);
  if (ui::button(c, "samples.new", icon::kRandom, c.tr("samples.new"), "samples.new.tip")) c.send.run_command("samples.new");
}

void SamplesPanel::draw(PanelContext& c) {
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kGrid, "samples.empty");
  const SamplesGrid grid = samples_grid(*c.session.run, c.view.samples);
  const bool styles = grid.kind == SamplesKind::styles;
  what(c);
  const bool has_prior = c.session.run->model->has_prior();
  const bool words = c.session.run->data->kind == DataKind::text;
  ui::section(c,
              c.tr(styles      ? "samples.styles.title"
                   : has_prior ? "samples.title"
                               : "samples.title.normal"),
              words ? c.tr("text.stand_out") : "");
  if (!has_prior) ui::note(c, c.tr("samples.no_prior"));
  const auto& answer = c.session.samples;
  const bool fits = answer && answer->x.cols == c.session.run->data->width() && shows(*answer, grid);
  if (!fits) return ui::placeholder(c, icon::kGrid, c.tr("samples.waiting"), c.tr("samples.waiting.text"));
  if (styles)
    matrix(c, *answer, grid);
  else
    tiles(c, *answer, grid, 0.0f);
  settings(c, grid);
}

}  // namespace

void register_panel_samples(PanelRegistry& registry);
void register_panel_samples(PanelRegistry& registry) {
  registry.add({"samples", "panel.samples", Region::right, 1, 1.0f, [] { return std::make_unique<SamplesPanel>(); }});
}

}  // namespace latentscape
