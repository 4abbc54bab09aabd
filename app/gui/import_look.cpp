#include "app/gui/import_look.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "app/gui/data_views.hpp"
#include "app/gui/data_warnings.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/import_form.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/source.hpp"

namespace latentscape {

namespace {

constexpr size_t kFirstRows = 8, kShownWords = 12;

/// A number with what it counts below.
void stat(PanelContext& c, const std::string& value, const char* caption) {
  ImGui::BeginGroup();
  ImGui::PushFont(c.fonts.large);
  ImGui::TextUnformatted(value.c_str());
  ImGui::PopFont();
  ImGui::PushFont(c.fonts.small);
  ImGui::TextColored(ImGui::ColorConvertU32ToFloat4(c.theme.muted), "%s", caption);
  ImGui::PopFont();
  ImGui::EndGroup();
  ImGui::SameLine(0.0f, 30.0f * c.scale);
}

void facts(PanelContext& c, const DataPreview& preview) {
  const Dataset& data = *preview.data;
  const bool images = data.kind == DataKind::image;
  const auto& words = preview.summary->words;
  stat(c, ui::count(data.rows), c.tr(words ? "data.texts" : images ? "data.images" : "data.rows"));
  if (words) {
    stat(c, ui::count(words->vocabulary), c.tr("data.vocabulary"));
    stat(c, ui::count(static_cast<uint64_t>(words->words)), c.tr("import.words.counted"));
    stat(c, ui::number(words->words_a_text, 1), c.tr("data.words_a_text"));
  } else {
    stat(c, ui::shape_text(data.shape), c.tr(images ? "data.shape" : "import.numbers"));
  }
  if (!preview.summary->columns.empty()) {
    const auto& columns = preview.summary->columns;
    const auto inputs = std::count_if(columns.begin(), columns.end(), [](const ColumnSummary& k) { return k.role == ColumnRole::input; });
    if (inputs > 0 && !data.preprocessing.empty()) stat(c, ui::count(static_cast<uint64_t>(inputs)), c.tr("import.columns"));
  }
  if (data.labels())
    stat(c, ui::count(data.classes()), c.tr("data.classes"));
  else
    stat(c, "–", c.tr("import.no_classes"));
  ImGui::NewLine();
  ui::space(c, 8.0f);
  ui::split_bar(c, preview.summary->splits);
}

void look(PanelContext& c, const DataPreview& preview) {
  const Dataset& data = *preview.data;
  ui::section(c, c.tr(data.kind == DataKind::table ? "import.first_rows" : "data.preview"));
  if (data.kind == DataKind::image)
    ui::example_grid(c, "import.example", preview.tag, data, 12, 3, nullptr);
  else if (data.kind == DataKind::text)
    ui::text_cards(c, "import.example", data, 2, 3, 3, nullptr);
  else
    ui::first_rows(c, "import.rows", data, *preview.summary, kFirstRows);
  if (!data.warnings.empty()) {
    ui::section(c, c.tr("import.odd"), ui::count(data.warnings.size()));
    ui::warning_list(c, data.warnings);
  }
  if (data.labels()) {
    ui::section(c, c.tr("data.classes"), data.labels()->name);
    ui::class_histogram(c, data, *preview.summary, 10);
  }
  if (preview.summary->words && !preview.summary->words->commonest.empty()) {
    ui::section(c, c.tr("data.common_words"), c.tr("data.in_texts"));
    ui::common_words(c, *preview.summary->words, kShownWords);
  }
}

}  // namespace

/// A key of the table that ends in a source's name, else what the source says of itself.
std::string source_words(const PanelContext& c, const char* key, const std::string& source) {
  const std::string full = fmt::format("{}.{}", key, source);
  if (c.tr.has(full)) return c.tr(full);
  const DataSource* found = data_sources().find(source);
  return found && std::string_view(key) == "import.why" ? found->summary : source;
}

std::vector<std::string> path_sources() {
  std::vector<std::string> names;
  for (const DataSource& source : data_sources().entries())
    if (!source.builtin) names.push_back(source.name);
  return names;
}

void draw_understood(PanelContext& c, const DataPreview& preview) {
  if (!preview.source.empty()) {
    ImGui::PushFont(c.fonts.medium);
    ImGui::TextUnformatted(source_words(c, "import.kind", preview.source).c_str());
    ImGui::PopFont();
    const bool asked = !preview.config.kind.empty();
    ui::note(c, asked ? std::string(c.tr("import.why")) : source_words(c, "import.why", preview.source));
    if (preview.data && preview.data->kind == DataKind::text && !asked && !preview.data->reason.empty())
      ui::note(c, told(c.tr, preview.data->reason));
    ui::space(c, 8.0f);
  }
  if (!preview.data) {
    const std::string unread = unread_path(preview);
    ui::space(c, 6.0f);
    ImGui::PushStyleColor(ImGuiCol_Text, c.theme.error);
    ImGui::TextUnformatted(icon::kWarning);
    ImGui::PopStyleColor();
    ImGui::SameLine(0.0f, 8.0f * c.scale);
    ImGui::PushFont(c.fonts.medium);
    ImGui::TextUnformatted(c.tr(unread.empty() ? "import.cannot" : unread.c_str()));
    ImGui::PopFont();
    if (unread.empty()) return ui::note(c, told(c.tr, preview.error.message));
    ui::section(c, c.tr("import.unread.known"));
    ImGui::PushFont(c.fonts.small);
    for (const std::string& name : path_sources()) ui::note(c, data_sources().find(name)->summary);
    ImGui::PopFont();
    return;
  }
  facts(c, preview);
  look(c, preview);
}

}  // namespace latentscape
