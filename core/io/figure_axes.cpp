#include "core/io/figure_axes.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

double Axis::operator()(double value) const {
  const double t = log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + t * (to - from);
}

void mend_range(double& low, double& high, bool log) {
  if (!(std::isfinite(low) && std::isfinite(high) && low <= high)) {
    low = log ? 1 : 0;
    high = log ? 10 : 1;
  } else if (high - low <= 1e-9 * std::max(std::abs(low), std::abs(high)) || high == low) {
    const double pad = low == 0 ? 1 : std::abs(low) * 0.1;
    low = log ? low / 1.5 : low - pad;
    high = log ? high * 1.5 : high + pad;
  }
}

void draw_axes(Canvas& c, const FigureRect& plot, const Axis& x, const Axis& y, const std::vector<Tick>& x_ticks,
               const std::vector<Tick>& y_ticks, const std::string& x_label, const std::string& y_label, bool x_grid) {
  const double u = c.unit();
  const FigureInk& ink = c.ink();
  for (const Tick& t : y_ticks) {
    c.line(plot.x, y(t.value), plot.right(), y(t.value), ink.line, u);
    c.text(plot.x - 10 * u, y(t.value), t.label, kTickSize * u, ink.muted, Align::right);
  }
  double last = -1e300;  // labels that would touch the one before are left out
  for (const Tick& t : x_ticks) {
    const double at = x(t.value);
    if (x_grid) c.line(at, plot.y, at, plot.bottom(), ink.line, u);
    const double half = c.text_width(t.label, kTickSize * u) / 2;
    if (!x_grid) c.line(at, plot.bottom(), at, plot.bottom() + 5 * u, ink.muted, u);
    if (at - half < last + 10 * u) continue;
    c.text(at, plot.bottom() + 18 * u, t.label, kTickSize * u, ink.muted, Align::centre);
    last = at + half;
  }
  if (!x_grid) c.line(plot.x, plot.bottom(), plot.right(), plot.bottom(), ink.muted, u);
  if (!x_label.empty())
    c.text(plot.x + plot.w / 2, plot.bottom() + 44 * u, c.fitted(x_label, kLabelSize * u, plot.w), kLabelSize * u, ink.text, Align::centre);
  if (!y_label.empty())
    c.text_upwards(plot.x - 10 * u - widest(c, y_ticks) - 20 * u, plot.y + plot.h / 2, c.fitted(y_label, kLabelSize * u, plot.h),
                   kLabelSize * u, ink.text);
}

double widest(Canvas& canvas, const std::vector<Tick>& ticks) {
  double wide = 0;
  for (const Tick& t : ticks) wide = std::max(wide, canvas.text_width(t.label, kTickSize * canvas.unit()));
  return wide;
}

double draw_title(Canvas& c, const std::string& title) {
  const double u = c.unit();
  if (title.empty()) return kMargin * u;
  const double size = kTitleSize * u;
  c.text(kMargin * u, 40 * u, c.fitted(title, size, c.width() - 2 * kMargin * u, true), size, c.ink().text, Align::left, true);
  return 72 * u;
}

}  // namespace latentscape
