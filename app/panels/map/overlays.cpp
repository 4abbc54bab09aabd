#include "app/panels/map/overlays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "app/gui/fonts.hpp"
#include "app/gui/theme.hpp"
#include "app/gui/widget_parts.hpp"
#include "app/gui/widgets.hpp"

namespace latentscape::map_overlay {

namespace {

ImU32 with_alpha(ImU32 colour, float alpha) {
  const auto a = static_cast<ImU32>(static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xFFu) * alpha + 0.5f);
  return (colour & ~IM_COL32_A_MASK) | (a << IM_COL32_A_SHIFT);
}

std::string tick_text(double v, double step) {
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  return ui::number(std::abs(v) < step * 1e-6 ? 0.0 : v, decimals);
}

struct Text {
  ImDrawList& list;
  ImFont* font;
  ImVec2 size(const std::string& s) const { return font->CalcTextSizeA(font->FontSize, 1e6f, 0.0f, s.c_str()); }
  void draw(ImVec2 at, ImU32 colour, const std::string& s) const { list.AddText(font, font->FontSize, at, colour, s.c_str()); }
};

}  // namespace

double nice_step(double span, int wanted) {
  if (!(span > 0.0) || wanted < 1) return 1.0;
  const double raw = span / wanted, power = std::pow(10.0, std::floor(std::log10(raw))), lead = raw / power;
  return power * (lead < 1.5 ? 1.0 : lead < 3.5 ? 2.0 : lead < 7.5 ? 5.0 : 10.0);
}

std::vector<AxisLabel> y_labels(const MapFrame& frame, double step, ImVec2 label_size, const std::vector<ImVec4>& covered) {
  const float s = frame.scale, top = frame.origin.y, bottom = frame.origin.y + frame.size.y - 24.0f * s;
  const double high = static_cast<double>(frame.map_from_screen({frame.origin.x, top})[1]);
  const double low = static_cast<double>(frame.map_from_screen({frame.origin.x, bottom})[1]);
  std::vector<AxisLabel> labels;
  for (double k = std::floor(high / step); k * step >= low; k -= 1.0) {
    const float y = frame.screen_from_map(0.0, k * step).y, y0 = std::round(y - label_size.y * 0.5f);
    if (y0 < top || y0 + label_size.y > bottom) continue;
    float x = frame.origin.x + 7.0f * s;
    const auto blocking = [&] {
      return std::find_if(covered.begin(), covered.end(),
                          [&](const ImVec4& r) { return r.x < x + label_size.x && x < r.z && r.y < y0 + label_size.y && y0 < r.w; });
    };
    for (auto r = blocking(); r != covered.end(); r = blocking()) x = r->z + 5.0f * s;
    // Beside the tools, but not beyond a whole row of controls.
    if (x < frame.origin.x + 130.0f * s) labels.push_back({k * step, {x, y0}});
  }
  return labels;
}

void axes(PanelContext& c, ImDrawList& list, const MapFrame& frame, const std::string& x_name, const std::string& y_name,
          const std::vector<ImVec4>& covered) {
  const Text text{list, c.fonts.small};
  const float pad = 6.0f * c.scale, tick = 4.0f * c.scale;
  const ImVec2 low = frame.origin, high{frame.origin.x + frame.size.x, frame.origin.y + frame.size.y};
  const auto a = frame.map_from_screen({low.x, high.y}), b = frame.map_from_screen({high.x, low.y});
  const auto step_of = [&](double span, float length) {
    return nice_step(span, std::max(2, static_cast<int>(length / (90.0f * c.scale))));
  };
  const double step_x = step_of(static_cast<double>(b[0] - a[0]), frame.size.x);
  const double step_y = step_of(static_cast<double>(b[1] - a[1]), frame.size.y);
  const ImU32 muted = c.theme.muted;
  const ImVec2 x_size = text.size(x_name), y_size = text.size(y_name);
  const float base = high.y - tick - x_size.y - 1.0f;
  // The name stands at the end of its axis; the number that it would cover gives way.
  float name = high.x - pad - x_size.x;
  while (name > low.x && !free_of(covered, {name, base, name + x_size.x, high.y})) name -= 1.0f;
  text.draw({std::round(name), base}, c.theme.text, x_name);
  for (double k = std::ceil(static_cast<double>(a[0]) / step_x); k * step_x <= static_cast<double>(b[0]); k += 1.0) {
    const float x = frame.screen_from_map(k * step_x, 0.0).x;
    const std::string s = tick_text(k * step_x, step_x);
    const float w = text.size(s).x, x0 = std::round(x - w * 0.5f);
    if (x0 < low.x + 34.0f * c.scale || x0 + w > high.x - pad) continue;
    list.AddLine({x, high.y - tick}, {x, high.y}, muted);
    if (x0 + w + pad < name || x0 > name + x_size.x + pad) text.draw({x0, base}, muted, s);
  }
  std::vector<ImVec4> taken = covered;
  for (const AxisLabel& label : y_labels(frame, step_y, text.size(tick_text(-step_y * 2, step_y)), covered)) {
    const std::string s = tick_text(label.value, step_y);
    const float y = frame.screen_from_map(0.0, label.value).y, w = text.size(s).x;
    list.AddLine({low.x, y}, {low.x + tick, y}, muted);
    text.draw(label.at, muted, s);
    taken.push_back({low.x, label.at.y - 2.0f * c.scale, label.at.x + w, label.at.y + y_size.y + 2.0f * c.scale});
  }
  const float left = low.x + tick + 3.0f * c.scale;
  for (float y = low.y + 2.0f * c.scale; y + y_size.y < base; y += 1.0f)
    for (const float at : {left, low.x + 47.0f * c.scale, low.x + 81.0f * c.scale})
      if (free_of(taken, {at, y, at + y_size.x, y + y_size.y})) return text.draw({at, y}, c.theme.text, y_name);
}

void prior_circles(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LinearMap& linear) {
  const std::vector<float> zero(linear.mean.size(), 0.0f);
  const auto centre = linear.map_from_latent(zero);
  const ImVec2 at = frame.screen_from_map(static_cast<double>(centre[0]), static_cast<double>(centre[1]));
  const Text text{list, c.fonts.small};
  for (int sigma = 1; sigma <= 3; ++sigma) {
    const auto r = static_cast<float>(sigma / frame.units_per_pixel());
    if (r < 4.0f) continue;
    list.AddCircle(at, r, with_alpha(c.theme.muted, 0.55f), 96, std::max(1.0f, c.scale));
    const std::string s = fmt::format("{}σ", sigma);
    const ImVec2 size = text.size(s);
    text.draw({at.x - size.x * 0.5f, at.y - r - size.y - 2.0f * c.scale}, c.theme.muted, s);
  }
}

void posterior_ellipse(PanelContext& c, ImDrawList& list, const MapFrame& frame, const LinearMap& linear, const Inspection& inspection) {
  if (inspection.mean.size() != linear.basis.cols || inspection.deviation.size() != inspection.mean.size()) return;
  double xx = 0, xy = 0, yy = 0;
  for (size_t j = 0; j < inspection.mean.size(); ++j) {
    const auto variance = static_cast<double>(inspection.deviation[j]) * static_cast<double>(inspection.deviation[j]);
    const auto bx = static_cast<double>(linear.basis(0, j)), by = static_cast<double>(linear.basis(1, j));
    xx += variance * bx * bx, xy += variance * bx * by, yy += variance * by * by;
  }
  const auto centre = linear.map_from_latent(inspection.mean);
  // The Cholesky factor of the 2 x 2 covariance maps the unit circle to the ellipse.
  const double l00 = std::sqrt(std::max(xx, 1e-12)), l10 = xy / l00, l11 = std::sqrt(std::max(yy - l10 * l10, 0.0));
  // A tint over much of the map would say nothing: it fades as it covers more than a fifth.
  const double pixel = frame.units_per_pixel(), room = static_cast<double>(frame.size.x) * static_cast<double>(frame.size.y);
  const double covers = 3.141592653589793 * l00 * l11 / (pixel * pixel * room);
  const float tint = 0.18f * static_cast<float>(std::min(1.0, 0.2 / std::max(covers, 1e-9)));
  // As many chords as keep them within a quarter of a pixel of the curve.
  const double radius = 2.0 * std::sqrt(xx + yy) / pixel;
  const int segments = static_cast<int>(std::clamp(3.2 * std::sqrt(2.0 * radius), 64.0, 1024.0));
  std::vector<ImVec2> points(static_cast<size_t>(segments));
  for (int sigma = 2; sigma >= 1; --sigma) {
    for (int i = 0; i < segments; ++i) {
      const double t = 6.283185307179586 * i / segments, u = sigma * std::cos(t), v = sigma * std::sin(t);
      points[static_cast<size_t>(i)] =
          frame.screen_from_map(static_cast<double>(centre[0]) + l00 * u, static_cast<double>(centre[1]) + l10 * u + l11 * v);
    }
    if (sigma == 1) list.AddConvexPolyFilled(points.data(), segments, with_alpha(c.theme.accent, tint));
    list.AddPolyline(points.data(), segments, with_alpha(c.theme.accent, sigma == 1 ? 1.0f : 0.6f), ImDrawFlags_Closed, 1.5f * c.scale);
  }
  list.AddCircleFilled(frame.screen_from_map(static_cast<double>(centre[0]), static_cast<double>(centre[1])), 3.0f * c.scale,
                       c.theme.accent);
}

void probe_cross(PanelContext& c, ImDrawList& list, ImVec2 at, bool on_manifold) {
  const float r = 9.0f * c.scale, gap = 5.0f * c.scale, arm = 17.0f * c.scale;
  const ImU32 ink = on_manifold ? c.theme.text : c.theme.warning, halo = with_alpha(c.theme.map_background, 0.85f);
  for (int pass = 0; pass < 2; ++pass) {
    const ImU32 colour = pass == 0 ? halo : ink;
    const float width = (pass == 0 ? 4.0f : 1.6f) * c.scale;
    list.AddCircle(at, r, colour, 32, width);
    list.AddLine({at.x - arm, at.y}, {at.x - gap, at.y}, colour, width);
    list.AddLine({at.x + gap, at.y}, {at.x + arm, at.y}, colour, width);
    list.AddLine({at.x, at.y - arm}, {at.x, at.y - gap}, colour, width);
    list.AddLine({at.x, at.y + gap}, {at.x, at.y + arm}, colour, width);
  }
}

void point_ring(PanelContext& c, ImDrawList& list, ImVec2 at, bool strong) {
  list.AddCircle(at, 7.0f * c.scale, with_alpha(c.theme.map_background, 0.8f), 24, 4.0f * c.scale);
  list.AddCircle(at, 7.0f * c.scale, strong ? c.theme.accent : c.theme.text, 24, 1.8f * c.scale);
}

}  // namespace latentscape::map_overlay
