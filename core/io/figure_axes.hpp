// Axes: data to page, grid lines, tick labels and names around a plot. Private to core/io.
#pragma once

#include <string>
#include <vector>

#include "core/io/figure_canvas.hpp"
#include "core/io/ticks.hpp"

namespace latentscape {

/// Data to page along one direction.
struct Axis {
  double low = 0, high = 1;  // data
  double from = 0, to = 1;   // page
  bool log = false;
  double operator()(double value) const;
};

/// Widens an empty or non-finite range to something that can be drawn.
void mend_range(double& low, double& high, bool log);

/// Ticks and their labels below and left of `plot`, grid lines inside, axis names outside of the labels.
void draw_axes(Canvas& canvas, const FigureRect& plot, const Axis& x, const Axis& y, const std::vector<Tick>& x_ticks,
               const std::vector<Tick>& y_ticks, const std::string& x_label, const std::string& y_label, bool x_grid);

/// Sizes of type, in units.
inline constexpr double kTitleSize = 22, kLabelSize = 15, kTickSize = 13, kNoteSize = 12.5;
inline constexpr double kMargin = 28;

/// The widest of the labels.
double widest(Canvas& canvas, const std::vector<Tick>& ticks);

/// The title at the top left; returns the y below it, where a plot may begin.
double draw_title(Canvas& canvas, const std::string& title);

}  // namespace latentscape
