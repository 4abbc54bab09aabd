// App: the window's loop. Poll input, play the script, take what the session has, ask what is needed, draw, run what was asked, show.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/app_state.hpp"
#include "app/gui/arguments.hpp"
#include "app/gui/damage.hpp"
#include "app/gui/input_queue.hpp"
#include "app/gui/live_requests.hpp"
#include "app/gui/record.hpp"
#include "app/gui/script.hpp"
#include "app/gui/shell.hpp"
#include "app/gui/window.hpp"
#include "app/render/canvas.hpp"

namespace latentscape {

class App {
 public:
  static Result<std::unique_ptr<App>> create(const AppOptions& options, const PanelRegistry& panels);
  ~App();

  /// Until quit: 0, or 1 where a script failed (its sentence is on stderr).
  int run();

 private:
  App() = default;
  Status prepare(const AppOptions& options, const PanelRegistry& panels);
  Status open_first(const AppOptions& options);
  void frame();
  void take_events();
  void handle(const Event& event);
  void take_input();
  void take_drop(const std::vector<std::string>& paths);
  void need_glyphs(const Dataset& data);
  void handle_key(const input::Key& key);
  void ask_live();
  void refresh_look();
  Status rebuild_fonts();
  void draw();
  void paint();
  void write_screenshot();
  void pace();
  Status finish();

  AppOptions options_;
  InputQueue queue_;
  std::unique_ptr<Window> window_;  // before the state: it holds the context that GL objects need
  WindowCanvas canvas_;
  Damage damage_;
  std::vector<Fill> fills_;
  bool software_ = false;  // OpenGL: only what changed is painted
  double last_input_ = 0.0;
  bool every_second_ = false;
  bool painted_ = false;  // something new to show in this frame
  std::unique_ptr<AppState> state_;
  std::unique_ptr<Shell> shell_;
  std::unique_ptr<ImGuiInput> imgui_input_;
  std::unique_ptr<ScriptPlayer> script_;
  std::unique_ptr<Recorder> recorder_;
  LiveRequests live_;
  std::vector<InputEvent> frame_input_;
  std::u32string glyphs_;  // of strings and class names
  Clock::time_point start_ = Clock::now(), frame_start_ = Clock::now(), next_frame_ = Clock::now();
  double excluded_cpu_ = 0.0;  // of this frame: screenshots
  double memory_read_ = -10.0;
  uint64_t probe_tag_ = 0;
  bool renderer_ready_ = false, fonts_on_gpu_ = false;
  bool text_input_ = false;  // a field had the keyboard in the last frame
  std::string applied_theme_, applied_language_;
  float applied_scale_ = 0.0f;
};

}  // namespace latentscape
