#include "core/io/figure_compare.hpp"

#include <algorithm>
#include <cmath>

#include "core/data/preview.hpp"
#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

// Lengths at a scale of 1.
constexpr double kGap = 36, kTitle = 68, kHeader = 62, kNumber = 21, kCaption = 34, kImageGap = 2, kLegendRow = 28;

double column_width(size_t columns) { return std::max(240.0, 560.0 - 70.0 * static_cast<double>(columns)); }

/// Where everything lies, in reference lengths; the drawing multiplies by `scale`.
struct Layout {
  double scale = 1, column = 0, width = 0, height = 0;
  double numbers = 0, map = 0, reconstructions = 0, samples = 0, legend = 0;  // tops
  size_t legend_columns = 1;
  double legend_entry = 0;  // width of one
};

double images_height(const ImagesPanel& p, double column) {
  const size_t rows = (p.images.rows + p.columns - 1) / p.columns;
  const double w = (column - kImageGap * static_cast<double>(p.columns - 1)) / static_cast<double>(p.columns);
  return static_cast<double>(rows) * (w * static_cast<double>(p.height) / static_cast<double>(p.width) + kImageGap);
}

double decoded_height(const ImagesPanel& images, const PointsPanel& points, double column) {
  if (!images.images.empty()) return images_height(images, column);
  return points.positions.empty() ? 0.0 : 0.72 * column;
}

Layout layout_of(Canvas& probe, const CompareFigure& f) {
  Layout l;
  const double n = static_cast<double>(f.columns.size());
  l.column = column_width(f.columns.size());
  l.width = 2 * kMargin + n * l.column + (n - 1) * kGap;
  size_t numbers = 0;
  double reconstructions = 0, samples = 0, names = 0;
  for (const CompareColumn& c : f.columns) {
    numbers = std::max(numbers, c.numbers.size());
    reconstructions = std::max(reconstructions, decoded_height(c.reconstruction_images, c.reconstruction_points, l.column));
    samples = std::max(samples, decoded_height(c.sample_images, c.sample_points, l.column));
  }
  l.numbers = kTitle + kHeader;
  l.map = l.numbers + kNumber * static_cast<double>(numbers) + kCaption + 6;
  l.reconstructions = l.map + 0.86 * l.column + kCaption;
  l.samples = l.reconstructions + reconstructions + kCaption;
  l.legend = l.samples + samples + 22;
  for (const auto& entry : f.legend) names = std::max(names, probe.text_width(entry.first, kTickSize));
  l.legend_entry = std::min(names, 180.0) + 46;
  l.legend_columns = std::max<size_t>(1, std::min(f.legend.size(), static_cast<size_t>((l.width - 2 * kMargin) / l.legend_entry)));
  const size_t rows = (f.legend.size() + l.legend_columns - 1) / l.legend_columns;
  l.height = l.legend + kLegendRow * static_cast<double>(rows) + (f.note.empty() ? 14 : 40);
  return l;
}

/// Both ranges at one scale around their middles.
std::pair<Axis, Axis> axes_of(const PointsPanel& p, const FigureRect& r) {
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  for (const FloatArray* points : {&p.behind, &p.positions})
    for (size_t i = 0; i < points->rows; ++i)
      for (size_t k = 0; k < 2; ++k) {
        const double v = (*points)(i, k);
        if (!std::isfinite(v)) continue;
        low[k] = std::min(low[k], v);
        high[k] = std::max(high[k], v);
      }
  for (size_t k = 0; k < 2; ++k) mend_range(low[k], high[k], false);
  const double scale = 1.08 * std::max((high[0] - low[0]) / r.w, (high[1] - low[1]) / r.h);
  const double x = (low[0] + high[0]) / 2, y = (low[1] + high[1]) / 2;
  return {Axis{x - scale * r.w / 2, x + scale * r.w / 2, r.x, r.right()}, Axis{y - scale * r.h / 2, y + scale * r.h / 2, r.bottom(), r.y}};
}

Status draw_points(Canvas& c, const PointsPanel& p, const FigureRect& r, double scale, size_t rasterise_above) {
  const auto [x_axis, y_axis] = axes_of(p, r);
  const Axis x = x_axis, y = y_axis;  // lambdas do not capture structured bindings everywhere
  const Rgba grey = {c.ink().muted.r, c.ink().muted.g, c.ink().muted.b, 90};
  const auto dots = [&](cairo_t* cr, const FloatArray& points, const std::vector<Rgba>* colours) {
    // Thousands of points need small dots, a few need large ones.
    const double radius = scale * std::clamp(90.0 / std::sqrt(static_cast<double>(points.rows) + 1.0), 1.2, 3.0);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cr, 2 * radius);
    for (size_t i = 0; i < points.rows; ++i) {
      const double px = x(points(i, 0)), py = y(points(i, 1));
      if (!std::isfinite(px + py)) continue;
      const Rgba colour = colours ? (*colours)[i] : grey;
      cairo_set_source_rgba(cr, colour.r / 255.0, colour.g / 255.0, colour.b / 255.0, colour.a / 255.0);
      cairo_move_to(cr, px, py);
      cairo_line_to(cr, px, py);
      cairo_stroke(cr);
    }
  };
  const auto both = [&](cairo_t* cr) {
    dots(cr, p.behind, nullptr);
    dots(cr, p.positions, &p.colours);
  };
  if (p.behind.rows + p.positions.rows > rasterise_above)
    LS_CHECK(c.rasterised(r, both));
  else
    both(c.cr());
  c.set_colour(c.ink().line);
  cairo_set_line_width(c.cr(), scale);
  cairo_rectangle(c.cr(), r.x, r.y, r.w, r.h);
  cairo_stroke(c.cr());
  return {};
}

Status draw_images(Canvas& c, const ImagesPanel& p, const FigureRect& r, double scale) {
  const double gap = kImageGap * scale;
  const double w = (r.w - gap * static_cast<double>(p.columns - 1)) / static_cast<double>(p.columns);
  const double h = w * static_cast<double>(p.height) / static_cast<double>(p.width);
  for (size_t i = 0; i < p.images.rows; ++i) {
    const ImageGrid one = make_grid(FloatView(p.images).rows_between(i, i + 1), p.height, p.width, p.channels, 1);
    cairo_surface_t* image = surface_from_pixels(one.pixels.data(), one.width, one.height, one.channels);
    if (!image) return fail(ErrorCode::out_of_memory, "an image of {} x {} does not fit into memory", one.width, one.height);
    const double x = r.x + static_cast<double>(i % p.columns) * (w + gap), y = r.y + static_cast<double>(i / p.columns) * (h + gap);
    draw_image(c.cr(), image, {x, y, w, h});
    cairo_surface_destroy(image);
  }
  return {};
}

class Drawing {
 public:
  Drawing(Canvas& canvas, const CompareFigure& figure, const Layout& layout, size_t rasterise_above)
      : c_(canvas), f_(figure), l_(layout), s_(layout.scale), rasterise_above_(rasterise_above) {}

  Status draw() {
    const double room = (l_.width - 2 * kMargin) * s_;
    c_.text(kMargin * s_, 38 * s_, c_.fitted(f_.title, kTitleSize * s_, room, true), kTitleSize * s_, c_.ink().text, Align::left, true);
    for (size_t i = 0; i < f_.columns.size(); ++i) LS_CHECK(column(f_.columns[i], kMargin + static_cast<double>(i) * (l_.column + kGap)));
    legend();
    if (!f_.note.empty())
      c_.text((l_.width - kMargin) * s_, (l_.height - 20) * s_, c_.fitted(f_.note, kNoteSize * s_, room), kNoteSize * s_, c_.ink().muted,
              Align::right);
    return {};
  }

 private:
  void words(double x, double y, const std::string& text, double size, Rgba colour, bool bold = false) {
    c_.text(x * s_, y * s_, c_.fitted(text, size * s_, l_.column * s_, bold), size * s_, colour, Align::left, bold);
  }

  Status decoded(const ImagesPanel& images, const PointsPanel& points, double x, double y) {
    if (!images.images.empty()) return draw_images(c_, images, {x * s_, y * s_, l_.column * s_, 0}, s_);
    if (points.positions.empty()) return {};
    return draw_points(c_, points, {x * s_, y * s_, l_.column * s_, 0.72 * l_.column * s_}, s_, rasterise_above_);
  }

  Status column(const CompareColumn& column, double x) {
    words(x, kTitle + 8, column.name, 18, c_.ink().text, true);
    words(x, kTitle + 33, column.about, kTickSize, c_.ink().muted);
    for (size_t i = 0; i < column.numbers.size(); ++i) {
      const CompareNumber& number = column.numbers[i];
      const double y = l_.numbers + (static_cast<double>(i) + 0.5) * kNumber;
      c_.line(x * s_, (y + kNumber / 2) * s_, (x + l_.column) * s_, (y + kNumber / 2) * s_, c_.ink().line, s_);
      words(x, y, number.label, kTickSize + 0.5, c_.ink().muted);
      c_.text((x + l_.column) * s_, y * s_, number.value, (kTickSize + 0.5) * s_, number.best ? c_.ink().accent : c_.ink().text,
              Align::right, number.best);
    }
    words(x, l_.map - 13, column.map_caption, kTickSize, c_.ink().muted);
    LS_CHECK(draw_points(c_, column.map, {x * s_, l_.map * s_, l_.column * s_, 0.86 * l_.column * s_}, s_, rasterise_above_));
    words(x, l_.reconstructions - 13, f_.reconstruction_caption, kTickSize, c_.ink().muted);
    LS_CHECK(decoded(column.reconstruction_images, column.reconstruction_points, x, l_.reconstructions));
    words(x, l_.samples - 13, f_.sample_caption, kTickSize, c_.ink().muted);
    return decoded(column.sample_images, column.sample_points, x, l_.samples);
  }

  void legend() {
    const double entry = l_.legend_entry;
    for (size_t i = 0; i < f_.legend.size(); ++i) {
      const double x = kMargin + static_cast<double>(i % l_.legend_columns) * entry;
      const double y = l_.legend + (static_cast<double>(i / l_.legend_columns) + 0.5) * kLegendRow;
      c_.dot((x + 6) * s_, y * s_, 5.5 * s_, f_.legend[i].second);
      c_.text((x + 19) * s_, y * s_, c_.fitted(f_.legend[i].first, kTickSize * s_, (entry - 24) * s_), kTickSize * s_, c_.ink().text);
    }
  }

  Canvas& c_;
  const CompareFigure& f_;
  const Layout& l_;
  const double s_;
  const size_t rasterise_above_;
};

Status check(const std::string& path, const CompareFigure& f) {
  if (f.columns.empty()) return fail(ErrorCode::invalid_argument, "{}: nothing to compare, expected a column or more", path);
  for (const CompareColumn& column : f.columns) {
    for (const PointsPanel* p : {&column.map, &column.reconstruction_points, &column.sample_points})
      if (p->colours.size() != p->positions.rows || (p->positions.rows && p->positions.cols != 2) ||
          (p->behind.rows && p->behind.cols != 2))
        return fail(ErrorCode::invalid_argument, "{}: {} colours for {} points", path, p->colours.size(), p->positions.rows);
    for (const ImagesPanel* p : {&column.reconstruction_images, &column.sample_images})
      if (p->columns < 1 || (p->images.rows && p->images.cols != p->height * p->width * p->channels))
        return fail(ErrorCode::invalid_argument, "{}: {} numbers an image for {} x {} x {}", path, p->images.cols, p->height, p->width,
                    p->channels);
  }
  return {};
}

}  // namespace

Status write_figure(const std::string& path, const CompareFigure& f, const FigureStyle& style) {
  LS_CHECK(check(path, f));
  // The height is known only when texts have been measured, which takes a canvas.
  LS_TRY(const std::unique_ptr<Canvas> probe, Canvas::create(path, style.width, style.width, style.dark));
  Layout layout = layout_of(*probe, f);
  layout.scale = style.width / layout.width;
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, std::round(layout.height * layout.scale), style.dark));
  LS_CHECK(Drawing(*canvas, f, layout, style.rasterise_above).draw());
  return canvas->finish();
}

}  // namespace latentscape
