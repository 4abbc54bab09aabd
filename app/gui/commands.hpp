// CommandTable: everything the window can do by name: palette, shortcuts, buttons and scripts all go through it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/gui/panel.hpp"
#include "core/base/result.hpp"

namespace latentscape {

struct AppState;

struct UiCommand {
  std::string id;        // "file.export": what scripts write
  std::string title;     // key of the strings table
  std::string shortcut;  // "Ctrl+E", empty: none
  std::function<void(AppState&)> run;
  std::function<bool(const AppState&)> available;  // empty: always
  std::string title_of;                            // a second key, put after the title: "Show: Train"
  int key = 0, mods = 0;                           // of the shortcut, GLFW codes
};

class CommandTable {
 public:
  void add(UiCommand command);
  const std::vector<UiCommand>& all() const { return commands_; }
  const UiCommand* find(std::string_view id) const;
  const UiCommand* for_key(int key, int mods) const;
  std::vector<std::string> ids() const;
  /// "play  P": the shortcut of a command, for tooltips and the palette; empty where it has none.
  std::string_view shortcut_of(std::string_view id) const;

 private:
  std::vector<UiCommand> commands_;
};

/// The window's commands.
void add_run_commands(CommandTable& table);
void add_view_commands(CommandTable& table);
void add_file_commands(CommandTable& table);
/// "show.NAME" for each panel of a side.
void add_panel_commands(CommandTable& table, const PanelRegistry& panels);

/// How well `text` matches what is typed: 0 not at all; words in any order, then letters in order.
int palette_score(std::string_view typed, std::string_view text);

}  // namespace latentscape
