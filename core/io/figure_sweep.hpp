// Figures of a grid of settings: one measure over one key of numbers, over two, or a row a combination. PNG, SVG and PDF from one drawing.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "core/io/figure.hpp"

namespace latentscape {

/// Mean and standard deviation over repeats, and the repeats; a mean of NaN: there is none, a deviation of NaN: no bar.
struct Measured {
  double mean = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> repeats = {};
};

struct MeasuredLine {
  std::string name;              // empty where there is one line
  std::vector<Measured> values;  // one an x
};

/// Lines with error bars. x is logarithmic where it is above 0 and spans more than a factor of 8.
struct LinesFigure {
  std::string title, x_label, y_label, note;
  std::vector<double> x;             // ascending
  std::vector<std::string> x_names;  // as they were written
  std::vector<MeasuredLine> lines;
  std::optional<std::pair<size_t, size_t>> best;  // line, x: is ringed and named
};

/// A cell a pair, yellow the better; the best one is outlined.
struct HeatFigure {
  std::string title, x_label, y_label, value_label, note;
  std::vector<std::string> x, y;  // y from the bottom
  std::vector<Measured> cells;    // row-major, y.size() rows of x.size()
  bool higher_is_better = true;
  std::optional<size_t> best;  // index into cells
};

/// A row each, in the order given, with a dot and an error bar: lengths from zero would hide what differs between losses. The figure is no
/// higher than its rows need; those that do not fit into style.height are left out at the end, and counted in the note.
struct RowsFigure {
  std::string title, x_label, note;
  std::vector<std::pair<std::string, Measured>> rows;
};

Status write_figure(const std::string& path, const LinesFigure& figure, const FigureStyle& style);
Status write_figure(const std::string& path, const HeatFigure& figure, const FigureStyle& style);
Status write_figure(const std::string& path, const RowsFigure& figure, const FigureStyle& style);

}  // namespace latentscape
