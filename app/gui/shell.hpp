// Shell: what stands around the panels: top bar, tab strips, splitters, hints, status bar, empty and loading states.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/gui/app_state.hpp"

namespace latentscape {

class Shell {
 public:
  /// Makes a panel for each entry, ordered within its region.
  explicit Shell(const PanelRegistry& registry);

  /// Draws the whole window; app.layout says where. Between ImGui::NewFrame and Render.
  void draw(AppState& app, PanelContext& c);
  /// Frees what panels hold on the GPU.
  void shutdown();

 private:
  struct Slot {
    PanelEntry entry;
    std::unique_ptr<Panel> panel;
  };
  std::vector<Slot*> in(Region region, const SessionView& session);
  void draw_side(AppState& app, PanelContext& c, Region region, const Rect& rect, std::string& tab);
  void draw_bottom(PanelContext& c, const Rect& rect);
  void draw_bottom_tabs(PanelContext& c, const Rect& rect, const std::vector<Slot*>& slots);
  void draw_centre(AppState& app, PanelContext& c, const Rect& rect);

  std::vector<Slot> slots_;
  std::string bottom_tab_;  // where there is room for one
};

/// The opaque grounds of the regions; they cover the window. Filled before anything is drawn (see render/canvas.hpp for why).
struct Fill {
  Rect rect;
  ImU32 colour = 0;
  bool operator==(const Fill&) const = default;
};
std::vector<Fill> fills_of(const Layout& layout, const Theme& theme);

void draw_top_bar(AppState& app, PanelContext& c, const Rect& rect);
void draw_status_bar(AppState& app, PanelContext& c, const Rect& rect);
void draw_hints(AppState& app, PanelContext& c, const Rect& rect);
/// The empty, loading and failed states; true where they fill the centre instead of the map.
bool draw_centre_state(AppState& app, PanelContext& c, const Rect& rect);
void draw_loading_banner(AppState& app, PanelContext& c, const Rect& rect);
/// Over the map where training stopped by an error or left its course: what happened and what to do.
void draw_trouble_banner(AppState& app, PanelContext& c, const Rect& rect);
/// Handles between regions: drag to resize, double click to close.
void draw_splitters(AppState& app, PanelContext& c);

/// A child window that fills `rect`, padded; every region is one.
bool begin_region(const char* name, const Rect& rect, ImVec2 padding, ImGuiWindowFlags flags = 0);
void end_region();

}  // namespace latentscape
