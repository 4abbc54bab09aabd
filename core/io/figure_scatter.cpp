#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

Status check(const std::string& path, const ScatterFigure& f) {
  const size_t n = f.positions.rows;
  if (n && f.positions.cols != 2)
    return fail(ErrorCode::invalid_argument, "{}: positions have {} columns, expected 2", path, f.positions.cols);
  if (f.colours.size() != n) return fail(ErrorCode::invalid_argument, "{}: {} colours for {} points", path, f.colours.size(), n);
  if (!f.heldout.empty() && f.heldout.size() != n)
    return fail(ErrorCode::invalid_argument, "{}: {} held-out marks for {} points", path, f.heldout.size(), n);
  for (const ImageTile& tile : f.underlay)
    if (tile.channels < 1 || tile.channels > 4 || tile.width == 0 || tile.height == 0 || tile.width > 16384 || tile.height > 16384 ||
        tile.pixels.size() != tile.width * tile.height * tile.channels)
      return fail(ErrorCode::invalid_argument, "{}: a tile of {} x {} x {} has {} bytes", path, tile.width, tile.height, tile.channels,
                  tile.pixels.size());
  return {};
}

/// What the axes must show: the given view, or all finite points with some air around them.
std::array<double, 4> range_of(const ScatterFigure& f) {
  if (f.view) {
    const std::array<float, 4>& v = *f.view;
    return {std::min(v[0], v[2]), std::min(v[1], v[3]), std::max(v[0], v[2]), std::max(v[1], v[3])};
  }
  std::array<double, 4> r = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (size_t i = 0; i < f.positions.rows; ++i) {
    const double x = f.positions(i, 0), y = f.positions(i, 1);
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    r = {std::min(r[0], x), std::min(r[1], y), std::max(r[2], x), std::max(r[3], y)};
  }
  for (size_t k = 0; k < 2; ++k) {
    mend_range(r[k], r[k + 2], false);
    const double pad = 0.04 * (r[k + 2] - r[k]);
    r[k] -= pad;
    r[k + 2] += pad;
  }
  return r;
}

/// One unit of x is as long as one unit of y: distances on a map mean something.
void equal_scale(std::array<double, 4>& r, const FigureRect& plot) {
  mend_range(r[0], r[2], false);
  mend_range(r[1], r[3], false);
  const double scale = std::max((r[2] - r[0]) / plot.w, (r[3] - r[1]) / plot.h);
  for (size_t k = 0; k < 2; ++k) {
    const double middle = (r[k] + r[k + 2]) / 2, half = scale * (k ? plot.h : plot.w) / 2;
    r[k] = middle - half;
    r[k + 2] = middle + half;
  }
}

struct LegendLayout {
  size_t columns = 0, rows = 0;
  double width = 0;  // of all columns
  double column_width = 0;
  double row = 0;
  bool shapes = false;  // explains dots and rings
};

LegendLayout layout_legend(Canvas& c, const ScatterFigure& f, double height) {
  const double u = c.unit();
  LegendLayout layout;
  layout.row = 25 * u;
  layout.shapes = std::find(f.heldout.begin(), f.heldout.end(), uint8_t{1}) != f.heldout.end();
  const double room = height - (layout.shapes ? 3 * layout.row : 0);
  double text = layout.shapes ? c.text_width("held-out", kLabelSize * u) : 0;
  for (const auto& entry : f.legend) text = std::max(text, c.text_width(entry.first, kLabelSize * u));
  if (f.legend.empty() && !layout.shapes) return layout;
  layout.rows = std::max<size_t>(1, static_cast<size_t>(room / layout.row));
  layout.columns = std::max<size_t>(1, (f.legend.size() + layout.rows - 1) / layout.rows);
  // Long names are cut rather than let the legend take the plot's place.
  const double most = 0.35 * c.width() / static_cast<double>(layout.columns);
  layout.column_width = std::min(text + 40 * u, std::max(most, 40 * u));
  layout.width = layout.column_width * static_cast<double>(layout.columns);
  return layout;
}

void ring(cairo_t* cr, double x, double y, double radius, double width, Rgba colour) {
  cairo_set_source_rgba(cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0, colour.a / 255.0);
  cairo_set_line_width(cr, width);
  cairo_new_path(cr);
  cairo_arc(cr, x, y, radius, 0, 2 * std::numbers::pi);
  cairo_stroke(cr);
}

void draw_legend(Canvas& c, const ScatterFigure& f, const LegendLayout& layout, double x, double y) {
  const double u = c.unit(), size = kLabelSize * u, text_room = layout.column_width - 30 * u;
  for (size_t i = 0; i < f.legend.size() && i < layout.rows * layout.columns; ++i) {
    const double left = x + static_cast<double>(i / layout.rows) * layout.column_width;
    const double middle = y + (static_cast<double>(i % layout.rows) + 0.5) * layout.row;
    Rgba colour = f.legend[i].second;
    colour.a = 255;
    c.dot(left + 7 * u, middle, 6 * u, colour);
    c.text(left + 22 * u, middle, c.fitted(f.legend[i].first, size, text_room), size, c.ink().text);
  }
  if (!layout.shapes) return;
  double middle = y + (static_cast<double>(std::min(f.legend.size(), layout.rows)) + (f.legend.empty() ? 0.5 : 1.2)) * layout.row;
  c.dot(x + 7 * u, middle, 4 * u, c.ink().muted);
  c.text(x + 22 * u, middle, c.fitted("train", size, text_room), size, c.ink().muted);
  middle += layout.row;
  ring(c.cr(), x + 7 * u, middle, 4 * u, 1.6 * u, c.ink().muted);
  c.text(x + 22 * u, middle, c.fitted("held-out", size, text_room), size, c.ink().muted);
}

void draw_tile(cairo_t* cr, const ImageTile& tile, const Axis& x, const Axis& y, bool dark) {
  const bool grey = tile.channels <= 2;
  // Grey decodes are ink on the page: bright on dark, dark on light.
  cairo_surface_t* image = surface_from_pixels(tile.pixels.data(), tile.width, tile.height, tile.channels, grey && !dark);
  if (!image) return;
  const double x0 = x(std::min(tile.rectangle[0], tile.rectangle[2])), x1 = x(std::max(tile.rectangle[0], tile.rectangle[2]));
  const double y0 = y(std::max(tile.rectangle[1], tile.rectangle[3])), y1 = y(std::min(tile.rectangle[1], tile.rectangle[3]));
  if (std::isfinite(x0 + x1 + y0 + y1) && x1 > x0 && y1 > y0)
    draw_image(cr, image, {x0, y0, x1 - x0, y1 - y0}, grey ? 0.38 : 0.55);  // context: the points come first
  cairo_surface_destroy(image);
}

void draw_points(cairo_t* cr, const ScatterFigure& f, const Axis& x, const Axis& y, const FigureRect& plot, double radius) {
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  for (size_t i = 0; i < f.positions.rows; ++i) {
    const double px = x(f.positions(i, 0)), py = y(f.positions(i, 1));
    if (!(px > plot.x - radius && px < plot.right() + radius && py > plot.y - radius && py < plot.bottom() + radius)) continue;
    const Rgba colour = f.colours[i];
    if (!f.heldout.empty() && f.heldout[i]) {
      ring(cr, px, py, radius * 1.35, std::max(radius * 0.55, 0.6), colour);
      continue;
    }
    // A line of no length with round ends: a dot, in a fifth of the bytes of a circle.
    cairo_set_source_rgba(cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0, colour.a / 255.0);
    cairo_set_line_width(cr, 2 * radius);
    cairo_move_to(cr, px, py);
    cairo_line_to(cr, px, py);
    cairo_stroke(cr);
  }
}

}  // namespace

Status write_figure(const std::string& path, const ScatterFigure& f, const FigureStyle& style) {
  LS_CHECK(check(path, f));
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, style.height, style.dark));
  Canvas& c = *canvas;
  const double u = c.unit();
  FigureRect plot;
  plot.y = draw_title(c, f.title);
  plot.h = c.height() - plot.y - (f.x_label.empty() ? 42 : 66) * u - (f.note.empty() ? 10 : 30) * u;
  const LegendLayout legend = layout_legend(c, f, plot.h);
  std::array<double, 4> range = range_of(f);
  // The left margin depends on the labels, those on the range, that on the margin: the widest label of a first try is close enough.
  plot.x = kMargin * u + (f.y_label.empty() ? 0 : 30 * u) + 60 * u;
  plot.w = c.width() - plot.x - kMargin * u - (legend.columns ? legend.width + 24 * u : 0);
  if (plot.w < 8 || plot.h < 8)
    return fail(ErrorCode::invalid_argument, "{}: {} x {} is too small for this figure", path, style.width, style.height);
  equal_scale(range, plot);
  const Axis x{range[0], range[2], plot.x, plot.right()}, y{range[1], range[3], plot.bottom(), plot.y};
  const auto x_ticks = linear_ticks(range[0], range[2], static_cast<size_t>(std::max(2.0, plot.w / (110 * u))));
  const auto y_ticks = linear_ticks(range[1], range[3], static_cast<size_t>(std::max(2.0, plot.h / (110 * u))));
  draw_axes(c, plot, x, y, x_ticks, y_ticks, f.x_label, f.y_label, true);

  if (!f.underlay.empty())
    LS_CHECK(c.rasterised(plot, [&](cairo_t* cr) {
      for (const ImageTile& tile : f.underlay) draw_tile(cr, tile, x, y, style.dark);
    }));
  const double radius = std::max(0.1, f.point_radius * u);
  const auto points = [&](cairo_t* cr) { draw_points(cr, f, x, y, plot, radius); };
  if (f.positions.rows > style.rasterise_above) {
    LS_CHECK(c.rasterised(plot, points));
  } else {
    cairo_save(c.cr());
    cairo_rectangle(c.cr(), plot.x, plot.y, plot.w, plot.h);
    cairo_clip(c.cr());
    points(c.cr());
    cairo_restore(c.cr());
  }
  if (legend.columns) draw_legend(c, f, legend, plot.right() + 24 * u, plot.y);
  if (!f.note.empty())
    c.text(c.width() - kMargin * u, c.height() - 20 * u, c.fitted(f.note, kNoteSize * u, c.width() - 2 * kMargin * u), kNoteSize * u,
           c.ink().muted, Align::right);
  return c.finish();
}

}  // namespace latentscape
