// Samples panel: 64 draws from the prior, decoded with the newest weights; a click puts the probe there.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/gui/controls.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/table/table_look.hpp"

namespace latentscape {

namespace {

class SamplesPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void grid(PanelContext& c, const GridAnswer& answer);

  uint64_t version_ = 0;
  std::vector<uint8_t> atlas_;
  TableLook table_;
};

void SamplesPanel::grid(PanelContext& c, const GridAnswer& answer) {
  const Dataset& data = *c.session.run->data;
  constexpr size_t kColumns = 8;
  const size_t w = data.width_px(), h = data.height_px(), channels = data.channels(), count = std::min<size_t>(answer.x.rows, 64);
  const bool pictures = data.kind == DataKind::image;
  const size_t rows = (count + kColumns - 1) / kColumns;
  const uint64_t version = ((answer.revision << 20) + answer.tag) * 2 + (c.theme.dark ? 1 : 0);
  const float gap = 4.0f * c.scale, side = (ImGui::GetContentRegionAvail().x - gap * (kColumns - 1)) / kColumns;
  if (pictures && version != version_) {
    version_ = version;
    atlas_.assign(kColumns * w * rows * h * 4, 255);
    for (size_t t = 0; t < count; ++t) {
      const float* pixels = answer.x.row_data(t);
      for (size_t y = 0; y < h; ++y) {
        uint8_t* out = atlas_.data() + (((t / kColumns) * h + y) * kColumns * w + (t % kColumns) * w) * 4;
        for (size_t x = 0; x < w; ++x, out += 4, pixels += channels)
          for (size_t k = 0; k < 3; ++k) {
            const float v = std::clamp(pixels[channels == 3 ? k : 0], 0.0f, 1.0f);
            out[k] = static_cast<uint8_t>((c.theme.dark || channels == 3 ? v : 1.0f - v) * 255.0f);
          }
      }
    }
  }
  const ImTextureID atlas = !pictures ? nullptr : c.images.from_rgba("samples", version, atlas_, kColumns * w, rows * h);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 start = ImGui::GetCursorScreenPos();
  for (size_t t = 0; t < count; ++t) {
    const auto column = static_cast<float>(t % kColumns), row = static_cast<float>(t / kColumns);
    const ImVec2 at{start.x + column * (side + gap), start.y + row * (side + gap)}, end{at.x + side, at.y + side};
    ImGui::SetCursorScreenPos(at);
    const std::string name = fmt::format("samples.{}", t);
    if (ImGui::InvisibleButton(name.c_str(), {side, side})) {
      const auto z = answer.z.row(t);
      c.send.select_row(-1);
      c.view.probe.z.assign(z.begin(), z.end());
      c.view.layout.right_tab = "probe";
    }
    c.controls.add(name, {at.x, at.y, end.x, end.y});
    const ImVec2 uv0{column / kColumns, row / static_cast<float>(rows)}, uv1{(column + 1) / kColumns, (row + 1) / static_cast<float>(rows)};
    if (pictures)
      list.AddImageRounded(atlas, at, end, uv0, uv1, IM_COL32_WHITE, 4.0f * c.scale);
    else
      table_.glyph(c, at, {side, side}, answer.x.row(t));
    if (ImGui::IsItemHovered()) list.AddRect(at, end, c.theme.accent, 4.0f * c.scale, 0, 1.5f * c.scale);
    ui::tooltip(c, "samples.one.tip");
  }
}

void SamplesPanel::draw(PanelContext& c) {
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kGrid, "samples.empty");
  ui::section(c, c.tr("samples.title"));
  const auto& answer = c.session.samples;
  const bool fits = answer && answer->x.cols == c.session.run->data->width() && answer->x.rows > 0;
  if (!fits) return ui::placeholder(c, icon::kGrid, c.tr("samples.waiting"), c.tr("samples.waiting.text"));
  grid(c, *answer);
  ui::section(c, c.tr("samples.settings"));
  ui::slider(c, "samples.temperature", c.tr("samples.temperature"), "samples.temperature.tip", c.view.samples.temperature, 0.0f, 2.0f,
             "%.2f");
  ui::toggle(c, "samples.live", c.tr("samples.live"), "samples.live.tip", c.view.samples.live);
  ui::space(c, 8.0f);
  if (ui::button(c, "samples.new", icon::kRandom, c.tr("samples.new"), "samples.new.tip")) c.send.run_command("samples.new");
}

}  // namespace

void register_panel_samples(PanelRegistry& registry);
void register_panel_samples(PanelRegistry& registry) {
  registry.add({"samples", "panel.samples", Region::right, 1, 1.0f, [] { return std::make_unique<SamplesPanel>(); }});
}

}  // namespace latentscape
