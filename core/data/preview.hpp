// Preview grid: many small images laid out as one.
#pragma once

#include "core/base/array.hpp"
#include "core/data/dataset.hpp"
#include "core/formats/image.hpp"

namespace latentscape {

/// width, height, channels, pixels; encode_png takes it as it is.
using ImageGrid = Image;

/// images: n x (height * width * channels) in [0, 1] (clamped; NaN is 0), row-major; laid out left to right, top to bottom, `columns` a
/// row, with a gap of 2 px of mid grey between neighbours. Empty places are the gap's colour. channels is 1 or 3. No images: an empty grid.
ImageGrid make_grid(FloatView images, size_t height, size_t width, size_t channels, size_t columns);

/// The examples `ids` of image data; an error (invalid_argument) where the data is not images.
Result<ImageGrid> make_grid(const Dataset& data, std::span<const uint32_t> ids, size_t columns);

}  // namespace latentscape
