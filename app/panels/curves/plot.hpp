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
  bool dots = false;                          // a dot at each value (one an epoch)
  bool behind = false;                        // faint, thin, in no legend and no read-out: the values before smoothing
  std::vector<std::array<double, 2>> points;  // ascending x
};

struct PlotMark {
  double x = 0.0;
  std::string text;
};

struct Plot {
  std::vector<PlotCurve> curves;
  std::vector<PlotMark> marks;
  std::string x_unit;  // "epoch"
  bool log_y = false;
  std::array<double, 2> range{0.0, 0.0};    // of x; equal: all
  std::array<double, 2> y_range{0.0, 0.0};  // equal: what the values need
  int decimals = 1;                         // of values beside the curves; one more in the read-out
};

/// Exponential smoothing with its start-up bias removed; factor 0 leaves the values alone.
void smooth(std::vector<std::array<double, 2>>& points, double factor);

/// At most `most` points: each bucket keeps its least and greatest value, so that spikes stay.
std::vector<std::array<double, 2>> thinned(const std::vector<std::array<double, 2>>& points, size_t most);

/// Ticks of an axis from `low` to `high`: about one for each `spacing` of `length` pixels, with their labels.
struct PlotTicks {
  std::vector<double> at;
  std::vector<std::string> labels;
};
PlotTicks ticks_between(double low, double high, float length, float spacing, bool log_levels);

class PlotView {
 public:
  /// Draws into the rectangle, the legend with the newest values at its right; returns a new x range where one was brushed ({0, 0} after a
  /// double click: all).
  std::optional<std::array<double, 2>> draw(PanelContext& c, const char* name, const Plot& plot, ImVec2 at, ImVec2 size);

 private:
  bool brushing_ = false;
  float brush_from_ = 0.0f;
};

}  // namespace latentscape
