// Runs side by side in one figure: numbers, latent map, reconstructions and samples, a column each. PNG, SVG and PDF from one drawing.
#pragma once

#include <string>
#include <vector>

#include "core/io/figure.hpp"

namespace latentscape {

/// Points in a square of their own, one unit as long across as up.
struct PointsPanel {
  FloatArray behind;          // m x 2, grey; may be empty
  FloatArray positions;       // n x 2
  std::vector<Rgba> colours;  // n
};

/// Images in rows, left to right.
struct ImagesPanel {
  FloatArray images;  // n x (height * width * channels) in [0, 1]
  size_t height = 0, width = 0, channels = 1;
  size_t columns = 1;
};

struct CompareNumber {
  std::string label, value;
  bool best = false;  // of all columns: in bold
};

/// What is decoded is either images or, of tables, points; the other is empty.
struct CompareColumn {
  std::string name, about;
  std::vector<CompareNumber> numbers;  // as many in each column
  std::string map_caption;
  PointsPanel map;
  ImagesPanel reconstruction_images, sample_images;
  PointsPanel reconstruction_points, sample_points;
};

struct CompareFigure {
  std::string title, reconstruction_caption, sample_caption, note;
  std::vector<CompareColumn> columns;
  std::vector<std::pair<std::string, Rgba>> legend;
};

/// style.width is the figure's; its height follows from what is shown (style.height is not read). Errors: as of the other figures, no
/// column.
Status write_figure(const std::string& path, const CompareFigure& figure, const FigureStyle& style);

}  // namespace latentscape
