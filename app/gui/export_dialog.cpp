#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "app/gui/app_state.hpp"
#include "app/gui/figure_export.hpp"
#include "app/gui/icons.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"
#include "core/formats/file.hpp"
#include "core/formats/npy.hpp"
#include "core/io/export.hpp"
#include "core/io/scores_csv.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

struct KindRow {
  const char* title;  // strings key
  const char* stem;   // of the default file name
  std::vector<std::string> formats;
};

const std::array<KindRow, 6>& kinds() {
  static const std::array<KindRow, 6> rows = {{{"export.figure", "map", {"png", "svg", "pdf"}},
                                               {"export.screenshot", "window", {"png"}},
                                               {"export.latents", "latents", {"npy", "csv"}},
                                               {"export.weights", "weights", {"safetensors", "npz"}},
                                               {"export.checkpoint", "", {"safetensors"}},
                                               {"export.scores", "scores", {"csv"}}}};
  return rows;
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// The run's figures folder where there is a run directory, else the current folder.
std::string default_path(const AppState& app, const char* stem, const std::string& format) {
  std::error_code ignored;
  fs::path folder = fs::current_path(ignored);
  if (app.now.run && !app.now.run->directory.empty()) folder = fs::path(app.now.run->directory) / "figures";
  const uint64_t step = app.now.snapshot ? app.now.snapshot->step : 0;
  return (folder / fmt::format("{}-step{}.{}", stem, step, format)).string();
}

/// The run's own figures folder is made; any other one has to be there: a misspelt path makes no folders.
Status folder_for(const AppState& app, const std::string& path) {
  std::error_code failed;
  const fs::path folder = fs::path(path).parent_path();
  if (folder.empty() || fs::is_directory(folder, failed)) return {};
  const bool own = app.now.run && !app.now.run->directory.empty() && folder == fs::path(app.now.run->directory) / "figures";
  if (!own) return fail(ErrorCode::not_found, "the folder {} does not exist", folder.string());
  if (!fs::create_directory(folder, failed))
    return fail(ErrorCode::io, "the folder {} cannot be made: {}", folder.string(), failed.message());
  return {};
}

using Job = std::function<Status(std::stop_token)>;

Job figure_job(const AppState& app, const std::string& path, double width, double height) {
  MapFigureSource source;
  source.run = app.now.run;
  source.latents = app.now.snapshot->latents;
  source.projection = app.now.projection;
  source.underlay = app.now.underlay;
  source.outliers = app.now.outliers;
  source.judgement = judgement_shown(app.now);
  source.view = app.view.map;
  source.dark = app.theme.dark;
  source.view.colour_by = colour_shown(app.now, app.view);
  const float scale = app.view.look.scale;
  source.map_size = {app.layout.centre.w / scale, app.layout.centre.h / scale};
  return [source, path, width, height](std::stop_token) -> Status {
    FigureStyle style;
    style.width = width;
    style.height = height;
    style.dark = source.dark;
    return write_figure(path, figure_of(source), style);
  };
}

Job latents_job(const AppState& app, const std::string& path) {
  return [run = app.now.run, latents = app.now.snapshot->latents, path](std::stop_token) -> Status {
    if (fs::path(path).extension() == ".csv") return atomic_write_file(path, std::string_view(latents_csv(*run, *latents)));
    return atomic_write_file(path, ByteView(npy_bytes(latents->means)));
  };
}

bool has_scores(const AppState& app) { return app.now.outliers && app.now.outliers->error.empty(); }

Job scores_job(const AppState& app, const std::string& path) {
  return [run = app.now.run, scored = app.now.outliers, path](std::stop_token) -> Status {
    return atomic_write_file(path, std::string_view(scores_csv(*run->data, scored->rows, scored->scores)));
  };
}

Job weights_job(const AppState& app, const std::string& path) {
  return [run = app.now.run, snapshot = app.now.snapshot, path](std::stop_token) -> Status {
    const LoadedRun loaded = loaded_run_of(*run, *snapshot);
    return fs::path(path).extension() == ".npz" ? export_npz(path, loaded) : export_safetensors(path, loaded);
  };
}

}  // namespace

Status start_export(AppState& app, ExportKind kind, const std::string& path, double width, double height) {
  const std::string extension = fs::path(path).extension().string();
  const auto& formats = kinds()[static_cast<size_t>(kind)].formats;
  const bool known = !extension.empty() && std::find(formats.begin(), formats.end(), extension.substr(1)) != formats.end();
  if (kind != ExportKind::checkpoint && !known)
    return fail(ErrorCode::invalid_argument, "{}: expected a file that ends in .{}", path, fmt::join(formats, ", ."));
  if (kind != ExportKind::checkpoint) LS_CHECK(folder_for(app, path));
  if (kind == ExportKind::screenshot) {
    app.screenshot_path = path;
    return {};
  }
  if (!app.now.run || !app.now.snapshot || !app.now.snapshot->latents || !app.now.snapshot->weights)
    return fail(ErrorCode::not_found, "nothing to export yet: the run has not started");
  if (kind == ExportKind::checkpoint) {
    app.post(command::SaveCheckpoint{});
    return {};
  }
  if (kind == ExportKind::figure) {
    if (!app.now.projection) return fail(ErrorCode::not_found, "nothing to export yet: the map is not there");
    app.session.run_export(path, figure_job(app, path, width, height));
  } else if (kind == ExportKind::latents) {
    app.session.run_export(path, latents_job(app, path));
  } else if (kind == ExportKind::scores) {
    if (!has_scores(app)) return fail(ErrorCode::not_found, "nothing to export yet: no examples are scored");
    app.session.run_export(path, scores_job(app, path));
  } else {
    app.session.run_export(path, weights_job(app, path));
  }
  app.exports.insert(path);
  return {};
}

void ExportDialog::show(const AppState& app) {
  is_open = true;
  asks_before_ = false;
  if (static_cast<ExportKind>(kind_) == ExportKind::scores && !has_scores(app)) kind_ = format_ = 0;
  choose(app, kind_, format_);
}

void ExportDialog::show(const AppState& app, ExportKind kind) {
  kind_ = static_cast<int>(kind);
  format_ = 0;
  show(app);
}

void ExportDialog::choose(const AppState& app, int kind, int format) {
  const KindRow& row = kinds()[static_cast<size_t>(kind)];
  kind_ = kind;
  format_ = std::clamp(format, 0, static_cast<int>(row.formats.size()) - 1);
  path_ = default_path(app, row.stem, row.formats[static_cast<size_t>(format_)]);
  asks_before_ = false;
}

void ExportDialog::draw_fields(AppState& app, PanelContext& c) {
  const auto kind = static_cast<ExportKind>(kind_);
  if (kind == ExportKind::checkpoint) {
    const bool has_folder = app.now.run && !app.now.run->directory.empty();
    ui::note(c,
             has_folder ? fmt::format("{} {}", c.tr("export.checkpoint.note"), app.now.run->directory) : c.tr("export.checkpoint.nowhere"));
    return;
  }
  const KindRow& row = kinds()[static_cast<size_t>(kind_)];
  if (row.formats.size() > 1) {
    std::vector<std::string> names;
    for (const std::string& format : row.formats) names.push_back("." + format);
    int format = format_;
    if (ui::segmented(c, "export.format", "export.format.tip", format, names)) choose(app, kind_, format);
  }
  if (kind == ExportKind::figure) {
    ui::integer(c, "export.width", c.tr("export.width"), "export.size.tip", width_, 100, 20000);
    ui::integer(c, "export.height", c.tr("export.height"), "export.size.tip", height_, 100, 20000);
  }
  ui::section(c, c.tr("export.file"));
  const std::string before = path_;
  const float room = ImGui::GetContentRegionAvail().x - 18.0f * c.scale;
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  ui::text_field(c, "export.path", {}, "export.path.tip", path_);
  if (before != path_) asks_before_ = false;
  if (ImGui::CalcTextSize(path_.c_str()).x > room) {  // the field shows its beginning alone
    ImGui::PushFont(c.fonts.small);
    ui::note(c, ui::elided_path(path_, room));
    ImGui::PopFont();
  }
  if (kind == ExportKind::figure && app.points_shown() < app.points_there())
    ui::note(c, fmt::format(fmt::runtime(c.tr("export.points")), ui::count(app.points_shown()), ui::count(app.points_there())));
}

void ExportDialog::start(AppState& app) {
  if (static_cast<ExportKind>(kind_) != ExportKind::checkpoint && !asks_before_ && file_exists(path_)) {
    asks_before_ = true;
    return;
  }
  const Status started =
      start_export(app, static_cast<ExportKind>(kind_), path_, static_cast<double>(width_), static_cast<double>(height_));
  is_open = !started.ok();  // a wrong path can be put right
  if (!started.ok()) app.tell_failure("fail.export", path_, started.error());
}

void ExportDialog::draw(AppState& app, PanelContext& c) {
  if (!begin_modal(c, "export", c.tr("export.title"), 540.0f, is_open)) return;
  std::vector<std::string> names;
  for (const KindRow& row : kinds()) names.emplace_back(c.tr(row.title));
  if (!has_scores(app)) names.pop_back();  // the last kind
  int kind = kind_;
  if (ui::segmented(c, "export.kind", "export.kind.tip", kind, names)) choose(app, kind, 0);
  draw_fields(app, c);
  if (asks_before_) {
    ImGui::PushStyleColor(ImGuiCol_Text, c.theme.warning);
    ImGui::TextUnformatted(icon::kWarning);
    ImGui::SameLine();
    ImGui::TextUnformatted(c.tr("export.exists"));
    ImGui::PopStyleColor();
  }
  ImGui::Dummy(ImVec2(1.0f, 4.0f * c.scale));
  const bool checkpoint = static_cast<ExportKind>(kind_) == ExportKind::checkpoint;
  const bool possible = checkpoint ? app.now.run && !app.now.run->directory.empty() : !path_.empty();
  const char* label = asks_before_ ? c.tr("export.overwrite") : c.tr("export.export");
  const bool enter = return_pressed() && possible;
  if (ui::button(c, "export.export", icon::kExport, label, "export.export.tip",
                 asks_before_ ? ui::ButtonKind::danger : ui::ButtonKind::primary, 0.0f, possible) ||
      enter)
    start(app);
  ImGui::SameLine();
  if (ui::button(c, "export.cancel", "", c.tr("dialog.cancel"), "dialog.cancel.tip")) is_open = false;
  if (!is_open) ImGui::CloseCurrentPopup();
  end_modal();
}

}  // namespace latentscape
