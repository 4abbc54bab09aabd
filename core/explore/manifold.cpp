#include "core/explore/manifold.hpp"

#include <algorithm>

#include "core/base/rng.hpp"

namespace latentscape {

FloatArray manifold_by_quantiles(std::span<const float> anchor, size_t axis_x, size_t axis_y, size_t size) {
  FloatArray z(size * size, anchor.size());
  const auto quantile = [&](size_t i) {
    return static_cast<float>(normal_quantile((static_cast<double>(i) + 0.5) / static_cast<double>(size)));
  };
  for (size_t row = 0; row < size; ++row) {
    for (size_t column = 0; column < size; ++column) {
      const auto out = z.row(row * size + column);
      std::copy(anchor.begin(), anchor.end(), out.begin());
      out[axis_x] = quantile(column);
      if (axis_y != axis_x && axis_y < out.size()) out[axis_y] = quantile(size - 1 - row);
    }
  }
  return z;
}

FloatArray manifold_on_map(const LinearMap& map, std::span<const float> anchor, const std::array<float, 4>& rectangle, size_t rows,
                           size_t columns) {
  FloatArray z(rows * columns, anchor.size());
  const float step_x = (rectangle[2] - rectangle[0]) / static_cast<float>(columns),
              step_y = (rectangle[3] - rectangle[1]) / static_cast<float>(rows);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      const float x = rectangle[0] + (static_cast<float>(column) + 0.5f) * step_x,
                  y = rectangle[3] - (static_cast<float>(row) + 0.5f) * step_y;
      const std::vector<float> position = map.latent_from_map({x, y}, anchor);
      std::copy(position.begin(), position.end(), z.row_data(row * columns + column));
    }
  }
  return z;
}

}  // namespace latentscape
