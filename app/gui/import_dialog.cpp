#include "app/gui/import_dialog.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/gui/app_state.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/import_look.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape {

namespace {

constexpr size_t kLargeSide = 257;                                       // pixels: a network of as many inputs is slow
constexpr float kWidth = 940.0f, kHeight = 520.0f, kFormWidth = 268.0f;  // at scale 1
constexpr size_t kColumnLines = 7;

template <class E>
bool choose(PanelContext& c, const char* name, const char* tip, E& value, std::span<const std::string> options) {
  auto index = static_cast<int>(value);
  if (!ui::segmented(c, name, tip, index, options)) return false;
  value = static_cast<E>(index);
  return true;
}

}  // namespace

void ImportDialog::show(AppState& app, RunConfig config, std::string out) {
  app.palette.is_open = app.reset.is_open = app.open.is_open = app.export_dialog.is_open = false;
  is_open = true;
  ImportForm fresh;
  fresh.config = std::move(config);
  form_ = std::move(fresh);
  out_ = std::move(out);
  side_refused_.clear();
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
  request.out = out_;
  close(app);
  app.open_request(std::move(request));
}

/// Left: what there is to see.
void ImportDialog::understood(AppState& app, PanelContext& c) {
  if (shown_) return draw_understood(c, *shown_);
  const bool reading = app.now.previewing.active;
  const std::string what = app.now.previewing.what.empty() ? form_.config.data : app.now.previewing.what;
  ui::placeholder(c, icon::kDatabase, c.tr(reading ? "state.loading" : "import.stopped"), what);
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
  const int64_t least = form_.sizes ? 1 : 0, most = static_cast<int64_t>(kMostImageSize);
  if (ui::integer(c, "import.side", c.tr("import.side"), "import.size.tip", side, least, most, {}, {}, &side_refused_)) {
    form_.choose_size(static_cast<size_t>(side));
    changed = true;
  }
  if (changed) side_refused_.clear();
  if (!side_refused_.empty())
    ui::problem(c, side_refused_);
  else if (reading.size >= kLargeSide)
    ui::problem(c, fmt::format(fmt::runtime(c.tr("import.size.large")), ui::count(reading.size * reading.size)));
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

/// Which columns are trained on.
bool ImportDialog::column_checks(PanelContext& c) {
  if (form_.columns.size() < 2 && form_.config.reading.leave_out.empty()) return false;
  const auto left_out = static_cast<size_t>(
      std::count_if(form_.columns.begin(), form_.columns.end(), [&](const std::string& name) { return form_.leaves_out(name); }));
  ui::section(c, c.tr("import.columns"),
              fmt::format(fmt::runtime(c.tr("import.columns.of")), form_.columns.size() - left_out, form_.columns.size()));
  const float line = ui::kRowHeight * c.scale + ImGui::GetStyle().ItemSpacing.y;
  const size_t lines = std::min(form_.columns.size(), kColumnLines);
  ImGui::BeginChild("##columns", {0.0f, line * static_cast<float>(lines)});
  bool changed = false;
  for (size_t k = 0; k < form_.columns.size(); ++k) {
    bool trained = !form_.leaves_out(form_.columns[k]);
    if (!ui::check(c, fmt::format("import.column.{}", k).c_str(), form_.columns[k], "import.columns.tip", trained)) continue;
    form_.leave_out(form_.columns[k], !trained);
    changed = true;
  }
  ImGui::EndChild();
  return changed;
}

bool ImportDialog::table_fields(PanelContext& c) {
  bool changed = label_field(c);
  changed |= column_checks(c);
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
                                          : fmt::format(fmt::runtime(c.tr("import.kind.found")), source_words(c, "import.kind", source))};
  for (const std::string& name : names) options.push_back(source_words(c, "import.kind", name));
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
  if (!begin_modal(c, "import", c.tr("import.title"), kWidth, is_open, 0.5f)) {
    if (was_open && !is_open) close(app);
    return;
  }
  // Before the fields: a list or a field that is left by Return is not the dialog.
  const bool enter = return_pressed() && !ImGui::IsAnyItemActive();
  const float s = c.scale, full = ImGui::GetContentRegionAvail().x, gap = 24.0f * s, form = kFormWidth * s;
  const float height = std::max(200.0f * s, std::min(kHeight * s, ImGui::GetIO().DisplaySize.y - 190.0f * s));
  ImGui::PushFont(c.fonts.small);
  ImGui::PushStyleColor(ImGuiCol_Text, c.theme.muted);
  ImGui::TextUnformatted(ui::elided_path(form_.config.data, full).c_str());
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
