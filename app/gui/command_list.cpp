// Every command of the window. Ids are what scripts write; keep them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/gui/app_state.hpp"
#include "app/gui/latent_lookup.hpp"
#include "app/gui/log.hpp"

namespace latentscape {
namespace {

constexpr size_t kMostScored = 10000;  // rows; a larger split is sampled

bool has_run(const AppState& app) { return app.now.run != nullptr; }
/// A run with a folder: checkpoints have a place.
bool has_folder(const AppState& app) { return app.now.run && !app.now.run->directory.empty(); }
bool told_the_class(const AppState& app) { return app.now.run && app.now.run->model->decodes_labels(); }
bool has_snapshot(const AppState& app) { return app.now.run && app.now.snapshot && app.now.snapshot->weights; }

void toggle_run(AppState& app) {
  if (app.phase() == RunPhase::running)
    app.post(command::Pause{});
  else
    app.post(command::Run{});
}

void set_scale(AppState& app, float scale) { app.view.look.scale = std::clamp(std::round(scale * 20.0f) / 20.0f, 1.0f, 3.0f); }

auto set_method(const char* method) {
  return [method](AppState& app) {
    app.view.map.projection.method = method;
    app.view.map.frozen = false;
  };
}
bool is_layout(const AppState& app) { return app.now.run && !is_linear(app.view.map.projection.method); }
bool has_map(const AppState& app) { return app.now.projection && app.now.projection->positions.rows > 0; }
void keep_map(AppState& app) {
  app.now.kept_map = app.now.projection;
  app.toast(LogLevel::info, fmt::format(fmt::runtime(app.tr("toast.kept")), moment_of(*app.now.kept_map, app.tr)));
}
auto set_tool(Tool tool) {
  return [tool](AppState& app) { app.view.map.tool = tool; };
}
auto set_colour(ColourBy colour) {
  return [colour](AppState& app) { app.view.map.colour_by = colour; };
}
bool has_scores(const AppState& app) { return app.now.outliers && app.now.outliers->error.empty(); }
auto can_underlay(Underlay underlay) {
  return [underlay](const AppState& app) {
    if (!app.now.run) return false;
    const auto there = underlays_for(*app.now.run, app.view.map.projection.method);
    return std::find(there.begin(), there.end(), underlay) != there.end();
  };
}
auto set_underlay(Underlay underlay) {
  return [underlay](AppState& app) { app.view.map.underlay = underlay; };
}

}  // namespace

void add_run_commands(CommandTable& t) {
  t.add({"run.toggle", "command.run.toggle", "P", toggle_run, has_run, {}});
  t.add({"run.start", "command.run.start", "", [](AppState& app) { app.post(command::Run{}); }, has_run, {}});
  t.add({"run.pause", "command.run.pause", "", [](AppState& app) { app.post(command::Pause{}); }, has_run, {}});
  t.add({"run.step", "command.run.step", "S", [](AppState& app) { app.post(command::Step{}); }, has_run, {}});
  t.add({"run.reset", "command.run.reset", "Ctrl+R", [](AppState& app) { app.reset.is_open = true; }, has_run, {}});
  t.add({"run.new_seed", "command.run.new_seed", "Ctrl+Shift+R", [](AppState& app) { app.post(command::Reset{true}); }, has_run, {}});
  t.add({"run.checkpoint", "command.run.checkpoint", "Ctrl+S", [](AppState& app) { app.post(command::SaveCheckpoint{}); }, has_folder, {}});
  t.add({"run.test", "command.run.test", "", [](AppState& app) { app.post(command::Evaluate{}); }, has_run, {}});
  t.add({"run.refresh", "command.run.refresh", "", [](AppState& app) { app.post(command::Refresh{}); }, has_run, {}});
}

void add_view_commands(CommandTable& t) {
  t.add({"edit.undo", "command.edit.undo", "Ctrl+Z", [](AppState& app) { app.step_undo(true); }, {}, {}});
  t.add({"edit.redo", "command.edit.redo", "Ctrl+Shift+Z", [](AppState& app) { app.step_undo(false); }, {}, {}});
  t.add({"map.fit", "command.map.fit", "F", [](AppState& app) { app.view.map.fitted = true; }, has_run, {}});
  t.add({"tool.probe", "command.tool.probe", "1", set_tool(Tool::probe), {}, {}});
  t.add({"tool.pan", "command.tool.pan", "2", set_tool(Tool::pan), {}, {}});
  t.add({"tool.click", "command.tool.click", "3", set_tool(Tool::click), {}, {}});
  t.add({"map.raw", "command.map.raw", "R", set_method("raw"), {}, {}});
  t.add({"map.pca", "command.map.pca", "C", set_method("pca"), {}, {}});
  t.add({"map.tsne", "command.map.tsne", "T", set_method("tsne"), {}, {}});
  t.add({"map.umap", "command.map.umap", "U", set_method("umap"), {}, {}});
  t.add({"map.hold", "command.map.hold", "H", [](AppState& app) { app.view.map.frozen = !app.view.map.frozen; }, is_layout, {}});
  t.add({"map.restart",
         "command.map.restart",
         "",
         [](AppState& app) {
           ++app.map_round;
           app.view.map.frozen = false;
         },
         is_layout,
         {}});
  t.add({"map.keep", "command.map.keep", "K", keep_map, has_map, {}});
  t.add({"map.forget",
         "command.map.forget",
         "",
         [](AppState& app) { app.now.kept_map = nullptr; },
         [](const AppState& app) { return app.now.kept_map != nullptr; },
         {}});
  t.add({"colour.label", "command.colour.label", "", set_colour(ColourBy::label), {}, {}});
  t.add({"colour.loss", "command.colour.loss", "", set_colour(ColourBy::loss), {}, {}});
  t.add({"colour.age", "command.colour.age", "", set_colour(ColourBy::age), {}, {}});
  t.add({"colour.split", "command.colour.split", "", set_colour(ColourBy::split), {}, {}});
  t.add({"colour.score", "command.colour.score", "", set_colour(ColourBy::score), has_scores, {}});
  t.add({"colour.trust", "command.colour.trust", "", set_colour(ColourBy::trust), has_run, {}});
  t.add({"colour.moved",
         "command.colour.moved",
         "",
         set_colour(ColourBy::moved),
         [](const AppState& app) { return app.now.kept_map != nullptr; },
         {}});
  t.add({"underlay.manifold", "command.underlay.manifold", "", set_underlay(Underlay::manifold), can_underlay(Underlay::manifold), {}});
  t.add({"underlay.prior", "command.underlay.prior", "", set_underlay(Underlay::prior), can_underlay(Underlay::prior), {}});
  t.add({"underlay.none", "command.underlay.none", "", set_underlay(Underlay::none), {}, {}});
  t.add({"map.show_classes", "command.map.show_classes", "", [](AppState& app) { app.view.map.hidden_classes.clear(); }, has_run, {}});
  t.add({"probe.origin",
         "command.probe.origin",
         "O",
         [](AppState& app) {
           app.select_row(-1);  // the point that was clicked is no anchor any more
           std::fill(app.view.probe.z.begin(), app.view.probe.z.end(), 0.0f);
         },
         has_snapshot,
         {}});
  t.add({"probe.deselect", "command.probe.deselect", "", [](AppState& app) { app.view.probe.selected_row = -1; }, has_run, {}});
  t.add({"samples.new", "command.samples.new", "", [](AppState& app) { ++app.view.samples.seed; }, has_run, {}});
  t.add({"outliers.score",
         "command.outliers.score",
         "",
         [](AppState& app) {
           app.session.request_outliers({app.view.outliers.split, kMostScored, 0});
         },
         has_snapshot,
         {}});
  t.add({"outliers.cancel",
         "command.outliers.cancel",
         "",
         [](AppState& app) { app.session.cancel_outliers(); },
         [](const AppState& app) { return app.now.outlier_progress.active; },
         {}});
  t.add({"outliers.export",
         "command.outliers.export",
         "",
         [](AppState& app) { app.export_dialog.show(app, ExportKind::scores); },
         has_scores,
         {}});
  t.add({"samples.styles",
         "command.samples.styles",
         "",
         [](AppState& app) {
           app.view.samples.kind = SamplesKind::styles;
           app.view.layout.right_tab = "samples";
           app.show_right(true);
         },
         [](const AppState& app) { return told_the_class(app) && app.now.run->data->kind == DataKind::image; },
         {}});
  t.add({"probe.next_class",
         "command.probe.next_class",
         "",
         [](AppState& app) { app.view.probe.label = (app.view.probe.label + 1) % static_cast<int>(app.now.run->model->classes()); },
         told_the_class,
         {}});
  // A region that is open but has no room comes into view by the same command.
  t.add({"view.left", "command.view.left", "Ctrl+1", [](AppState& app) { app.show_left(app.layout.left.empty()); }, {}, {}});
  t.add({"view.bottom", "command.view.bottom", "Ctrl+2", [](AppState& app) { app.show_bottom(app.layout.bottom.empty()); }, {}, {}});
  t.add({"view.right", "command.view.right", "Ctrl+3", [](AppState& app) { app.show_right(app.layout.right.empty()); }, {}, {}});
  t.add({"view.map_only",
         "command.view.map_only",
         "F11",
         [](AppState& app) { app.view.layout.map_only = !app.view.layout.map_only; },
         {},
         {}});
  t.add({"view.hints", "command.view.hints", "F1", [](AppState& app) { app.view.hints_dismissed = !app.view.hints_dismissed; }, {}, {}});
  t.add({"view.palette", "command.view.palette", "Ctrl+K", [](AppState& app) { app.palette.show(); }, {}, {}});
  t.add({"view.theme",
         "command.view.theme",
         "Ctrl+T",
         [](AppState& app) { app.view.look.theme = app.view.look.theme == "ink" ? "paper" : "ink"; },
         {},
         {}});
  t.add({"view.language",
         "command.view.language",
         "Ctrl+L",
         [](AppState& app) { app.view.look.language = app.view.look.language == "en" ? "zh" : "en"; },
         {},
         {}});
  t.add({"view.scale_up", "command.view.scale_up", "Ctrl+Plus", [](AppState& app) { set_scale(app, app.view.look.scale + 0.1f); }, {}, {}});
  t.add({"view.scale_down",
         "command.view.scale_down",
         "Ctrl+Minus",
         [](AppState& app) { set_scale(app, app.view.look.scale - 0.1f); },
         {},
         {}});
  t.add({"view.scale_reset", "command.view.scale_reset", "Ctrl+0", [](AppState& app) { set_scale(app, 1.0f); }, {}, {}});
  t.add({"view.motion",
         "command.view.motion",
         "",
         [](AppState& app) { app.view.look.reduced_motion = !app.view.look.reduced_motion; },
         {},
         {}});
}

void add_panel_commands(CommandTable& t, const PanelRegistry& panels) {
  for (const PanelEntry& entry : panels.entries()) {
    if (entry.region != Region::left && entry.region != Region::right) continue;
    const bool is_left = entry.region == Region::left;
    t.add({"show." + entry.name, "command.show", "",
           [name = entry.name, is_left](AppState& app) {
             (is_left ? app.view.layout.left_tab : app.view.layout.right_tab) = name;
             is_left ? app.show_left(true) : app.show_right(true);
           },
           [shown = entry.shown](const AppState& app) { return !shown || shown(app.now); }, entry.title});
  }
}

void add_file_commands(CommandTable& t) {
  t.add({"file.open", "command.file.open", "Ctrl+O", [](AppState& app) { app.open.show(); }, {}, {}});
  t.add({"file.read_differently",
         "command.file.read_differently",
         "",
         [](AppState& app) { app.read_differently(); },
         [](const AppState& app) { return (app.now.run && asks_how_to_read(app.now.run->data->origin)) || asks_how_to_read(app.opening); },
         {}});
  t.add({"file.export", "command.file.export", "Ctrl+E", [](AppState& app) { app.export_dialog.show(app); }, has_snapshot, {}});
  t.add({"file.resume_last",
         "command.file.resume_last",
         "",
         [](AppState& app) {
           const std::string run = app.settings.last_run;
           app.settings.last_run.clear();
           app.open_path(run);
         },
         [](const AppState& app) {
           const std::string& last = app.settings.last_run;
           std::error_code none;
           return !last.empty() && !(app.now.run && std::filesystem::equivalent(last, app.now.run->directory, none));
         },
         {}});
  t.add({"file.cancel_loading",
         "command.file.cancel_loading",
         "",
         [](AppState& app) { app.session.cancel_open(); },
         [](const AppState& app) { return app.now.loading.active; },
         {}});
  t.add({"file.quit", "command.file.quit", "Ctrl+Q", [](AppState& app) { app.quit = true; }, {}, {}});
}

}  // namespace latentscape
