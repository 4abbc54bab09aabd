// A small line plot: grid, curves, marks, a hover read-out and a brush; drawn with ImGui's draw list.
#pragma once

#include <imgui.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "app/gui/panel.hpp"

namespace latentscape {

struct PlotCurve {
  std::string name;
  ImU32 colour = 0;
  bool dots = false;                              // a dot at each value (one an epoch)
  std::vector<std::array<double, 2>> points;      // ascending x
};

struct PlotMark {
  double x = 0.0;
  std::string text;
};

struct Plot {
  std::vector<PlotCurve> curves;
  std::vector<PlotMark> marks;
  std::string x_unit;                             // "epoch"
  bool log_y = false;
  std::array<double, 2> range{0.0, 0.0};          // of x; equal: all
};

/// Exponential smoothing with its start-up bias removed; factor 0 leaves the values alone.
void smooth(std::vector<std::array<double, 2>>& points, double factor);

/// At most `most` points: each bucket keeps its least and greatest value, so that spikes stay.
std::vector<std::array<double, 2>> thinned(const std::vector<std::array<double, 2>>& points, size_t most);

class PlotView {
 public:
  /// Draws into the rectangle; returns a new x range where one was brushed ({0, 0} after a double click: all).
  std::optional<std::array<double, 2>> draw(PanelContext& c, const char* name, const Plot& plot, ImVec2 at, ImVec2 size);

 private:
  bool brushing_ = false;
  float brush_from_ = 0.0f;
};

}  // namespace latentscape
