#include "app/panels/map/underlay.hpp"

#include <algorithm>

namespace latentscape {

std::shared_ptr<const MapImage> manifold_image(const GridAnswer& grid, const LinearMap& map, const Dataset& data, ImU32 ink, bool dark) {
  if (data.kind != DataKind::image || grid.x.cols != data.width() || grid.z.cols != map.mean.size() || grid.z.rows < 4) return nullptr;
  // The first two positions give the spacing, the first change of row gives the columns.
  const auto place = [&](size_t i) { return map.map_from_latent(grid.z.row(i)); };
  const auto first = place(0), second = place(1);
  const float step = second[0] - first[0];
  if (!(step > 0.0f)) return nullptr;
  size_t columns = 2;
  while (columns < grid.z.rows && place(columns)[0] > first[0] + step * 0.5f) ++columns;
  const size_t rows = grid.z.rows / columns, h = data.height_px(), w = data.width_px(), channels = data.channels();
  auto image = std::make_shared<MapImage>();
  image->width = columns * w;
  image->height = rows * h;
  image->rgba.resize(image->width * image->height * 4);
  const auto level = [](float v, float most) { return static_cast<uint8_t>(std::clamp(v, 0.0f, 1.0f) * most); };
  for (size_t t = 0; t < rows * columns; ++t) {
    const float* pixels = grid.x.row_data(t);
    for (size_t y = 0; y < h; ++y) {
      uint8_t* out = image->rgba.data() + (((t / columns) * h + y) * columns * w + (t % columns) * w) * 4;
      for (size_t x = 0; x < w; ++x, out += 4, pixels += channels) {
        for (size_t k = 0; k < 3; ++k) out[k] = channels == 3 ? level(pixels[k], 255.0f) : static_cast<uint8_t>((ink >> (8 * k)) & 0xFF);
        out[3] = channels == 3 ? 110 : level(pixels[0], dark ? 84.0f : 64.0f);
      }
    }
  }
  const double side = static_cast<double>(step);
  image->left = static_cast<double>(first[0]) - side * 0.5;
  image->top = static_cast<double>(first[1]) + side * 0.5;
  image->right = image->left + side * static_cast<double>(columns);
  image->bottom = image->top - side * static_cast<double>(rows);
  return image;
}

}  // namespace latentscape
