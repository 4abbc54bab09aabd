#include "app/gui/app_state.hpp"

#include <fmt/chrono.h>

#include <chrono>
#include <ctime>
#include <filesystem>

#include "app/gui/latent_lookup.hpp"

namespace latentscape {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostLogLines = 5000;

/// "strokes-20260131-142233", with a counter where that is taken.
std::string fresh_run_name(const std::string& folder, const std::string& data) {
  std::string stem = fs::path(data).filename().string();
  if (stem.empty()) stem = fs::path(data).parent_path().filename().string();
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  const std::string name = fmt::format("{}-{:%Y%m%d-%H%M%S}", stem.empty() ? "run" : stem, parts);
  std::error_code ignored;
  fs::path path = fs::path(folder) / name;
  for (int i = 2; fs::exists(path, ignored); ++i) path = fs::path(folder) / fmt::format("{}-{}", name, i);
  return path.string();
}

}  // namespace

bool is_run(const std::string& path) {
  std::error_code ignored;
  const fs::path p(path);
  return fs::is_regular_file(p / "run.json", ignored);
}

size_t AppState::points_there() const { return now.snapshot && now.snapshot->latents ? now.snapshot->latents->points->ids.size() : 0; }

size_t AppState::points_shown() const {
  if (!now.projection) return 0;
  const size_t drawn = now.projection->shown.size();
  return view.map.points ? std::min(view.map.points, drawn) : drawn;
}

void AppState::post(Command command) {
  if (const auto* lr = std::get_if<command::SetLearningRate>(&command)) train.learning_rate = lr->value;
  if (const auto* beta = std::get_if<command::SetBeta>(&command)) train.beta = beta->value;
  if (const auto* batch = std::get_if<command::SetBatch>(&command)) train.batch = batch->value;
  if (const auto* target = std::get_if<command::SetTarget>(&command)) train.target = target->epochs;
  session.post(std::move(command));
}

void AppState::run_command(std::string_view id) {
  const UiCommand* found = commands.find(id);
  if (found && (!found->available || found->available(*this))) found->run(*this);
}

void AppState::open_path(const std::string& spec) {
  if (spec.empty()) return;
  OpenRequest request;
  if (asks_how_to_read(spec)) {
    RunConfig config;
    config.data = spec;
    if (now.run) config.seed = now.run->config.seed;
    return import_dialog.show(*this, std::move(config));
  }
  if (is_run(spec)) {
    request.resume = spec;
    // Looking at an earlier run changes nothing until the person presses Run.
    request.start = false;
  } else {
    request.config.data = spec;
    if (now.run) request.config.seed = now.run->config.seed;
  }
  open_request(std::move(request));
}

void AppState::read_differently() {
  if (now.run && !open_error) return import_dialog.show(*this, config_to_read_again(now.run->config, now.run->data->origin));
  RunConfig config;
  config.data = opening;
  import_dialog.show(*this, std::move(config));
}

void AppState::open_request(OpenRequest request) {
  if (request.resume.empty() && request.out.empty() && !private_settings) {
    auto folder = default_runs_folder();
    if (folder.ok()) {
      request.out = fresh_run_name(folder.value(), request.config.data);
    } else {
      tell({LogLevel::warning, "log.no_folder", {}, folder.error().message, 0.0});  // the run goes on without checkpoints
    }
  }
  const std::string spec = request.resume.empty() ? request.config.data : request.resume;
  std::error_code unknown;
  const fs::path path = fs::absolute(spec, unknown);
  if (!unknown && fs::exists(path, unknown)) settings.remember(path.string());  // built-in data has buttons of its own
  open_error.reset();
  opening = spec;
  session.open(std::move(request));
}

void AppState::select_row(int64_t row) {
  view.probe.selected_row = row;
  if (std::vector<float> mean = mean_of_row(now, row); !mean.empty()) view.probe.z = std::move(mean);
}

void AppState::log(LogEntry entry) {
  entry.seconds = seconds;
  history.log.push_back(std::move(entry));
  while (history.log.size() > kMostLogLines) {
    history.log.pop_front();
    ++history.log_dropped;
  }
}

void AppState::tell(LogEntry entry) {
  toast(entry.level, text_of(entry, tr));
  log(std::move(entry));
}

void AppState::tell_failure(const char* key, std::string word, const Error& error) {
  tell({LogLevel::error, key, {{std::move(word)}}, error.message, 0.0});
}

void AppState::show_left(bool shown) {
  view.layout.left_open = shown;
  if (shown) view.layout.map_only = false, view.layout.favour = Favour::left;
}

void AppState::show_right(bool shown) {
  view.layout.right_open = shown;
  if (shown) view.layout.map_only = false, view.layout.favour = Favour::right;
}

void AppState::show_bottom(bool shown) {
  view.layout.bottom_open = shown;
  if (shown) view.layout.map_only = false, view.layout.favour_bottom = true;
  if (!shown) view.layout.favour_bottom = false;
}

void AppState::step_undo(bool back) {
  const UndoPoint here = undo_point_of(view, train);
  const auto there = back ? undo.undo(here) : undo.redo(here);
  if (!there) return;
  const ViewState before = view;
  view = there->view;
  if (view.map.fitted) view.map.camera = before.map.camera;
  view.hints_dismissed = before.hints_dismissed;
  view.log_filter = before.log_filter;
  if (now.run && view.probe.z.size() != now.run->model->latent()) view.probe.z = before.probe.z;
  const TrainSettings wanted = there->train;
  if (wanted.learning_rate != train.learning_rate && wanted.learning_rate > 0) post(command::SetLearningRate{wanted.learning_rate});
  if (wanted.beta != train.beta) post(command::SetBeta{wanted.beta});
  if (wanted.batch != train.batch && wanted.batch > 0) post(command::SetBatch{wanted.batch});
  if (wanted.target != train.target && wanted.target > 0) post(command::SetTarget{wanted.target});
}

}  // namespace latentscape
