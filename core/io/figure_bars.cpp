#include <algorithm>
#include <cmath>

#include "core/formats/image.hpp"
#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

struct Layout {
  size_t columns = 1, rows = 1;
  double row = 0;              // height of one
  double size = 0;             // of the type
  double name = 0, value = 0;  // widths of the texts
  double column = 0, gap = 0;
};

Layout layout_bars(Canvas& c, const BarsFigure& f, const FigureRect& area) {
  const double u = c.unit();
  Layout l;
  const size_t n = std::max<size_t>(f.bars.size(), 1);
  const size_t most = std::max<size_t>(1, static_cast<size_t>(area.h / (20 * u)));  // a row of 20 units reads well
  l.columns = (n + most - 1) / most;
  l.rows = (n + l.columns - 1) / l.columns;
  l.row = std::min(44 * u, area.h / static_cast<double>(l.rows));
  l.size = std::min(kLabelSize * u, l.row * 0.62);
  l.gap = 36 * u;
  l.column = (area.w - l.gap * static_cast<double>(l.columns - 1)) / static_cast<double>(l.columns);
  for (const auto& bar : f.bars) {
    l.name = std::max(l.name, c.text_width(bar.first, l.size));
    l.value = std::max(l.value, c.text_width(value_label(bar.second), l.size));
  }
  l.name = std::min(l.name, 0.4 * l.column);
  return l;
}

void draw_bar(Canvas& c, const BarsFigure& f, const Layout& l, size_t i, const FigureRect& column, const Axis& x) {
  const double u = c.unit();
  const double middle = column.y + (static_cast<double>(i % l.rows) + 0.5) * l.row, thick = l.row * 0.58;
  const auto& [name, value] = f.bars[i];
  c.text(column.x + l.name, middle, c.fitted(name, l.size, l.name + 0.5), l.size, c.ink().muted, Align::right);
  const double zero = x(0.0), end = std::isfinite(value) ? x(value) : zero;
  const double left = std::min(zero, end), right = std::max(zero, end);
  c.fill_rect({left, middle - thick / 2, std::max(right - left, 0.75 * u), thick}, f.colour, 2.5 * u);
  c.text(std::max(right, zero) + 8 * u, middle, value_label(value), l.size, c.ink().text);
}

}  // namespace

Status write_figure(const std::string& path, const BarsFigure& f, const FigureStyle& style) {
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, style.height, style.dark));
  Canvas& c = *canvas;
  const double u = c.unit();
  FigureRect area{kMargin * u, draw_title(c, f.title), c.width() - 2 * kMargin * u, 0};
  area.h = c.height() - area.y - (f.y_label.empty() ? 42 : 66) * u - 10 * u;
  if (area.w < 8 || area.h < 8)
    return fail(ErrorCode::invalid_argument, "{}: {} x {} is too small for this figure", path, style.width, style.height);
  double low = 0, high = 0;
  for (const auto& bar : f.bars) {
    if (!std::isfinite(bar.second)) continue;
    low = std::min(low, bar.second);
    high = std::max(high, bar.second);
  }
  if (low == high) high = 1;
  const Layout l = layout_bars(c, f, area);
  const double length = l.column - l.name - l.value - 22 * u;
  if (length < 4)
    return fail(ErrorCode::invalid_argument, "{}: {} bars do not fit into {} x {}", path, f.bars.size(), style.width, style.height);
  const double bottom = area.y + l.row * static_cast<double>(l.rows);
  for (size_t column = 0; column < l.columns; ++column) {
    const FigureRect place{area.x + static_cast<double>(column) * (l.column + l.gap), area.y, l.column, bottom - area.y};
    const double from = place.x + l.name + 12 * u;
    const Axis x{low, high, from, from + length};
    double last = -1e300;
    for (const Tick& tick : linear_ticks(low, high, static_cast<size_t>(std::max(1.0, length / (110 * u))))) {
      const double at = x(tick.value), half = c.text_width(tick.label, kTickSize * u) / 2;
      c.line(at, area.y, at, bottom, c.ink().line, u);
      if (at - half < last + 10 * u) continue;
      c.text(at, bottom + 18 * u, tick.label, kTickSize * u, c.ink().muted, Align::centre);
      last = at + half;
    }
    for (size_t i = column * l.rows; i < std::min((column + 1) * l.rows, f.bars.size()); ++i) draw_bar(c, f, l, i, place, x);
    if (!f.y_label.empty() && column == 0)
      c.text(from + length / 2, bottom + 44 * u, c.fitted(f.y_label, kLabelSize * u, l.column), kLabelSize * u, c.ink().text,
             Align::centre);
  }
  return c.finish();
}

Status write_image_figure(const std::string& path, const std::vector<uint8_t>& pixels, size_t width, size_t height, size_t channels) {
  if (channels < 1 || channels > 4 || width == 0 || height == 0 || width > 16384 || height > 16384 ||
      pixels.size() != width * height * channels)
    return fail(ErrorCode::invalid_argument, "{}: an image of {} x {} x {} has {} bytes", path, width, height, channels, pixels.size());
  LS_TRY(const std::unique_ptr<Canvas> canvas,
         Canvas::create(path, std::max(16.0, static_cast<double>(width)), std::max(16.0, static_cast<double>(height)), false));
  if (!canvas->vector()) {  // as it is, alpha included
    LS_TRY(const Bytes bytes, encode_png({width, height, channels, pixels}));
    return atomic_write_file(path, bytes);
  }
  cairo_surface_t* image = surface_from_pixels(pixels.data(), width, height, channels);
  if (!image) return fail(ErrorCode::out_of_memory, "{}: an image of {} x {} does not fit into memory", path, width, height);
  cairo_set_source_surface(canvas->cr(), image, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(canvas->cr()), CAIRO_FILTER_NEAREST);
  cairo_paint(canvas->cr());
  cairo_surface_destroy(image);
  return canvas->finish();
}

}  // namespace latentscape
