// Probe panel: what the model decodes at the probe, its latent coordinates as sliders, and the clicked point beside its reconstruction.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "app/gui/controls.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/stats.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/labels/classes.hpp"
#include "app/panels/table/table_look.hpp"
#include "app/panels/text/text_look.hpp"
#include "core/data/vocabulary.hpp"
#include "core/formats/utf8.hpp"

namespace latentscape {

namespace {

/// "(0.42, −1.30)", of many dimensions the first two.
std::string position_text(const std::vector<float>& z) {
  std::string s = "(";
  const size_t shown = z.size() > 3 ? 2 : z.size();
  for (size_t j = 0; j < shown; ++j) s += (j ? ", " : "") + ui::number(static_cast<double>(z[j]), 2);
  return s + (z.size() > shown ? ", …)" : ")");
}

constexpr size_t kLineBytes = 300, kTextBytes = 2000;                             // of a neighbour's text in a line; in its tip
constexpr float kTipWidth = 320.0f, kWordsHeight = 190.0f;                        // pixels at scale 1
constexpr double kTrusted = 0.5;                                                  // of the map's way back
constexpr float kPicture = 148.0f, kLeastPicture = 108.0f, kFactsWidth = 146.0f;  // pixels at scale 1

/// The picture leaves room for the facts beside it, down to its least size.
float picture_side(const PanelContext& c) {
  const float room = ImGui::GetContentRegionAvail().x, beside = room - kFactsWidth * c.scale;
  return beside >= kLeastPicture * c.scale ? std::min(kPicture * c.scale, beside) : std::min(kPicture * c.scale, room);
}

class ProbePanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void decoded(PanelContext& c);
  void decoded_row(PanelContext& c);
  void facts(PanelContext& c);
  void decode_as(PanelContext& c);
  void sliders(PanelContext& c);
  void selected(PanelContext& c);
  void classes(PanelContext& c, const Inspection& inspection);
  void neighbours(PanelContext& c, const char* title, const char* name, const std::vector<uint32_t>& rows);
  void text_pair(PanelContext& c, const Inspection& inspection);
  void text_neighbours(PanelContext& c, const char* name, const std::vector<uint32_t>& rows);
  ImTextureID row_image(PanelContext& c, const std::string& name, uint32_t row);
  bool pictures(const PanelContext& c) const { return c.session.run->data->kind == DataKind::image; }

  uint64_t uploaded_tag_ = 0;
  std::vector<float> difference_;
  TableLook table_;
  TextLook texts_;
};

ImTextureID ProbePanel::row_image(PanelContext& c, const std::string& name, uint32_t row) {
  const Dataset& data = *c.session.run->data;
  std::vector<float> x(data.width());
  data.copy_row(row, x.data());
  return c.images.from_floats(name, (c.session.run->id << 40) + row + 1, x, data.width_px(), data.height_px(), data.channels(),
                              !c.theme.dark);
}

void ProbePanel::decoded(PanelContext& c) {
  const auto& answer = c.session.probe;
  const Dataset& data = *c.session.run->data;
  const float side = picture_side(c);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  if (answer && answer->x.size() == data.width()) {
    const ImTextureID texture = c.images.from_floats("probe.decoded", (answer->revision << 24) + answer->tag, answer->x, data.width_px(),
                                                     data.height_px(), data.channels(), !c.theme.dark);
    if (answer->tag != uploaded_tag_) {
      uploaded_tag_ = answer->tag;
      c.probe_clock.uploaded(answer->tag);
    }
    ui::image(c, "probe.decoded", texture, {side, side}, "probe.decoded.tip");
  } else {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddRectFilled(at, {at.x + side, at.y + side}, c.theme.raised, 6.0f * c.scale);
    ImFont* font = c.fonts.title;
    const float size = font->FontSize * 1.5f;
    const ImVec2 glyph = font->CalcTextSizeA(size, 1e6f, 0.0f, icon::kImage);
    list.AddText(font, size, {at.x + (side - glyph.x) * 0.5f, at.y + (side - glyph.y) * 0.5f}, c.theme.muted, icon::kImage);
    ImGui::Dummy({side, side});
    c.controls.add("probe.decoded", {at.x, at.y, at.x + side, at.y + side});
  }
}

/// An example of a table or of texts over all the width: named bars need it.
void ProbePanel::decoded_row(PanelContext& c) {
  const auto& answer = c.session.probe;
  if (!answer) return;
  const bool words = c.session.run->data->kind == DataKind::text;
  ui::section(c, c.tr("probe.decoded_row"), words ? c.tr("text.stand_out") : "");
  if (answer->tag != uploaded_tag_) {
    uploaded_tag_ = answer->tag;
    c.probe_clock.uploaded(answer->tag);
  }
  if (!words) return table_.bars(c, "probe.decoded", answer->x);
  const ImVec2 at = ImGui::GetCursorScreenPos(), size{ImGui::GetContentRegionAvail().x, kWordsHeight * c.scale};
  texts_.bars(c, at, size, answer->x);
  ImGui::Dummy(size);
  ui::tooltip(c, "text.stand_out.tip");
  c.controls.add("probe.decoded", {at.x, at.y, at.x + size.x, at.y + size.y});
}

void ProbePanel::facts(PanelContext& c) {
  const auto muted = [&](const char* key) {
    ImGui::PushFont(c.fonts.small);
    ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
    ImGui::TextUnformatted(c.tr(key));
    ImGui::PopStyleColor();
    ImGui::PopFont();
  };
  muted("probe.decoded_at");
  const std::string z = "z = " + position_text(c.view.probe.z);
  const float room = ImGui::GetContentRegionAvail().x;
  const auto fits = [&](ImFont* font) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, z.c_str()).x <= room; };
  ImGui::PushFont(fits(c.fonts.large) ? c.fonts.large : fits(c.fonts.title) ? c.fonts.title : c.fonts.medium);
  ImGui::TextUnformatted(z.c_str());
  ImGui::PopFont();
  const auto& answer = c.session.probe;
  if (!answer) return;
  if (!answer->class_shares.empty() && c.session.run->data->labels()) {
    muted("probe.share");
    std::vector<size_t> order(answer->class_shares.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return answer->class_shares[a] > answer->class_shares[b]; });
    for (size_t k = 0; k < std::min<size_t>(2, order.size()) && answer->class_shares[order[k]] > 0.0f; ++k) {
      if (k) ImGui::SameLine(0.0f, 10.0f * c.scale);
      ImGui::TextUnformatted(
          ui::elided(c.session.run->data->labels()->categories[order[k]], std::max(40.0f * c.scale, 0.5f * room - 44.0f * c.scale))
              .c_str());
      ImGui::SameLine(0.0f, 5.0f * c.scale);
      ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s",
                         ui::number(static_cast<double>(answer->class_shares[order[k]]), 2).c_str());
    }
    ui::tooltip(c, c.session.run->model->classifies() ? "probe.share.beside.tip" : "probe.share.tip");
  }
  if (c.probe_place.holds(c.view.probe.z) && !is_linear(c.view.map.projection.method)) {
    muted("probe.map_trust");
    ImGui::SameLine(0.0f, 6.0f * c.scale);
    const double trust = c.probe_place.trust;
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(trust >= kTrusted ? c.theme.good : c.theme.warning), "%s",
                       ui::number(trust, 2).c_str());
    ui::tooltip(c, "probe.map_trust.tip");
  }
  if (answer->manifold_radius <= 0.0) return;  // nothing is known yet
  muted("probe.on_manifold");
  ImGui::SameLine(0.0f, 6.0f * c.scale);
  ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(answer->on_manifold ? c.theme.good : c.theme.warning), "%s",
                     c.tr(answer->on_manifold ? "probe.yes" : "probe.no"));
  ui::tooltip(c, "probe.on_manifold.tip");
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  ImGui::PushFont(c.fonts.small);
  ImGui::TextUnformatted(
      fmt::format(fmt::runtime(c.tr("probe.distance")), ui::compact(answer->nearest_distance, 2), ui::compact(answer->manifold_radius, 2))
          .c_str());
  ImGui::PopFont();
  ImGui::PopStyleColor();
}

/// z alone decodes to nothing where the decoder is told the class, too.
void ProbePanel::decode_as(PanelContext& c) {
  if (!c.session.run->model->decodes_labels()) return;
  ui::section(c, c.tr("probe.decode_as"));
  class_choice(c, "probe.decode_as", "probe.decode_as.tip", c.view.probe.label);
}

void ProbePanel::sliders(PanelContext& c) {
  auto& z = c.view.probe.z;
  if (z.empty()) return;
  const std::vector<double> kl = kl_shown(c.session).per_dimension;
  const bool known = kl.size() == z.size();
  std::vector<size_t> order(z.size());
  std::iota(order.begin(), order.end(), size_t{0});
  // Two dimensions keep their place; more are sorted, the most used ones first.
  if (z.size() > 2 && known)
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return std::round(kl[a] * 20) > std::round(kl[b] * 20); });
  ui::section(c, c.tr("probe.latent"));
  const bool has_prior = c.session.run->model->has_prior();
  const auto name_of = [&](size_t j) {
    return has_prior ? fmt::format("z{}   KL {}", j + 1, known ? ui::compact(kl[j], 1) : "\u2013") : fmt::format("z{}", j + 1);
  };
  for (const size_t j : order) ui::slider(c, fmt::format("probe.z{}", j + 1).c_str(), name_of(j), "probe.z.tip", z[j], -4.0f, 4.0f, "%.2f");
  const float gap = 6.0f * c.scale;
  ui::space(c, 8.0f);
  if (ui::button(c, "probe.copy", icon::kCopy, c.tr("probe.copy"), "probe.copy.tip")) {
    std::string text = "[";
    for (size_t j = 0; j < z.size(); ++j) text += fmt::format("{}{}", j ? ", " : "", z[j]);
    c.send.copy_text(text + "]");
    c.send.toast(LogLevel::info, c.tr("probe.copied"));
  }
  ImGui::SameLine(0.0f, gap);
  if (ui::button(c, "probe.origin", "", c.tr("probe.origin"), "probe.origin.tip")) c.send.run_command("probe.origin");
}

void ProbePanel::selected(PanelContext& c) {
  const int64_t row = c.view.probe.selected_row;
  const auto& inspection = c.session.inspection;
  const Dataset& data = *c.session.run->data;
  if (row < 0) {
    ui::section(c, c.tr("probe.selected"));
    ui::note(c, c.tr("probe.selected.none"));
    return;
  }
  ui::section(c, fmt::format("{}   #{}", c.tr("probe.selected"), ui::count(static_cast<uint64_t>(row))));
  const bool ready = inspection && static_cast<int64_t>(inspection->row) == row && inspection->original.size() == data.width();
  if (!ready) return ui::note(c, c.tr("probe.selected.waiting"));
  if (pictures(c)) {
    const float side = std::min(68.0f * c.scale, (ImGui::GetContentRegionAvail().x - 12.0f * c.scale) / 3.0f);
    const uint64_t version = (inspection->revision << 24) + inspection->row;
    difference_.resize(inspection->original.size());
    for (size_t i = 0; i < difference_.size(); ++i) difference_[i] = std::abs(inspection->original[i] - inspection->reconstructed[i]);
    struct Tile {
      const char* name;
      const std::vector<float>& pixels;
      const char* caption;
    };
    for (const Tile& t : {Tile{"probe.x", inspection->original, "probe.x"}, Tile{"probe.x_hat", inspection->reconstructed, "probe.x_hat"},
                          Tile{"probe.error", difference_, "probe.error"}}) {
      ImGui::BeginGroup();
      ui::image(c, t.name,
                c.images.from_floats(t.name, version, t.pixels, data.width_px(), data.height_px(), data.channels(), !c.theme.dark),
                {side, side});
      ImGui::PushFont(c.fonts.small);
      ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s", c.tr(t.caption));
      ImGui::PopFont();
      ImGui::EndGroup();
      ImGui::SameLine(0.0f, 6.0f * c.scale);
    }
    ImGui::NewLine();
    ui::space(c, 4.0f);
  } else if (data.kind == DataKind::text) {
    text_pair(c, *inspection);
  } else {
    table_.bars(c, "probe.x", inspection->original, inspection->reconstructed);
    ui::note(c, c.tr("probe.pair"));
    ui::space(c, 4.0f);
  }
  classes(c, *inspection);
  ui::value_row(c, c.tr("probe.loss"), ui::loss(inspection->reconstruction + inspection->kl));
  ui::tooltip(c, "probe.loss.tip");
  ui::value_row(c, c.tr("probe.reconstruction"), ui::loss(inspection->reconstruction));
  ui::value_row(c, "KL", ui::loss(inspection->kl));
  if (!data.row_names.empty()) ui::value_row(c, c.tr("probe.file"), data.row_names[static_cast<size_t>(row)]);
  ui::value_row(c, c.tr("probe.split"), c.tr(fmt::format("split.{}", to_string(data.split[static_cast<size_t>(row)]))));
  if (data.kind == DataKind::table) return;
  neighbours(c, "probe.neighbours.latent", "probe.near_latent", inspection->latent_neighbours);
  neighbours(c, "probe.neighbours.input", "probe.near_input", inspection->input_neighbours);
}

/// The text, and the words that stand out in what the model takes it for.
void ProbePanel::text_pair(PanelContext& c, const Inspection& inspection) {
  const Dataset& data = *c.session.run->data;
  const float room = ImGui::GetContentRegionAvail().x;
  ui::text_block(text_of(data, inspection.row), room, 12);
  ui::space(c, 4.0f);
  ui::note(c, fmt::format("{}: {}", c.tr("probe.x_hat"), texts_.line(*c.session.run, inspection.reconstructed, 10)));
  ui::tooltip(c, "text.stand_out.tip");
  ui::space(c, 4.0f);
}

/// A line of text each; a click selects it.
void ProbePanel::text_neighbours(PanelContext& c, const char* name, const std::vector<uint32_t>& rows) {
  for (size_t k = 0; k < rows.size(); ++k) {
    const std::string id = fmt::format("{}.{}", name, k), text = text_of(*c.session.run->data, rows[k], kTextBytes);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float room = ImGui::GetContentRegionAvail().x;
    if (ImGui::Selectable(fmt::format("##{}", id).c_str())) c.send.select_row(rows[k]);
    ui::register_item(c, id.c_str());
    const bool hovered = ImGui::IsItemHovered();
    ui::draw_text(at.x, at.y, c.theme.text, ui::elided(first_bytes(text, kLineBytes), room));  // a text may have "##" in it
    if (!hovered) continue;
    ImGui::BeginTooltip();
    ui::text_block(text, kTipWidth * c.scale, 8);
    ImGui::EndTooltip();
  }
}

/// The point's label, what training knows of it, and what the classifier takes it for.
void ProbePanel::classes(PanelContext& c, const Inspection& inspection) {
  const Dataset& data = *c.session.run->data;
  if (!data.labels()) return;
  const auto& names = data.labels()->categories;
  const int label = data.label(inspection.row);
  if (label >= 0) ui::value_row(c, c.tr("probe.label"), names[static_cast<size_t>(label)]);
  const auto& labels = c.session.snapshot->labels;
  if (c.session.run->model->classes() > 0 && labels && data.split[inspection.row] == Split::train) {
    const int before = labels->label(inspection.row);
    int told = before;
    if (ui::choice(c, "probe.label_as", c.tr("probe.label_as"), "probe.label_as.tip", told, names, c.tr("probe.label.unknown")) &&
        told != before)
      c.send.post(command::SetLabel{inspection.row, static_cast<size_t>(told)});
  }
  if (!inspection.class_probabilities.empty()) {
    ui::section(c, c.tr("probe.likely"), "q(y|x)");
    class_bars(c, "probe.likely", inspection.class_probabilities);
  }
}

void ProbePanel::neighbours(PanelContext& c, const char* title, const char* name, const std::vector<uint32_t>& rows) {
  if (rows.empty()) return;
  ui::section(c, c.tr(title));
  if (!pictures(c)) return text_neighbours(c, name, rows);
  const float gap = 6.0f * c.scale, count = static_cast<float>(rows.size());
  const float side = std::min(48.0f * c.scale, (ImGui::GetContentRegionAvail().x - gap * (count - 1.0f)) / count);
  for (size_t k = 0; k < rows.size(); ++k) {
    if (k) ImGui::SameLine(0.0f, gap);
    const std::string id = fmt::format("{}.{}", name, k);
    if (ui::image(c, id.c_str(), row_image(c, id, rows[k]), {side, side}, "probe.neighbour.tip", true)) c.send.select_row(rows[k]);
  }
}

void ProbePanel::draw(PanelContext& c) {
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kProbe, "probe.empty");
  const float width = ImGui::GetContentRegionAvail().x;
  ui::space(c, 6.0f);
  if (pictures(c)) {
    decoded(c);
    // In a narrow panel the facts stand below the picture.
    const float picture = ImGui::GetItemRectMax().x - ImGui::GetItemRectMin().x;
    if (width - picture >= kFactsWidth * c.scale) ImGui::SameLine(0.0f, 14.0f * c.scale);
  }
  ImGui::BeginGroup();
  facts(c);
  ImGui::EndGroup();
  if (!pictures(c)) decoded_row(c);
  decode_as(c);
  sliders(c);
  selected(c);
}

}  // namespace

void register_panel_probe(PanelRegistry& registry);
void register_panel_probe(PanelRegistry& registry) {
  registry.add({"probe", "panel.probe", Region::right, 0, 1.0f, [] { return std::make_unique<ProbePanel>(); }});
}

}  // namespace latentscape
