#include "app/gui/app.hpp"

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_opengl3.h>
#include <fmt/format.h>
#include <imgui.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "app/gui/latent_lookup.hpp"
#include "app/render/scatter.hpp"
#include "core/base/thread_pool.hpp"

namespace latentscape {
namespace {

constexpr auto kFrameTime = std::chrono::microseconds(16667);

/// Mesa's software OpenGL paints on as many threads as there are cores and takes them from training, which leaves the window one. Here the
/// thread that asks paints (0), with a helper for each eight cores. Read when OpenGL starts; who sets it oneself is right.
void limit_painters() {
  constexpr size_t kCoresForAHelper = 8;
  setenv("LP_NUM_THREADS", std::to_string(ComputePool::machine_threads() / kCoresForAHelper).c_str(), 0);
}

/// Panels' wishes of one frame, run after it in order.
class QueuedSink final : public CommandSink {
 public:
  explicit QueuedSink(AppState& app) : app_(app) {}
  void post(Command command) override {
    wishes_.push_back([command](AppState& app) { app.post(command); });
  }
  void run_command(std::string_view id) override {
    wishes_.push_back([id = std::string(id)](AppState& app) { app.run_command(id); });
  }
  void open_data(const std::string& spec) override {
    wishes_.push_back([spec](AppState& app) { app.open_path(spec); });
  }
  void open_run(const OpenRequest& request) override {
    wishes_.push_back([request](AppState& app) { app.open_request(request); });
  }
  void toast(LogLevel level, std::string text) override {
    wishes_.push_back([level, text = std::move(text)](AppState& app) { app.toast(level, text); });
  }
  void select_row(int64_t row) override {
    wishes_.push_back([row](AppState& app) { app.select_row(row); });
  }
  void forget_recent(const std::string& spec) override {
    wishes_.push_back([spec](AppState& app) { app.settings.forget(spec); });
  }
  void copy_text(const std::string& text) override { ImGui::SetClipboardText(text.c_str()); }
  void run() {
    // A wish may bring further ones; they run in the same frame, after those that were there.
    for (size_t i = 0; i < wishes_.size(); ++i) wishes_[i](app_);
    wishes_.clear();
  }

 private:
  AppState& app_;
  std::vector<std::function<void(AppState&)>> wishes_;
};

size_t resident_bytes() {
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (!file) return 0;
  unsigned long total = 0, resident = 0;
  const int read = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return read == 2 ? resident * static_cast<size_t>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

Result<std::unique_ptr<App>> App::create(const AppOptions& options, const PanelRegistry& panels) {
  std::unique_ptr<App> app(new App());
  LS_CHECK(app->prepare(options, panels));
  return app;
}

Status App::prepare(const AppOptions& options, const PanelRegistry& panels) {
  options_ = options;
  const bool scripted = !options.script.empty();
  if (scripted) {
    LS_TRY(auto script, Script::load(options.script));
    script_ = std::make_unique<ScriptPlayer>(std::move(script));
  }
  limit_painters();
  WindowOptions window;
  window.width = options.width;
  window.height = options.height;
  LS_TRY(window_, Window::open(window, queue_));
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_HasMouseCursors;
  io.ClipboardUserData = window_.get();
  io.GetClipboardTextFn = [](void* user) { return static_cast<Window*>(user)->clipboard(); };
  io.SetClipboardTextFn = [](void* user, const char* text) { static_cast<Window*>(user)->set_clipboard(text); };
  imgui_input_ = std::make_unique<ImGuiInput>();
  if (!ImGui_ImplOpenGL3_Init("#version 330")) return fail(ErrorCode::no_display, "OpenGL 3.3 does not start: update the graphics driver");
  renderer_ready_ = true;
  software_ = software_opengl();
  if (software_) canvas_.choose_target([this] { window_->swap(); });
  state_ = std::make_unique<AppState>();
  AppState& app = *state_;
  app.private_settings = scripted;
  app.now.history = &app.history;
  LS_TRY(app.tr, Strings::embedded());
  app.view.look.language = language_from_environment();
  if (!scripted) {
    const std::string path = settings_path();
    app.settings = load_settings(path);
    const bool first_time = app.settings == Settings{};
    if (!first_time) {
      app.view.look = app.settings.look;
      app.view.layout = app.settings.layout;
      app.view.hints_dismissed = app.settings.hints_dismissed;
    }
  } else {
    app.view.look.language = "en";
  }
  if (!options.theme.empty()) app.view.look.theme = options.theme;
  if (!options.language.empty()) app.view.look.language = options.language;
  if (options.scale > 0) app.view.look.scale = std::clamp(options.scale, 1.0f, 3.0f);
  if (options.points) app.view.map.points = *options.points;
  glyphs_ = app.tr.code_points() + U"简体中文";  // the languages' own names
  add_run_commands(app.commands);
  add_view_commands(app.commands);
  add_file_commands(app.commands);
  add_panel_commands(app.commands, panels);
  LS_CHECK(rebuild_fonts());
  refresh_look();
  shell_ = std::make_unique<Shell>(panels);
  if (!options.record.empty()) {
    LS_TRY(Recorder recorder, Recorder::open(options.record));
    recorder_ = std::make_unique<Recorder>(std::move(recorder));
  }
  return open_first(options);
}

Status App::open_first(const AppOptions& options) {
  LS_TRY(OpenRequest request, first_request(options));
  if (looks_first(options, request)) {
    state_->opening = request.config.data;  // what is read differently after a Cancel
    state_->import_dialog.show(*state_, std::move(request.config), std::move(request.out));
    return {};
  }
  state_->open_request(std::move(request));
  return {};
}

App::~App() {
  if (shell_) shell_->shutdown();
  if (state_) state_->images.clear();
  shell_.reset();
  state_.reset();
  canvas_.release();
  if (renderer_ready_) ImGui_ImplOpenGL3_Shutdown();
  if (ImGui::GetCurrentContext()) ImGui::DestroyContext();
}

Status App::rebuild_fonts() {
  AppState& app = *state_;
  std::vector<std::string> notes;
  LS_TRY(app.fonts, UiFonts::build(app.view.look.scale, glyphs_, &notes));
  if (applied_scale_ == 0.0f)
    for (std::string& note : notes) app.toast(LogLevel::warning, std::move(note));
  if (fonts_on_gpu_) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  } else {
    ImGui_ImplOpenGL3_CreateDeviceObjects();  // uploads the fonts, too
  }
  fonts_on_gpu_ = true;
  ImGui::GetIO().Fonts->ClearTexData();
  return {};
}

void App::refresh_look() {
  AppState& app = *state_;
  const LookView& look = app.view.look;
  const bool scale_changed = applied_scale_ != look.scale;
  if (scale_changed && app.fonts.scale != look.scale)
    if (const Status built = rebuild_fonts(); !built.ok()) app.toast(LogLevel::error, built.error().message);
  if (scale_changed || applied_theme_ != look.theme) {
    if (auto theme = theme_named(look.theme); theme.ok())
      app.theme = std::move(theme).value();
    else
      app.toast(LogLevel::error, theme.error().message);
    apply_style(app.theme, look.scale);
    applied_theme_ = look.theme;
    applied_scale_ = look.scale;
  }
  if (applied_language_ != look.language) {
    app.tr.set_language(look.language);
    applied_language_ = look.language;
  }
}

void App::handle_key(const input::Key& key) {
  AppState& app = *state_;
  if (!key.down) return;
  const UiCommand* command = app.commands.for_key(key.key, key.mods & (GLFW_MOD_CONTROL | GLFW_MOD_SHIFT | GLFW_MOD_ALT));
  if (!command) return;
  const bool function_key = key.key >= GLFW_KEY_F1 && key.key <= GLFW_KEY_F25;
  const bool control = (key.mods & GLFW_MOD_CONTROL) != 0;
  // A field being edited keeps its letters and its own undo; a dialog keeps all but quitting.
  if (text_input_ && !function_key && (!control || key.key == GLFW_KEY_Z)) return;
  if (app.modal_open() && command->id != "file.quit") return;
  app.run_command(command->id);
}

/// One at a time: the rest is named, not lost without a word.
void App::take_drop(const std::vector<std::string>& paths) {
  if (paths.empty()) return;
  AppState& app = *state_;
  app.open_path(paths.front());
  if (paths.size() > 1) app.toast(LogLevel::warning, fmt::format(fmt::runtime(app.tr("toast.one_drop")), paths.front(), paths.size() - 1));
}

void App::take_input() {
  AppState& app = *state_;
  window_->poll();
  frame_input_ = queue_.take_frame();
  for (const InputEvent& event : frame_input_) {
    if (const auto* key = std::get_if<input::Key>(&event.what)) handle_key(*key);
    if (const auto* drop = std::get_if<input::Drop>(&event.what)) take_drop(drop->paths);
    if (recorder_) recorder_->add(event, imgui_input_->any_button_down());
  }
  if (window_->close_requested()) app.quit = true;
}

void App::ask_live() {
  AppState& app = *state_;
  const LiveRequests::Situation situation{app.now, app.view, {app.layout.centre.w, app.layout.centre.h}, app.seconds, app.map_round};
  bool moved = false;
  if (live_.probe(situation, moved)) {
    // Where the pointer moved it, time counts from the pointer's event; else (keys, scripts, undo) from now.
    const bool pointed = std::any_of(frame_input_.begin(), frame_input_.end(), [](const InputEvent& e) {
      return std::holds_alternative<input::Move>(e.what) || std::holds_alternative<input::Button>(e.what);
    });
    if (moved) probe_tag_ = app.probe_clock.stamp(pointed ? imgui_input_->last_pointer() : Clock::now());
    app.session.request_probe({app.view.probe.z, probe_tag_, app.view.probe.label});
  }
  if (auto request = live_.projection(situation)) app.session.request_projection(std::move(*request));
  if (auto frame = live_.inverse(situation)) app.session.request_inverse(std::move(frame));
  if (auto request = live_.judgement(situation)) app.session.request_judgement(std::move(*request));
  if (auto request = live_.inspect(situation)) app.session.request_inspect(std::move(*request));
  if (auto request = live_.underlay(situation)) app.session.request_underlay(std::move(*request));
  if (auto request = live_.samples(situation)) app.session.request_samples(std::move(*request));
}

void App::draw() {
  AppState& app = *state_;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(static_cast<float>(window_->width()), static_cast<float>(window_->height()));
  const float fx = static_cast<float>(window_->framebuffer_width()), fy = static_cast<float>(window_->framebuffer_height());
  io.DisplayFramebufferScale = ImVec2(fx / std::max(1.0f, io.DisplaySize.x), fy / std::max(1.0f, io.DisplaySize.y));
  const double now = seconds_since(start_);
  io.DeltaTime = static_cast<float>(std::clamp(now - app.seconds, 1e-4, 0.25));
  app.seconds = now;
  ImGui_ImplOpenGL3_NewFrame();
  imgui_input_->apply(frame_input_);
  ImGui::NewFrame();
  app.controls.begin_frame();
  app.layout = compute_layout(io.DisplaySize.x, io.DisplaySize.y, app.view.layout, app.view.look.scale, !app.view.hints_dismissed);
  app.pointed = {app.pointed.next, -1};
  QueuedSink sink(app);
  PanelContext context{app.now,      app.view,        sink,        app.theme,       app.tr,      app.fonts,          app.images,
                       app.controls, app.probe_clock, app.pointed, app.probe_place, app.seconds, app.view.look.scale};
  context.recent = app.settings.recent;
  shell_->draw(app, context);
  ask_live();  // what this frame's pointer did is answered while it is painted
  ImGui::Render();
  text_input_ = io.WantTextInput;
  paint();
  app.images.end_frame();
  sink.run();
  app.undo.observe(undo_point_of(app.view, app.train), imgui_input_->any_button_down() || io.WantTextInput || !app.now.run);
}

void App::pace() {
  next_frame_ += kFrameTime;
  const auto now = Clock::now();
  if (next_frame_ < now) {
    next_frame_ = now;  // late: no rush of short frames afterwards
    return;
  }
  std::this_thread::sleep_until(next_frame_);
}

void App::frame() {
  AppState& app = *state_;
  const double cpu = thread_cpu_seconds();
  excluded_cpu_ = 0.0;
  take_events();
  if (script_) script_->advance(app, queue_, *window_);
  take_input();  // a script's events, like a person's, act in the frame that finds them
  refresh_look();
  draw();
  if (app.seconds - memory_read_ > 1.0) {
    memory_read_ = app.seconds;
    app.memory_bytes = resident_bytes();
  }
  write_screenshot();
  const double cpu_ms = (thread_cpu_seconds() - cpu - excluded_cpu_) * 1e3;
  if (painted_) window_->swap();
  const bool shot = excluded_cpu_ > 0.0;
  const double frame_ms = std::chrono::duration<double, std::milli>(Clock::now() - frame_start_).count();
  frame_start_ = Clock::now();
  if (!shot) app.stats.add_frame(frame_ms, cpu_ms);
  pace();
}

int App::run() {
  frame_start_ = next_frame_ = Clock::now();
  while (!state_->quit) frame();
  int code = 0;
  if (script_ && !script_->error().empty()) {
    std::fprintf(stderr, "latentscape-gui: %s\n", script_->error().c_str());
    code = 1;
  }
  if (const Status finished = finish(); !finished.ok()) {
    std::fprintf(stderr, "latentscape-gui: %s\n", finished.error().message.c_str());
    code = 1;
  }
  return code;
}

Status App::finish() {
  AppState& app = *state_;
  if (recorder_) LS_CHECK(recorder_->close());
  if (!options_.stats.empty()) LS_CHECK(app.stats.write(options_.stats, app.points_shown(), app.probe_clock));
  if (app.private_settings) return {};
  app.settings.look = app.view.look;
  app.settings.layout = app.view.layout;
  app.settings.hints_dismissed = app.view.hints_dismissed;
  if (app.now.run && !app.now.run->directory.empty()) app.settings.last_run = app.now.run->directory;
  const std::string path = settings_path();
  return path.empty() ? Status() : save_settings(app.settings, path);
}

}  // namespace latentscape
