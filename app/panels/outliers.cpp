// Outliers panel: the examples that the model takes worst, or best, by their anomaly score; computed when asked.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cmath>

#include "app/gui/controls.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "app/panels/outliers/histogram.hpp"
#include "app/panels/table/table_look.hpp"
#include "app/panels/text/text_look.hpp"
#include "core/data/preview.hpp"
#include "core/data/vocabulary.hpp"

namespace latentscape {

namespace {

constexpr size_t kTiles = 60;                        // at most; the grid scrolls
constexpr size_t kAtlasColumns = 10, kAtlasGap = 2;  // of make_grid
constexpr float kSide = 124.0f, kTile = 46.0f;       // pixels at scale 1
constexpr float kTextTile = 150.0f;                  // the width of a text's
constexpr size_t kTileBytes = 300;                   // of a text
constexpr std::array<Split, 3> kSplits = {Split::heldout, Split::test, Split::train};

class OutliersPanel final : public Panel {
 public:
  void draw(PanelContext& c) override;

 private:
  void update(PanelContext& c);
  void ask(PanelContext& c);
  void working(PanelContext& c);
  void head(PanelContext& c);
  std::string summary(PanelContext& c) const;
  void histogram(PanelContext& c);
  void choices(PanelContext& c);
  void grid(PanelContext& c);
  void tile(PanelContext& c, size_t k, ImVec2 at, ImVec2 size);
  void card(PanelContext& c, size_t k);
  uint32_t index_of(size_t k) const { return shown_->ranked[ordinary_ ? shown_->ranked.size() - 1 - k : k]; }

  std::shared_ptr<const OutlierAnswer> shown_;
  bool ordinary_ = false, dark_ = true;
  Histogram histogram_;
  size_t tiles_ = 0;
  ImageGrid atlas_;            // of image data
  std::vector<uint8_t> rgba_;  // the same as the theme has it
  uint64_t version_ = 0;
  ImTextureID texture_ = nullptr;
  int64_t hovered_ = -1;  // index into the scores
  TableLook table_;
};

/// Pictures and bins again where the scores, their order or the theme are others.
void OutliersPanel::update(PanelContext& c) {
  const auto& answer = c.session.outliers;
  const bool same = answer == shown_ && ordinary_ == c.view.outliers.ordinary;
  if (same && dark_ == c.theme.dark) return;
  shown_ = answer;
  ordinary_ = c.view.outliers.ordinary;
  dark_ = c.theme.dark;
  if (!shown_ || shown_->ranked.empty()) return;
  histogram_ = histogram_of(shown_->scores.score, 36);
  tiles_ = std::min(kTiles, shown_->ranked.size());
  std::vector<uint32_t> rows;
  for (size_t k = 0; k < tiles_; ++k) rows.push_back(shown_->rows[index_of(k)]);
  auto atlas = make_grid(*c.session.run->data, rows, kAtlasColumns);
  atlas_ = atlas.ok() ? std::move(atlas).value() : ImageGrid();  // a table has none
  rgba_.assign(atlas_.width * atlas_.height * 4, 255);
  const size_t channels = std::max<size_t>(atlas_.channels, 1);
  for (size_t i = 0; i < atlas_.width * atlas_.height; ++i)
    for (size_t k = 0; k < 3; ++k) {
      const uint8_t v = atlas_.pixels[i * channels + (channels == 3 ? k : 0)];
      rgba_[i * 4 + k] = dark_ || channels == 3 ? v : static_cast<uint8_t>(255 - v);
    }
  ++version_;
}

/// Which split, and the button.
void OutliersPanel::ask(PanelContext& c) {
  std::vector<std::string> names;
  int index = 0;
  for (size_t k = 0; k < kSplits.size(); ++k) {
    names.emplace_back(c.tr(fmt::format("split.{}", to_string(kSplits[k])).c_str()));
    if (kSplits[k] == c.view.outliers.split) index = static_cast<int>(k);
  }
  if (ui::choice(c, "outliers.split", {}, "outliers.split.tip", index, names)) c.view.outliers.split = kSplits[static_cast<size_t>(index)];
  ui::space(c, 6.0f);
  if (c.session.outlier_progress.active) return working(c);
  const bool again = shown_ && shown_->split == c.view.outliers.split;
  const bool ready = c.session.snapshot && c.session.snapshot->weights;
  if (ui::button(c, "outliers.score", icon::kFlask, c.tr(again ? "outliers.again" : "outliers.score"), "outliers.score.tip",
                 shown_ ? ui::ButtonKind::plain : ui::ButtonKind::primary, -1.0f, ready))
    c.send.run_command("outliers.score");
}

void OutliersPanel::working(PanelContext& c) {
  const std::string label = fmt::format("{} {} %", c.tr("dialog.cancel"), ui::number(100.0 * c.session.outlier_progress.share, 0));
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, height = ui::kButtonHeight * c.scale;
  if (ui::button(c, "outliers.cancel", icon::kClose, label, "outliers.cancel.tip", ui::ButtonKind::plain, -1.0f))
    c.send.run_command("outliers.cancel");
  const float done = width * static_cast<float>(std::clamp(c.session.outlier_progress.share, 0.0, 1.0));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled({at.x, at.y + height - 3.0f * c.scale}, {at.x + done, at.y + height}, c.theme.accent, 1.5f * c.scale);
}

/// What was scored, and how old the weights are by now.
std::string OutliersPanel::summary(PanelContext& c) const {
  const uint64_t now = c.session.snapshot ? c.session.snapshot->step : shown_->step, age = now > shown_->step ? now - shown_->step : 0;
  const std::string weights = age == 0 ? c.tr("outliers.fresh") : fmt::format(fmt::runtime(c.tr("outliers.old")), ui::count(age));
  return fmt::format(fmt::runtime(c.tr("outliers.summary")), c.tr(fmt::format("split.{}", to_string(shown_->split)).c_str()),
                     ui::count(shown_->rows.size()), ui::count(shown_->there), weights);
}

/// The summary stands beside the title; where a tab says that, beside the choices.
void OutliersPanel::head(PanelContext& c) {
  if (c.titled) return;
  const std::string title = c.tr("outliers.title");
  std::string right;
  if (shown_ && !shown_->ranked.empty()) {
    ImGui::PushFont(c.fonts.caption);
    right = ui::elided(summary(c), ImGui::GetContentRegionAvail().x - ImGui::CalcTextSize(title.c_str()).x - 28.0f * c.scale);
    ImGui::PopFont();
  }
  ui::section(c, title, right);
}

void OutliersPanel::histogram(PanelContext& c) {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float s = c.scale, width = room.x, height = std::clamp(room.y - 22.0f * s, 24.0f * s, 90.0f * s);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton("outliers.histogram", {width, height + 14.0f * s});
  ui::register_item(c, "outliers.histogram");
  ui::tooltip(c, c.session.run->model->has_prior() ? "outliers.histogram.tip" : "outliers.histogram.ae.tip");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const size_t bins = histogram_.counts.size(), most = *std::max_element(histogram_.counts.begin(), histogram_.counts.end());
  const float step = width / static_cast<float>(bins), foot = at.y + height;
  list.AddRectFilled({at.x, foot}, {at.x + width, foot + 1.0f}, c.theme.line);
  const size_t marked = hovered_ < 0 ? bins : histogram_.bin_of(shown_->scores.score[static_cast<size_t>(hovered_)]);
  for (size_t k = 0; k < bins; ++k) {
    if (histogram_.counts[k] == 0) continue;
    const float share = static_cast<float>(histogram_.counts[k]) / static_cast<float>(std::max<size_t>(most, 1));
    const float h = std::max(1.5f * s, share * (height - 2.0f * s)), x = at.x + step * static_cast<float>(k);  // a single one still shows
    list.AddRectFilled({x, foot - h}, {x + std::max(step - 1.0f, 1.0f), foot}, k == marked ? c.theme.text : c.theme.accent);
  }
  ImFont* font = c.fonts.small;
  const std::string low = ui::compact(histogram_.low, 1), high = ui::compact(histogram_.high, 1), nats = c.tr("outliers.nats");
  const auto width_of = [font](const std::string& t) { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, t.c_str()).x; };
  list.AddText(font, font->FontSize, {at.x, foot + 3.0f * s}, c.theme.muted, low.c_str());
  list.AddText(font, font->FontSize, {at.x + (width - width_of(nats)) * 0.5f, foot + 3.0f * s}, c.theme.muted, nats.c_str());
  list.AddText(font, font->FontSize, {at.x + width - width_of(high), foot + 3.0f * s}, c.theme.muted, high.c_str());
}

/// Strangest or most ordinary; the map's colour; the file.
void OutliersPanel::choices(PanelContext& c) {
  const std::array<std::string, 2> names = {c.tr("outliers.strangest"), c.tr("outliers.ordinary")};
  int index = ordinary_ ? 1 : 0;
  if (ui::segmented(c, "outliers.order", "outliers.order.tip", index, names)) c.view.outliers.ordinary = index == 1;
  const float button = ui::kButtonHeight * 1.15f * c.scale, gap = 4.0f * c.scale;
  const float right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x;
  if (ImGui::GetItemRectMax().x + 2.0f * (button + gap) <= right) ImGui::SameLine(0.0f, 2.0f * gap);
  const bool coloured = c.view.map.colour_by == ColourBy::score;
  if (ui::icon_button(c, "outliers.colour", icon::kTint, "outliers.colour.tip", coloured))
    c.view.map.colour_by = coloured ? ColourBy::label : ColourBy::score;
  ImGui::SameLine(0.0f, gap);
  if (ui::icon_button(c, "outliers.export", icon::kExport, "outliers.export.tip")) c.send.run_command("outliers.export");
  if (c.titled) {
    ImGui::SameLine(0.0f, 12.0f * c.scale);
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + (ui::kButtonHeight * c.scale - c.fonts.small->FontSize) * 0.5f);
    ImGui::PushFont(c.fonts.small);
    ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s",
                       ui::elided(summary(c), ImGui::GetContentRegionAvail().x).c_str());
    ImGui::PopFont();
  }
  ui::space(c, 6.0f);
}

/// What the tile has no room for.
void OutliersPanel::card(PanelContext& c, size_t k) {
  const uint32_t i = index_of(k), row = shown_->rows[i];
  const Dataset& data = *c.session.run->data;
  std::vector<float> x(data.width());
  data.copy_row(row, x.data());
  ImGui::BeginTooltip();
  const float side = 84.0f * c.scale;
  if (data.kind == DataKind::image) {
    ImGui::Image(c.images.from_floats("outliers.card", (c.session.run->id << 40) + row + 1, x, data.width_px(), data.height_px(),
                                      data.channels(), !c.theme.dark),
                 {side * static_cast<float>(data.width_px()) / static_cast<float>(data.height_px()), side});
    ImGui::SameLine();
  } else if (data.kind == DataKind::text) {
    ui::text_block(text_of(data, row), 4.0f * side, 8);
  }
  ImGui::BeginGroup();
  const int label = data.label(row);
  ImGui::TextUnformatted(
      label < 0
          ? fmt::format("#{}", ui::count(row)).c_str()
          : fmt::format("#{}   {} {}", ui::count(row), c.tr("probe.label"), data.labels()->categories[static_cast<size_t>(label)]).c_str());
  const AnomalyScores& scores = shown_->scores;
  const bool prior = c.session.run->model->has_prior();
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  const auto line = [&](const char* key, double value) {
    ImGui::TextUnformatted(fmt::format("{} {}", c.tr(key), ui::compact(value, 2)).c_str());
  };
  line(prior ? "outliers.card.score" : "outliers.card.error", scores.score[i]);
  const bool entropy = c.session.run->model->likelihood() == LikelihoodKind::bernoulli;
  if (prior || entropy) line("outliers.card.reconstruction", scores.reconstruction[i]);
  if (prior) line("outliers.card.kl", scores.kl[i]);
  if (entropy) line("outliers.card.entropy", scores.entropy[i]);
  if (!data.row_names.empty()) ImGui::TextUnformatted(ui::elided_path(data.row_names[row], 240.0f * c.scale).c_str());
  if (shown_->split == Split::test) ImGui::TextUnformatted(c.tr("outliers.card.test"));
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::EndGroup();
  if (data.kind == DataKind::table) {
    ui::space(c, 8.0f);
    table_.bars(c, "outliers.card", x, {}, 260.0f * c.scale, 12);
  }
  ImGui::EndTooltip();
}

void OutliersPanel::tile(PanelContext& c, size_t k, ImVec2 at, ImVec2 size) {
  const Dataset& data = *c.session.run->data;
  const uint32_t i = index_of(k), row = shown_->rows[i];
  const std::string name = fmt::format("outliers.{}", k);
  ImFont* font = c.fonts.small;
  ImGui::SetCursorScreenPos(at);
  if (ImGui::InvisibleButton(name.c_str(), {size.x, size.y + font->FontSize + 2.0f * c.scale})) c.send.select_row(row);
  const bool hovered = ImGui::IsItemHovered();
  c.controls.add(name, {at.x, at.y, at.x + size.x, at.y + size.y});
  if (!ImGui::IsItemVisible()) return;
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 end{at.x + size.x, at.y + size.y};
  const float rounding = 5.0f * c.scale;
  if (data.kind == DataKind::image && atlas_.width > 0) {
    const size_t w = data.width_px(), h = data.height_px(), x0 = (k % kAtlasColumns) * (w + kAtlasGap),
                 y0 = (k / kAtlasColumns) * (h + kAtlasGap);
    const auto aw = static_cast<float>(atlas_.width), ah = static_cast<float>(atlas_.height);
    list.AddImageRounded(texture_, at, end, {static_cast<float>(x0) / aw, static_cast<float>(y0) / ah},
                         {static_cast<float>(x0 + w) / aw, static_cast<float>(y0 + h) / ah}, IM_COL32_WHITE, rounding);
  } else if (data.kind == DataKind::text) {
    text_tile(c, at, size, text_of(data, row, kTileBytes));
  } else {
    std::vector<float> x(data.width());
    data.copy_row(row, x.data());
    table_.glyph(c, at, size, x);
  }
  const bool selected = c.view.probe.selected_row == static_cast<int64_t>(row), pointed = c.pointed.now == static_cast<int64_t>(row);
  if (selected || hovered || pointed)
    list.AddRect(at, end, selected ? c.theme.accent : c.theme.text, rounding, 0, (selected ? 2.0f : 1.2f) * c.scale);
  const int label = data.label(row);
  const std::string score = ui::compact(shown_->scores.score[i], std::abs(shown_->scores.score[i]) < 99.5 ? 1 : 0),
                    known = label < 0 ? "" : data.labels()->categories[static_cast<size_t>(label)];
  const float score_w = font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, score.c_str()).x, y = end.y + 1.0f * c.scale;
  ImGui::PushFont(font);
  const std::string short_label = ui::elided(known, size.x - score_w - 4.0f * c.scale);
  ImGui::PopFont();
  list.AddText(font, font->FontSize, {at.x + 1.0f, y}, c.theme.muted, short_label.c_str());
  list.AddText(font, font->FontSize, {end.x - score_w, y}, c.theme.text, score.c_str());
  if (!hovered) return;
  hovered_ = i;
  c.pointed.next = row;
  card(c, k);
}

void OutliersPanel::grid(PanelContext& c) {
  if (atlas_.width > 0) texture_ = c.images.from_rgba("outliers", version_, rgba_, atlas_.width, atlas_.height);
  if (!ImGui::BeginChild("outliers.grid", {0, 0})) return ImGui::EndChild();
  const float gap = 6.0f * c.scale, room = ImGui::GetContentRegionAvail().x, caption = c.fonts.small->FontSize + 5.0f * c.scale;
  const bool texts = c.session.run->data->kind == DataKind::text;
  const float least = (texts ? kTextTile : kTile) * c.scale;
  const auto columns = static_cast<size_t>(std::max(1.0f, std::floor((room + gap) / (least + gap))));
  const float width = std::floor((room + gap) / static_cast<float>(columns) - gap), height = texts ? kTile * c.scale : width;
  const ImVec2 start = ImGui::GetCursorScreenPos();
  for (size_t k = 0; k < tiles_; ++k)
    tile(c, k,
         {start.x + static_cast<float>(k % columns) * (width + gap), start.y + static_cast<float>(k / columns) * (height + caption + gap)},
         {width, height});
  const auto lines = static_cast<float>((tiles_ + columns - 1) / columns);
  ImGui::SetCursorScreenPos({start.x, start.y + lines * (height + caption + gap)});
  if (shown_->ranked.size() > tiles_)
    ui::note(c, fmt::format(fmt::runtime(c.tr("outliers.more")), ui::count(tiles_), ui::count(shown_->ranked.size())));
  ImGui::EndChild();
}

void OutliersPanel::draw(PanelContext& c) {
  if (c.session.run) update(c);
  head(c);
  if (!c.session.run) return ui::placeholder_without_run(c, icon::kSearch, "outliers.empty");
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float side = std::min(kSide * c.scale, room.x * 0.42f), gap = 16.0f * c.scale;
  ImGui::BeginChild("outliers.side", {side, room.y}, false, ImGuiWindowFlags_NoScrollbar);
  ask(c);
  const bool ranked = shown_ && !shown_->ranked.empty();
  if (ranked) {
    ui::space(c, 8.0f);
    histogram(c);
  }
  ImGui::EndChild();
  ImGui::SameLine(0.0f, gap);
  hovered_ = -1;
  ImGui::BeginChild("outliers.main", {0.0f, room.y}, false, ImGuiWindowFlags_NoScrollbar);
  if (ranked) {
    choices(c);
    grid(c);
  } else if (c.session.outlier_progress.active) {
    ui::placeholder(c, icon::kSpinner, c.tr("outliers.working"), c.tr("outliers.working.text"));
  } else if (shown_) {
    ui::placeholder(c, icon::kWarning, c.tr("outliers.failed"), shown_->error.empty() ? c.tr("outliers.none") : shown_->error.c_str());
  } else {
    ui::placeholder(c, icon::kSearch, {}, c.tr(c.session.run->model->has_prior() ? "outliers.text" : "outliers.text.ae"));
  }
  ImGui::EndChild();
}

}  // namespace

void register_panel_outliers(PanelRegistry& registry);
void register_panel_outliers(PanelRegistry& registry) {
  registry.add({"outliers", "panel.outliers", Region::bottom, 2, 1.3f, [] { return std::make_unique<OutliersPanel>(); }});
}

}  // namespace latentscape
