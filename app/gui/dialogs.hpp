// The window's own dialogs: palette, reset, open, export. Each is a value with its text fields and a draw function.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

struct AppState;
struct PanelContext;

struct Palette {
  bool is_open = false;
  void show();
  void draw(AppState& app, PanelContext& c);

 private:
  bool appearing_ = false;
  std::string typed_;
  int chosen_ = 0;
};

struct ResetDialog {
  bool is_open = false;
  void draw(AppState& app, PanelContext& c);
};

struct OpenDialog {
  bool is_open = false;
  void show(std::string path = {});
  void draw(AppState& app, PanelContext& c);

 private:
  bool appearing_ = false;
  std::string path_;
};

enum class ExportKind { figure, screenshot, latents, weights, checkpoint, scores };

struct ExportDialog {
  bool is_open = false;
  void show(const AppState& app);
  void show(const AppState& app, ExportKind kind);
  void draw(AppState& app, PanelContext& c);

 private:
  void choose(const AppState& app, int kind, int format);
  void draw_fields(AppState& app, PanelContext& c);
  void start(AppState& app);
  bool asks_before_ = false;  // the file is there: overwrite?
  int kind_ = 0, format_ = 0;
  int64_t width_ = 1600, height_ = 1200;
  std::string path_;
};

/// Starts an export; a toast tells when it is done. The extension of `path` chooses the format; figures have a size in pixels or points.
Status start_export(AppState& app, ExportKind kind, const std::string& path, double width, double height);

/// Return was pressed in the dialog that is being drawn: the highlighted button's. Not the one that brought the dialog.
bool return_pressed();
/// Begins a modal window over a dimmed one, its middle at that share of the height; false: nothing to draw. Escape clears `open`.
bool begin_modal(PanelContext& c, const char* name, const char* title, float width, bool& open, float middle = 0.42f);
void end_modal();

}  // namespace latentscape
