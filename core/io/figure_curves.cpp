#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

struct Range {
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
};

bool shown(const std::array<double, 2>& p, bool log_y) { return std::isfinite(p[0]) && std::isfinite(p[1]) && (!log_y || p[1] > 0); }

Range range_of(const CurvesFigure& f) {
  Range r;
  for (const Curve& curve : f.curves) {
    for (const auto& p : curve.points) {
      if (!shown(p, f.log_y)) continue;
      r.x0 = std::min(r.x0, p[0]);
      r.x1 = std::max(r.x1, p[0]);
      r.y0 = std::min(r.y0, p[1]);
      r.y1 = std::max(r.y1, p[1]);
    }
  }
  mend_range(r.x0, r.x1, false);
  mend_range(r.y0, r.y1, f.log_y);
  const double pad = f.log_y ? std::pow(r.y1 / r.y0, 0.06) : 0.06 * (r.y1 - r.y0);
  if (f.log_y) {
    r.y0 /= pad;
    r.y1 *= pad;
  } else {
    r.y0 = r.y0 >= 0 ? std::max(0.0, r.y0 - pad) : r.y0 - pad;  // losses do not seem to reach below zero
    r.y1 += pad;
  }
  return r;
}

struct EndLabel {
  size_t curve = 0;
  double y = 0;
};

/// A label a curve at the height of its last point, moved apart until none touch; size shrinks where there are too many.
std::vector<EndLabel> place_labels(const CurvesFigure& f, const Axis& y, const FigureRect& plot, double row) {
  std::vector<EndLabel> labels;
  for (size_t i = 0; i < f.curves.size(); ++i) {
    const auto& points = f.curves[i].points;
    const auto last = std::find_if(points.rbegin(), points.rend(), [&](const auto& p) { return shown(p, f.log_y); });
    labels.push_back({i, last == points.rend() ? plot.bottom() : y((*last)[1])});
  }
  std::stable_sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
  double top = plot.y + row / 2;
  for (EndLabel& label : labels) {
    label.y = std::max(label.y, top);
    top = label.y + row;
  }
  double bottom = plot.bottom() - row / 2;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, bottom);
    bottom = label->y - row;
  }
  return labels;
}

/// Live changes stand in rows above the plot, so that no two of them overlap; one that finds no room keeps its line.
struct MarkLayout {
  size_t rows = 0;
  std::vector<size_t> row;  // a mark each; SIZE_MAX: no room
  std::vector<double> left;
};

MarkLayout layout_marks(Canvas& c, const CurvesFigure& f, const Axis& x, const FigureRect& plot) {
  const double u = c.unit();
  constexpr size_t kMostRows = 4;
  MarkLayout layout;
  layout.row.assign(f.marks.size(), SIZE_MAX);
  layout.left.assign(f.marks.size(), 0);
  std::vector<size_t> order(f.marks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return f.marks[a].first < f.marks[b].first; });
  std::vector<double> ends(kMostRows, -1e300);
  for (const size_t i : order) {
    const double at = x(f.marks[i].first), wide = c.text_width(f.marks[i].second, kTickSize * u);
    if (!(at >= plot.x - 1 && at <= plot.right() + 1) || wide > plot.w) continue;
    const double left = std::clamp(at - wide / 2, plot.x, plot.right() - wide);
    for (size_t row = 0; row < kMostRows; ++row) {
      if (left < ends[row] + 12 * u) continue;
      layout.row[i] = row;
      layout.left[i] = left;
      layout.rows = std::max(layout.rows, row + 1);
      ends[row] = left + wide;
      break;
    }
  }
  return layout;
}

void draw_marks(Canvas& c, const CurvesFigure& f, const MarkLayout& layout, const Axis& x, const FigureRect& plot) {
  const double u = c.unit(), row_height = 18 * u;
  for (size_t i = 0; i < f.marks.size(); ++i) {
    const double at = x(f.marks[i].first);
    if (!(at >= plot.x - 1 && at <= plot.right() + 1)) continue;
    const bool labelled = layout.row[i] != SIZE_MAX;
    const double middle = plot.y - (labelled ? (static_cast<double>(layout.row[i]) + 0.7) * row_height : 0);
    const double dots[] = {u, 4 * u};
    cairo_set_dash(c.cr(), dots, 2, 0);
    cairo_set_line_cap(c.cr(), CAIRO_LINE_CAP_ROUND);
    c.line(at, labelled ? middle + 9 * u : plot.y, at, plot.bottom(), c.ink().warning, 1.8 * u);
    cairo_set_dash(c.cr(), nullptr, 0, 0);
    cairo_set_line_cap(c.cr(), CAIRO_LINE_CAP_BUTT);
  }
  // Labels after all lines, on a ground of their own: a line of a higher row may pass behind them.
  for (size_t i = 0; i < f.marks.size(); ++i) {
    if (layout.row[i] == SIZE_MAX) continue;
    const double middle = plot.y - (static_cast<double>(layout.row[i]) + 0.7) * row_height;
    const double wide = c.text_width(f.marks[i].second, kTickSize * u);
    c.fill_rect({layout.left[i] - 3 * u, middle - 8 * u, wide + 6 * u, 16 * u}, c.ink().page);
    c.text(layout.left[i], middle, f.marks[i].second, kTickSize * u, c.ink().warning);
  }
}

void draw_curve(Canvas& c, const Curve& curve, bool log_y, const Axis& x, const Axis& y) {
  const double u = c.unit();
  cairo_t* cr = c.cr();
  c.set_colour(curve.colour);
  cairo_set_line_width(cr, 2.2 * u);
  cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  cairo_new_path(cr);
  bool drawing = false;
  for (size_t i = 0; i < curve.points.size(); ++i) {
    const auto& p = curve.points[i];
    if (!shown(p, log_y)) {  // a gap where there is no value
      drawing = false;
      continue;
    }
    if (!drawing) cairo_move_to(cr, x(p[0]), y(p[1]));
    cairo_line_to(cr, x(p[0]), y(p[1]));  // a lone point becomes a dot through the round caps
    drawing = true;
  }
  cairo_stroke(cr);
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

}  // namespace

Status write_figure(const std::string& path, const CurvesFigure& f, const FigureStyle& style) {
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, style.height, style.dark));
  Canvas& c = *canvas;
  const double u = c.unit();
  const Range r = range_of(f);
  FigureRect plot;
  plot.y = draw_title(c, f.title);
  plot.h = c.height() - plot.y - (f.x_label.empty() ? 42 : 66) * u - 10 * u;
  const auto ticks_of_y = [&](double height) {
    const size_t wanted = static_cast<size_t>(std::max(2.0, height / (80 * u)));
    return f.log_y ? log_ticks(r.y0, r.y1, wanted) : linear_ticks(r.y0, r.y1, wanted);
  };
  plot.x = kMargin * u + (f.y_label.empty() ? 0 : 30 * u) + widest(c, ticks_of_y(plot.h)) + 10 * u;
  double names = 0;
  for (const Curve& curve : f.curves) names = std::max(names, c.text_width(curve.name, kLabelSize * u));
  names = std::min(names, 0.3 * c.width());
  plot.w = c.width() - plot.x - kMargin * u - (names > 0 ? names + 34 * u : 0);
  const Axis x{r.x0, r.x1, plot.x, plot.right()};
  const MarkLayout marks = plot.w > 8 ? layout_marks(c, f, x, plot) : MarkLayout{};
  const double band = static_cast<double>(marks.rows) * 18 * u + (marks.rows ? 6 * u : 0);
  plot.y += band;
  plot.h -= band;
  if (plot.w < 8 || plot.h < 8)
    return fail(ErrorCode::invalid_argument, "{}: {} x {} is too small for this figure", path, style.width, style.height);
  const Axis y{r.y0, r.y1, plot.bottom(), plot.y, f.log_y};
  draw_axes(c, plot, x, y, linear_ticks(r.x0, r.x1, static_cast<size_t>(std::max(2.0, plot.w / (110 * u)))), ticks_of_y(plot.h), f.x_label,
            f.y_label, false);
  draw_marks(c, f, marks, x, plot);
  for (const Curve& curve : f.curves) draw_curve(c, curve, f.log_y, x, y);

  const double row = std::min(24 * u, plot.h / static_cast<double>(std::max<size_t>(f.curves.size(), 1)));
  const double size = std::min(kLabelSize * u, row * 0.8);
  for (const EndLabel& label : place_labels(f, y, plot, row)) {
    const Curve& curve = f.curves[label.curve];
    if (curve.name.empty()) continue;
    c.dot(plot.right() + 18 * u, label.y, std::min(5 * u, row * 0.3), curve.colour);
    c.text(plot.right() + 30 * u, label.y, c.fitted(curve.name, size, names + 2 * u), size, c.ink().text);
  }
  return c.finish();
}

}  // namespace latentscape
