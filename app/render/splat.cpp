#include "app/render/splat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace latentscape {

namespace {

constexpr int kPhases = 4;  // sub-pixel positions a stamp is prepared for, on each axis

/// Coverage masks (0 to 255) of a disc or ring at kPhases x kPhases sub-pixel offsets.
struct Stamps {
  int size = 0;  // pixels on a side
  std::array<std::vector<uint16_t>, kPhases * kPhases> masks;

  /// inner: radius of the hole; 0: none.
  Stamps(float diameter, float inner) {
    const float outer = diameter * 0.5f;
    size = static_cast<int>(std::ceil(diameter)) + 2;
    for (int py = 0; py < kPhases; ++py) {
      for (int px = 0; px < kPhases; ++px) {
        auto& mask = masks[static_cast<size_t>(py * kPhases + px)];
        mask.resize(static_cast<size_t>(size * size));
        const float cx = static_cast<float>(size) * 0.5f - 0.5f + static_cast<float>(px) / kPhases;
        const float cy = static_cast<float>(size) * 0.5f - 0.5f + static_cast<float>(py) / kPhases;
        for (int y = 0; y < size; ++y) {
          for (int x = 0; x < size; ++x) {
            const float d = std::hypot(static_cast<float>(x) + 0.5f - cx, static_cast<float>(y) + 0.5f - cy);
            float cover = std::clamp(outer + 0.5f - d, 0.0f, 1.0f);
            if (inner > 0.0f) cover *= std::clamp(d - inner + 0.5f, 0.0f, 1.0f);
            mask[static_cast<size_t>(y * size + x)] = static_cast<uint16_t>(cover * 255.0f + 0.5f);
          }
        }
      }
    }
  }
};

uint32_t divide_255(uint32_t v) { return (v + 128u + ((v + 128u) >> 8)) >> 8; }

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
    const uint32_t r = point.colour[0], g = point.colour[1], b = point.colour[2], a = point.colour[3];
    for (int y = ya; y < yb; ++y) {
      uint8_t* out = rgba.data() + (static_cast<size_t>(y0 + y) * width + static_cast<size_t>(x0 + xa)) * 4;
      for (int x = xa; x < xb; ++x, out += 4) {
        const uint32_t cover = mask[y * stamps.size + x];
        if (cover == 0) continue;
        const uint32_t alpha = divide_255(cover * a), keep = 255u - alpha;
        out[0] = static_cast<uint8_t>(divide_255(r * alpha + out[0] * keep));
        out[1] = static_cast<uint8_t>(divide_255(g * alpha + out[1] * keep));
        out[2] = static_cast<uint8_t>(divide_255(b * alpha + out[2] * keep));
        out[3] = static_cast<uint8_t>(alpha + divide_255(out[3] * keep));
      }
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
  for (size_t y = y0; y < y1; ++y) {
    const uint8_t* upper = image.rgba.data() + rows[y].first * image.width * 4;
    const uint8_t* lower = image.rgba.data() + rows[y].second * image.width * 4;
    uint8_t* out = rgba.data() + (y * width + x0) * 4;
    for (size_t x = x0; x < x1; ++x, out += 4) {
      const Tap& tap = columns[x];
      const uint32_t wy = rows[y].weight, wx = tap.weight;
      const auto mixed = [&](size_t k) {
        const uint32_t a = upper[tap.first * 4 + k] * (256u - wx) + upper[tap.second * 4 + k] * wx;
        const uint32_t b = lower[tap.first * 4 + k] * (256u - wx) + lower[tap.second * 4 + k] * wx;
        return (a * (256u - wy) + b * wy) >> 16;
      };
      const uint32_t alpha = mixed(3);
      if (alpha == 0) continue;
      for (size_t k = 0; k < 3; ++k) out[k] = static_cast<uint8_t>(divide_255(mixed(k) * alpha + out[k] * (255u - alpha)));
    }
  }
}

}  // namespace latentscape
