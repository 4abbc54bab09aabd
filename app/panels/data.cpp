// Data panel: what is open, how it was split, a look at it, and where other data comes from.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/jitter.hpp"
#include "core/data/source.hpp"
#include "core/io/figure.hpp"

namespace latentscape {

namespace {

class DataPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void summary(PanelContext& c, const Dataset& data);
  void preview(PanelContext& c, const Dataset& data);
  void grid(PanelContext& c, const Dataset& data, const Jitter& jitter);
  void classes(PanelContext& c, const Dataset& data);
  void open(PanelContext& c);
  void count(const Dataset& data);

  uint64_t run_ = 0;
  std::array<size_t, 3> split_{};
  std::vector<size_t> histogram_;
};

void DataPanel::count(const Dataset& data) {
  split_ = {};
  for (const Split s : data.split) ++split_[static_cast<size_t>(s)];
  histogram_.assign(data.classes(), 0);
  for (size_t i = 0; i < data.rows; ++i)
    if (const int k = data.label(i); k >= 0) ++histogram_[static_cast<size_t>(k)];
}

void DataPanel::summary(PanelContext& c, const Dataset& data) {
  ui::section(c, c.tr("data.title"));
  ui::value_row(c, c.tr("data.name"), data.name);
  std::string shape;
  for (const size_t n : data.shape) shape += (shape.empty() ? "" : " × ") + fmt::format("{}", n);
  ui::value_row(c, c.tr(data.kind == DataKind::image ? "data.images" : "data.rows"), ui::count(data.rows));
  ui::value_row(c, c.tr("data.shape"), shape);
  ui::value_row(c, c.tr("split.train"), ui::count(split_[0]));
  ui::value_row(c, c.tr("split.heldout"), ui::count(split_[1]));
  ui::value_row(c, c.tr("split.test"), ui::count(split_[2]));
  for (const std::string& w : data.warnings) ui::note(c, w);
}

void DataPanel::preview(PanelContext& c, const Dataset& data) {
  if (data.kind != DataKind::image || data.rows == 0) return;
  ui::section(c, c.tr("data.preview"));
  grid(c, data, Jitter());
  const Jitter& jitter = c.session.run->config.jitter;
  if (!jitter.any()) return;
  ui::section(c, c.tr("data.preview.jittered"));
  grid(c, data, jitter);
}

/// The same images, as they are or jittered.
void DataPanel::grid(PanelContext& c, const Dataset& data, const Jitter& jitter) {
  constexpr size_t kColumns = 6, kRows = 4;
  const float gap = 4.0f * c.scale, side = (ImGui::GetContentRegionAvail().x - gap * (kColumns - 1)) / kColumns;
  std::vector<float> x(data.width()), plain(data.width());
  const bool jittered = jitter.any();
  for (size_t t = 0; t < kColumns * kRows; ++t) {
    const size_t row = t * data.rows / (kColumns * kRows);
    if (jittered)
      copy_jittered(data, static_cast<uint32_t>(row), jitter, c.session.run->config.seed, 0, plain, x.data());
    else
      data.copy_row(row, x.data());
    if (t % kColumns) ImGui::SameLine(0.0f, gap);
    const std::string name = fmt::format("data.preview.{}{}", jittered ? "jittered." : "", t);
    const ImTextureID texture =
        c.images.from_floats(name, (run_ << 40) + row + 1, x, data.width_px(), data.height_px(), data.channels(), !c.theme.dark);
    if (ui::image(c, name.c_str(), texture, {side, side}, "data.preview.tip", data.split[row] != Split::test))
      c.send.select_row(static_cast<int64_t>(row));
  }
}

void DataPanel::classes(PanelContext& c, const Dataset& data) {
  if (histogram_.empty()) return;
  ui::section(c, c.tr("data.classes"));
  const size_t most = std::max<size_t>(1, *std::max_element(histogram_.begin(), histogram_.end()));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  ImFont* font = c.fonts.small;
  const float width = ImGui::GetContentRegionAvail().x, row = 17.0f * c.scale, name_w = 46.0f * c.scale, value_w = 48.0f * c.scale;
  for (size_t k = 0; k < std::min<size_t>(histogram_.size(), 24); ++k) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float share = static_cast<float>(histogram_[k]) / static_cast<float>(most), bar = (width - name_w - value_w) * share;
    const Rgba colour = categorical_colour(k, c.theme.dark);
    list.AddText(font, font->FontSize, at, c.theme.text, data.labels()->categories[k].substr(0, 8).c_str());
    list.AddRectFilled({at.x + name_w, at.y + 2.0f * c.scale}, {at.x + name_w + bar, at.y + row - 4.0f * c.scale},
                       IM_COL32(colour.r, colour.g, colour.b, 255), 2.0f * c.scale);
    const std::string value = ui::count(histogram_[k]);
    const float w = font->CalcTextSizeA(font->FontSize, 1e6f, 0, value.c_str()).x;
    list.AddText(font, font->FontSize, {at.x + width - w, at.y}, c.theme.muted, value.c_str());
    ImGui::Dummy({width, row});
  }
  if (histogram_.size() > 24) ui::note(c, fmt::format(fmt::runtime(c.tr("data.classes.more")), histogram_.size() - 24));
}

void DataPanel::open(PanelContext& c) {
  ui::section(c, c.tr("data.open.title"));
  for (const DataSource& source : data_sources().entries())
    if (source.builtin) {
      const std::string name = "data.builtin." + source.name;
      if (ui::button(c, name.c_str(), icon::kDatabase, source.name, "data.builtin.tip")) c.send.open_data(source.name);
      ImGui::SameLine(0.0f, 6.0f * c.scale);
    }
  ImGui::NewLine();
  ui::space(c, 2.0f);
  if (ui::button(c, "data.open", icon::kOpen, c.tr("data.open"), "data.open.tip")) c.send.run_command("file.open");
  ui::space(c, 6.0f);
  ui::note(c, c.tr("data.drop"));
}

void DataPanel::draw(PanelContext& c) {
  if (!c.session.run && c.session.loading.active) {
    ui::section(c, c.tr("state.loading"));
    ui::note(c, c.session.loading.what);
  }
  if (c.session.run) {
    const Dataset& data = *c.session.run->data;
    if (run_ != c.session.run->id) {
      run_ = c.session.run->id;
      count(data);
    }
    summary(c, data);
    preview(c, data);
    classes(c, data);
  }
  open(c);
}

}  // namespace

void register_panel_data(PanelRegistry& registry);
void register_panel_data(PanelRegistry& registry) {
  registry.add({"data", "panel.data", Region::left, 0, 1.0f, [] { return std::make_unique<DataPanel>(); }});
}

}  // namespace latentscape
