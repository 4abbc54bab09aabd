#include "core/io/figure_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/io/figure_axes.hpp"

namespace latentscape {

namespace {

constexpr double kLogFrom = 8.0;  // x is logarithmic above this ratio

struct Range {
  double low = INFINITY, high = -INFINITY;
  void add(double v) {
    if (!std::isfinite(v)) return;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  void add(const Measured& m) {
    add(m.mean);
    add(m.mean - m.deviation);
    add(m.mean + m.deviation);
    for (const double v : m.repeats) add(v);
  }
  /// What is never below zero does not seem to reach there.
  void pad(double share) {
    if (low == 0.0 && high == 0.0) high = 1.0;
    mend_range(low, high, false);
    const double air = share * (high - low);
    low = low >= 0.0 ? std::max(0.0, low - air) : low - air;
    high += air;
  }
};

/// Digits enough to tell values of a range apart: "−98.31".
std::string label_in(const Range& range, double value) {
  const double step = std::pow(10.0, std::floor(std::log10(std::max(range.high - range.low, 1e-9) / 50.0)));
  return tick_label(value, std::clamp(step, 1e-4, 1.0));
}

void stroke_rect(Canvas& c, const FigureRect& r, Rgba colour, double width) {
  c.set_colour(colour);
  cairo_set_line_width(c.cr(), width);
  cairo_rectangle(c.cr(), r.x, r.y, r.w, r.h);
  cairo_stroke(c.cr());
}

void ring(Canvas& c, double x, double y, double radius, Rgba colour, double width) {
  c.set_colour(colour);
  cairo_set_line_width(c.cr(), width);
  cairo_new_path(c.cr());
  cairo_arc(c.cr(), x, y, radius, 0, 2 * std::numbers::pi);
  cairo_stroke(c.cr());
}

Rgba faint(Rgba colour) {
  colour.a = 90;
  return colour;
}

void draw_note(Canvas& c, const std::string& note) {
  const double u = c.unit();
  if (!note.empty())
    c.text(c.width() - kMargin * u, c.height() - 20 * u, c.fitted(note, kNoteSize * u, c.width() - 2 * kMargin * u), kNoteSize * u,
           c.ink().muted, Align::right);
}

Status too_small(const std::string& path, const FigureStyle& style) {
  return fail(ErrorCode::invalid_argument, "{}: {} x {} is too small for this figure", path, style.width, style.height);
}

/// The bar, the repeats right of it and the mean.
void draw_measured(Canvas& c, double at, const Measured& m, const Axis& y, Rgba colour, double beside) {
  const double u = c.unit();
  if (!std::isfinite(m.mean)) return;
  if (m.repeats.size() > 1)
    for (const double v : m.repeats)
      if (std::isfinite(v)) c.dot(at + beside, y(v), 3 * u, faint(colour));
  if (std::isfinite(m.deviation)) {
    const double low = y(m.mean - m.deviation), high = y(m.mean + m.deviation);
    c.line(at, low, at, high, colour, 1.8 * u);
    for (const double end : {low, high}) c.line(at - 6 * u, end, at + 6 * u, end, colour, 1.8 * u);
  }
  c.dot(at, y(m.mean), 5.5 * u, colour);
}

/// Lines stand a little beside each other, so that their bars do not hide one another.
double shift_of(const LinesFigure& f, size_t line, double u) {
  return 15 * u * (static_cast<double>(line) - (static_cast<double>(f.lines.size()) - 1) / 2);
}

void draw_line(Canvas& c, const LinesFigure& f, size_t index, const Axis& x, const Axis& y, Rgba colour) {
  const MeasuredLine& line = f.lines[index];
  const double shift = shift_of(f, index, c.unit());
  c.set_colour(colour);
  cairo_set_line_width(c.cr(), 2.2 * c.unit());
  cairo_set_line_join(c.cr(), CAIRO_LINE_JOIN_ROUND);
  cairo_new_path(c.cr());
  bool drawing = false;
  for (size_t i = 0; i < f.x.size(); ++i) {
    if (!std::isfinite(line.values[i].mean)) {  // a gap where one failed
      drawing = false;
      continue;
    }
    if (drawing)
      cairo_line_to(c.cr(), x(f.x[i]) + shift, y(line.values[i].mean));
    else
      cairo_move_to(c.cr(), x(f.x[i]) + shift, y(line.values[i].mean));
    drawing = true;
  }
  cairo_stroke(c.cr());
  for (size_t i = 0; i < f.x.size(); ++i)
    draw_measured(c, x(f.x[i]) + shift, line.values[i], y, colour, (f.lines.size() > 1 ? 7 : 11) * c.unit());
}

/// A ring around the best point, its value above it (below where there is no room) on a ground of its own.
void draw_best(Canvas& c, const LinesFigure& f, const Range& range, const FigureRect& plot, const Axis& x, const Axis& y) {
  const double u = c.unit(), size = kLabelSize * u;
  const Measured& m = f.lines[f.best->first].values[f.best->second];
  const double at = x(f.x[f.best->second]) + shift_of(f, f.best->first, u);
  ring(c, at, y(m.mean), 10.5 * u, c.ink().accent, 2.4 * u);
  const double bar = std::isfinite(m.deviation) ? m.deviation : 0.0;
  double middle = std::min(y(m.mean + bar), y(m.mean) - 10 * u) - 20 * u;
  if (middle < plot.y + 10 * u) middle = std::max(y(m.mean - bar), y(m.mean) + 10 * u) + 20 * u;
  const std::string text = "best " + label_in(range, m.mean);
  const double wide = c.text_width(text, size, true);
  const double left = std::clamp(at - wide / 2, plot.x + 4 * u, std::max(plot.x + 4 * u, plot.right() - wide - 4 * u));
  c.fill_rect({left - 5 * u, middle - 11 * u, wide + 10 * u, 22 * u}, c.ink().page, 4 * u);
  c.text(left, middle, text, size, c.ink().accent, Align::left, true);
}

}  // namespace

Status write_figure(const std::string& path, const LinesFigure& f, const FigureStyle& style) {
  for (const MeasuredLine& line : f.lines)
    if (line.values.size() != f.x.size() || f.x_names.size() != f.x.size())
      return fail(ErrorCode::invalid_argument, "{}: {} values and {} names for {} places", path, line.values.size(), f.x_names.size(),
                  f.x.size());
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, style.height, style.dark));
  Canvas& c = *canvas;
  const double u = c.unit();
  Range range, across;
  for (const double v : f.x) across.add(v);
  for (const MeasuredLine& line : f.lines)
    for (const Measured& m : line.values) range.add(m);
  const Range values = range;
  range.pad(0.1);
  const bool log = across.low > 0 && across.high / across.low > kLogFrom;
  mend_range(across.low, across.high, log);

  FigureRect plot;
  plot.y = draw_title(c, f.title);
  plot.h = c.height() - plot.y - 76 * u - (f.note.empty() ? 0 : 24 * u);
  const auto y_ticks = linear_ticks(range.low, range.high, static_cast<size_t>(std::max(2.0, plot.h / (80 * u))));
  plot.x = kMargin * u + 40 * u + widest(c, y_ticks);
  double names = 0;
  for (const MeasuredLine& line : f.lines) names = std::max(names, c.text_width(line.name, kLabelSize * u));
  names = std::min(names, 0.3 * c.width());
  plot.w = c.width() - plot.x - kMargin * u - (names > 0 ? names + 40 * u : 0);
  if (plot.w < 80 * u || plot.h < 40 * u) return too_small(path, style);
  const double air = std::min(48 * u + shift_of(f, f.lines.size(), u), plot.w / 8);  // points keep off the edges
  const Axis x{across.low, across.high, plot.x + air, plot.right() - air, log}, y{range.low, range.high, plot.bottom(), plot.y};
  std::vector<Tick> x_ticks;
  for (size_t i = 0; i < f.x.size(); ++i) x_ticks.push_back({f.x[i], f.x_names[i]});
  draw_axes(c, plot, x, y, x_ticks, y_ticks, f.x_label, f.y_label, false);
  for (size_t l = 0; l < f.lines.size(); ++l) {
    const Rgba colour = categorical_colour(l, style.dark);
    draw_line(c, f, l, x, y, colour);
    if (f.lines[l].name.empty()) continue;
    const double middle = plot.y + (static_cast<double>(l) + 0.5) * 26 * u;
    c.dot(plot.right() + 20 * u, middle, 6 * u, colour);
    c.text(plot.right() + 34 * u, middle, c.fitted(f.lines[l].name, kLabelSize * u, names + u), kLabelSize * u, c.ink().text);
  }
  if (f.best) draw_best(c, f, values, plot, x, y);
  draw_note(c, f.note);
  return c.finish();
}

namespace {

/// Where a value stands between the worst (0) and the best (1).
double share_of(const HeatFigure& f, const Range& range, double value) {
  const double t = range.high > range.low ? (value - range.low) / (range.high - range.low) : 1.0;
  return f.higher_is_better ? t : 1.0 - t;
}

void draw_cell(Canvas& c, const HeatFigure& f, const Range& range, const Measured& m, const FigureRect& cell) {
  const double u = c.unit();
  const double middle = cell.y + cell.h / 2, centre = cell.x + cell.w / 2;
  if (!std::isfinite(m.mean)) {
    c.fill_rect(cell, c.ink().line, 3 * u);
    c.text(centre, middle, "–", kLabelSize * u, c.ink().muted, Align::centre);
    return;
  }
  const double t = share_of(f, range, m.mean);
  c.fill_rect(cell, viridis(t), 3 * u);
  const Rgba ink = t > 0.55 ? Rgba{20, 24, 28, 255} : Rgba{255, 255, 255, 255};
  const std::string text = label_in(range, m.mean), more = std::isfinite(m.deviation) ? "± " + label_in(range, m.deviation) : "";
  double size = std::min(22 * u, 0.34 * cell.h);
  size *= std::min(1.0, 0.84 * cell.w / std::max(c.text_width(text, size, true), 1e-9));
  if (size < 7 * u) return;  // the colour says it
  const bool two = !more.empty() && cell.h > 3.4 * size;
  c.text(centre, middle - (two ? 0.62 * size : 0), text, size, ink, Align::centre, true);
  if (two) c.text(centre, middle + 0.72 * size, c.fitted(more, 0.72 * size, 0.9 * cell.w), 0.72 * size, ink, Align::centre);
}

void draw_scale(Canvas& c, const HeatFigure& f, const Range& range, const FigureRect& bar) {
  const double u = c.unit();
  Range shown = range;
  mend_range(shown.low, shown.high, false);
  const Axis y{shown.low, shown.high, bar.bottom(), bar.y};
  constexpr int kSteps = 128;
  for (int i = 0; i < kSteps; ++i) {
    const double t = (i + 0.5) / kSteps, height = bar.h / kSteps;
    c.fill_rect({bar.x, bar.bottom() - (i + 1) * height, bar.w, height + 0.6 * u}, viridis(f.higher_is_better ? t : 1.0 - t));
  }
  const auto ticks = linear_ticks(shown.low, shown.high, static_cast<size_t>(std::max(2.0, bar.h / (80 * u))));
  for (const Tick& tick : ticks) {
    c.line(bar.right(), y(tick.value), bar.right() + 5 * u, y(tick.value), c.ink().muted, u);
    c.text(bar.right() + 10 * u, y(tick.value), tick.label, kTickSize * u, c.ink().muted);
  }
  c.text_upwards(bar.right() + 10 * u + widest(c, ticks) + 18 * u, bar.y + bar.h / 2, c.fitted(f.value_label, kLabelSize * u, bar.h),
                 kLabelSize * u, c.ink().text);
}

}  // namespace

Status write_figure(const std::string& path, const HeatFigure& f, const FigureStyle& style) {
  if (f.x.empty() || f.y.empty() || f.cells.size() != f.x.size() * f.y.size())
    return fail(ErrorCode::invalid_argument, "{}: {} cells for {} x {}", path, f.cells.size(), f.x.size(), f.y.size());
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, style.height, style.dark));
  Canvas& c = *canvas;
  const double u = c.unit();
  Range range;
  for (const Measured& m : f.cells) range.add(m.mean);
  FigureRect plot;
  plot.y = draw_title(c, f.title);
  plot.h = c.height() - plot.y - 76 * u - (f.note.empty() ? 0 : 24 * u);
  double names = 0;
  for (const std::string& name : f.y) names = std::max(names, c.text_width(name, kTickSize * u));
  names = std::min(names, 0.25 * c.width());
  plot.x = kMargin * u + 42 * u + names;
  plot.w = c.width() - plot.x - 150 * u;
  const double w = plot.w / static_cast<double>(f.x.size()), h = plot.h / static_cast<double>(f.y.size());
  if (plot.w < 40 * u || plot.h < 40 * u || w < 3 * u || h < 3 * u) return too_small(path, style);
  const double gap = std::min({3 * u, w / 8, h / 8});
  const auto cell = [&](size_t i) {
    return FigureRect{plot.x + static_cast<double>(i % f.x.size()) * w + gap / 2,
                      plot.bottom() - static_cast<double>(i / f.x.size() + 1) * h + gap / 2, w - gap, h - gap};
  };
  for (size_t i = 0; i < f.cells.size(); ++i) draw_cell(c, f, range, f.cells[i], cell(i));
  if (f.best) {
    const FigureRect r = cell(*f.best);
    const double out = 1.5 * u;
    stroke_rect(c, {r.x - out, r.y - out, r.w + 2 * out, r.h + 2 * out}, c.ink().text, 3 * u);
  }
  for (size_t i = 0; i < f.x.size(); ++i)
    c.text(plot.x + (static_cast<double>(i) + 0.5) * w, plot.bottom() + 18 * u, c.fitted(f.x[i], kTickSize * u, w - gap), kTickSize * u,
           c.ink().muted, Align::centre);
  for (size_t i = 0; i < f.y.size(); ++i)
    c.text(plot.x - 10 * u, plot.bottom() - (static_cast<double>(i) + 0.5) * h, c.fitted(f.y[i], kTickSize * u, names + u), kTickSize * u,
           c.ink().muted, Align::right);
  c.text(plot.x + plot.w / 2, plot.bottom() + 46 * u, c.fitted(f.x_label, kLabelSize * u, plot.w), kLabelSize * u, c.ink().text,
         Align::centre);
  c.text_upwards(plot.x - names - 30 * u, plot.y + plot.h / 2, c.fitted(f.y_label, kLabelSize * u, plot.h), kLabelSize * u, c.ink().text);
  draw_scale(c, f, range, {plot.right() + 28 * u, plot.y, 16 * u, plot.h});
  draw_note(c, f.note);
  return c.finish();
}

Status write_figure(const std::string& path, const RowsFigure& f, const FigureStyle& style) {
  constexpr double kRow = 44, kLeastRow = 18, kAround = 172;  // units; around: title, axis and note
  const double scale = style.width / 1200;
  const double needed = (kAround + kRow * static_cast<double>(f.rows.size())) * scale;
  LS_TRY(const std::unique_ptr<Canvas> canvas, Canvas::create(path, style.width, std::min(style.height, std::round(needed)), style.dark));
  Canvas& c = *canvas;
  c.set_unit(scale);
  const double u = c.unit();
  FigureRect area{kMargin * u, draw_title(c, f.title), c.width() - 2 * kMargin * u, 0};
  area.h = c.height() - area.y - 100 * u;
  const size_t fit = area.h > 0 ? static_cast<size_t>(area.h / (kLeastRow * u)) : 0;
  const size_t n = std::min(fit, f.rows.size());
  if (n == 0) return too_small(path, style);
  const double row = std::min(kRow * u, area.h / static_cast<double>(n)), size = std::min(kLabelSize * u, 0.7 * row);
  Range range;
  double names = 0, numbers = 0;
  for (size_t i = 0; i < n; ++i) range.add(f.rows[i].second);
  const Range values = range;
  range.pad(0.06);
  for (size_t i = 0; i < n; ++i) {
    names = std::max(names, c.text_width(f.rows[i].first, size));
    numbers = std::max(numbers, c.text_width(label_in(values, f.rows[i].second.mean), size, true));
  }
  names = std::min(names, 0.4 * area.w);
  const FigureRect plot{area.x + names + 14 * u, area.y, area.w - names - numbers - 32 * u, row * static_cast<double>(n)};
  if (plot.w < 80 * u) return too_small(path, style);
  const Axis x{range.low, range.high, plot.x, plot.right()};
  for (size_t i = 0; i < n; i += 2)
    c.fill_rect({plot.x, plot.y + static_cast<double>(i) * row, plot.w, row}, {c.ink().line.r, c.ink().line.g, c.ink().line.b, 70});
  const auto ticks = linear_ticks(range.low, range.high, static_cast<size_t>(std::max(2.0, plot.w / (110 * u))));
  draw_axes(c, plot, x, Axis{0, 1, plot.bottom(), plot.y}, ticks, {}, f.x_label, "", true);
  const Rgba plain = categorical_colour(0, style.dark);
  for (size_t i = 0; i < n; ++i) {
    const Measured& m = f.rows[i].second;
    const double middle = plot.y + (static_cast<double>(i) + 0.5) * row;
    const Rgba colour = i == 0 ? c.ink().accent : plain;
    c.text(plot.x - 12 * u, middle, c.fitted(f.rows[i].first, size, names + u), size, i == 0 ? c.ink().text : c.ink().muted, Align::right);
    if (!std::isfinite(m.mean)) continue;
    if (m.repeats.size() > 1)
      for (const double v : m.repeats)
        if (std::isfinite(v)) c.dot(x(v), middle + std::min(7 * u, 0.25 * row), 2.5 * u, faint(colour));
    if (std::isfinite(m.deviation)) c.line(x(m.mean - m.deviation), middle, x(m.mean + m.deviation), middle, colour, 2.2 * u);
    c.dot(x(m.mean), middle, std::min(5.5 * u, 0.3 * row), colour);
    c.text(area.right(), middle, label_in(values, m.mean), size, i == 0 ? c.ink().accent : c.ink().text, Align::right, i == 0);
  }
  std::string note = f.note;
  if (n < f.rows.size()) note = fmt::format("the first {} of {}{}{}", n, f.rows.size(), note.empty() ? "" : "; ", note);
  draw_note(c, note);
  return c.finish();
}

}  // namespace latentscape
