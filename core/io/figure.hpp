// Figures as PNG, SVG and PDF from one drawing code (cairo); what the window shows and what `plot` writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/array.hpp"
#include "core/base/result.hpp"
#include "core/io/run_directory.hpp"

namespace latentscape {

struct Rgba {
  uint8_t r = 0, g = 0, b = 0, a = 255;
  bool operator==(const Rgba&) const = default;
};

struct FigureStyle {
  double width = 1200;  // pixels (PNG) or points (SVG, PDF)
  double height = 900;
  bool dark = false;
  size_t rasterise_above = 20000;  // points are drawn as one image inside SVG and PDF above this count
};

struct ImageTile {                 // the decoded manifold under the points
  std::array<float, 4> rectangle;  // x0, y0, x1, y1 in map units
  size_t width = 0, height = 0, channels = 1;
  std::vector<uint8_t> pixels;
};

struct ScatterFigure {
  std::string title;
  std::string x_label, y_label;
  FloatArray positions;          // n x 2
  std::vector<Rgba> colours;     // n
  std::vector<uint8_t> heldout;  // n: 1 drawn as a ring, 0 as a dot; may be empty
  std::vector<std::pair<std::string, Rgba>> legend;
  std::vector<ImageTile> underlay;
  std::optional<std::array<float, 4>> view;  // x0, y0, x1, y1; absent: fits the points
  float point_radius = 2.0f;
  std::string note;  // "10,000 of 60,000 points"
};

struct Curve {
  std::string name;
  std::vector<std::array<double, 2>> points;
  Rgba colour;
};
struct CurvesFigure {
  std::string title, x_label, y_label;
  std::vector<Curve> curves;
  std::vector<std::pair<double, std::string>> marks;  // live changes
  bool log_y = false;
};

struct BarsFigure {
  std::string title, y_label;
  std::vector<std::pair<std::string, double>> bars;
  Rgba colour;
};

/// The extension of `path` chooses png, svg or pdf; another one is an error that names the three. Written atomically.
Status write_figure(const std::string& path, const ScatterFigure& figure, const FigureStyle& style);
Status write_figure(const std::string& path, const CurvesFigure& figure, const FigureStyle& style);
Status write_figure(const std::string& path, const BarsFigure& figure, const FigureStyle& style);
/// Grey or RGB(A) pixels as PNG, or embedded in SVG or PDF.
Status write_image_figure(const std::string& path, const std::vector<uint8_t>& pixels, size_t width, size_t height, size_t channels);

/// Okabe-Ito for up to 8 classes (no grey), then further colours that keep their distance; index wraps past 32.
Rgba categorical_colour(size_t index, bool dark);
/// viridis, t in [0, 1].
Rgba viridis(double t);

}  // namespace latentscape
