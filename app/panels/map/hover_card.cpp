#include "app/panels/map/hover_card.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <cmath>
#include <vector>

#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/vocabulary.hpp"

namespace latentscape {

namespace {

constexpr float kTextWidth = 320.0f;  // pixels at scale 1
constexpr float kWidest = 260.0f;     // of a line
constexpr size_t kTextLines = 8;
constexpr size_t kMostColumns = 6;  // beside the label

}  // namespace

void hover_card(PanelContext& c, uint32_t row) {
  const Dataset& data = *c.session.run->data;
  // One width for all texts: Dear ImGui fits a card to what the frame before had in it, and would cut a longer line.
  if (data.kind == DataKind::text) ImGui::SetNextWindowContentSize({kTextWidth * c.scale, 0.0f});
  ImGui::BeginTooltip();
  if (data.kind == DataKind::image) {
    std::vector<float> x(data.width());
    data.copy_row(row, x.data());
    const ImTextureID texture = c.images.from_floats("map.hover", row + 1 + (static_cast<uint64_t>(c.session.run->id) << 40), x,
                                                     data.width_px(), data.height_px(), data.channels(), !c.theme.dark);
    const float side = 72.0f * c.scale;
    ImGui::Image(texture, {side * static_cast<float>(data.width_px()) / static_cast<float>(data.height_px()), side});
    ImGui::SameLine();
  }
  ImGui::BeginGroup();
  ImGui::TextUnformatted(fmt::format("#{}", ui::count(row)).c_str());
  const int label = data.label(row);
  const auto line = [&](const std::string& text) { ImGui::TextUnformatted(ui::elided(text, kWidest * c.scale).c_str()); };
  if (label >= 0)
    line(fmt::format("{} {}", c.tr("probe.label"), data.labels()->categories[static_cast<size_t>(label)]));
  else if (data.labels())
    line(c.tr("map.hover.no_label"));
  if (!data.row_names.empty()) {
    const std::string& name = data.row_names[row];
    ImGui::TextUnformatted(ui::elided_path(name.substr(name.rfind('/') + 1), kWidest * c.scale).c_str());
  }
  if (data.kind == DataKind::text) ui::text_block(text_of(data, row), kTextWidth * c.scale, kTextLines);
  const LatentFrame& latents = *c.session.snapshot->latents;
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  if (const auto i = point_of_row(*latents.points, row); i && std::isfinite(latents.losses[*i]))  // no step yet: none
    ImGui::TextUnformatted(fmt::format("{} {}", c.tr(c.session.run->model->has_prior() ? "map.hover.loss" : "map.hover.loss.ae"),
                                       ui::loss(static_cast<double>(latents.losses[*i])))
                               .c_str());
  size_t shown = 0, others = 0;
  for (const Column& column : data.columns) {
    if (&column == data.labels()) continue;
    if (shown == kMostColumns) {
      ++others;
      continue;
    }
    ++shown;
    ImGui::TextUnformatted(
        fmt::format("{} {}", ui::elided(column.name, 140.0f * c.scale), ui::elided(ui::cell_text(column, row), 140.0f * c.scale)).c_str());
  }
  if (others) ImGui::TextUnformatted(fmt::format(fmt::runtime(c.tr("table.more")), others).c_str());
  ImGui::TextUnformatted(c.tr(data.split[row] == Split::heldout ? "split.heldout" : "split.train"));
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::EndGroup();
  ImGui::EndTooltip();
}

}  // namespace latentscape
