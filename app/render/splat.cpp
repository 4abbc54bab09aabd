#include "app/render/splat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace latentscape {

namespace {

constexpr int kPhases = 4;    // sub-pixel positions a stamp is prepared for, on each axis
constexpr int kTogether = 8;  // pixels of a row that are blended together: 32 bytes

/// v / 255, rounded; exact up to 255 x 255, and within 16 bits on the way.
constexpr uint16_t divide_255(uint16_t v) {
  const auto half = static_cast<uint16_t>(v + 128);
  return static_cast<uint16_t>(static_cast<uint16_t>(half + (half >> 8)) >> 8);
}

/// Coverage masks (0 to 255, once for each byte of a pixel) of a disc or ring at kPhases x kPhases sub-pixel offsets.
struct Stamps {
  int size = 0;    // pixels on a side
  int stride = 0;  // pixels from row to row of a mask: whole groups of kTogether, covered by nothing behind `size`
  std::array<std::vector<uint16_t>, kPhases * kPhases> masks;

  /// inner: radius of the hole; 0: none.
  Stamps(float diameter, float inner) {
    const float outer = diameter * 0.5f;
    size = static_cast<int>(std::ceil(diameter)) + 2;
    stride = (size + kTogether - 1) / kTogether * kTogether;
    for (int py = 0; py < kPhases; ++py) {
      for (int px = 0; px < kPhases; ++px) {
        auto& mask = masks[static_cast<size_t>(py * kPhases + px)];
        mask.resize(static_cast<size_t>(size * stride * 4));
        const float cx = static_cast<float>(size) * 0.5f - 0.5f + static_cast<float>(px) / kPhases;
        const float cy = static_cast<float>(size) * 0.5f - 0.5f + static_cast<float>(py) / kPhases;
        for (int y = 0; y < size; ++y) {
          for (int x = 0; x < size; ++x) {
            const float d = std::hypot(static_cast<float>(x) + 0.5f - cx, static_cast<float>(y) + 0.5f - cy);
            float cover = std::clamp(outer + 0.5f - d, 0.0f, 1.0f);
            if (inner > 0.0f) cover *= std::clamp(d - inner + 0.5f, 0.0f, 1.0f);
            std::fill_n(mask.begin() + (y * stride + x) * 4, 4, static_cast<uint16_t>(cover * 255.0f + 0.5f));
          }
        }
      }
    }
  }
};

/// `colour` over `n` bytes of RGBA, each by its coverage. The alpha that is drawn with is full colour of the fourth channel.
inline void blend(const uint16_t* cover, const std::array<uint16_t, 4 * kTogether>& colour, uint16_t alpha, int n, uint8_t* out) {
  for (int i = 0; i < n; ++i) {
    const uint16_t a = divide_255(static_cast<uint16_t>(cover[i] * alpha));
    const auto mixed = static_cast<uint16_t>(colour[static_cast<size_t>(i)] * a + out[i] * static_cast<uint16_t>(255 - a));
    out[i] = static_cast<uint8_t>(divide_255(mixed));
  }
}

}  // namespace

void splat_points(std::span<const MapPoint> points, const PointCamera& camera, size_t width, size_t height, float diameter,
                  std::span<uint8_t> rgba) {
  if (camera.units_per_pixel <= 0.0 || rgba.size() < width * height * 4) return;
  diameter = std::clamp(diameter, 1.0f, 32.0f);
  // As shaders/scatter.vert has them.
  const float ring = diameter + 1.5f, mark = diameter + 6.0f, halo = diameter + 3.0f;
  const std::array<Stamps, 4> shapes = {Stamps(diameter, 0.0f), Stamps(ring, std::max(0.0f, ring * 0.5f - std::max(1.0f, ring * 0.25f))),
                                        Stamps(mark, mark * 0.5f - 1.25f), Stamps(halo, 0.0f)};
  const double scale = 1.0 / camera.units_per_pixel;
  const double origin_x = static_cast<double>(width) * 0.5 - camera.x * scale,
               origin_y = static_cast<double>(height) * 0.5 + camera.y * scale;
  const int w = static_cast<int>(width), h = static_cast<int>(height);
  for (const MapPoint& point : points) {
    if (point.colour[3] == 0) continue;
    const double fx = origin_x + static_cast<double>(point.x) * scale, fy = origin_y - static_cast<double>(point.y) * scale;
    if (!(fx > -40.0 && fy > -40.0 && fx < w + 40.0 && fy < h + 40.0)) continue;  // false for NaN, too
    const Stamps& stamps = shapes[static_cast<size_t>(point.shape)];
    const double left = fx - stamps.size * 0.5 + 0.5, top = fy - stamps.size * 0.5 + 0.5;
    const int x0 = static_cast<int>(std::floor(left)), y0 = static_cast<int>(std::floor(top));
    const int px = std::min(kPhases - 1, static_cast<int>((left - x0) * kPhases)),
              py = std::min(kPhases - 1, static_cast<int>((top - y0) * kPhases));
    const uint16_t* mask = stamps.masks[static_cast<size_t>(py * kPhases + px)].data();
    const int xa = std::max(0, -x0), xb = std::min(stamps.size, w - x0), ya = std::max(0, -y0), yb = std::min(stamps.size, h - y0);
    std::array<uint16_t, 4 * kTogether> colour;
    for (size_t i = 0; i < colour.size(); ++i) colour[i] = i % 4 == 3 ? uint16_t{255} : point.colour[i % 4];
    // Within the image, whole groups: what they have behind the stamp stays as it is.
    const bool whole = xa == 0 && x0 + stamps.stride <= w;
    for (int y = ya; y < yb; ++y) {
      uint8_t* const out = rgba.data() + (static_cast<size_t>(y0 + y) * width + static_cast<size_t>(x0 + xa)) * 4;
      const uint16_t* const cover = mask + (y * stamps.stride + xa) * 4;
      if (whole)
        for (int x = 0; x < stamps.stride * 4; x += 4 * kTogether) blend(cover + x, colour, point.colour[3], 4 * kTogether, out + x);
      else
        for (int x = 0; x < xb - xa; ++x) blend(cover + x * 4, colour, point.colour[3], 4, out + x * 4);
    }
  }
}

void blend_image(const MapImage& image, const PointCamera& camera, size_t width, size_t height, std::span<uint8_t> rgba) {
  if (camera.units_per_pixel <= 0.0 || rgba.size() < width * height * 4 || image.rgba.size() < image.width * image.height * 4) return;
  if (image.width == 0 || image.height == 0 || !(image.right > image.left) || !(image.top > image.bottom)) return;
  // Texel coordinates of a pixel's centre, linear in x and in y; the columns' texels and weights are the same for every row.
  struct Tap {
    size_t first, second;  // texels
    uint32_t weight;       // of the second, 0 to 256
  };
  const auto taps = [](double start, double step, size_t pixels, size_t texels, size_t& begin, size_t& end) {
    std::vector<Tap> result(pixels);
    begin = pixels, end = 0;
    for (size_t i = 0; i < pixels; ++i) {
      const double t = start + step * (static_cast<double>(i) + 0.5);
      if (!(t >= 0.0 && t < static_cast<double>(texels))) continue;
      begin = std::min(begin, i), end = i + 1;
      const double at = std::clamp(t - 0.5, 0.0, static_cast<double>(texels - 1));
      const auto first = static_cast<size_t>(at);
      result[i] = {first, std::min(first + 1, texels - 1), static_cast<uint32_t>((at - static_cast<double>(first)) * 256.0)};
    }
    return result;
  };
  const double per_x = static_cast<double>(image.width) / (image.right - image.left),
               per_y = static_cast<double>(image.height) / (image.top - image.bottom);
  const double left = camera.x - static_cast<double>(width) * 0.5 * camera.units_per_pixel,
               top = camera.y + static_cast<double>(height) * 0.5 * camera.units_per_pixel;
  size_t x0 = 0, x1 = 0, y0 = 0, y1 = 0;
  const std::vector<Tap> columns = taps((left - image.left) * per_x, camera.units_per_pixel * per_x, width, image.width, x0, x1);
  const std::vector<Tap> rows = taps((image.top - top) * per_y, camera.units_per_pixel * per_y, height, image.height, y0, y1);
  if (x0 >= x1) return;
  std::vector<uint32_t> between(image.width * 4);  // texels of a row, mixed from the two that it lies between
  for (size_t y = y0; y < y1; ++y) {
    const uint8_t* upper = image.rgba.data() + rows[y].first * image.width * 4;
    const uint8_t* lower = image.rgba.data() + rows[y].second * image.width * 4;
    const uint32_t wy = rows[y].weight;
    for (size_t i = columns[x0].first * 4; i < (columns[x1 - 1].second + 1) * 4; ++i) between[i] = upper[i] * (256u - wy) + lower[i] * wy;
    uint8_t* out = rgba.data() + (y * width + x0) * 4;
    for (size_t x = x0; x < x1; ++x, out += 4) {
      const uint32_t *first = between.data() + columns[x].first * 4, *second = between.data() + columns[x].second * 4;
      const uint32_t wx = columns[x].weight;
      const auto mixed = [&](size_t k) { return (first[k] * (256u - wx) + second[k] * wx) >> 16; };
      const uint32_t alpha = mixed(3);
      if (alpha == 0) continue;
      for (size_t k = 0; k < 3; ++k)
        out[k] = static_cast<uint8_t>(divide_255(static_cast<uint16_t>(mixed(k) * alpha + out[k] * (255u - alpha))));
    }
  }
}

}  // namespace latentscape
