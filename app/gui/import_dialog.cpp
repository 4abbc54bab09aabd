#include "app/gui/import_dialog.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/gui/app_state.hpp"
#include "app/gui/data_views.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/text_views.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/data/source.hpp"

namespace latentscape {

namespace {

constexpr float kWidth = 940.0f, kHeight = 520.0f, kFormWidth = 268.0f;  // at scale 1
constexpr size_t kFirstRows = 8, kShownWords = 12;

/// A key of the table that ends in a source's name, else what the source says of itself.
std::string words_of(const PanelContext& c, const char* key, const std::string& source) {
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

template <class E>
bool choose(PanelContext& c, const char* name, const char* tip, E& value, std::span<const std::string> options) {
  auto index = static_cast<int>(value);
  if (!ui::segmented(c, name, tip, index, options)) return false;
  value = static_cast<E>(index);
  return true;
}

}  // namespace

void ImportDialog::show(AppState& app, RunConfig config) {
  app.palette.is_open = app.reset.is_open = app.open.is_open = app.export_dialog.is_open = false;
  is_open = true;
  ImportForm fresh;
  fresh.config = std::move(config);
  form_ = std::move(fresh);
  shown_.reset();
  ask(app);
}

void ImportDialog::ask(AppState& app) {
  asked_ = app.seconds;
  app.session.request_preview({form_.config, ++tag_});
  app.now.previewing = app.session.preview_progress();
}

void ImportDialog::take(AppState& app) {
  const auto& preview = app.now.preview;
  if (!preview || preview->tag != tag_ || preview == shown_) return;
  if (form_.take(*preview)) return ask(app);
  shown_ = preview;
  heldout_ = own_heldout(*preview);
  unread_ = unread_path(*preview);
}

void ImportDialog::close(AppState& app) {
  is_open = false;
  shown_.reset();
  app.now.preview.reset();
  app.session.forget_preview();
}

void ImportDialog::train(AppState& app) {
  OpenRequest request;
  app.seen_warnings = {shown_->data->warnings.begin(), shown_->data->warnings.end()};
  request.config = form_.config;
  request.data = shown_->data;
  close(app);
  app.open_request(std::move(request));
}

void ImportDialog::facts(PanelContext& c, const DataPreview& preview) {
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

void ImportDialog::look(PanelContext& c, const DataPreview& preview) {
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

/// Left: what it is, how much, what is odd, and a look at it.
void ImportDialog::understood(AppState& app, PanelContext& c) {
  if (!shown_) {
    const bool reading = app.now.previewing.active;
    const std::string what = app.now.previewing.what.empty() ? form_.config.data : app.now.previewing.what;
    return ui::placeholder(c, icon::kDatabase, c.tr(reading ? "state.loading" : "import.stopped"), what);
  }
  if (!shown_->source.empty()) {
    ImGui::PushFont(c.fonts.medium);
    ImGui::TextUnformatted(words_of(c, "import.kind", shown_->source).c_str());
    ImGui::PopFont();
    const bool asked = !shown_->config.kind.empty();
    ui::note(c, asked ? std::string(c.tr("import.why")) : words_of(c, "import.why", shown_->source));
    if (shown_->data && shown_->data->kind == DataKind::text && !asked && !shown_->data->reason.empty()) ui::note(c, shown_->data->reason);
    ui::space(c, 8.0f);
  }
  if (!shown_->data) {
    ui::space(c, 6.0f);
    ImGui::PushStyleColor(ImGuiCol_Text, c.theme.error);
    ImGui::TextUnformatted(icon::kWarning);
    ImGui::PopStyleColor();
    ImGui::SameLine(0.0f, 8.0f * c.scale);
    ImGui::PushFont(c.fonts.medium);
    ImGui::TextUnformatted(c.tr(unread_.empty() ? "import.cannot" : unread_.c_str()));
    ImGui::PopFont();
    if (unread_.empty()) return ui::note(c, shown_->error.message);
    ui::section(c, c.tr("import.unread.known"));
    ImGui::PushFont(c.fonts.small);
    for (const std::string& name : path_sources()) ui::note(c, data_sources().find(name)->summary);
    ImGui::PopFont();
    return;
  }
  facts(c, *shown_);
  look(c, *shown_);
}

bool ImportDialog::image_fields(PanelContext& c) {
  constexpr std::array<size_t, 7> kSides = {16, 28, 32, 48, 64, 96, 128};
  Reading& reading = form_.config.reading;
  bool changed = false;
  ui::section(c, c.tr("import.size"), c.tr("import.pixels"));
  // As they are: only where that is possible.
  std::vector<std::string> options;
  std::vector<size_t> sides;
  if (!form_.sizes) {
    options.emplace_back(c.tr("import.size.as_is"));
    sides.push_back(0);
  }
  for (const size_t side : kSides) {
    options.push_back(fmt::format("{}", side));
    sides.push_back(side);
  }
  auto index = static_cast<int>(std::find(sides.begin(), sides.end(), reading.size) - sides.begin());
  if (ui::chips(c, "import.size", "import.size.tip", index, options)) {
    form_.choose_size(sides[static_cast<size_t>(index)]);
    changed = true;
  }
  auto side = static_cast<int64_t>(reading.size);
  if (ui::integer(c, "import.side", c.tr("import.side"), "import.size.tip", side, form_.sizes ? 1 : 0,
                  static_cast<int64_t>(kMostImageSize))) {
    form_.choose_size(static_cast<size_t>(side));
    changed = true;
  }
  if (form_.sizes) {
    const ImageSizes& s = *form_.sizes;
    ImGui::PushFont(c.fonts.small);
    ui::note(c, fmt::format(fmt::runtime(c.tr(form_.chose_size ? "import.sizes.chosen" : "import.sizes")), ui::count(s.different),
                            s.least[1], s.least[0], s.most[1], s.most[0], reading.size));
    ImGui::PopFont();
  }
  if (reading.size > 0) {
    ui::section(c, c.tr("import.fit"));
    changed |= choose(c, "import.fit", "import.fit.tip", reading.fit,
                      std::array<std::string, 2>{c.tr("import.fit.crop"), c.tr("import.fit.letterbox")});
  }
  ui::section(c, c.tr("import.colour"));
  changed |= choose(c, "import.colour", "import.colour.tip", reading.colour,
                    std::array<std::string, 3>{c.tr("import.colour.auto"), c.tr("import.colour.grey"), c.tr("import.colour.rgb")});
  return changed;
}

/// Of a table of texts their column, and the words that are counted.
bool ImportDialog::text_fields(PanelContext& c) {
  constexpr std::array<size_t, 5> kSizes = {500, 1000, 2000, 5000, 10000};
  Reading& reading = form_.config.reading;
  bool changed = false;
  if (shown_ && shown_->text_columns.size() > 1) {
    const std::vector<std::string>& names = shown_->text_columns;
    ui::section(c, c.tr("import.text"));
    std::vector<std::string> options = {c.tr("import.text.auto")};
    options.insert(options.end(), names.begin(), names.end());
    const auto at = std::find(names.begin(), names.end(), reading.text);
    int index = reading.text.empty() ? 0 : at == names.end() ? -1 : 1 + static_cast<int>(at - names.begin());
    if (ui::choice(c, "import.text", {}, "import.text.tip", index, options, reading.text)) {
      form_.choose_text(index == 0 ? std::string() : names[static_cast<size_t>(index - 1)]);
      changed = true;
    }
    changed |= label_field(c);
  }
  ui::section(c, c.tr("data.vocabulary"), c.tr("import.words.most"));
  std::vector<std::string> options;
  for (const size_t size : kSizes) options.push_back(ui::count(size));
  auto index = static_cast<int>(std::find(kSizes.begin(), kSizes.end(), reading.words) - kSizes.begin());
  if (ui::chips(c, "import.words", "import.words.tip", index, options)) {
    reading.words = kSizes[static_cast<size_t>(index)];
    changed = true;
  }
  auto words = static_cast<int64_t>(reading.words);
  if (ui::integer(c, "import.words.count", c.tr("import.words"), "import.words.tip", words, 2, static_cast<int64_t>(kMostWords))) {
    reading.words = static_cast<size_t>(words);
    changed = true;
  }
  auto percent = static_cast<float>(100.0 * reading.common);
  const ui::SliderResult r = ui::slider(c, "import.common", c.tr("import.common"), "import.common.tip", percent, 1.0f, 100.0f, "%.0f %%");
  if (r.changed) reading.common = std::clamp(std::round(static_cast<double>(percent)) / 100.0, 0.01, 1.0);
  return changed || r.done || r.typed;
}

bool ImportDialog::label_field(PanelContext& c) {
  Reading& reading = form_.config.reading;
  ui::section(c, c.tr("import.label"));
  const Column* found = shown_ && shown_->data ? shown_->data->labels() : nullptr;
  const bool looked = reading.label.empty() && shown_ && shown_->data && shown_->config.reading.label.empty();
  const std::string automatic = !looked ? std::string(c.tr("import.label.auto"))
                                : found ? fmt::format(fmt::runtime(c.tr("import.label.found")), found->name)
                                        : std::string(c.tr("import.label.none"));
  std::vector<std::string> names = {"", std::string(kNoLabel)};
  names.insert(names.end(), form_.labels.begin(), form_.labels.end());
  std::vector<std::string> options = names;
  options[0] = automatic;
  options[1] = c.tr("import.label.no");
  const auto at = std::find(names.begin(), names.end(), reading.label);
  int index = at == names.end() ? -1 : static_cast<int>(at - names.begin());
  if (!ui::choice(c, "import.label", {}, "import.label.tip", index, options, reading.label)) return false;
  reading.label = names[static_cast<size_t>(index)];
  return true;
}

bool ImportDialog::table_fields(PanelContext& c) {
  bool changed = label_field(c);
  ui::section(c, c.tr("import.missing"));
  changed |= choose(c, "import.missing", "import.missing.tip", form_.config.reading.missing,
                    std::array<std::string, 2>{c.tr("import.missing.impute"), c.tr("import.missing.drop")});
  return changed;
}

/// Right: what can be corrected; each correction reads the data again.
void ImportDialog::fields(AppState& app, PanelContext& c) {
  bool changed = false;
  const std::string source = shown_ ? shown_->source : std::string();
  ui::section(c, c.tr("import.kind"));
  const std::vector<std::string> names = path_sources();
  std::vector<std::string> options = {source.empty() || !form_.config.kind.empty()
                                          ? std::string(c.tr("import.kind.auto"))
                                          : fmt::format(fmt::runtime(c.tr("import.kind.found")), words_of(c, "import.kind", source))};
  for (const std::string& name : names) options.push_back(words_of(c, "import.kind", name));
  const auto forced = std::find(names.begin(), names.end(), form_.config.kind);
  int index = form_.config.kind.empty() ? 0 : 1 + static_cast<int>(forced - names.begin());
  if (ui::choice(c, "import.kind", {}, "import.kind.tip", index, options)) {
    form_.choose_kind(index == 0 ? std::string() : names[static_cast<size_t>(index - 1)]);
    changed = true;
  }
  const ImportFields applies = fields_of(form_.config.kind.empty() ? source : form_.config.kind);
  if (applies.images) changed |= image_fields(c);
  if (applies.texts) changed |= text_fields(c);
  if (applies.table) changed |= table_fields(c);
  ui::section(c, c.tr("import.heldout"));
  if (heldout_.empty()) {
    changed |= heldout_share(c);
  } else {
    ui::value_row(c, c.tr("import.heldout.own"), heldout_);
    ImGui::PushFont(c.fonts.small);
    ui::note(c, c.tr("import.heldout.own.text"));
    ImGui::PopFont();
  }
  if (changed) ask(app);
}

/// Where the data does not say itself which rows are held out.
bool ImportDialog::heldout_share(PanelContext& c) {
  auto percent = static_cast<float>(100.0 * form_.config.heldout_share);
  const ui::SliderResult r =
      ui::slider(c, "import.heldout", c.tr("import.heldout.share"), "import.heldout.tip", percent, 1.0f, 50.0f, "%.0f %%");
  if (r.changed) form_.config.heldout_share = std::clamp(static_cast<double>(percent) / 100.0, 0.001, 0.9);
  ImGui::PushFont(c.fonts.small);
  ui::note(c, c.tr("import.heldout.text"));
  ImGui::PopFont();
  return r.done || r.typed;
}

void ImportDialog::footer(AppState& app, PanelContext& c) {
  const LoadingState& state = app.now.previewing;
  const float s = c.scale, right = ImGui::GetWindowPos().x + ImGui::GetWindowContentRegionMax().x, width = 130.0f * s;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool ready = settled() && shown_->data;
  const float room = right - at.x - 2.0f * width - 40.0f * s;
  if (state.active) {
    const double spent = app.seconds - asked_;
    std::string text = fmt::format(fmt::runtime(c.tr("import.reading")), static_cast<int>(100.0 * state.fraction));
    if (state.fraction > 0.02 && spent > 1.0)
      text += "   " + fmt::format(fmt::runtime(c.tr("top.left")), ui::duration(spent * (1.0 - state.fraction) / state.fraction));
    ui::draw_text(at.x, at.y, c.theme.muted, ui::elided(text, room));
    ImDrawList& list = *ImGui::GetWindowDrawList();
    const float y = at.y + 21.0f * s, end = at.x + room * std::clamp(static_cast<float>(state.fraction), 0.02f, 1.0f);
    list.AddRectFilled({at.x, y}, {at.x + room, y + 4.0f * s}, c.theme.line, 2.0f * s);
    list.AddRectFilled({at.x, y}, {end, y + 4.0f * s}, c.theme.accent, 2.0f * s);
  } else if (!settled()) {
    ui::draw_text(at.x, at.y + 5.0f * s, c.theme.muted, ui::elided(c.tr("import.stopped"), room));
  } else if (ready && app.now.run) {
    ui::draw_text(at.x, at.y + 5.0f * s, c.theme.muted,
                  ui::elided(c.tr(app.now.run->directory.empty() ? "import.replaces.unsaved" : "import.replaces"), room));
  }
  ImGui::SetCursorScreenPos({right - 2.0f * width - 8.0f * s, at.y});
  if (state.active) {
    if (ui::button(c, "import.stop", icon::kClose, c.tr("import.stop"), "import.stop.tip", ui::ButtonKind::plain, width))
      app.session.cancel_preview();
  } else if (!settled()) {
    if (ui::button(c, "import.again", icon::kRefresh, c.tr("import.again"), "import.again.tip", ui::ButtonKind::plain, width)) ask(app);
  } else {
    if (ui::button(c, "import.cancel", "", c.tr("dialog.cancel"), "dialog.cancel.tip", ui::ButtonKind::plain, width)) close(app);
  }
  if (!is_open) return;
  ImGui::SameLine(0.0f, 8.0f * s);
  if (ui::button(c, "import.train", icon::kPlay, c.tr("import.train"), "import.train.tip", ui::ButtonKind::primary, width, ready))
    train(app);
}

void ImportDialog::draw(AppState& app, PanelContext& c) {
  if (is_open) take(app);
  const bool was_open = is_open;
  if (!begin_modal(c, "import", c.tr("import.title"), kWidth, is_open)) {
    if (was_open && !is_open) close(app);
    return;
  }
  // Before the fields: a list or a field that is left by Return is not the dialog.
  const bool enter = return_pressed() && !ImGui::IsAnyItemActive();
  const float s = c.scale, full = ImGui::GetContentRegionAvail().x, gap = 24.0f * s, form = kFormWidth * s;
  const float height = std::max(200.0f * s, std::min(kHeight * s, 0.84f * ImGui::GetIO().DisplaySize.y - 150.0f * s));
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  ImGui::TextUnformatted(ui::elided(form_.config.data, full).c_str());
  ImGui::PopStyleColor();
  ImGui::PopFont();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {8.0f * s, 4.0f * s});
  ImGui::BeginChild("##understood", {full - form - gap, height});
  understood(app, c);
  ImGui::EndChild();
  const ImVec2 edge = ImGui::GetItemRectMax();
  ImGui::GetWindowDrawList()->AddLine({edge.x + gap * 0.5f, edge.y - height}, {edge.x + gap * 0.5f, edge.y}, c.theme.line);
  ImGui::SameLine(0.0f, gap);
  ImGui::BeginChild("##form", {form, height});
  fields(app, c);
  ImGui::EndChild();
  ImGui::PopStyleVar();
  ui::space(c, 6.0f);
  footer(app, c);
  if (is_open && enter && settled() && shown_->data) train(app);
  if (!is_open) ImGui::CloseCurrentPopup();
  end_modal();
}

}  // namespace latentscape
