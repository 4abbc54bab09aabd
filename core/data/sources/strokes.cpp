// Built-in `strokes`: digits as a jittering pen writes them, 28 x 28 grey, every factor kept as a column. Laid out as MNIST is: the ink
// fits a box of about 20 px and its centre of mass is near the middle.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/rng.hpp"
#include "core/data/drawn_images.hpp"
#include "core/data/glyphs.hpp"
#include "core/data/pen.hpp"

namespace latentscape {

void register_source_strokes(Registry<DataSource>& registry);

namespace {

constexpr size_t kSide = 28;
constexpr size_t kDefaultTrain = 20'000;
constexpr size_t kMaxTrain = 5'000'000;
constexpr size_t kPieces = 6;  // straight pieces between two points of a glyph
constexpr double kBox = 20.0;  // px
constexpr double kMargin = 1.5;
constexpr float kSoftness = 0.8f;  // px: the blur of MNIST's anti-aliasing

/// How one digit was written. Columns of the dataset, in this order.
struct Factors {
  double slant = 0;      // tangent of the lean to the right
  double width = 0;      // horizontal stretch, 1 as designed
  double thickness = 0;  // of the ink, px
  double rotation = 0;   // degrees, counter-clockwise
  double scale = 0;      // of the 20 px box
  double pressure = 0;   // how much the ink's width varies along the stroke, share
  double wobble = 0;     // unsteadiness of the hand, hundredths of the height
  double bow = 0;        // how far the middle of the digit leans out, share of the height
};
constexpr const char* kFactorNames[] = {"slant", "width", "thickness", "rotation", "scale", "pressure", "wobble", "bow"};
constexpr size_t kFactorCount = std::size(kFactorNames);

std::array<double, kFactorCount> values_of(const Factors& f) {
  return {f.slant, f.width, f.thickness, f.rotation, f.scale, f.pressure, f.wobble, f.bow};
}

double clipped(Rng& rng, double mean, double deviation, double limit = 2.5) {
  return mean + deviation * std::clamp(static_cast<double>(rng.normal()), -limit, limit);
}

Factors draw_factors(Rng& rng) {
  Factors f;
  f.slant = clipped(rng, 0.17, 0.22);
  f.width = std::exp(clipped(rng, 0.08, 0.19));
  f.thickness = std::exp(clipped(rng, std::log(2.5), 0.27));
  f.rotation = clipped(rng, 0.0, 5.0);
  f.scale = clipped(rng, 1.0, 0.04, 2.0);
  f.pressure = std::abs(clipped(rng, 0.0, 0.16));
  f.wobble = std::exp(clipped(rng, std::log(1.9), 0.35));
  f.bow = clipped(rng, 0.0, 0.07);
  return f;
}

/// A smooth field of displacements over the page: what moves one point moves its neighbours.
class Unsteadiness {
 public:
  Unsteadiness(Rng& rng, double size) {
    for (Wave& w : waves_) {
      const double angle = rng.uniform(0, 2 * std::numbers::pi), length = rng.uniform(0.8, 2.0);
      w = {std::cos(angle) / length, std::sin(angle) / length, rng.uniform(0, 1), size * rng.normal(), size * rng.normal()};
    }
  }
  void move(double& x, double& y) const {
    double dx = 0, dy = 0;
    for (const Wave& w : waves_) {
      const double s = std::sin(2 * std::numbers::pi * (w.fx * x + w.fy * y + w.phase));
      dx += w.ax * s;
      dy += w.ay * s;
    }
    x += dx;
    y += dy;
  }

 private:
  struct Wave {
    double fx, fy, phase, ax, ay;
  };
  std::array<Wave, 3> waves_;
};

/// Glyph to page: jitter, bow, wobble, stretch, lean and turn; the unit is the digit's height.
std::vector<PenPath> write_glyph(const GlyphStyle& style, const Factors& f, Rng& rng) {
  const Unsteadiness hand(rng, f.wobble / 100 * 1.1);
  const double angle = f.rotation * std::numbers::pi / 180, c = std::cos(angle), s = std::sin(angle);
  const double trapeze = 0.15 * rng.normal();  // the upper half wider than the lower, or the other way round
  std::vector<PenPath> paths;
  std::vector<PathNode> nodes;
  for (const GlyphStroke& stroke : style.strokes) {
    nodes.clear();
    for (const GlyphPoint& point : stroke) {
      double x = (point.x - 33 + f.wobble * rng.normal()) / 100, y = (point.y - 50 + f.wobble * rng.normal()) / 100;
      hand.move(x, y);
      x = f.width * (x * (1 - trapeze * y) + f.bow * (1 - 4 * y * y)) - f.slant * y;
      nodes.push_back({static_cast<float>(c * x + s * y), static_cast<float>(c * y - s * x), point.corner});
    }
    paths.push_back(smooth_path(nodes, kPieces));
  }
  return paths;
}

/// The pen is put down and lifted a little early or late.
void trim_ends(PenPath& path, Rng& rng) {
  const auto pieces = [&] { return static_cast<std::ptrdiff_t>(rng.below(kPieces / 2 + 1)); };
  const std::ptrdiff_t from = pieces(), to = pieces();
  if (path.size() < 4 * kPieces) return;
  path.erase(path.end() - to, path.end());
  path.erase(path.begin(), path.begin() + from);
}

/// Half-widths along a path: slow changes of pressure, a broad-edged pen, ends that thin out.
void press(PenPath& path, const Factors& f, double nib, Rng& rng) {
  const double phase = rng.uniform(0, 2 * std::numbers::pi), turns = rng.uniform(0.6, 1.8);
  const double start = rng.uniform(0.75, 1.05), end = rng.uniform(0.55, 1.0);
  const size_t n = path.size();
  for (size_t i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(n - 1);
    const PenPoint& a = path[i ? i - 1 : 0];
    const PenPoint& b = path[i + 1 < n ? i + 1 : n - 1];
    const double dx = b.x - a.x, dy = b.y - a.y, squared = std::max(dx * dx + dy * dy, 1e-12);
    const double across = (dx * dx - dy * dy) / squared;  // cosine of twice the direction: 1 level, -1 upright
    const double ends = std::min(1.0, start + (1 - start) * t * 8) * std::min(1.0, end + (1 - end) * (1 - t) * 6);
    const double wave = 1 + f.pressure * std::sin(phase + 2 * std::numbers::pi * turns * t);
    path[i].radius = static_cast<float>(0.5 * f.thickness * ends * wave * (1 - nib * across));
  }
}

/// Page to pixels: the ink fits the box, its centre of mass (of the line) comes near the middle, nothing leaves the image.
void place(std::vector<PenPath>& paths, const Factors& f, Rng& rng) {
  float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;
  double mass = 0, mx = 0, my = 0;
  for (const PenPath& path : paths) {
    for (size_t i = 0; i < path.size(); ++i) {
      left = std::min(left, path[i].x), right = std::max(right, path[i].x);
      top = std::min(top, path[i].y), bottom = std::max(bottom, path[i].y);
      if (i == 0) continue;
      const double length = std::hypot(path[i].x - path[i - 1].x, path[i].y - path[i - 1].y);
      mass += length;
      mx += length * 0.5 * (path[i].x + path[i - 1].x);
      my += length * 0.5 * (path[i].y + path[i - 1].y);
    }
  }
  const double zoom = std::max(kBox - f.thickness, 10.0) * f.scale / std::max({right - left, bottom - top, 0.1f});
  const auto shift = [&](double centre, double low, double high) {
    const double middle = 0.5 * kSide, reach = 0.5 * f.thickness + kMargin;
    const double wanted = middle - zoom * centre + clipped(rng, 0, 0.5);
    const double least = reach - zoom * low, most = kSide - reach - zoom * high;
    return least < most ? std::clamp(wanted, least, most) : 0.5 * (least + most);
  };
  const double dx = shift(mx / mass, left, right), dy = shift(my / mass, top, bottom);
  for (PenPath& path : paths) {
    for (PenPoint& p : path) {
      p.x = static_cast<float>(zoom * p.x + dx);
      p.y = static_cast<float>(zoom * p.y + dy);
    }
  }
}

size_t draw_style(const std::vector<GlyphStyle>& styles, int digit, Rng& rng) {
  double total = 0;
  for (const GlyphStyle& style : styles) total += style.digit == digit ? style.weight : 0;
  double left = rng.uniform(0, total);
  size_t chosen = 0;
  for (size_t k = 0; k < styles.size(); ++k) {
    if (styles[k].digit != digit) continue;
    chosen = k;
    if ((left -= styles[k].weight) < 0) break;
  }
  return chosen;
}

/// Label, style, factors.
std::vector<Column> empty_columns(size_t rows, const std::vector<GlyphStyle>& styles) {
  std::vector<Column> columns;
  columns.push_back({"label", {}, std::vector<float>(rows)});
  for (int digit = 0; digit < 10; ++digit) columns[0].categories.push_back(std::to_string(digit));
  columns.push_back({"style", {}, std::vector<float>(rows)});
  for (const GlyphStyle& style : styles) columns[1].categories.push_back(style.name);
  for (const char* name : kFactorNames) columns.push_back({name, {}, std::vector<float>(rows)});
  return columns;
}

/// Row i depends on seed and i alone.
void draw_digit(size_t i, uint64_t seed, const std::vector<GlyphStyle>& styles, uint8_t* image, std::vector<Column>& columns) {
  Rng rng(seed, RngStream::strokes, i);
  const int digit = static_cast<int>(rng.below(10));
  const size_t style = draw_style(styles, digit, rng);
  const Factors factors = draw_factors(rng);
  const double nib = 0.1 * rng.normal();
  std::vector<PenPath> paths = write_glyph(styles[style], factors, rng);
  for (PenPath& path : paths) {
    trim_ends(path, rng);
    press(path, factors, nib, rng);
  }
  place(paths, factors, rng);
  draw_paths(paths, kSoftness, kSide, kSide, image);
  columns[0].values[i] = static_cast<float>(digit);
  columns[1].values[i] = static_cast<float>(style);
  const std::array<double, kFactorCount> values = values_of(factors);
  for (size_t k = 0; k < kFactorCount; ++k) columns[2 + k].values[i] = static_cast<float>(values[k]);
}

Result<Dataset> load_strokes(const DataRequest& request) {
  const size_t train = request.count ? request.count : kDefaultTrain;
  if (train < 10 || train > kMaxTrain)
    return fail(ErrorCode::invalid_argument, "strokes: count is {}, expected 10 to {}", train, kMaxTrain);
  const size_t rows = train + train / 5;
  const std::vector<GlyphStyle> styles = digit_glyphs();
  LS_TRY(Dataset data,
         draw_images(request, "strokes", kSide, rows, empty_columns(rows, styles),
                     [&](size_t i, uint8_t* image, std::vector<Column>& columns) { draw_digit(i, request.seed, styles, image, columns); }));
  data.split.assign(train, Split::train);
  data.split.resize(rows, Split::test);
  return data;
}

}  // namespace

void register_source_strokes(Registry<DataSource>& registry) {
  registry.add({"strokes", "built in: digits drawn as pen strokes, 20,000 and 4,000 test by default", true,
                [](const std::string& spec) { return spec == "strokes"; }, load_strokes});
}

}  // namespace latentscape
