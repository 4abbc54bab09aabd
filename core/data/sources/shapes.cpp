// Built-in `shapes`: one white sprite on 64 x 64 black, every combination of five known factors once, and of these a seeded subset; after
// dSprites (Matthey et al., 2017), with orientations that do not repeat the first at the end. A turned square looks like itself four times
// and an ellipse twice, as there.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "core/base/rng.hpp"
#include "core/data/drawn_images.hpp"

namespace latentscape {

void register_source_shapes(Registry<DataSource>& registry);

namespace {

constexpr size_t kSide = 64;
constexpr size_t kDefaultRows = 20'000;
constexpr size_t kSubpixels = 8;  // samples a pixel each way
constexpr size_t kSamples = kSubpixels * kSubpixels;
constexpr uint64_t kSubsetStep = 11;  // of RngStream::general

enum Shape : size_t { square, ellipse, heart };
constexpr std::array<const char*, 3> kShapeNames = {"square", "ellipse", "heart"};
constexpr size_t kScales = 6, kOrientations = 40, kPlaces = 32;
constexpr size_t kCombinations = kShapeNames.size() * kScales * kOrientations * kPlaces * kPlaces;
constexpr double kSmallest = 0.5;  // of the largest scale, which is 1
// At scale 1, px; about the same ink each, and nothing reaches further than kReach from the sprite's centre.
constexpr double kHalfSquare = 9.0, kHalfLong = 13.2, kHalfShort = 7.8, kHeart = 9.5, kReach = 13.5;
constexpr double kMargin = 1.0;  // px between the furthest reach and the image's edge

/// One combination; the place is the sprite's centre.
struct Factors {
  size_t shape = 0;
  double scale = 1;
  double orientation = 0;  // degrees, counter-clockwise
  double x = 0, y = 0;     // px from the left and the top
};

double step_between(double low, double high, size_t index, size_t count) {
  return low + (high - low) * static_cast<double>(index) / static_cast<double>(count - 1);
}

/// The combinations in a row, the place across changing fastest.
Factors factors_of(size_t combination) {
  const auto next = [&](size_t count) {
    const size_t index = combination % count;
    combination /= count;
    return index;
  };
  const double low = kReach + kMargin, high = static_cast<double>(kSide) - low;
  Factors f;
  f.x = step_between(low, high, next(kPlaces), kPlaces);
  f.y = step_between(low, high, next(kPlaces), kPlaces);
  f.orientation = 360.0 * static_cast<double>(next(kOrientations)) / kOrientations;
  f.scale = step_between(kSmallest, 1.0, next(kScales), kScales);
  f.shape = combination;
  return f;
}

/// Is the point (px at scale 1, y upwards) in the shape?
bool inside(size_t shape, double x, double y) {
  if (shape == square) return std::max(std::abs(x), std::abs(y)) <= kHalfSquare;
  if (shape == ellipse) return x * x / (kHalfLong * kHalfLong) + y * y / (kHalfShort * kHalfShort) <= 1.0;
  // The sextic (u^2 + v^2 - 1)^3 = u^2 v^3, its centre of mass at v = 0.2935.
  const double u = x / kHeart, v = y / kHeart + 0.2935, w = u * u + v * v - 1.0;
  return w * w * w <= u * u * v * v * v;
}

void draw(const Factors& f, uint8_t* image) {
  std::fill(image, image + kSide * kSide, uint8_t{0});
  const double reach = kReach * f.scale, angle = f.orientation * std::numbers::pi / 180;
  const double c = std::cos(angle) / f.scale, s = std::sin(angle) / f.scale;
  const auto inked = [&](double px, double py) {
    const double dx = px - f.x, dy = f.y - py;
    return inside(f.shape, c * dx + s * dy, c * dy - s * dx);
  };
  const auto coverage = [&](double left, double top) {
    if (inked(left, top) && inked(left + 1, top) && inked(left, top + 1) && inked(left + 1, top + 1)) return kSamples;
    size_t hits = 0;
    for (size_t k = 0; k < kSamples; ++k)
      hits += inked(left + (static_cast<double>(k % kSubpixels) + 0.5) / kSubpixels,
                    top + (static_cast<double>(k / kSubpixels) + 0.5) / kSubpixels);
    return hits;
  };
  const auto first = [&](double centre) { return static_cast<size_t>(std::max(0.0, std::floor(centre - reach))); };
  const auto end = [&](double centre) { return std::min(kSide, static_cast<size_t>(std::ceil(centre + reach))); };
  for (size_t row = first(f.y); row < end(f.y); ++row)
    for (size_t column = first(f.x); column < end(f.x); ++column) {
      const double left = static_cast<double>(column), top = static_cast<double>(row);
      if (std::hypot(left + 0.5 - f.x, top + 0.5 - f.y) > reach + std::numbers::sqrt2 / 2) continue;
      image[row * kSide + column] = static_cast<uint8_t>((coverage(left, top) * 255 + kSamples / 2) / kSamples);
    }
}

std::vector<Column> empty_columns(size_t rows) {
  std::vector<Column> columns;
  for (const char* name : {"shape", "scale", "orientation", "x", "y"}) columns.push_back({name, {}, std::vector<float>(rows)});
  columns[0].categories.assign(kShapeNames.begin(), kShapeNames.end());
  return columns;
}

Result<Dataset> load_shapes(const DataRequest& request) {
  const size_t rows = request.count ? request.count : kDefaultRows;
  if (rows < 10 || rows > kCombinations)
    return fail(ErrorCode::invalid_argument, "shapes: count is {}, expected 10 to {}, all combinations of its factors", rows,
                kCombinations);
  const std::vector<uint32_t> order = random_permutation(kCombinations, Rng(request.seed, RngStream::general, kSubsetStep));
  // Without a test split of its own: a seeded 20 % of each shape.
  return draw_images(request, "shapes", kSide, rows, empty_columns(rows), [&](size_t i, uint8_t* image, std::vector<Column>& columns) {
    const Factors f = factors_of(order[i]);
    draw(f, image);
    const std::array<double, 5> values = {static_cast<double>(f.shape), f.scale, f.orientation, f.x, f.y};
    for (size_t k = 0; k < values.size(); ++k) columns[k].values[i] = static_cast<float>(values[k]);
  });
}

}  // namespace

void register_source_shapes(Registry<DataSource>& registry) {
  registry.add({"shapes", "built in: one sprite, 64 x 64, with five known factors; 20,000 of 737,280 combinations by default", true,
                [](const std::string& spec) { return spec == "shapes"; }, load_shapes});
}

}  // namespace latentscape
