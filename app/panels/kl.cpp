// KL panel: how many nats each latent dimension carries, and how many dimensions are active.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {

namespace {

class KlPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;
};

void KlPanel::draw(PanelContext& c) {
  if (!c.titled) ui::section(c, c.tr("kl.title"));
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kBars, "kl.empty");
  if (!c.session.run->model->has_prior()) return ui::placeholder(c, icon::kBars, c.tr("kl.no_prior"), c.tr("kl.no_prior.text"));
  const KlShown shown = kl_shown(c.session);
  if (shown.per_dimension.empty()) return ui::placeholder(c, icon::kBars, c.tr("state.no_kl"), c.tr("state.no_kl.text"));
  const auto& kl = shown.per_dimension;
  std::vector<size_t> order(kl.size());
  std::iota(order.begin(), order.end(), size_t{0});
  if (kl.size() > 2) std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return kl[a] > kl[b]; });
  double most = 0.1;  // nats: what says next to nothing looks like it
  float widest = 0.0f;
  ImFont* font = c.fonts.small;
  const auto width_of = [font](const std::string& s) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0, s.c_str()).x; };
  for (const double v : kl) {
    if (std::isfinite(v)) most = std::max(most, v);
    widest = std::max(widest, width_of(ui::compact(v, 2)));
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float foot = 44.0f * c.scale;
  const float row = std::clamp((room.y - foot) / static_cast<float>(kl.size()), 15.0f * c.scale, 30.0f * c.scale);
  const size_t rows = std::min(kl.size(), static_cast<size_t>(std::max(1.0f, (room.y - foot) / row)));
  const float name_w = 30.0f * c.scale, value_w = widest + 10.0f * c.scale, track = room.x - name_w - value_w;
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0.0f, 0.0f});
  for (size_t k = 0; k < rows; ++k) {
    const size_t j = order[k];
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float middle = at.y + row * 0.5f, half = std::min(7.0f * c.scale, row * 0.32f), text_y = middle - font->FontSize * 0.5f;
    list.AddText(font, font->FontSize, {at.x, text_y}, c.theme.muted, fmt::format("z{}", j + 1).c_str());
    list.AddRectFilled({at.x + name_w, middle - half}, {at.x + name_w + track, middle + half}, c.theme.raised, 2.0f * c.scale);
    list.AddRectFilled(
        {at.x + name_w, middle - half},
        {at.x + name_w + track * static_cast<float>(std::isfinite(kl[j]) ? std::clamp(kl[j] / most, 0.0, 1.0) : 0.0), middle + half},
        c.theme.accent, 2.0f * c.scale);
    const std::string value = ui::compact(kl[j], 2);
    const float w = width_of(value);
    list.AddText(font, font->FontSize, {at.x + room.x - w, text_y}, c.theme.text, value.c_str());
    ImGui::Dummy({room.x, row});
  }
  ImGui::PopStyleVar();
  ui::space(c, 6.0f);
  ImGui::PushFont(font);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  if (rows < kl.size()) ImGui::TextUnformatted(fmt::format(fmt::runtime(c.tr("kl.more")), kl.size() - rows).c_str());
  if (shown.active) ImGui::TextUnformatted(fmt::format(fmt::runtime(c.tr("kl.active")), *shown.active, kl.size()).c_str());
  ImGui::TextUnformatted(c.tr(shown.active ? "kl.of_heldout" : "kl.of_train"));
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ui::tooltip(c, "kl.active.tip");
}

}  // namespace

void register_panel_kl(PanelRegistry& registry);
void register_panel_kl(PanelRegistry& registry) {
  registry.add({"kl", "panel.kl", Region::bottom, 1, 0.8f, [] { return std::make_unique<KlPanel>(); }});
}

}  // namespace latentscape
