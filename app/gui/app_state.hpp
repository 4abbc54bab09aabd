// AppState: the parts of the window that commands, dialogs and scripts work on. Main thread only.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/gui/commands.hpp"
#include "app/gui/controls.hpp"
#include "app/gui/dialogs.hpp"
#include "app/gui/fonts.hpp"
#include "app/gui/image_cache.hpp"
#include "app/gui/import_dialog.hpp"
#include "app/gui/layout.hpp"
#include "app/gui/panel.hpp"
#include "app/gui/settings.hpp"
#include "app/gui/stats.hpp"
#include "app/gui/strings.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/toasts.hpp"
#include "app/gui/trouble.hpp"
#include "app/gui/undo.hpp"
#include "core/session/session.hpp"

namespace latentscape {

struct AppState {
  AppState() : session(SessionOptions{.window = true}) {}

  Session session;
  SessionView now;
  SessionHistory history;
  ViewState view;
  TrainSettings train;  // as last asked for
  UndoStack undo;
  CommandTable commands;
  Toasts toasts;
  Strings tr;
  Theme theme{};
  UiFonts fonts;
  ImageCache images;
  Controls controls;
  ProbeClock probe_clock;
  PointedRow pointed;
  ProbePlace probe_place;
  uint64_t map_round = 0;      // layouts that were begun anew by hand
  std::string told_map_error;  // as a toast
  FrameStats stats;
  Settings settings;
  Layout layout;
  Palette palette;
  ResetDialog reset;
  OpenDialog open;
  ImportDialog import_dialog;
  ExportDialog export_dialog;
  std::optional<LogEntry> open_error;      // why nothing is open
  std::string opening;                     // what was asked to be opened last
  Trouble hidden_trouble = Trouble::none;  // closed by the person, until it is over
  std::set<std::string> seen_warnings;     // about data, in the form before training: they are not told again
  std::set<std::string> exports;           // paths under way: their last log line becomes a toast
  std::string screenshot_path;             // written after this frame is drawn; empty: none
  size_t memory_bytes = 0;
  double seconds = 0.0;  // since the program's start
  bool quit = false;
  bool private_settings = false;  // scripts neither read nor write the person's settings

  bool modal_open() const { return palette.is_open || reset.is_open || open.is_open || import_dialog.is_open || export_dialog.is_open; }
  /// Points that the map draws, and points that there are.
  size_t points_shown() const;
  size_t points_there() const;
  RunPhase phase() const { return now.snapshot ? now.snapshot->phase : now.loading.active ? RunPhase::loading : RunPhase::empty; }

  void post(Command command);  // to the session; remembers live settings for undo
  void run_command(std::string_view id);
  void open_path(const std::string& spec);  // data, or a run directory; what a file or folder holds is shown first
  void read_differently();                  // the open data, or what could not be opened, with other choices
  void open_request(OpenRequest request);   // unnamed runs get a folder
  void select_row(int64_t row);
  void show_left(bool shown);  // also where there is no room for both sides: the other one gives way
  void show_right(bool shown);
  void show_bottom(bool shown);
  void toast(LogLevel level, std::string text) { toasts.add(level, std::move(text), seconds); }
  void log(LogEntry entry);   // a line of the log
  void tell(LogEntry entry);  // the same, and a toast
  void tell_failure(const char* key, std::string word, const Error& error);
  void step_undo(bool back);
};

/// True where `path` holds a run (run.json) or is a checkpoint.
bool is_run(const std::string& path);

}  // namespace latentscape
