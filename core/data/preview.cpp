#include "core/data/preview.hpp"

#include <algorithm>
#include <cmath>

namespace latentscape {

namespace {

constexpr size_t kGap = 2;
constexpr uint8_t kGapGrey = 96;

uint8_t byte_of(float v) { return v > 0.0f ? static_cast<uint8_t>(std::lround(std::min(v, 1.0f) * 255.0f)) : uint8_t{0}; }

}  // namespace

ImageGrid make_grid(FloatView images, size_t height, size_t width, size_t channels, size_t columns) {
  ImageGrid grid;
  grid.channels = channels;
  if (images.rows == 0 || height * width * channels == 0 || images.cols != height * width * channels) return grid;
  columns = std::clamp<size_t>(columns, 1, images.rows);
  const size_t lines = (images.rows + columns - 1) / columns;
  grid.width = columns * width + (columns - 1) * kGap;
  grid.height = lines * height + (lines - 1) * kGap;
  grid.pixels.assign(grid.width * grid.height * channels, kGapGrey);
  for (size_t i = 0; i < images.rows; ++i) {
    const size_t top = i / columns * (height + kGap), left = i % columns * (width + kGap);
    for (size_t y = 0; y < height; ++y) {
      const float* from = images.row_data(i) + y * width * channels;
      uint8_t* to = grid.pixels.data() + ((top + y) * grid.width + left) * channels;
      for (size_t x = 0; x < width * channels; ++x) to[x] = byte_of(from[x]);
    }
  }
  return grid;
}

Result<ImageGrid> make_grid(const Dataset& data, std::span<const uint32_t> ids, size_t columns) {
  if (data.kind != DataKind::image)
    return fail(ErrorCode::invalid_argument, "{} is a {}, expected images for a grid of pictures", data.name, to_string(data.kind));
  const FloatArray images = data.gather(ids);
  return make_grid(FloatView(images), data.height_px(), data.width_px(), data.channels(), columns);
}

}  // namespace latentscape
